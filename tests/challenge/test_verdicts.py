"""The verdict on a subject, and its laws."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.challenge.verdicts import Answer, Answered, Verdict, answered, verdict, verdict_of
from mainstem.plan.findings import Finding, Severity

B, W = Severity.BLOCKS, Severity.WARNS
ONE = st.builds(
    Answered,
    st.sampled_from(["D-O01", "D-M02", "D-S04"]),
    st.sampled_from(Answer),
    st.sampled_from(Severity),
    st.none() | st.just("we know"),
)
BETTER = {Answer.TRUE: Answer.CANNOT_SAY, Answer.CANNOT_SAY: Answer.FALSE}


@pytest.mark.parametrize(
    ("answer", "severity", "overruled", "expected"),
    [
        (Answer.TRUE, B, None, Verdict.DISQUALIFIED),
        (Answer.CANNOT_SAY, B, None, Verdict.CONDITIONAL),
        (Answer.TRUE, B, "we know", Verdict.PASSES_WITH_WARNINGS),
        (Answer.TRUE, W, None, Verdict.PASSES_WITH_WARNINGS),
        (Answer.CANNOT_SAY, W, None, Verdict.PASSES),
        (Answer.FALSE, B, None, Verdict.PASSES),
    ],
)
def test_one_answer_decides_as_the_table_says(
    answer: Answer, severity: Severity, overruled: str | None, expected: Verdict
) -> None:
    assert verdict([Answered("D-O01", answer, severity, overruled)]) is expected


def test_nothing_answered_passes() -> None:
    assert verdict([]) is Verdict.PASSES


@given(st.lists(ONE, min_size=1), st.data())
def test_a_better_answer_never_makes_the_verdict_worse(
    answers: list[Answered], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(answers) - 1))
    one = answers[place]
    better = replace(one, answer=BETTER.get(one.answer, one.answer))
    changed = [*answers[:place], better, *answers[place + 1 :]]
    assert verdict(changed).badness <= verdict(answers).badness


@given(st.lists(ONE), st.randoms(use_true_random=False))
def test_the_order_of_statements_and_saying_one_twice_change_nothing(
    answers: list[Answered], random: object
) -> None:
    shuffled = list(answers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert verdict(shuffled) is verdict(answers) is verdict(answers + answers)


@given(st.lists(ONE, min_size=1), st.data())
def test_overruling_never_makes_the_verdict_worse(
    answers: list[Answered], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(answers) - 1))
    overruled = [*answers]
    overruled[place] = replace(answers[place], overruled="we know")
    assert verdict(overruled).badness <= verdict(answers).badness


def test_findings_are_answers_and_accepted_ones_are_overruled() -> None:
    blocking = Finding("S01", B, "streams/s", "x", statements=("D-S03",))
    asked = Finding("D-D01", W, "dependencies/d", "x", statements=("D-D01",))
    assert verdict_of([blocking, asked], "streams/s") is Verdict.DISQUALIFIED
    assert verdict_of([blocking, asked], "dependencies/d") is Verdict.CONDITIONAL
    assert verdict_of([blocking, asked], "teams/t") is Verdict.PASSES
    accepted = replace(blocking, accepted="until the new metric is in")
    assert verdict_of([accepted], "streams/s") is Verdict.PASSES_WITH_WARNINGS


def test_a_warning_without_a_blocking_statement_is_true_and_warns() -> None:
    assert (
        answered(Finding("D-S04", W, "streams/s", "x", statements=("D-S04",))).answer is Answer.TRUE
    )
