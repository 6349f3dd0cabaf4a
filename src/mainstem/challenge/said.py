"""What a person answered to a disqualifying statement about a thing, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mainstem.challenge.verdicts import Answer


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person answered to a statement about a thing.

    Attributes:
        subject: ``section/id`` as in findings, or ``asked/NUMBER``.
        statement: Id of the statement; ``version`` is its version then.
        answer: The answer; ``None`` where they took it back.
        evidence: What it rests on.
        owner: Who finds out what nobody can say yet; ``until`` is by when.
        is_private: Only whoever may decide sees who answered and why.
        by: Name of who answered.
        at: When, in UTC.
    """

    subject: str
    statement: str
    version: int
    answer: Answer | None
    evidence: str
    owner: str
    until: date | None
    is_private: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a statement was answered, over all things; answers that were replaced do not count."""

    true: int = 0
    answered: int = 0

    @property
    def rate(self) -> float:
        """How often it is true: with half an answer for each side, so that new ones are in the middle."""
        return (self.true + 0.5) / (self.answered + 1)
