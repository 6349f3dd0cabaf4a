"""High-water marks: what was read of a list in the order of its changes, as plain JSON. Pure.

A change gets its moment when it is made and shows when its transaction ends; so what was changed shortly
before the last change that was seen is looked at again. What was read in the state that it has is skipped.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.remote import Refused
from mainstem.sources.shape import ident, listing, mapping, text

#: So long before the last change that was seen everything is looked at again.
OVERLAP = timedelta(seconds=60)
#: Moments may be whole seconds: so long after one nothing more happens in it.
SETTLED = timedelta(seconds=5)
#: Numbers that are remembered of the overlap.
MOST_SEEN = 2_000


@dataclass(slots=True)
class Mark:
    """Where reading of one list stands.

    Attributes:
        last: Moment of the last change that was seen; ``None`` before the first.
        seen: Moment as it was written → numbers of the rows that were read in that state.
    """

    last: datetime | None = None
    seen: dict[str, list[int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a cursor."""
        last = self.last.isoformat() if self.last else ""
        return {"last": last, "seen": copy.deepcopy(self.seen)}

    def since(self) -> datetime | None:
        """From when on changes are to be read; ``None``: from the beginning."""
        return self.last - OVERLAP if self.last else None

    def unread(self, rows: Iterable[Any], name: str) -> list[Any]:
        """Those that were not read in the state that they have.

        Args:
            name: What the moment of the last change is called.
        """
        return [
            row for row in rows
            if ident(mapping(row).get("id")) not in self.seen.get(_written(row, name), ())
        ]  # fmt: skip

    def has_read(self, rows: Sequence[Any], name: str) -> None:
        """Moves on behind rows."""
        found = (as_moment(mapping(row).get(name)) for row in rows)
        self.last = max((m for m in (*found, self.last) if m), default=None)
        if self.last is None:
            return
        for row in rows:
            nr = ident(mapping(row).get("id"))
            if nr and nr not in (numbers := self.seen.setdefault(_written(row, name), [])):
                numbers.append(nr)
        self._forget(self.last - OVERLAP - SETTLED)

    def settle(self) -> None:
        """Ends a pass: what was changed in the last seconds is read once more next time."""
        if self.last is not None:
            end = self.last - SETTLED
            self.seen = {at: n for at, n in self.seen.items() if (m := as_moment(at)) and m <= end}

    def _forget(self, before: datetime) -> None:
        kept: dict[str, list[int]] = {}
        room = MOST_SEEN
        for at, numbers in sorted(self.seen.items(), reverse=True):
            found = as_moment(at)
            if found and found >= before and room >= len(numbers):
                kept[at] = numbers
                room -= len(numbers)
        self.seen = kept


def mark_from(kept: object) -> Mark:
    """Back from ``Mark.as_json``."""
    given = mapping(kept)
    seen: Mapping[str, Any] = mapping(given.get("seen"))
    return Mark(
        as_moment(given.get("last")),
        {at: [n for one in listing(nrs) if (n := ident(one))] for at, nrs in seen.items()},
    )


def as_moment(given: object) -> datetime | None:
    """A moment, or ``None`` for whatever is none."""
    try:
        return moment(given)
    except Refused:
        return None


def latest(rows: Iterable[Any], name: str, before: str) -> str:
    """The latest moment of that name, as it is written."""
    found: Iterable[Mapping[str, Any]] = map(mapping, rows)
    return max([before, *(t for row in found if (t := text(row.get(name))))])


def _written(row: Any, name: str) -> str:
    return text(mapping(row).get(name)) or ""
