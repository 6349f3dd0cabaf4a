"""Work of the ledger that is, or may be, what somebody had asked about, in the tables of a server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from mainstem.challenge.done import FOUND, Done
from mainstem.store.models import DoneWork

if TYPE_CHECKING:
    from mainstem.store.decisions import By


def done(numbers: Collection[int] | None = None) -> Mapping[int, tuple[Done, ...]]:
    """What was found for these chains, or for all, by chain, earliest first."""
    rows = DoneWork.objects.order_by("pk")
    if numbers is not None:
        rows = rows.filter(asked__in=list(numbers))
    out: dict[int, tuple[Done, ...]] = {}
    for row in rows:
        out[row.asked_id] = (*out.get(row.asked_id, ()), _value(row))
    return out


def keep_done(found: Done, by: By) -> None:
    """Keeps that an item was found, or what a person said of it."""
    said = found.state != FOUND
    values = {
        "title": found.title[:400], "how": found.how, "likeness": found.likeness, "state": found.state,
        "first_day": found.first_day, "found_at": found.at,
    }  # fmt: skip
    row, is_new = DoneWork.objects.get_or_create(
        asked_id=found.number, item=found.item[:400], defaults=values
    )
    if said:
        row.state, row.said_at = found.state, found.at
        row.said_by_id, row.said_by_name = by.id, by.name[:200]
        row.save(update_fields=["state", "said_at", "said_by", "said_by_name"])
    elif not is_new and row.how != found.how and row.state == FOUND:
        # a key or link says more than a likeness did
        DoneWork.objects.filter(pk=row.pk).update(how=found.how, likeness=found.likeness)


def _value(row: DoneWork) -> Done:
    day = date.fromisoformat(row.first_day) if isinstance(row.first_day, str) else row.first_day
    return Done(
        row.asked_id, row.item, row.title, row.how, row.likeness, row.state, day,
        row.said_at or row.found_at, row.said_by_name,
    )  # fmt: skip
