"""What somebody in a room has not seen yet: everything, or what happened since; always as they may see it."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.services.workshops.boards import board_of
from mainstem.store.models import RoomEvent
from mainstem.workshop.board import Record
from mainstem.workshop.case import Sitting
from mainstem.workshop.seeing import masked, masked_records

#: Who is further behind than so many events takes the whole: it is less to send.
FURTHEST_BEHIND = 2_000


@dataclass(frozen=True, slots=True)
class Whole:
    """A room as somebody sees it after event ``number``: records by name."""

    number: int
    records: dict[str, Record]


@dataclass(frozen=True, slots=True)
class Since:
    """What happened since, as somebody sees it.

    Attributes:
        number: Of the newest event there is; more than the last here if there were too many for one answer.
        events: Number and puts, oldest first. An event that puts nothing for this person is named, too.
    """

    number: int
    events: tuple[tuple[int, dict[str, Record | None]], ...]


def whole(number: int, seat: Sitting) -> Whole:
    """Everything, as a seat sees it. Whoever calls has asked for the seat, and so for the right."""
    board = board_of(number)
    return Whole(board.number, masked_records(board.records(), seat))


def since(number: int, after: int, seat: Sitting, limit: int = 500) -> Since | None:
    """What happened after event ``after``, as a seat sees it; ``None`` if that is too far back or never was."""
    newest = board_of(number).number
    if not newest - FURTHEST_BEHIND <= after <= newest or after < 0:
        return None
    if after == newest:
        return Since(newest, ())
    rows = RoomEvent.objects.filter(workshop_id=number, number__gt=after).order_by("number")
    found = rows.values_list("number", "puts")[:limit]
    return Since(newest, tuple((n, masked(puts, seat)) for n, puts in found))


__all__ = ("FURTHEST_BEHIND", "Since", "Whole", "board_of", "since", "whole")
