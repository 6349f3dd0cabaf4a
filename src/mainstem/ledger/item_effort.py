"""Effort of some items in some days, and what is said of them: from what is kept, else by SQL."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube_files import Kept, Put, kept_or_made
from mainstem.ledger.item_cube import kept_period
from mainstem.ledger.store import relation
from mainstem.ledger.tables import CHUNK
from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    from mainstem.ledger.questions import Desk

Array = NDArray[Any]
#: Stretches of days kept beside the ledger.
MOST_KEPT = 16


def effort_of_items(desk: Desk, unit: str, span: tuple[date, date], items: Array) -> Array:
    """Effort of each item by everybody, in millionths of the unit.

    Args:
        desk: The ledger.
        unit: Its word.
        span: First and last day.
        items: Numbers of items; of shape (items,), in any order, also more than once.
    """
    if not len(items):
        return np.zeros(0, np.int64)
    if desk.kept_in is None:
        found = _spent(desk, UNIT_CODES[unit], span, np.unique(items))
        return _looked_up(found["item"], found["amount"], items)
    period = kept_period(desk, UNIT_CODES[unit], *span)
    if period is not None:
        return _looked_up(period.items, period.whole, items)
    kept = _kept(desk, UNIT_CODES[unit], span)
    none = np.zeros(0, np.int64)
    return _looked_up(kept.arrays.get("item", none), kept.arrays.get("amount", none), items)


def make_ready(desk: Desk, unit: str, span: tuple[date, date]) -> None:
    """Works out the effort of all items in some days and keeps it beside the ledger."""
    if desk.kept_in is not None and kept_period(desk, UNIT_CODES[unit], *span) is None:
        _kept(desk, UNIT_CODES[unit], span)


def _kept(desk: Desk, unit: int, span: tuple[date, date]) -> Kept:
    assert desk.kept_in is not None

    def make(put: Put) -> dict[str, Any]:
        for name, column in _spent(desk, unit, span).items():
            if len(column):
                put(name, column)
        return {}

    kind = f"spent{unit}x{span[0]:%Y%m%d}x{span[1]:%Y%m%d}"
    folder = desk.kept_in / "items"
    kept = kept_or_made(folder, kind, desk.table("effort"), make)
    _make_room(folder)
    return kept


def _make_room(folder: Path) -> None:
    """Lets go the oldest where too many stretches of days are kept."""
    with suppress(OSError):
        found = sorted(folder.glob("spent*-*"), key=lambda f: f.stat().st_mtime, reverse=True)
        for one in found[MOST_KEPT:]:
            shutil.rmtree(one, ignore_errors=True)


def _spent(
    desk: Desk, unit: int, span: tuple[date, date], items: Array | None = None
) -> dict[str, Array]:
    """Effort of all items, or of some, by item: numbers and amounts."""
    effort = relation(desk.table("effort"), span[0].strftime("%Y-%m"), span[1].strftime("%Y-%m"))
    with desk.connection() as con:
        only = "" if items is None else "AND item IN (SELECT unnest(?::BIGINT[])) "
        found = con.execute(
            f"SELECT item, CAST(sum(amount) AS BIGINT) AS amount FROM {effort} "
            f"WHERE unit = ? AND day >= ? AND day <= ? {only}GROUP BY item ORDER BY item",
            [unit, *span, *([] if items is None else [items.tolist()])],
        ).fetchnumpy()
    return {name: np.asarray(found[name]) for name in ("item", "amount")}


def _looked_up(known: Array, amounts: Array, items: Array) -> Array:
    """The amount of each item; 0 for what is not known."""
    if not len(known):
        return np.zeros(len(items), np.int64)
    at = np.minimum(np.searchsorted(known, items), len(known) - 1)
    return np.where(known[at] == items, amounts[at], 0)


def words_of_items(desk: Desk, items: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    """Key and title of each item."""
    chunks = ", ".join(str(c) for c in sorted({i // CHUNK for i in items})) or "-1"
    with desk.connection() as con:
        rows = con.execute(
            f"SELECT item, key, coalesce(title, '') FROM {relation(desk.table('items'))} "
            f"WHERE chunk IN ({chunks}) AND item IN (SELECT unnest(?::BIGINT[]))",
            [list(items)],
        ).fetchall()
    return {item: (key, title) for item, key, title in rows}
