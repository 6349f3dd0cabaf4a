"""One act before its rules: the board, what was sent, who acts, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from mainstem.errors import Absent, Conflict, Forbidden
from mainstem.workshop.board import Board, Record
from mainstem.workshop.reading import Sent

FACILITATOR, MEMBER, GUEST = "facilitator", "member", "guest"
#: Who may sit in a room, from most to least.
SEAT_ROLES = (FACILITATOR, MEMBER, GUEST)
#: States of a card that stand on the board.
STANDING = ("open", "chosen", "aside")


class Sitting(Protocol):
    """Somebody in a room: what rules and masks need to know of them."""

    @property
    def id(self) -> int:
        """Number of the seat."""

    @property
    def name(self) -> str:
        """What others read."""

    @property
    def role(self) -> str:
        """``facilitator``, ``member`` or ``guest``."""


class OtherWords(Conflict):
    """Somebody else changed what was edited. Both words are here: nothing is lost.

    ``card`` is the id; ``yours`` what was sent, ``theirs`` what stands, each ``{"text": …, "fields": {…}}``
    of what both changed; ``version`` is what to send as ``seen`` to put yours in its place.
    """

    code = "workshop.other_words"

    def __init__(self, card: str, yours: Record, theirs: Record, version: int) -> None:
        super().__init__(
            "Somebody else changed this card while you wrote.",
            "Both are kept here: take theirs, or send yours once more.",
        )
        self.card, self.yours, self.theirs, self.version = card, yours, theirs, version


@dataclass(frozen=True, slots=True)
class Case:
    """One act before its rules."""

    board: Board
    sent: Sent
    seat: Sitting
    at: datetime

    @property
    def leads(self) -> bool:
        """Whether a facilitator acts."""
        return self.seat.role == FACILITATOR

    @property
    def moment(self) -> str:
        """When, as records keep it: ISO in UTC, to the millisecond."""
        return written(self.at)

    @property
    def room(self) -> Record:
        """The record of the room."""
        found = self.board.get("room")
        if found is None:
            raise Absent("There is no such workshop.", "Look at the list of workshops.")
        return found

    def card(self, ident: str) -> Record:
        """A card, whatever its state.

        Raises:
            Absent: there is none.
        """
        found = self.board.get(f"card/{ident}")
        if found is None:
            raise Absent("There is no such card.", "It may have been undone; look at the board again.",
                         code="workshop.no_card")  # fmt: skip
        return found

    def standing(self, ident: str) -> Record:
        """A card that stands on the board.

        Raises:
            Absent: there is none.
            Conflict: it was removed or merged.
        """
        found = self.card(ident)
        if found["state"] not in STANDING:
            raise Conflict(
                "This card was removed meanwhile." if found["state"] == "gone"
                else "This card was merged into another one meanwhile.",
                "Write a new one, or ask the facilitator to bring it back.",
                code="workshop.card_gone",
            )  # fmt: skip
        return found

    def open_to_all(self, ident: str) -> Record:
        """A standing card that is not hidden.

        Raises:
            Conflict: it waits to be revealed.
        """
        found = self.standing(ident)
        if found["silent"]:
            raise Conflict(
                "This card is still hidden.", "Wait until the facilitator reveals the cards.",
                code="workshop.silent",
            )  # fmt: skip
        return found

    def step(self, ident: str) -> Record:
        """A step.

        Raises:
            Absent: there is none.
        """
        found = self.board.get(f"step/{ident}")
        if found is None:
            raise Absent("There is no such step.", "It may have been removed; look at the agenda.",
                         code="workshop.no_step")  # fmt: skip
        return found

    def is_own(self, record: Mapping[str, Any]) -> bool:
        """Whether the actor wrote it."""
        return record.get("by") == self.seat.id

    def require_lead(self) -> None:
        """Refuses everybody but a facilitator.

        Raises:
            Forbidden: saying so.
        """
        if not self.leads:
            raise Forbidden(
                "Only a facilitator may do this.", "Raise your hand and ask for it.",
                code="workshop.facilitator",
            )  # fmt: skip

    def cards(self, ids: Iterable[str]) -> dict[str, Record]:
        """Standing cards by id. Errors are those of ``open_to_all``."""
        return {ident: self.open_to_all(ident) for ident in ids}


def written(at: datetime) -> str:
    """A moment as records keep it: ``2026-10-21T09:00:00.000Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_moment(text: str) -> datetime:
    """A moment that a record keeps."""
    return datetime.fromisoformat(text)
