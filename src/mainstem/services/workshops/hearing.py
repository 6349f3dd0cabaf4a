"""What the process that holds open streams asks of the tables: few queries, for many rooms and seats at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from mainstem.services.workshops.boards import board_of
from mainstem.services.workshops.seated import takes_guests
from mainstem.store.models import RoomEvent, Seat, Workshop
from mainstem.workshop.board import Puts, Record
from mainstem.workshop.case import GUEST, Sitting
from mainstem.workshop.seeing import masked_records

#: How long somebody counts as here after their process last said so.
STAYS = timedelta(seconds=45)


def events_after(workshop: int, after: int, limit: int = 1_000) -> list[tuple[int, Puts]]:
    """Numbers and puts of the events after event ``after``, oldest first, not masked."""
    rows = RoomEvent.objects.filter(workshop_id=workshop, number__gt=after).order_by("number")
    return list(rows.values_list("number", "puts")[:limit])


def whole_for(workshop: int, viewer: Sitting) -> tuple[int, dict[str, Record]]:
    """Number of the newest event, and all records as a viewer sees them after it."""
    board = board_of(workshop)
    return board.number, masked_records(board.records(), viewer)


def heads_of(workshops: Collection[int]) -> dict[int, int]:
    """Number of the newest event by workshop; one that is gone is left out."""
    return dict(Workshop.objects.filter(pk__in=workshops).values_list("pk", "number"))


def out_of(seats: Collection[int], at: datetime) -> frozenset[int]:
    """Which of these seats are out: removed, gone with their workshop, or guests whose way in has ended."""
    found = Seat.objects.filter(pk__in=seats, removed_at=None).select_related("workshop")
    kept = {row.pk for row in found if row.role != GUEST or takes_guests(row.workshop, at)}
    return frozenset(seats) - kept


def say_here(seats: Collection[int], at: datetime) -> None:
    """Writes down that these seats are here now."""
    Seat.objects.filter(pk__in=seats).update(seen_at=at)


def count_here(workshops: Collection[int], at: datetime) -> dict[int, int]:
    """How many are here, by workshop, in whatever process their streams are."""
    found: Any = Seat.objects.filter(
        workshop__in=workshops, removed_at=None, seen_at__gt=at - STAYS
    )
    return dict(found.values_list("workshop_id").annotate(here=Count("pk")))
