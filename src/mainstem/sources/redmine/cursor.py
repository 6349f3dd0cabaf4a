"""Where reading goes on: what of Redmine was read, as plain JSON. Pure."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from mainstem.sources.marks import Mark, mark_from
from mainstem.sources.remote import Cursor
from mainstem.sources.shape import ident, listing, mapping, text


@dataclass(slots=True)
class Place:
    """Where reading stands.

    Attributes:
        digest: Of the settings.
        marks: Scope → what was read of its issues.
        made: Scope → moment of creation of the last time entry that was seen, and its offset.
        touched: Moment of the last change of a time entry that was seen.
        pending: Issues to be read again, because time was logged on them.
        rolled: Moment of the last roll call.
        day: Day on which what is in progress was read.
    """

    digest: str
    marks: dict[str, Mark] = field(default_factory=dict)
    made: dict[str, list[Any]] = field(default_factory=dict)
    touched: str = ""
    pending: list[int] = field(default_factory=list)
    rolled: str = ""
    day: str = ""

    def as_cursor(self) -> Cursor:
        """For a batch; later changes of the place do not reach it."""
        return {
            "digest": self.digest, "marks": {s: m.as_json() for s, m in self.marks.items()},
            "made": copy.deepcopy(self.made), "touched": self.touched, "pending": [*self.pending],
            "rolled": self.rolled, "day": self.day,
        }  # fmt: skip

    def mark(self, scope: str) -> Mark:
        """Where reading of a scope's issues stands."""
        return self.marks.setdefault(scope, Mark())


def place_from(cursor: Cursor, digest: str) -> Place | None:
    """Back from a cursor; ``None`` where reading has to begin anew."""
    if cursor.get("digest") != digest:
        return None
    return Place(
        digest,
        {scope: mark_from(kept) for scope, kept in mapping(cursor.get("marks")).items()},
        {scope: list(kept) for scope, kept in mapping(cursor.get("made")).items()},
        text(cursor.get("touched")) or "",
        [n for one in listing(cursor.get("pending")) if (n := ident(one))],
        text(cursor.get("rolled")) or "",
        text(cursor.get("day")) or "",
    )
