"""What use cases of deciding stand on: the plan, what was answered and decided, and the ledger.

There are two: that of a server (its tables), and that of a folder (two files beside the plan). Both are
behind the same names, so that the command line, pages, the API and assistants share every use case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from mainstem.challenge.decisions import Chain, Decision, Work
from mainstem.challenge.verdicts import Answer
from mainstem.plan.standing import Standing
from mainstem.services.access import Actor

if TYPE_CHECKING:
    from mainstem.services.scoring import Book


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


class AnswerBook(Protocol):
    """Keeps what people answered; nothing is ever changed or removed."""

    def add(self, answered: Answered, by: Actor) -> None:
        """Keeps an answer; the newest one to a statement about a thing counts."""
        ...

    def standing(self, subjects: Iterable[str] | None = None) -> Mapping[str, Sequence[Answered]]:
        """The answers that count, by subject; of all subjects if none are named."""
        ...

    def history(self, subject: str) -> Sequence[Answered]:
        """Every answer about a thing, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which chains are wanted; what is empty asks for nothing.

    Attributes:
        standing: Values of ``challenge.decisions.Step``; ``""`` among them: nothing decided yet.
        stream, team: Of whose name, of who would do it.
        words: Words of the title, all of them.
        metric: Some verdict was given while this was the stream's metric.
        since: Asked or decided since this moment.
        appealed: Only those whose appeal waits for an answer.
        below: Only smaller numbers, for the next page.
        most: No more than this many.
    """

    standing: frozenset[str] = frozenset()
    stream: str = ""
    team: str = ""
    words: str = ""
    metric: str = ""
    since: datetime | None = None
    appealed: bool = False
    below: int | None = None
    most: int = 50


class DecisionBook(Protocol):
    """Keeps work that was asked about and the chain of its decisions; nothing is ever changed or removed."""

    def ask(self, work: Work, by: Actor, *, at: datetime) -> Chain:
        """Keeps a piece of work; one of the same source and key, or of the same link, is the same chain."""
        ...

    def add(self, number: int, decision: Decision, by: Actor, *, after: int) -> Chain:
        """Adds a step to a chain.

        Args:
            after: How many steps its author had seen.

        Raises:
            Absent: there is no such chain.
            Conflict: somebody has added a step since.
        """
        ...

    def chain(self, number: int) -> Chain | None:
        """One chain, whole."""
        ...

    def chains(self, wanted: Wanted) -> Sequence[Chain]:
        """Chains, newest first."""
        ...

    def find(self, source: str, key: str, link: str) -> Chain | None:
        """The chain of a piece of work in a tracker, by its key or its link."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to the use cases of deciding by every face.

    Attributes:
        standing: The plan as readers see it, and its revision.
        today: The day that it is where the organisation is.
        answers: What people answered to statements.
        decisions: What was asked and decided.
        book: The ledger with the plan, opened when it is asked for; ``None`` where there is no ledger.
    """

    standing: Standing
    today: date
    answers: AnswerBook
    decisions: DecisionBook
    book: Callable[[], Book | None]
