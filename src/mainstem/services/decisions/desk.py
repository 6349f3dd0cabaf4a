"""What use cases of deciding stand on: the plan, what was answered and decided, and the ledger.

There are two: that of a server (its tables), and that of a folder (two files beside the plan). Both are
behind the same names, so that the command line, pages, the API and assistants share every use case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from mainstem.challenge.decisions import Chain, Decision, Work
from mainstem.challenge.done import Done
from mainstem.challenge.overlap import Nearest
from mainstem.challenge.said import Answered as Answered
from mainstem.challenge.said import Tally
from mainstem.challenge.wanted import Wanted as Wanted
from mainstem.plan.standing import Standing
from mainstem.services.people.access import Actor

if TYPE_CHECKING:
    from mainstem.services.scores.scoring import Book


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

    def tallies(self) -> Mapping[str, Tally]:
        """Statement → how often it was true of all things it was answered for."""
        ...


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

    def past(self) -> Nearest[int]:
        """The titles of all work that was decided on, by the number of its chain; only to be read."""
        ...

    def done(self, numbers: Collection[int] | None = None) -> Mapping[int, tuple[Done, ...]]:
        """Work of the ledger that is, or may be, that of these chains, or of all, by chain."""
        ...

    def keep_done(self, found: Done, by: Actor) -> None:
        """Keeps that an item was found, or what a person said of it."""
        ...


class Room(Protocol):
    """What happens around a write: it is one with its line in the audit log and with what others are told."""

    def together(self) -> AbstractContextManager[object]:
        """Everything inside happens, or none of it, and nobody else decides meanwhile."""
        ...

    def record(self, by: Actor, action: str, subject: str, *, at: datetime, sentence: str) -> None:
        """Adds a line to the audit log."""
        ...

    def tell(
        self, event: str, subjects: Sequence[str], sentence: str, address: str, by: Actor, *, at: datetime
    ) -> None:  # fmt: skip
        """Tells those who watch; see ``services.telling``."""
        ...

    def watch(self, subject: str, by: Actor, *, at: datetime) -> None:
        """Lets somebody watch a subject from now on."""
        ...


class NoRoom:
    """A folder: its history is git's, and nobody waits to be told."""

    def together(self) -> AbstractContextManager[object]:
        """Nothing to hold together."""
        return nullcontext()

    def record(self, by: Actor, action: str, subject: str, *, at: datetime, sentence: str) -> None:
        """There is no audit log."""

    def tell(
        self, event: str, subjects: Sequence[str], sentence: str, address: str, by: Actor, *, at: datetime
    ) -> None:  # fmt: skip
        """Nobody is told."""

    def watch(self, subject: str, by: Actor, *, at: datetime) -> None:
        """Nobody watches."""


NO_ROOM = NoRoom()


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to the use cases of deciding by every face.

    Attributes:
        standing: The plan as readers see it, and its revision.
        today: The day that it is where the organisation is.
        answers: What people answered to statements.
        decisions: What was asked and decided.
        book: The ledger with the plan, opened when it is asked for; ``None`` where there is no ledger.
        room: What happens around a write.
    """

    standing: Standing
    today: date
    answers: AnswerBook
    decisions: DecisionBook
    book: Callable[[], Book | None]
    room: Room = NO_ROOM
