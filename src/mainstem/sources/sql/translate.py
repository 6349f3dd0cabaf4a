"""Rows of a query → issues, or time entries with their items. Pure; what cannot be is ``Refused``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.issue import Issue, Log, Work, work_of
from mainstem.sources.remote import Refused
from mainstem.sources.sql.columns import Shape
from mainstem.sources.sql.values import (
    day_of,
    is_set,
    moment_of,
    name_of,
    number_of,
    seconds_of,
    text_of,
    words_of,
)
from mainstem.work.records import MICRO, UNIT_CODES

#: Time entries are kept in so many parts, each withdrawn and read as one. A part is a stem.
PARTS = 16**3
_CUT = "\x1f"
_MOST_AMOUNT = 2**62


@dataclass(frozen=True, slots=True)
class Entry:
    """A time entry: its item, if it names one, and its record.

    ``is_named`` tells whether the database has an id for it; else equal entries are numbered later.
    """

    item: dict[str, Any] | None
    record: dict[str, Any]
    is_named: bool


@dataclass(frozen=True, slots=True)
class Translator:
    """Turns rows into work.

    Attributes:
        shape: Which column means what.
        zone: Of stamps without an offset.
        own: The organisation's: days are cut in it.
        now: The moment of the sync.
        bots: Further people that are programs, in lower case.
    """

    shape: Shape
    zone: ZoneInfo
    own: ZoneInfo
    now: datetime
    bots: frozenset[str] = frozenset()

    def value(self, row: Sequence[Any], role: str) -> Any:
        """What a row has for a role; ``None`` where there is no such column."""
        place = self.shape.places.get(role)
        return None if place is None else row[place]

    def key(self, row: Sequence[Any]) -> str | None:
        """The key of a row's item; ``None`` where it has none.

        Raises:
            Refused: it is no key.
        """
        return name_of(self.value(row, "key"), "key")

    def ident(self, row: Sequence[Any], key: str) -> str:
        """The stable id, as the stem of row keys: without ``#``."""
        ident = name_of(self.value(row, "id"), "id") or key
        return ident.replace("%", "%25").replace("#", "%23") if "#" in ident else ident

    def work(self, row: Sequence[Any]) -> Work:
        """A row that is a work item.

        Raises:
            Refused: it has no key, or a value that cannot be.
        """
        key = self.key(row)
        if key is None:
            raise Refused("no key", self._sample(row))
        return work_of(self._issue(row, key), self.own, self.now)

    def _issue(self, row: Sequence[Any], key: str) -> Issue:
        moments = {r: moment_of(self.value(row, r), r, self.zone) for r in _MOMENTS}
        points = number_of(self.value(row, "points"), "points")
        if points is not None and points * MICRO > _MOST_AMOUNT:
            raise Refused("the points is no number that can be", points)
        person = text_of(self.value(row, "person"), "person")
        return Issue(
            self.ident(row, key), key, **self._texts(row), **self._lists(row),
            team=text_of(self.value(row, "team"), "team"), fields=self._fields(row),
            created=moments["created"], started=moments["started"], done=moments["done"],
            points=None if points is None else float(points), person=person,
            bot=self._is_bot(row, person), logs=self._logs(row, moments, person),
        )  # fmt: skip

    def _logs(
        self, row: Sequence[Any], moments: dict[str, datetime | None], person: str | None
    ) -> tuple[Log, ...]:
        """Time spent in one figure: on the day when the item was done, else when it last changed."""
        seconds = seconds_of(self.value(row, "hours"), "hours")
        if not seconds:
            return ()
        at = moments["done"] or moments["updated"]
        if at is None:
            raise Refused("hours without a day: neither done nor updated", seconds)
        return (Log("spent", at.astimezone(self.own).date(), float(seconds), person),)

    def entry(self, row: Sequence[Any]) -> Entry:
        """A row that is a time entry.

        Raises:
            Refused: it has no day or no amount, or a value that cannot be.
        """
        day = day_of(self.value(row, "day"), "day", self.zone, self.own)
        if day is None:
            raise Refused("no day", self._sample(row))
        unit, amount = self._amount(row)
        person = text_of(self.value(row, "person"), "person")
        item = self._item(row)
        ident = name_of(self.value(row, "row_id"), "row_id")
        key = item["key"] if item else None
        natural = ident or _natural(key, person, day.isoformat(), self.value(row, "note"))
        record = {
            "row_key": row_key(natural), "item_key": key, "day": day.isoformat(), "person": person,
            "team": text_of(self.value(row, "team"), "team"), "unit": unit, "amount": amount,
            "bot": self._is_bot(row, person),
        }  # fmt: skip
        return Entry(item, record, ident is not None)

    def _amount(self, row: Sequence[Any]) -> tuple[int, int]:
        seconds = seconds_of(self.value(row, "hours"), "hours")
        if seconds is not None:
            return UNIT_CODES["hour"], _micro(seconds / 3600)
        points = number_of(self.value(row, "points"), "points")
        if points is None:
            raise Refused("no hours", self._sample(row))
        return UNIT_CODES["point"], _micro(points)

    def _item(self, row: Sequence[Any]) -> dict[str, Any] | None:
        """The item of a time entry; made up from project and title where there is no key."""
        key, texts = self.key(row), self._texts(row)
        if key is None:
            key = " / ".join(t for t in (texts["project"], texts["title"]) if t) or None
        if key is None:
            return None
        return {
            "key": key, **texts, **{r: list(v) for r, v in self._lists(row).items()}, "team": None,
            "fields": self._fields(row), "shares": {}, "bot": False,
        }  # fmt: skip

    def _texts(self, row: Sequence[Any]) -> dict[str, Any]:
        return {role: text_of(self.value(row, role), role) for role in _TEXTS}

    def _lists(self, row: Sequence[Any]) -> dict[str, Any]:
        return {role: words_of(self.value(row, role), role) for role in _LISTS}

    def _fields(self, row: Sequence[Any]) -> dict[str, str]:
        made = ((name, text_of(row[place], name)) for name, place in self.shape.fields.items())
        return {name: text for name, text in made if text}

    def _is_bot(self, row: Sequence[Any], person: str | None) -> bool:
        if self.shape.has("bot") and is_set(self.value(row, "bot"), "bot"):
            return True
        word = (person or "").lower()
        return word.endswith("[bot]") or word in self.bots

    def _sample(self, row: Sequence[Any]) -> str:
        return " | ".join(str(v)[:40] for v in row[:6] if v is not None)


_MOMENTS = ("created", "started", "done", "updated")
_TEXTS = ("type", "title", "state", "project", "epic", "parent", "url")
_LISTS = ("labels", "components", "paths")


def _micro(amount: Decimal) -> int:
    return int((amount * MICRO).to_integral_value(ROUND_HALF_EVEN))


def _natural(key: str | None, person: str | None, day: str, note: Any) -> str:
    told = _CUT.join((key or "", person or "", day, text_of(note, "note") or ""))
    return hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()[:20]


def row_key(ident: str) -> str:
    """The key of a time entry: the part of all entries that it belongs to, and its id."""
    return f"{part_of(ident)}#{ident}"


def part_of(ident: str) -> str:
    """Which part of all time entries one belongs to: three hexadecimal digits."""
    return hashlib.sha1(ident.encode(), usedforsecurity=False).hexdigest()[:3]


def all_parts() -> tuple[str, ...]:
    """Names of all parts, in order."""
    return tuple(f"{n:03x}" for n in range(PARTS))
