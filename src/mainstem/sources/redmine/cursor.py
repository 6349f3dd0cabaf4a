"""Where reading goes on: what of Redmine was read, as plain JSON. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.remote import Cursor, Refused
from mainstem.sources.shape import ident, listing, mapping, text

#: What was changed so long before the last change that was seen is looked at again: a change gets its
#: moment when it is made and shows when its transaction ends.
OVERLAP = timedelta(seconds=60)
#: Moments are whole seconds: so long after one nothing more happens in it.
SETTLED = timedelta(seconds=5)
#: Numbers that are remembered of the overlap.
MOST_SEEN = 2_000


@dataclass(slots=True)
class Place:
    """Where reading stands.

    Attributes:
        digest: Of the settings.
        marks: Scope → moment of the last change that was seen.
        seen: Scope → moment → numbers of the issues that were read in that state.
        made: Scope → moment of creation of the last time entry that was seen, and its offset.
        touched: Moment of the last change of a time entry that was seen.
        pending: Issues to be read again, because time was logged on them.
        rolled: Moment of the last roll call.
        day: Day on which what is in progress was read.
    """

    digest: str
    marks: dict[str, str] = field(default_factory=dict)
    seen: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    made: dict[str, list[Any]] = field(default_factory=dict)
    touched: str = ""
    pending: list[int] = field(default_factory=list)
    rolled: str = ""
    day: str = ""

    def as_cursor(self) -> Cursor:
        """For a batch; later changes of the place do not reach it."""
        return {name: copy.deepcopy(getattr(self, name)) for name in self.__slots__}

    def since(self, scope: str) -> datetime | None:
        """From when on changes are to be read."""
        mark = _moment(self.marks.get(scope))
        return mark - OVERLAP if mark else None

    def unread(self, scope: str, rows: Iterable[Any]) -> list[Any]:
        """Those that were not read in the state in which they are."""
        seen = self.seen.get(scope, {})
        return [r for r in rows if ident(mapping(r).get("id")) not in seen.get(_updated(r), ())]

    def has_read(self, scope: str, rows: Sequence[Any]) -> None:
        """Moves on behind rows, which came in the order of their changes."""
        last = max((m for r in rows if (m := _moment(_updated(r)))), default=None)
        mark = _moment(self.marks.get(scope))
        if last and (mark is None or last > mark):
            self.marks[scope], mark = last.strftime("%Y-%m-%dT%H:%M:%SZ"), last
        if mark is None:
            return
        seen = self.seen.setdefault(scope, {})
        for row in rows:
            nr = ident(mapping(row).get("id"))
            if nr and nr not in (numbers := seen.setdefault(_updated(row), [])):
                numbers.append(nr)
        self._forget(scope, mark)

    def _forget(self, scope: str, mark: datetime) -> None:
        kept: dict[str, list[int]] = {}
        room = MOST_SEEN
        for at, numbers in sorted(self.seen[scope].items(), reverse=True):
            found = _moment(at)
            if found and found >= mark - OVERLAP - SETTLED and room >= len(numbers):
                kept[at] = numbers
                room -= len(numbers)
        self.seen[scope] = kept

    def settle(self, scope: str) -> None:
        """Ends a pass: what was changed in the last seconds is read once more next time."""
        mark = _moment(self.marks.get(scope))
        if mark and scope in self.seen:
            self.seen[scope] = {
                at: numbers for at, numbers in self.seen[scope].items()
                if (found := _moment(at)) and found <= mark - SETTLED
            }  # fmt: skip


def place_from(cursor: Cursor, digest: str) -> Place | None:
    """Back from a cursor; ``None`` where reading has to begin anew."""
    if cursor.get("digest") != digest:
        return None
    place = Place(digest)
    for name in ("marks", "seen", "made"):
        setattr(place, name, copy.deepcopy(dict(mapping(cursor.get(name)))))
    for name in ("touched", "rolled", "day"):
        setattr(place, name, text(cursor.get(name)) or "")
    place.pending = [n for one in listing(cursor.get("pending")) if (n := ident(one))]
    return place


def _updated(row: Any) -> str:
    return text(mapping(row).get("updated_on")) or ""


def _moment(given: object) -> datetime | None:
    try:
        return moment(given)
    except Refused:
        return None


def latest(rows: Iterable[Any], name: str, before: str) -> str:
    """The latest moment of that name, as it is written."""
    found: Iterable[Mapping[str, Any]] = map(mapping, rows)
    return max([before, *(t for row in found if (t := text(row.get(name))))])
