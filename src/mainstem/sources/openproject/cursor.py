"""Where reading goes on: what of OpenProject was read, as plain JSON. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from mainstem.sources.marks import Mark, mark_from
from mainstem.sources.remote import Cursor
from mainstem.sources.shape import ident, listing, text


@dataclass(slots=True)
class Place:
    """Where reading stands.

    Attributes:
        digest: Of the settings.
        packages: What was read of the work packages.
        time: What was read of the time entries.
        pending: Work packages to be read again, because time was logged on them.
        rolled: Moment of the last roll call.
        day: Day on which what is in progress was read.
        is_begun: Whether all time was read once.
    """

    digest: str
    packages: Mark = field(default_factory=Mark)
    time: Mark = field(default_factory=Mark)
    pending: list[int] = field(default_factory=list)
    rolled: str = ""
    day: str = ""
    is_begun: bool = False

    def as_cursor(self) -> Cursor:
        """For a batch; later changes of the place do not reach it."""
        return {
            "digest": self.digest, "packages": self.packages.as_json(), "time": self.time.as_json(),
            "pending": [*self.pending], "rolled": self.rolled, "day": self.day,
            "begun": self.is_begun,
        }  # fmt: skip


def place_from(cursor: Cursor, digest: str) -> Place | None:
    """Back from a cursor; ``None`` where reading has to begin anew."""
    if cursor.get("digest") != digest:
        return None
    return Place(
        digest, mark_from(cursor.get("packages")), mark_from(cursor.get("time")),
        [n for one in listing(cursor.get("pending")) if (n := ident(one))],
        text(cursor.get("rolled")) or "", text(cursor.get("day")) or "",
        cursor.get("begun") is True,
    )  # fmt: skip
