"""``fmt`` changes the form and nothing else: not a value, not a comment, not the order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.errors import PlanError
from mainstem.plan.model import Plan
from mainstem.plan.text.comments import layout_of
from mainstem.plan.text.format import format_text
from mainstem.plan.text.write import plan_to_text
from tests.plan.any_plan import plans
from tests.plan.plan_texts import FULL, load

UNTIDY = """\


# The plan of Arena.

organisation:
      name:   'Arena'     # the company
      timezone: Europe/Berlin


# The teams,
#   with their sizes.
teams:
   all:   # everybody
   # a group
   player:
      in:   all
      owns:
      - '@arena/player'   # the code
      # two names
      - "player"
      # (more to come)
   web: {in: all,   size: 4}
# The end of teams.

streams:
  s:
    objective:   [ a,b ]
    note: |
       # no comment
         indented

       end
    claims:
    - label: on   # text
      path: ['/a/**', 'it''s', "x"]

    - text: 'a \\ b'
    # - label: later
"""

TIDY = """\
# The plan of Arena.

organisation:
  name: "Arena"  # the company
  timezone: Europe/Berlin

# The teams,
#   with their sizes.
teams:
  all:  # everybody
  # a group
  player:
    in: all
    owns:
      - "@arena/player"  # the code
      # two names
      - "player"
      # (more to come)
  web: {in: all, size: 4}
# The end of teams.

streams:
  s:
    objective: [a, b]
    note: |
      # no comment
        indented

      end
    claims:
      - label: on  # text
        path: ["/a/**", "it's", "x"]

      - text: 'a \\ b'
      # - label: later
"""


def test_an_untidy_text_becomes_tidy_and_keeps_every_comment() -> None:
    assert format_text(UNTIDY) == TIDY


def test_a_tidy_text_stays_as_it_is() -> None:
    assert format_text(TIDY) == TIDY
    assert format_text(FULL) == FULL


def test_the_plan_is_the_same_before_and_after() -> None:
    assert load(UNTIDY).plan == load(TIDY).plan


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("\n \n", ""),
        ("# only this\n\n", "# only this\n"),
        ("\ufeffteams:\n  a: {}", "teams:\n  a: {}\n"),
        ("teams:\r\n  a: {}\r\n", "teams:\n  a: {}\n"),
        ("teams: {a: {name: on, size: 010}}\n", "teams: {a: {name: on, size: 010}}\n"),
        ("teams:\n  a:\n    name: one\n      two\n", "teams:\n  a:\n    name: one two\n"),
        ("teams:\n  a:\n    name: null\n    note: 'null'\n", 'teams:\n  a:\n    name: null\n    note: "null"\n'),
        ("teams:\n  2026-07-01: {name: 0x1F, note: 1_000}\n", "teams:\n  2026-07-01: {name: 0x1F, note: 1_000}\n"),
        ("teams:\n  a: # why\n    size: 1\n", "teams:\n  a:  # why\n    size: 1\n"),
        ("teams:\n  a: {name: x}   \n", "teams:\n  a: {name: x}\n"),
    ],
)  # fmt: skip
def test_small_texts(before: str, after: str) -> None:
    assert format_text(before) == after
    assert format_text(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "teams: [\n",
        "teams:\n\ta: {}\n",
        "<<<<<<< HEAD\nteams: {}\n=======\n>>>>>>> x\n",
        "teams:\n  a: &x {}\n  b: *x\n",
        "teams: {}\n---\nteams: {}\n",
        "teams: {a: {size: 1, size: 2}}\n",
        "teams: {}\nteams: {}\n",
    ],
)
def test_a_text_that_cannot_be_read_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(PlanError) as error:
        format_text(text)
    assert "plan.yaml:" in error.value.message
    assert "left alone" in error.value.hint


def test_what_the_model_refuses_can_still_be_formatted() -> None:
    assert format_text("teams:\n   a:\n     sise:  1\n") == "teams:\n  a:\n    sise: 1\n"


def test_trailing_blanks_inside_a_block_of_text_are_kept() -> None:
    text = "teams:\n  a:\n    note: |\n      one  \n      two\n"
    assert load(format_text(text)).plan.teams["a"].note == "one  \ntwo\n"


@given(plans())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_written_is_in_its_usual_form(plan: Plan) -> None:
    text = plan_to_text(plan)
    try:
        made = format_text(text)
    except PlanError:  # refusing is allowed, changing is not
        return
    assert load(made).plan == plan
    assert format_text(made) == made


LINES = st.sampled_from(
    ["teams:", "  a:", "    name: x", "    name: 'y'  # c", "  # c", "# d", "      # deep", "", "  b: {in: a} # e",
     "    owns:", "    - q", "      - r   # s", "    note: |", "      text", "       # text", "streams:"]
)  # fmt: skip


@given(st.lists(LINES, max_size=14))
@settings(max_examples=300, deadline=None)
def test_formatting_keeps_values_and_comments_and_is_done_after_once(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    try:
        made = format_text(text)
    except PlanError:
        return
    assert load(made).plan == load(text).plan
    assert layout_of(made).comments() == layout_of(text.strip("\n") + "\n").comments()
    assert format_text(made) == made
