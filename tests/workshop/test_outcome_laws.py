"""Laws of what comes out of a workshop, for any board."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.plan.applying import apply
from mainstem.plan.compare import diff
from mainstem.plan.model import Plan
from mainstem.plan.soundness import faults, misshapen, new_faults, touched
from mainstem.workshop.board import Board, Record
from mainstem.workshop.outcome import PLAN_KINDS, outcome
from tests.workshop.boards import CYCLE, FIRST_DAY, base_plan, boards, dealt

BASES = st.sampled_from((Plan(), base_plan()))
HOW = {"cycle": CYCLE, "first_day": FIRST_DAY}


def made(records: dict[str, Record], base: Plan, **how: Any) -> Any:
    return outcome(Board(records), base, **{**HOW, **how})


@given(boards(), BASES)
@settings(max_examples=100, deadline=None)
def test_every_card_that_the_room_kept_becomes_something_or_is_told_with_a_reason(
    records: dict[str, Record], base: Plan
) -> None:
    found = made(records, base)
    for name, record in records.items():
        ident = name.partition("/")[2]
        kept = record["state"] in ("open", "chosen")
        if kept and record["kind"] in PLAN_KINDS:
            assert (ident in found.became) != bool(found.left.get(ident)), (record, found)
        else:
            assert ident not in found.became
        assert ident in found.became or ident in found.nothing or (kept and record["kind"] not in PLAN_KINDS)  # fmt: skip
    for ident, subject in found.became.items():
        section, _, entity = subject.partition("/")
        stopped = {s.subject for s in found.not_doing}
        assert entity in getattr(found.plan, section) or subject in stopped, ident


@given(boards(), BASES)
@settings(max_examples=100, deadline=None)
def test_the_plan_that_comes_out_is_as_sound_as_the_one_before(
    records: dict[str, Record], base: Plan
) -> None:
    found = made(records, base)
    assert not new_faults(faults(base), found.plan)
    for _, _, _, now in touched(base, found.plan):
        assert now is None or not misshapen(now)
    assert apply(base, diff(base, found.plan)) == found.plan


@given(boards(), BASES)
@settings(max_examples=100, deadline=None)
def test_a_room_that_writes_its_outcome_twice_changes_nothing_more(
    records: dict[str, Record], base: Plan
) -> None:
    once = made(records, base)
    again = made(records, once.plan)
    assert diff(once.plan, again.plan) == ()


@given(boards(), BASES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_acts_in_any_order_that_end_in_the_same_board_make_the_same_plan(
    records: dict[str, Record], base: Plan, chance: Any
) -> None:
    names = list(records)
    chance.shuffle(names)
    assert made({n: records[n] for n in names}, base) == made(records, base)


@given(boards())
@settings(max_examples=60, deadline=None)
def test_what_was_set_aside_merged_or_removed_makes_nothing(records: dict[str, Record]) -> None:
    base = Plan()
    kept = {n: r for n, r in records.items() if r["state"] in ("open", "chosen")}
    assert set(made(records, base).became) <= {n.partition("/")[2] for n in kept}
    if all(r["state"] in ("aside", "merged", "gone") for r in records.values()):
        assert made(records, base).plan == base


@given(boards())
@settings(max_examples=60, deadline=None)
def test_nothing_leaves_the_plan_but_what_the_room_will_not_do(records: dict[str, Record]) -> None:
    base = base_plan()
    found = made(records, base)
    stopped = {s.subject for s in found.not_doing if s.subject}
    for section in ("customers", "objectives", "streams", "metrics", "teams"):
        for ident in getattr(base, section):
            assert ident in getattr(found.plan, section) or f"{section}/{ident}" in stopped


def test_a_plan_that_is_dealt_and_not_touched_comes_back_as_it_was() -> None:
    base = base_plan()
    found = made(dealt(base), base)
    assert diff(base, found.plan) == () and not found.left
    assert not any("retire" in q.what for q in found.open)
