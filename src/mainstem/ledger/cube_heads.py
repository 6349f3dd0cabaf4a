"""Who was seen in which team on which days, in a bit for each day: how many people stand behind effort.

A column for each team and person, a row for each month with effort, and in it a bit for each day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube import MOST_BYTES, Days
from mainstem.ledger.cube_files import Put, kept_or_made
from mainstem.ledger.store import relation
from mainstem.ledger.tables import Table

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Heads:
    """The days on which people were seen in teams.

    Attributes:
        months: The row of each month; months are numbered from year 0.
        seen: Team and person of each column, sorted; person 0 is nobody known. Shape (columns, 2).
        bits: Days seen, the first of a month in the lowest bit. Shape (months, columns).
    """

    months: dict[int, int]
    seen: NDArray[np.int64]
    bits: NDArray[np.uint32]

    def count(self, days: Days) -> dict[int, int]:
        """Team → people behind its effort in the days; teams with effort of nobody known have 0."""
        was = np.zeros(len(self.seen), np.uint32)
        for month, mask in _masks(days).items():
            if month in self.months:
                was |= self.bits[self.months[month]] & np.uint32(mask)
        there = self.seen[was != 0]
        teams, at = np.unique(there[:, 0], return_inverse=True)
        people = np.bincount(at, weights=there[:, 1] > 0, minlength=len(teams))
        return dict(zip(teams.tolist(), people.astype(int).tolist(), strict=True))


def open_heads(con: duckdb.DuckDBPyConnection, effort: Table, folder: Path) -> Heads | None:
    """As kept in ``folder``, else made of the effort and kept there; ``None`` if it were too large."""
    kept = kept_or_made(folder, "heads", effort, lambda put: _make(con, effort, put))
    if "months" not in kept.facts:
        return None
    if not kept.arrays:
        return Heads({}, np.zeros((0, 2), np.int64), np.zeros((0, 0), np.uint32))
    rows = {month: n for n, month in enumerate(kept.facts["months"])}
    return Heads(rows, kept.arrays["seen"], kept.arrays["bits"])


def _make(con: duckdb.DuckDBPyConnection, effort: Table, put: Put) -> dict[str, Any]:
    months = sorted(m for m in effort.by_partition() if m)
    if not months:
        return {"months": []}
    found = con.execute(
        f"SELECT DISTINCT team, coalesce(person, 0) AS person FROM {relation(effort)} ORDER BY ALL"
    ).fetchnumpy()
    keys = _keys(found)
    if len(keys) * len(months) * 4 > MOST_BYTES:
        return {}
    bits = np.zeros((len(months), len(keys)), np.uint32)
    for n, month in enumerate(months):
        part = con.execute(
            "SELECT team, coalesce(person, 0) AS person, bit_or(1::UINTEGER << (day(day) - 1)) AS days "
            f"FROM {relation(effort, month, month)} GROUP BY ALL ORDER BY team, person"
        ).fetchnumpy()
        bits[n, np.searchsorted(keys, _keys(part))] = part["days"]
    put("seen", np.stack((found["team"], found["person"]), axis=1).astype(np.int64))
    put("bits", bits)
    return {"months": [_month(date.fromisoformat(f"{m}-01")) for m in months]}


def _keys(found: Any) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = (found["team"].astype(np.int64) << 32) | found["person"]
    return keys


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _masks(days: Days) -> dict[int, int]:
    """Month → its days, as bits."""
    out: dict[int, int] = {}
    for day, _ in days:
        month = _month(day)
        out[month] = out.get(month, 0) | 1 << (day.day - 1)
    return out
