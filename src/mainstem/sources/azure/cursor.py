"""Where reading goes on: what of Azure DevOps was read, as plain JSON. Pure.

A pass reads what was changed since ``low``, in the order of numbers. What changes while it goes was changed
after ``begun``, which is where the next pass begins. So nothing slips by, whatever moves meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mainstem.sources.marks import as_moment
from mainstem.sources.remote import Cursor
from mainstem.sources.shape import ident, listing, mapping, text

#: So long before the begin of the last pass changes are looked at again: queries may be answered by a copy
#: of the database that is behind, and a change shows when its transaction ends.
OVERLAP = timedelta(minutes=5)
#: Work items whose revision is remembered, and states.
MOST_SEEN, MOST_STATES = 2_000, 200


@dataclass(slots=True)
class Place:
    """Where reading stands.

    Attributes:
        digest: Of the settings.
        low: What was changed before it was read by earlier passes; ``None`` in the first.
        begun: When the pass that is under way began, by the vendor's clock; ``None`` between two.
        after: Number of the last work item that the pass has read.
        seen: Number → revision of what was read and changed shortly before the pass, or in it.
        working: States that were met and in which somebody works.
        rolled: Moment of the last roll call.
        day: Day on which what is in progress was read.
    """

    digest: str
    low: datetime | None = None
    begun: datetime | None = None
    after: int = 0
    seen: dict[int, int] = field(default_factory=dict)
    working: dict[str, None] = field(default_factory=dict)
    rolled: str = ""
    day: str = ""

    def as_cursor(self) -> Cursor:
        """For a batch; later changes of the place do not reach it."""
        return {
            "digest": self.digest, "low": _written(self.low), "begun": _written(self.begun),
            "after": self.after, "seen": {str(n): rev for n, rev in self.seen.items()},
            "working": list(self.working), "rolled": self.rolled, "day": self.day,
        }  # fmt: skip

    def has_read(self, number: int, revision: int, changed: datetime | None) -> None:
        """Remembers what the next pass will meet again."""
        self.seen.pop(number, None)
        first = self.begun - OVERLAP if self.begun else self.low
        if first and changed and changed >= first:
            self.seen[number] = revision
            while len(self.seen) > MOST_SEEN:
                del self.seen[next(iter(self.seen))]

    def end_pass(self) -> None:
        """All that was changed before the pass began has been read."""
        if self.begun:
            self.low = self.begun - OVERLAP
        self.begun, self.after = None, 0


def place_from(cursor: Cursor, digest: str) -> Place | None:
    """Back from a cursor; ``None`` where reading has to begin anew."""
    if cursor.get("digest") != digest:
        return None
    states = (text(one) for one in listing(cursor.get("working")))
    return Place(
        digest, as_moment(cursor.get("low")), as_moment(cursor.get("begun")),
        ident(cursor.get("after")) or 0, _numbers(mapping(cursor.get("seen"))),
        {s: None for s in states if s}, text(cursor.get("rolled")) or "",
        text(cursor.get("day")) or "",
    )  # fmt: skip


def _numbers(given: Mapping[str, object]) -> dict[int, int]:
    pairs = ((ident(n), ident(rev)) for n, rev in given.items())
    return {n: rev for n, rev in pairs if n and rev}


def _written(at: datetime | None) -> str:
    return at.isoformat() if at else ""
