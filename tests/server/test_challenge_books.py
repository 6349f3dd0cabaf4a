"""The book of answers: the same story told to the table of a server and to a file beside the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mainstem.challenge.said import Answered, Tally
from mainstem.challenge.verdicts import Answer
from mainstem.errors import PlanError
from mainstem.services.challenges.answers_in_text import AnswersInText
from mainstem.services.people.access import Actor

NOW = datetime(2026, 10, 21, 9, tzinfo=UTC)
ANN = Actor(None, "Ann")


@pytest.fixture(params=["table", "file"])
def book(request: pytest.FixtureRequest, tmp_path: Path, db: None) -> Any:
    if request.param == "file":
        return AnswersInText(tmp_path / "answers.jsonl")
    from mainstem.store.answers import StoredAnswers

    return StoredAnswers()


def said(statement: str, answer: Answer | None, minute: int = 0, **more: Any) -> Answered:
    given = Answered(
        "metrics/starts", statement, 1, answer, "a story — “told”", "", None, False, "Ann",
        NOW + timedelta(minutes=minute),
    )  # fmt: skip
    return replace(given, **more)


def test_an_empty_book_knows_nothing(book: Any) -> None:
    assert (dict(book.standing()), list(book.history("metrics/starts")), dict(book.tallies())) == (
        {},
        [],
        {},
    )


def test_the_newest_answer_counts_and_all_are_kept(book: Any) -> None:
    first, second = said("D-M01", Answer.TRUE), said("D-M01", Answer.FALSE, 1)
    other = said("D-M02", Answer.CANNOT_SAY, 2, owner="Bo", until=date(2026, 11, 3), evidence="")
    for one in (first, second, other):
        book.add(one, ANN)
    assert list(book.standing()["metrics/starts"]) == [second, other]
    assert list(book.history("metrics/starts")) == [first, second, other]


def test_an_answer_taken_back_no_longer_counts_and_stays_in_the_history(book: Any) -> None:
    for one in (said("D-M01", Answer.TRUE), said("D-M01", None, 1, evidence="")):
        book.add(one, ANN)
    assert dict(book.standing()) == {}
    assert [a.answer for a in book.history("metrics/starts")] == [Answer.TRUE, None]


def test_only_what_was_asked_for_is_read(book: Any) -> None:
    book.add(said("D-M01", Answer.TRUE), ANN)
    book.add(said("D-M01", Answer.TRUE, subject="metrics/other"), ANN)
    assert list(book.standing(["metrics/other", "metrics/none"])) == ["metrics/other"]
    assert dict(book.standing([])) == {}


def test_tallies_count_the_newest_answers_and_leave_out_what_nobody_could_say(book: Any) -> None:
    for n, answer in enumerate((Answer.TRUE, Answer.FALSE, Answer.CANNOT_SAY, None)):
        book.add(said("D-M01", answer, n, subject=f"metrics/{n}"), ANN)
    book.add(said("D-M01", Answer.TRUE, 9, subject="metrics/1"), ANN)
    assert dict(book.tallies()) == {"D-M01": Tally(2, 2)}


def test_a_private_answer_stays_private(book: Any) -> None:
    book.add(said("D-W02", Answer.TRUE, subject="asked/3", is_private=True), ANN)
    assert book.history("asked/3")[0].is_private


def test_a_torn_last_line_is_passed_over_and_the_next_answer_has_a_line_of_its_own(
    tmp_path: Path,
) -> None:
    path = tmp_path / "answers.jsonl"
    AnswersInText(path).add(said("D-M01", Answer.TRUE), ANN)
    path.write_bytes(path.read_bytes() + b'{"subject": "metrics/sta')
    AnswersInText(path).add(said("D-M02", Answer.FALSE, 1), ANN)
    assert [a.statement for a in AnswersInText(path).history("metrics/starts")] == [
        "D-M01",
        "D-M02",
    ]


def test_two_branches_that_answered_are_merged_by_moment_whatever_the_order_of_lines(
    tmp_path: Path,
) -> None:
    path = tmp_path / "answers.jsonl"
    for one in (
        said("D-M01", Answer.TRUE),
        said("D-M01", Answer.FALSE, 5),
        said("D-M02", Answer.TRUE, 1),
    ):
        AnswersInText(path).add(one, ANN)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*reversed(lines), lines[0]]))
    book = AnswersInText(path)
    assert [(a.statement, a.answer) for a in book.standing()["metrics/starts"]] == [
        ("D-M02", Answer.TRUE),
        ("D-M01", Answer.FALSE),
    ]
    assert len(book.history("metrics/starts")) == 3


def test_a_line_that_is_no_answer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"subject": "metrics/starts"}\n')
    with pytest.raises(PlanError, match="line 1"):
        AnswersInText(path).standing()
