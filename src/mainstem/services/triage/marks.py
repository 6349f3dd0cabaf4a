"""Who looks at which lump of unattributed work, what was put off, and what was claimed a moment ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstem.services.people.access import Actor
from mainstem.store.models import TriageMark
from mainstem.store.together import one_at_a_time

#: A lump that was opened is nobody else's for so long.
TAKEN_FOR = timedelta(minutes=10)
#: A claim that was made catches it from the next derivation, which does not take longer.
CLAIMED_FOR = timedelta(hours=2)
TAKEN, SKIPPED, CLAIMED = "taken", "skipped", "claimed"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a lump: what, whose, until when."""

    state: str
    by: str
    author: int | None
    until: datetime


def marks_at(lumps: Sequence[str], at: datetime) -> Mapping[str, tuple[Mark, ...]]:
    """The marks that hold at a moment, by lump."""
    out: dict[str, tuple[Mark, ...]] = {}
    for row in TriageMark.objects.filter(lump__in=list(lumps), until__gt=at).order_by("at", "pk"):
        mark = Mark(row.state, row.author_name, row.author_id, row.until)
        out[row.lump] = (*out.get(row.lump, ()), mark)
    return out


def taken_by_other(marks: Sequence[Mark], by: Actor) -> Mark | None:
    """The mark of somebody else who looks at it."""
    return next((m for m in marks if m.state == TAKEN and m.author != by.id), None)


def take(lump: str, by: Actor, at: datetime) -> Mark | None:
    """Takes a lump for some minutes, and lets go of what one had taken before.

    Returns:
        The mark of somebody else who has it; ``None`` if it is the actor's now.
    """
    with one_at_a_time():
        other = taken_by_other(marks_at([lump], at).get(lump, ()), by)
        TriageMark.objects.filter(author_id=by.id, state=TAKEN).exclude(lump=lump).delete()
        if other is None:
            put(lump, TAKEN, at + TAKEN_FOR, by, at)
        return other


def put(lump: str, state: str, until: datetime, by: Actor, at: datetime) -> None:
    """Marks a lump; a mark of the same person and state is renewed."""
    TriageMark.objects.filter(until__lt=at - timedelta(days=30)).delete()
    TriageMark.objects.update_or_create(
        lump=lump, author_id=by.id, state=state,
        defaults={"until": until, "at": at, "author_name": by.name[:200]},
    )  # fmt: skip


def let_go(lump: str, by: Actor) -> None:
    """Lets go of a lump that one had taken."""
    TriageMark.objects.filter(lump=lump, author_id=by.id, state=TAKEN).delete()
