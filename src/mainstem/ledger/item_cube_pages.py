"""Totals and pages of items from what is kept of some days: the answers of ``browse`` without SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.browsing_values import (
    Cursor,
    FoundItem,
    FoundPage,
    Order,
    Part,
    Sought,
    Totals,
)
from mainstem.ledger.cube_files import content_of
from mainstem.ledger.item_cube import Period, digest, period_of
from mainstem.ledger.item_cube_held import Held
from mainstem.ledger.item_cube_query import picked
from mainstem.ledger.item_cube_words import words_of
from mainstem.ledger.questions import Desk

Array = NDArray[Any]
#: Held of what queries picked, for their next pages.
MOST_BYTES = 40_000_000
#: Items whose words are looked up in one go, for those that have a key.
BLOCK = 1_000


@dataclass(frozen=True, slots=True)
class _Kept:
    """What of a query's answer is kept for its next pages; nothing of it holds on to the days' own arrays.

    Attributes:
        rows: The rows picked, in order, which are sorted by item; ``None`` for all.
        begins: Where each item begins among the rows; ``None`` as in the days.
        items: Its place among the items of the days; ``None`` for all.
        amounts: Its parts.
        totals: What is picked in all.
    """

    rows: Array | None
    begins: Array | None
    items: Array | None
    amounts: Array
    totals: Totals

    @property
    def bytes(self) -> int:
        """Size of the arrays, and a little for the rest."""
        own = (self.rows, self.begins, self.items, self.amounts)
        return sum(a.nbytes for a in own if a is not None) + 10_000


@dataclass(frozen=True, slots=True)
class _Picked:
    """What a query picks of some days; attributes as of ``_Kept``."""

    period: Period
    rows: Array | None
    begins: Array
    items: Array | None
    amounts: Array
    totals: Totals

    @classmethod
    def of(cls, period: Period, kept: _Kept) -> _Picked:
        """The same beside the days."""
        begins = period.begins if kept.begins is None else kept.begins
        return cls(period, kept.rows, begins, kept.items, kept.amounts, kept.totals)

    def last(self) -> Array:
        """Each item's last day, as a number."""
        if not len(self.begins):
            return self.begins
        return np.maximum.reduceat(_of(self.period.last, self.rows), self.begins)

    def numbers(self) -> Array:
        """The items' numbers."""
        return _of(self.period.items, self.items)

    def rows_of(self, place: int) -> Array:
        """The rows of one item, by its place among those picked."""
        is_final = place + 1 == len(self.begins)
        end = len(_of(self.period.at, self.rows)) if is_final else self.begins[place + 1]
        rows = np.arange(self.begins[place], end)
        return rows if self.rows is None else self.rows[rows]


_PICKED: Held[_Kept] = Held(MOST_BYTES, lambda k: k.bytes)


def forget() -> None:
    """Lets go what was picked by earlier queries."""
    _PICKED.clear()


def browse(
    desk: Desk, sought: Sought, *, order: Order, cursor: Cursor | None, most: int
) -> tuple[Totals, FoundPage] | None:
    """Totals and one page of what a query picks; ``None`` if the days must be asked by SQL."""
    found = _picked(desk, sought)
    return None if found is None else (found.totals, _page(desk, found, order, cursor, most))


def keys_of(desk: Desk, sought: Sought, *, most: int) -> list[tuple[int, str]] | None:
    """As ``browsing.keys_of``; ``None`` if the days must be asked by SQL."""
    found = _picked(desk, sought)
    if found is None:
        return None
    numbers = found.numbers().tolist()
    out: list[tuple[int, str]] = []
    for low in range(0, len(numbers), BLOCK):
        said = words_of(desk, numbers[low : low + BLOCK])
        out += [(item, words.key) for item, words in said.items() if words.key]
        if len(out) >= most:
            break
    return out[:most]


def _picked(desk: Desk, sought: Sought) -> _Picked | None:
    period = period_of(desk, sought.unit, sought.first, sought.last)
    if period is None:
        return None
    asked = sought.condition
    key = (period.name, content_of(desk.table("items")), asked.sql, digest(asked.values))
    return _Picked.of(period, _PICKED.get(key, lambda: _pick(desk, sought, period)))


def _pick(desk: Desk, sought: Sought, period: Period) -> _Kept:
    mask = picked(sought.condition.node, sought.condition.known, desk, period)
    if mask is None:
        amounts = _sums(period.parts, period.begins)
        return _Kept(None, None, None, amounts, _totals(period, None, amounts))
    rows = np.flatnonzero(mask)
    at = period.at[rows]
    begins = _changes(at)
    amounts = _sums(period.parts[rows], begins)
    return _Kept(rows, begins, at[begins], amounts, _totals(period, rows, amounts))


def _of(column: Array, places: Array | None) -> Array:
    return column if places is None else column[places]


def _sums(parts: Array, begins: Array) -> Array:
    return np.add.reduceat(parts, begins) if len(begins) else np.zeros(0, np.int64)


def _changes(*columns: Array) -> Array:
    """Where the first of equal neighbours stands."""
    new = np.ones(len(columns[0]), bool)
    if len(new):
        new[1:] = np.logical_or.reduce([c[1:] != c[:-1] for c in columns])
    return np.flatnonzero(new)


def _totals(period: Period, rows: Array | None, amounts: Array) -> Totals:
    target, at = _of(period.target, rows), _of(period.at, rows)
    parts = _counted(target, _of(period.parts, rows))
    items = np.bincount(target[_changes(at, target)], minlength=len(parts))
    there = np.flatnonzero(items)
    by_target = zip(there.tolist(), parts[there].tolist(), items[there].tolist(), strict=True)
    return Totals(
        int(amounts.sum()), len(amounts),
        tuple(sorted(by_target, key=lambda row: (-row[1], row[0]))),
    )  # fmt: skip


def _counted(target: Array, parts: Array) -> Array:
    """Sum of parts by target, exactly: sums in floating point are, of so few bits at a time."""
    low = np.bincount(target, weights=parts & 0xFFFFFF).astype(np.int64)
    high = np.bincount(target, weights=parts >> 24).astype(np.int64)
    whole: Array = (high << 24) + low
    return whole


def _page(desk: Desk, found: _Picked, order: Order, cursor: Cursor | None, most: int) -> FoundPage:
    is_back = cursor is not None and cursor.is_back
    values = found.amounts if order is Order.EFFORT else found.last().astype(np.int64) - 1
    chosen = _chosen(found, values, cursor, most + 1)
    more, chosen = len(chosen) > most, chosen[:most]
    if is_back:
        chosen = chosen[::-1]
    return FoundPage(
        _items(desk, found, chosen), more or is_back, more if is_back else cursor is not None
    )


def _chosen(found: _Picked, values: Array, cursor: Cursor | None, most: int) -> Array:
    """Places of the items on a page, in its order; backwards, the one beside the cursor first."""
    places = np.arange(len(values))
    if cursor is not None:
        number = found.numbers()
        if cursor.is_back:
            inside = (values > cursor.value) | ((values == cursor.value) & (number < cursor.item))
        else:
            inside = (values < cursor.value) | ((values == cursor.value) & (number > cursor.item))
        places, values = places[inside], values[inside]
        if cursor.is_back:
            places, values = places[::-1], -values[::-1]
    return places[_largest(values, most)]


def _largest(values: Array, most: int) -> Array:
    """Places of the largest values, largest first; of equal ones those that come first."""
    if len(values) > most:
        least = np.partition(values, len(values) - most)[len(values) - most]
        above = np.flatnonzero(values > least)
        same = np.flatnonzero(values == least)[: most - len(above)]
        places = np.concatenate((above, same))
    else:
        places = np.arange(len(values))
    return places[np.lexsort((places, -values[places]))]


def _items(desk: Desk, found: _Picked, chosen: Array) -> tuple[FoundItem, ...]:
    numbers = found.numbers()[chosen].tolist()
    words, sources = words_of(desk, numbers), desk.names("source")
    out = []
    for number, place in zip(numbers, chosen.tolist(), strict=True):
        rows = found.rows_of(place)
        said = words[number]
        out.append(FoundItem(
            number, said.key, sources.get(said.source, ""), said.title, said.type, said.url,
            int(found.amounts[place]), date.fromordinal(int(found.period.last[rows].max())),
            _parts(found.period, rows),
        ))  # fmt: skip
    return tuple(out)


def _parts(period: Period, rows: Array) -> tuple[Part, ...]:
    columns = (period.target, period.rank, period.reason, period.share, period.team, period.parts)
    parts = (Part(*row) for row in zip(*(c[rows].tolist() for c in columns), strict=True))
    return tuple(sorted(parts, key=lambda p: (-p.parts, p.target, p.team)))
