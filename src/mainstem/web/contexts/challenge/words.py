"""Verdicts, answers and statements in the words and tones of pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from mainstem.challenge.said import Answered
from mainstem.challenge.verdicts import Answer, Verdict
from mainstem.challenge.weighing import Told
from mainstem.figures.shown import Tag
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.findings import Severity

#: Verdict → what a thing is said to do, in a sentence.
SAID: Mapping[Verdict, str] = {
    Verdict.DISQUALIFIED: "is disqualified",
    Verdict.CONDITIONAL: "waits for an answer",
    Verdict.PASSES_WITH_WARNINGS: "passes with warnings",
    Verdict.PASSES: "passes",
}
_TONES = {
    Verdict.DISQUALIFIED: "bad",
    Verdict.CONDITIONAL: "rest",
    Verdict.PASSES_WITH_WARNINGS: "",
    Verdict.PASSES: "good",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with its answer, as it is read.

    Attributes:
        id: Of the statement or rule.
        text: The sentence.
        answer: The answer, or that it is open or lived with.
        weight: What it does when true.
        said: What the answer rests on.
        who: Who answered and when; ``the program`` for what it answered.
        note: That an older answer does not count, or that it is lived with.
        hint: What to do.
    """

    id: str
    text: str
    answer: Tag
    weight: str
    said: str
    who: str
    note: str
    hint: str


def verdict_tag(verdict: Verdict) -> Tag:
    """The verdict as a tag."""
    return Tag(str(verdict), _TONES[verdict])


def challenge_address(subject: str, step: str = "") -> str:
    """The page on which a thing is challenged."""
    section, ident = split_subject(subject)
    return f"/challenge/{section}/{quote(ident, safe='/')}/{step}"


def line_of(told: Told) -> Line:
    """A statement as it stands."""
    return Line(
        told.id, told.text, _answer_tag(told), "blocks" if told.severity is Severity.BLOCKS else "warns",
        told.said if told.answer is not None or told.heard else "", _who(told), _note(told),
        told.hint if told.answer is not Answer.FALSE and told.overruled is None else "",
    )  # fmt: skip


def _answer_tag(told: Told) -> Tag:
    if told.overruled is not None:
        return Tag("lived with", "")
    if told.answer is None:
        return Tag("open", "rest" if told.severity is Severity.BLOCKS else "")
    return answer_tag(told.answer, told.severity)


def answer_tag(answer: Answer | None, severity: Severity = Severity.WARNS) -> Tag:
    """An answer; true is bad only where it blocks."""
    if answer is None:
        return Tag("taken back", "")
    if answer is Answer.TRUE:
        return Tag("true", "bad" if severity is Severity.BLOCKS else "rest")
    return Tag(str(answer), "good" if answer is Answer.FALSE else "rest")


def _who(told: Told) -> str:
    if told.heard is not None:
        return _by(told.heard)
    return "the program" if told.by_program else ""


def _by(given: Answered) -> str:
    who = given.by or "somebody who was asked"
    return f"{who}, {day(given.at)}"


def day(at: datetime) -> str:
    """A moment as a day."""
    return f"{at:%Y-%m-%d}"


def _note(told: Told) -> str:
    if told.overruled is not None:
        return f"Lived with: {told.overruled}"
    if told.stale is not None and told.statement is not None:
        was = told.stale
        return (
            f"{_by(was)} said “{was.answer}” to version {was.version}. The statement is at version"
            f" {told.statement.version} now, so that answer does not count."
        )
    heard = told.heard
    if heard is not None and heard.answer is Answer.CANNOT_SAY and heard.owner:
        return f"{heard.owner} finds out" + (f" by {heard.until}." if heard.until else ".")
    return ""
