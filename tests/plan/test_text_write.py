"""Writing a plan and reading it again gives the same plan; formatting what was written changes nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan, Team
from mainstem.plan.text.format import format_text
from mainstem.plan.text.write import plan_to_text
from tests.plan.any_plan import NASTY, plans
from tests.plan.plan_texts import FULL, load

SHAPE_RULES = {
    "T001",
    "T002",
    "T003",
    "T004",
    "T005",
    "T006",
    "T008",
    "T010",
    "T011",
    "T012",
    "T013",
}


@given(plans())
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_plan_is_read_back_as_it_was_written(plan: Plan) -> None:
    text = plan_to_text(plan)
    loaded = load(text)
    wrong = [f for f in loaded.findings if f.rule in SHAPE_RULES and "time zone" not in f.what]
    assert wrong == []
    assert loaded.plan == plan


@given(st.sampled_from(NASTY) | st.text(min_size=1, max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_survives_and_keeps_its_form_under_fmt(name: str) -> None:
    text = plan_to_text(Plan(teams={"a": Team(name=name, note=name, owns=(name, "b"))}))
    assert load(text).plan.teams["a"] == Team(name=name, note=name, owns=(name, "b"))
    assert format_text(text) == text


def test_a_full_plan_is_read_back_and_in_its_usual_form() -> None:
    plan = load(FULL).plan
    text = plan_to_text(plan)
    assert load(text).plan == plan
    assert format_text(text) == text


def test_the_shortest_form_is_written() -> None:
    text = plan_to_text(load(FULL).plan)
    for line in (
        "    objective: see-the-game",
        "      player: 60%",
        '    teams: [player, "on"]',
        "    metric: start-time",
        "    guardrails:",
        "      - errors",
        "    baseline: 61",
    ):
        assert line in text.splitlines()


def test_what_other_tools_would_take_for_something_else_is_quoted() -> None:
    names = ("on", "1:30", "2026-07-01", "0x1F", "null", "010", "1e3", "yes")
    text = plan_to_text(Plan(teams={"a": Team(owns=names)}))
    assert f"owns: [{', '.join(f'{chr(34)}{n}{chr(34)}' for n in names)}]" in text


def test_text_of_several_lines_is_written_as_a_block() -> None:
    text = plan_to_text(Plan(teams={"a": Team(note="one\ntwo\n\nthree")}))
    assert "    note: |-\n      one\n      two\n\n      three\n" in text


def test_an_empty_plan_is_text_too() -> None:
    assert load(plan_to_text(Plan())).plan == Plan()


def test_no_rules_of_the_rest_differ_from_the_shipped_ones() -> None:
    assert load(plan_to_text(Plan(rest=()))).plan.rest == ()
    assert load(plan_to_text(Plan())).plan.rest is None


def test_the_full_plan_has_nothing_that_blocks() -> None:
    assert [f for f in load(FULL).findings if f.severity is Severity.BLOCKS] == []
