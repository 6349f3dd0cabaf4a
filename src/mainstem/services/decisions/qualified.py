"""What is answered to somebody who asks whether a piece of work qualifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mainstem.challenge.decisions import StatementResult


class QualifyOutcome(StrEnum):
    """The four answers."""

    QUALIFIES = "qualifies"
    DISQUALIFIED = "disqualified"
    QUESTION = "question"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class Question:
    """The one question that decides.

    Attributes:
        statement: Id of the statement that is asked.
        subject: ``streams/ID`` of the likeliest stream; empty where nothing points to one.
        text: The question.
        asked_of: Who is asked.
        streams: Ids of the streams it is asked against, the likeliest first.
    """

    statement: str
    subject: str
    text: str
    asked_of: str
    streams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Similar:
    """Work that was decided on and is alike.

    Attributes:
        number: Of its chain.
        title: What it was.
        step: The verdict that stands: a value of ``challenge.decisions.Step``.
        stream: In whose name; ``kind`` the kind of the rest it was accepted as.
        why: The reason that was given.
        at: When.
        likeness: From 0 to 1.
        shared: The words of both, those that count most first.
    """

    number: int
    title: str
    step: str
    stream: str
    kind: str
    why: str
    at: datetime
    likeness: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Qualified:
    """The answer.

    Attributes:
        outcome: Which of the four.
        sentence: The answer read aloud.
        stream: The stream it is for, or that it was held against; empty if none.
        kind: The kind of the rest that it counts for, or could be done as.
        reasons: Why, in words, what decided first.
        statements: The statements that were answered, as they were answered.
        question: What is open, if that decides.
        similar: Past decisions on work that is alike, the nearest first.
        chain: Number of its decisions, if somebody asked about it before.
        refusal: What would make it qualify; empty unless it is disqualified.
        is_claimed: A claim or link of the plan names the stream, not only somebody's word.
    """

    outcome: QualifyOutcome
    sentence: str
    stream: str = ""
    kind: str = ""
    reasons: tuple[str, ...] = ()
    statements: tuple[StatementResult, ...] = ()
    question: Question | None = None
    similar: tuple[Similar, ...] = ()
    chain: int | None = None
    refusal: str = ""
    is_claimed: bool = False
