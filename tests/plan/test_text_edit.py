"""Changing a plan's text: it says the new plan afterwards, and what did not change stays byte for byte."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.errors import PlanError
from mainstem.plan.model import Cycle, Observation, Plan, Team
from mainstem.plan.text.edit import edit_plan, new_files, says_the_same
from mainstem.plan.text.files import PlanFiles
from mainstem.plan.text.load import load_plan
from mainstem.plan.text.write import plan_to_text
from tests.plan.any_plan import plans

TEXT = """\
# the plan of Streamly
teams:
  # the player people
  player: {kind: stream-aligned, size: 7}   # seven since June
  web:
    name: 'Web'   # odd quotes stay
    # how many
    size: 4

metrics:
  start-time:
    definition:   Share of sessions
    unit: "%"   # per cent
    observations:
      # first week
      - {on: 2026-10-01, value: 81}
      - on: 2026-10-08
        value: 82   # measured twice
objectives:
  see:
    name: See
streams:
  start-fast:
    objective: see
    # which number
    metric: start-time
    teams: {player: 60%}
    claims:
      # by label
      - label: start-time
      - path: ["/player/**"]  # code
  other:   # the second
    objective: see
"""


def read(text: str) -> Plan:
    return load_plan(PlanFiles({"plan.yaml": text.encode()})).plan


def changed(**sections: object) -> tuple[str, list[str]]:
    """The text for a plan with other sections, and the lines that are not the same."""
    wanted = read(TEXT).model_copy(update=sections)
    out = edit_plan(PlanFiles({"plan.yaml": TEXT.encode()}), wanted)["plan.yaml"].decode()
    assert says_the_same(read(out), wanted)
    found = difflib.ndiff(TEXT.splitlines(), out.splitlines())
    return out, [line for line in found if line[:1] in "+-"]


def with_one(section: str, key: str, **fields: object) -> dict[str, object]:
    held = dict(getattr(read(TEXT), section))
    held[key] = held[key].model_copy(update=fields)
    return {section: held}


def test_a_field_changes_on_its_line_and_keeps_its_comment():
    _, lines = changed(**with_one("metrics", "start-time", unit="s"))
    assert lines == ['-     unit: "%"   # per cent', "+     unit: s  # per cent"]


def test_a_new_field_stands_where_the_usual_form_has_it():
    _, lines = changed(**with_one("streams", "start-fast", owner="Ann"))
    assert lines == ["+     owner: Ann"]


def test_a_new_value_is_one_more_item_of_its_list():
    more = (*read(TEXT).metrics["start-time"].observations, Observation(on="2026-10-15", value=83))
    _, lines = changed(**with_one("metrics", "start-time", observations=more))
    assert lines == ['+       - "on": 2026-10-15', "+         value: 83"]


def test_an_item_leaves_without_its_neighbours():
    claims = read(TEXT).streams["start-fast"].claims
    _, lines = changed(**with_one("streams", "start-fast", claims=claims[1:]))
    assert lines == ["-       - label: start-time"]


def test_an_entity_comes_where_the_plan_has_it_and_another_leaves():
    teams = read(TEXT).teams
    out, _ = changed(teams={"new": Team(size=3), "player": teams["player"]})
    assert out.index("  new:") < out.index("# the player people") < out.index("  player:")
    assert "web" not in out


def test_another_identifier_changes_one_word():
    teams = read(TEXT).teams
    out, lines = changed(teams={"player": teams["player"], "site": teams["web"]})
    assert lines == ["-   web:", "+   site:"] and "# how many" in out


def test_streams_change_places_with_their_comments():
    streams = read(TEXT).streams
    out, _ = changed(streams={k: streams[k] for k in ("other", "start-fast")})
    assert out.index("# the second") < out.index("# which number") < out.index("# by label")


def test_a_section_that_was_not_there_comes_last():
    out, lines = changed(cycles={"q1": Cycle(first_day="2026-01-01", last_day="2026-03-31")})
    assert out.startswith(TEXT.rstrip()) and lines[1] == "+ cycles:"


def test_in_a_folder_a_new_section_is_a_new_file():
    files = PlanFiles(
        {"a.yaml": b"teams:\n  x: {size: 1}\n", "b.yaml": b"metrics:\n  m: {unit: s}\n"}
    )
    wanted = load_plan(files).plan.model_copy(
        update={"cycles": {"q1": Cycle(first_day="2026-01-01", last_day="2026-03-31")}}
    )
    assert list(edit_plan(files, wanted)) == ["cycles.yaml"]


def test_line_ends_and_byte_order_marks_stay():
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    wanted = read(TEXT).model_copy(update=with_one("teams", "web", size=5))
    out = edit_plan(PlanFiles({"plan.yaml": text.encode()}), wanted)["plan.yaml"].decode()
    assert out == text.replace("    size: 4\r\n", "    size: 5\r\n")


def test_a_text_with_faults_is_left_alone():
    with pytest.raises(PlanError, match="faults"):
        edit_plan(PlanFiles({"plan.yaml": b"teams: [oops]\n"}), Plan())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), plans(), st.booleans())
def test_any_plan_becomes_any_other(old: Plan, new: Plan, is_split: bool):
    texts = new_files(old) if is_split else {"plan.yaml": plan_to_text(old).encode()}
    files = PlanFiles(texts)
    if any(f.severity == "blocks" for f in load_plan(files).findings):
        return
    made = edit_plan(files, new)
    assert says_the_same(load_plan(PlanFiles({**texts, **made})).plan, new)
    assert bool(made) == (not says_the_same(old, new))
