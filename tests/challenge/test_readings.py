"""What decisions say of a metric: the rules of methods 4.5 in their order, and the laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.challenge.decisions import Chain, Decision, StatementResult, Step, Work
from mainstem.challenge.reading_values import Discrimination
from mainstem.challenge.readings import (
    Case,
    Moved,
    Outcome,
    Reading,
    ReadingKind,
    case_of,
    readings,
    statement_yields,
)
from mainstem.challenge.verdicts import Answer
from mainstem.plan.answerable import NotAnswerable

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
SINCE, UNTIL = date(2026, 7, 1), date(2026, 12, 31)


def some(
    count: int,
    step: Step,
    moved: Moved | None = None,
    *,
    anyway: bool = False,
    warnings: int = 0,
    stream: str = "start-fast",
) -> list[Case]:
    return [
        Case(n, step, stream, "starts", "v1", AT, anyway, moved, warnings=warnings)
        for n in range(count)
    ]


def read(cases: list[Case]) -> Reading:
    (found,) = readings(cases, since=SINCE, until=UNTIL)
    return found


YES, NO, UNCLEAR = Moved.YES, Moved.NO, Moved.UNCLEAR
ACCEPT, REFUSE, OVER, AGAINST = Step.ACCEPT, Step.REFUSE, Step.OVERRIDE_ACCEPT, Step.OVERRIDE_REFUSE


@pytest.mark.parametrize(
    ("cases", "kind"),
    [
        (some(9, ACCEPT, YES), ReadingKind.TOO_EARLY),
        (some(40, ACCEPT) + some(4, ACCEPT, YES), ReadingKind.TOO_EARLY),
        (some(80, ACCEPT) + some(20, ACCEPT, YES), ReadingKind.REFUSES_NOTHING),
        (some(30, ACCEPT, YES), ReadingKind.NONE_YET),
        (some(10, ACCEPT, YES) + some(14, OVER), ReadingKind.WORKED_AROUND),
        (some(10, ACCEPT, YES) + some(20, REFUSE, anyway=True), ReadingKind.NO_FORCE),
        (some(5, ACCEPT, YES) + some(20, REFUSE, YES, anyway=True), ReadingKind.BLIND_SPOT),
        (some(30, ACCEPT, NO) + some(10, REFUSE), ReadingKind.DOES_NOT_MOVE),
        (some(20, ACCEPT, YES) + some(8, OVER, NO) + some(12, REFUSE), ReadingKind.EARNS_ITS_KEEP),
        (some(20, ACCEPT, YES) + some(12, REFUSE), ReadingKind.NONE_YET),
        (some(6, ACCEPT, YES) + some(6, ACCEPT, NO) + some(9, REFUSE), ReadingKind.NONE_YET),
        (some(30, ACCEPT, NO) + some(31, ACCEPT, UNCLEAR) + some(9, REFUSE), ReadingKind.NONE_YET),
    ],
)  # fmt: skip
def test_the_first_rule_that_holds_is_the_reading(cases: list[Case], kind: ReadingKind) -> None:
    assert read(cases).kind is kind


case_lists = st.lists(
    st.builds(
        lambda step, moved, anyway: Case(
            1, step, "start-fast", "starts", "v1", AT, anyway and step in (REFUSE, AGAINST),
            moved if step in (ACCEPT, OVER) or anyway else None,
        ),
        st.sampled_from([ACCEPT, REFUSE, OVER, AGAINST, Step.DEFER]),
        st.sampled_from([*Moved, None]), st.booleans(),
    ),
    min_size=1, max_size=70,
)  # fmt: skip
SWAP = {ACCEPT: REFUSE, REFUSE: ACCEPT, OVER: AGAINST, AGAINST: OVER, Step.DEFER: Step.DEFER}


@given(case_lists)
@settings(deadline=None)
def test_swapping_accepted_and_refused_mirrors(cases: list[Case]) -> None:
    held = [c for c in cases if c.step is not Step.DEFER]
    if not held:
        return
    one, other = read(held), read([replace(c, step=SWAP[c.step]) for c in held])
    assert one.counts.accepted == other.counts.refused
    assert other.refusal.lower == pytest.approx(1 - one.refusal.upper)
    assert other.refusal.mean == pytest.approx(1 - one.refusal.mean)
    assert other.override == one.override


@given(case_lists, st.integers(0, 2**70))
@settings(deadline=None, max_examples=200)
def test_outcomes_without_an_answer_never_make_a_reading_of_hits(
    cases: list[Case], mask: int
) -> None:
    hits = (ReadingKind.DOES_NOT_MOVE, ReadingKind.EARNS_ITS_KEEP)
    more = [
        replace(c, moved=UNCLEAR) if c.moved is None and c.is_accepted and mask >> n & 1 else c
        for n, c in enumerate(cases)
    ]
    if read(more).kind in hits:
        assert read(cases).kind in hits


@given(case_lists)
@settings(deadline=None)
def test_counts_are_conserved_and_readings_are_the_same_every_time(cases: list[Case]) -> None:
    found = read(cases)
    c = found.counts
    assert c.decided == c.accepted + c.refused + c.deferred == len(cases)
    assert found == read(list(reversed(cases)))
    for one in (found.refusal, found.override, found.regret, found.right, found.hit):
        assert one.lower <= one.mean <= one.upper
    if found.bounds is None:
        assert c.refused == 0
    else:
        assert 0 <= found.bounds.lower <= found.bounds.upper <= 1


def test_bounds_of_what_refused_work_would_have_done_stay_wide() -> None:
    cases = some(6, REFUSE) + some(2, REFUSE, YES, anyway=True) + some(2, REFUSE, NO, anyway=True)
    found = read(cases).bounds
    assert found is not None
    assert (found.lower, found.upper) == (0.2, pytest.approx(0.8))


def test_the_rules_separate_where_what_they_let_through_hits_more_often() -> None:
    cases = some(20, ACCEPT, YES) + some(10, OVER, NO, warnings=2)
    found = read(cases).discrimination
    assert isinstance(found, Discrimination)
    assert found.chance > 0.99
    assert found.area == 1.0
    assert found.lower < found.difference < found.upper
    assert isinstance(read(some(20, ACCEPT, YES)).discrimination, NotAnswerable)


def test_each_version_of_a_metric_is_read_by_itself_and_only_in_its_window() -> None:
    old = [replace(c, version="v0") for c in some(12, ACCEPT, YES)]
    late = [replace(c, at=AT + timedelta(days=300)) for c in some(12, ACCEPT, YES)]
    nowhere = [replace(c, metric="") for c in some(3, REFUSE)]
    found = readings(old + late + nowhere + some(3, ACCEPT), since=SINCE, until=UNTIL)
    assert [(r.version, r.counts.decided) for r in found] == [("v0", 12), ("v1", 3)]


def test_from_eight_streams_on_rates_are_read_together() -> None:
    cases = [
        c for i in range(9)
        for c in some(8 + i % 3, ACCEPT, stream=f"s{i}") + some(4, REFUSE, stream=f"s{i}")
    ]  # fmt: skip
    many = readings(cases, since=SINCE, until=UNTIL)
    few = readings([c for c in cases if c.stream < "s5"], since=SINCE, until=UNTIL)
    assert all(r.is_pooled for r in many)
    assert not any(r.is_pooled for r in few)
    assert (
        many[0].refusal.upper - many[0].refusal.lower < few[0].refusal.upper - few[0].refusal.lower
    )


def decision(step: Step, days: int = 0, answers: dict[str, Answer] | None = None) -> Decision:
    said = tuple(StatementResult(s, 1, a) for s, a in (answers or {}).items())
    return Decision(step, "because", "Sol", AT + timedelta(days=days), stream="start-fast",
                    metric="starts", metric_version="v1", statements=said)  # fmt: skip


def chain(*decisions: Decision, number: int = 1) -> Chain:
    return Chain(number, Work("Preload"), "Sol", AT, decisions)


def test_the_verdict_that_stood_when_work_began_counts() -> None:
    held = chain(decision(ACCEPT), decision(REFUSE, 40))
    began = case_of(held, Outcome(AT.date() + timedelta(days=10), YES))
    assert began is not None
    assert began.step is ACCEPT
    assert began.moved is YES
    assert case_of(chain(), Outcome()) is None


def test_refused_and_done_within_ninety_days_was_done_anyway() -> None:
    soon = case_of(chain(decision(REFUSE)), Outcome(AT.date() + timedelta(days=90), YES))
    late = case_of(chain(decision(REFUSE)), Outcome(AT.date() + timedelta(days=91), YES))
    assert soon is not None
    assert late is not None
    assert (soon.done_anyway, soon.moved) == (True, YES)
    assert (late.done_anyway, late.moved) == (False, None)


def test_a_statement_that_decides_nothing_in_a_hundred_askings_may_be_retired() -> None:
    both = {"D-W01": Answer.TRUE, "D-W02": Answer.TRUE}
    chains = [chain(decision(REFUSE, answers=both), number=n) for n in range(120)]
    found = {y.statement: y for y in statement_yields([*chains, chain()])}
    assert found["D-W01"].rate.k == 120
    assert found["D-W02"].rate.k == 0
    assert found["D-W02"].is_idle
    assert not found["D-W01"].is_idle
    few = statement_yields(chains[:50])
    assert not any(y.is_idle for y in few)
