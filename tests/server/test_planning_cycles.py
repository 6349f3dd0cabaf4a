"""A cycle's life: draft, open, committed, closed; the commitment stays readable beside what changed."""

from __future__ import annotations

import pytest

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.plan.changes import Added, Changed, Removed
from mainstem.plan.cycle_steps import Fate, following_days, following_id
from mainstem.plan.model import Cycle, KeyResult
from mainstem.services.plans.cycles import cycle_life, take_step
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.proposals import apply_proposal, list_proposals
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.test_planning_editing import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(ground, cast):
    """The cycle opened again and committed to anew, so that its commitment is known."""
    petra = actor("petra", cast)
    take_step("2026-q4", "open", ground, petra, at=NOW, why="forgot one")
    return take_step("2026-q4", "committed", ground, petra, at=NOW, why="agreed")


def test_what_was_committed_stays_readable_beside_what_was_later_changed(
    as_, ground, cast, committed
):
    petra = actor("petra", cast)
    plan = plan_of(ground)
    change_plan(
        [
            Changed("key_results/kr-start", ("target",), 92.0, 90.0),
            Removed("key_results/kr-sign-up", (), plan.key_results["kr-sign-up"]),
            Added("key_results/kr-late", (), KeyResult(text="A late one", cycle="2026-q4"), 9),
        ],
        ground, petra, at=NOW,
    )  # fmt: skip
    life = cycle_life("2026-q4", ground, petra)
    fates = {c.subject: c.fate for c in life.commitments}
    assert fates["key_results/kr-start"] is Fate.MOVED
    assert fates["key_results/kr-sign-up"] is Fate.DROPPED
    assert fates["key_results/kr-late"] is Fate.ADDED
    assert fates["initiatives/warm-start"] is Fate.KEPT
    page = as_("vera").get("/plan/cycles/2026-q4/").content.decode()
    for words in ("target moved", "dropped later", "added later", "30 % of visitors", "agreed"):
        assert words in page
    assert as_("vera").get(f"/plan/?at={committed.standing.revision}").status_code == 200
    said = as_("vera").get("/plan/compare/?from=cycle:2026-q4").content.decode()
    assert "commitment of 2026-q4" in said and "A late one" in said
    csv = as_("vera").get("/plan/cycles/2026-q4/?format=csv").content.decode()
    assert "target moved" in csv


def test_steps_go_in_order_and_back_only_with_a_reason(ground, cast):
    petra = actor("petra", cast)
    with pytest.raises(Conflict):
        take_step("2026-q4", "draft", ground, petra, at=NOW, why="x")
    with pytest.raises(Invalid):
        take_step("2026-q4", "open", ground, petra, at=NOW)
    with pytest.raises(Forbidden):
        take_step("2026-q4", "closed", ground, actor("lena", cast), at=NOW)
    before = ground.plans.head().number
    take_step("2026-q4", "closed", ground, petra, at=NOW)
    assert ground.plans.head().number == before + 1
    assert plan_of(ground).cycles["2026-q4"].state == "closed"


def test_a_step_that_fails_leaves_neither_revision_nor_step(ground, cast, monkeypatch):
    from mainstem.store.models import CycleStep

    before = ground.plans.head().number

    def broken(*args, **kwargs):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr("mainstem.services.telling.telling.tell", broken)
    with pytest.raises(RuntimeError):
        take_step("2026-q4", "closed", ground, actor("petra", cast), at=NOW)
    assert ground.plans.head().number == before and not CycleStep.objects.exists()
    assert plan_of(ground).cycles["2026-q4"].state == "committed"


def test_closing_shows_scores_and_what_is_not_reached_is_proposed_to_go_on(
    as_, ground, cast, committed
):
    from mainstem.store.models import CycleStep, Scoring

    Scoring.objects.create(key_result="kr-sign-up", cycle="2026-q4", score=0.8, at=NOW)
    Scoring.objects.create(key_result="kr-start", cycle="2026-q4", score=0.4, at=NOW)
    petra = as_("petra")
    petra.post("/plan/cycles/2026-q4/step", {"state": "closed", "why": "quarter over"})
    page = petra.get("/plan/cycles/2026-q4/").content.decode()
    assert "0.8" in page and "0.4" in page
    detail = CycleStep.objects.get(state="closed").detail
    assert detail["carries"] == ["kr-start"] and detail["scores"]["kr-sign-up"] == 0.8
    petra.post("/plan/cycles/2026-q4/next", {"carry": ["kr-start"], "next_id": "2027-q1"})
    made = list_proposals(actor("petra", cast))[0]
    apply_proposal(made.number, ground, actor("petra", cast), at=NOW)
    plan = plan_of(ground)
    assert (plan.cycles["2027-q1"].state, str(plan.cycles["2027-q1"].last_day)) == (
        "draft",
        "2027-03-31",
    )
    carried = plan.key_results["kr-start-2027-q1"]
    assert (carried.parent, carried.cycle, carried.baseline) == ("kr-start", "2027-q1", 88.4)
    assert "kr-sign-up-2027-q1" not in plan.key_results


@pytest.mark.parametrize(
    ("ident", "wanted"),
    [
        ("2026-q4", "2027-q1"),
        ("2026-Q1", "2026-Q2"),
        ("2026-h2", "2027-h1"),
        ("autumn", "autumn-next"),
    ],
)
def test_the_next_cycle_has_the_next_name(ident, wanted):
    assert following_id(ident) == wanted


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ("2026-10-01", "2026-12-31", ("2027-01-01", "2027-03-31")),
        ("2027-01-01", "2027-02-28", ("2027-03-01", "2027-04-30")),
        ("2026-10-05", "2026-10-18", ("2026-10-19", "2026-11-01")),
    ],
)
def test_the_next_cycle_follows_at_once_and_is_as_long(first, last, wanted):
    days = following_days(Cycle(first_day=first, last_day=last))
    assert tuple(map(str, days)) == wanted
