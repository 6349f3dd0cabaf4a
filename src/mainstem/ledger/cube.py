"""The cube: sums of the roll-up over days, ready for any question about any run of days.

For each unit a matrix of cumulative sums: a column for each pair of team and target that has effort, a
row for each day that has any (and one of zeros before the first). The effort of all pairs from day ``a``
until before day ``b`` is row ``b`` minus row ``a``. Days are rows, not columns, so that a question about
a few periods reads a few stretches of memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube_files import Kept, Put, kept_or_made
from mainstem.ledger.store import relation
from mainstem.ledger.tables import Table

if TYPE_CHECKING:
    import duckdb

Ints = NDArray[np.int64]
Days = Sequence[tuple[date, int]]
Pairs = Sequence[tuple[int, int]]

#: A unit whose matrix were larger is answered by SQL.
MOST_BYTES = 400_000_000
#: Where less than one column of so many is asked for, each is fetched by itself.
FEW = 8
#: Numbers looked at in one go; bounds memory.
BLOCK = 4_000_000
#: Rows of the roll-up read in one go, if a month has no more.
READ_ROWS = 500_000
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Sums:
    """Parts by period, cell and place, as columns of equal length; one place may come in several rows."""

    period: Ints
    cell: Ints
    place: Ints
    parts: Ints

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[int]]) -> Sums:
        """From (period, cell, place, parts) rows."""
        if not rows:
            return cls(*(np.zeros(0, np.int64) for _ in range(4)))
        return cls(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))

    def rows(self) -> list[tuple[int, int, int, int]]:
        """(period, cell, place, parts) rows."""
        columns = (self.period, self.cell, self.place, self.parts)
        return list(zip(*(c.tolist() for c in columns), strict=True))


@dataclass(frozen=True, slots=True)
class UnitCube:
    """One unit's matrix.

    Attributes:
        days: Days with effort, as numbers (``date.toordinal``), sorted.
        pairs: Team and target of each column, sorted; of shape (pairs, 2).
        sums: Cumulative sums; of shape (days + 1, pairs).
    """

    days: Ints
    pairs: Ints
    sums: Ints

    def ask(self, days: Days, scope: Pairs, places: Pairs) -> Sums:
        """Parts by period, cell and place, without those that are zero."""
        columns, begins, cells, at = self._grouped(scope, places)
        if not len(columns) or not days:
            return Sums.of_rows([])
        low, high, period = _runs(days)
        low, high = np.searchsorted(self.days, low), np.searchsorted(self.days, high)
        out = []
        for few in _blocks(len(low), len(columns)):
            found = self._between(low[few], high[few], columns, begins)
            run, group = np.nonzero(found)
            out.append((period[few][run], cells[group], at[group], found[run, group]))
        return Sums(*(np.concatenate(column) for column in zip(*out, strict=True)))

    def _between(self, low: Ints, high: Ints, columns: Ints, begins: Ints) -> Ints:
        """Sums of groups of columns between two rows, one row for each pair of rows."""
        edges, place = np.unique(np.concatenate((low, high)), return_inverse=True)
        if len(columns) * FEW < len(self.pairs):
            rows = self.sums[edges[:, None], columns]
        else:
            rows = np.take(self.sums[edges], columns, axis=1)
        grouped = np.add.reduceat(rows, begins, axis=1)
        found: Ints = grouped[place[len(low) :]] - grouped[place[: len(low)]]
        return found

    def _grouped(self, scope: Pairs, places: Pairs) -> tuple[Ints, Ints, Ints, Ints]:
        """Columns that are asked for, in groups of one cell and place.

        Returns:
            The columns, where each group begins among them, and the cell and place of each group.
        """
        asked, cell = self._columns_of(scope)
        place = _looked_up(places, self.pairs[asked, 1])
        held = np.flatnonzero(place >= 0)
        asked, cell, place = asked[held], cell[held], place[held]
        order = np.lexsort((place, cell))
        cell, place = cell[order], place[order]
        new = np.ones(len(order), bool)
        new[1:] = (np.diff(cell) != 0) | (np.diff(place) != 0)
        begins = np.flatnonzero(new)
        return asked[order], begins, cell[begins], place[begins]

    def _columns_of(self, scope: Pairs) -> tuple[Ints, Ints]:
        """The columns of the teams that are asked for, and the cell of each."""
        if len(scope) * FEW > len(self.pairs):
            cell = _looked_up(scope, self.pairs[:, 0])
            found = np.flatnonzero(cell >= 0)
            return found, cell[found]
        # columns are sorted by team
        wanted, cells = np.array(scope, np.int64).reshape(-1, 2).T
        teams = np.ascontiguousarray(self.pairs[:, 0])
        low = np.searchsorted(teams, wanted)
        counts = np.searchsorted(teams, wanted, "right") - low
        begins = np.cumsum(counts) - counts
        columns: Ints = np.arange(counts.sum()) + np.repeat(low - begins, counts)
        return columns, np.repeat(cells, counts)


@dataclass(frozen=True, slots=True)
class Cube:
    """The roll-up of one pinned version.

    Attributes:
        spans: Unit, first and last day and parts, for every unit with effort.
        units: The units whose matrix is not too large.
    """

    spans: tuple[tuple[int, date, date, int], ...]
    units: dict[int, UnitCube]

    def ask(self, unit: int, days: Days, scope: Pairs, places: Pairs) -> Sums | None:
        """Parts by period, cell and place; ``None`` if this unit must be asked by SQL.

        Args:
            unit: Number of the unit.
            days: Days with the number of their period, in order of time.
            scope: Team and cell; a team is in one cell.
            places: Target and place; a target has one place.
        """
        if unit in self.units:
            return self.units[unit].ask(days, scope, places)
        return None if any(unit == u for u, *_ in self.spans) else Sums.of_rows([])


def open_cube(con: duckdb.DuckDBPyConnection, rollup: Table, folder: Path) -> Cube:
    """The cube of a roll-up: as kept in ``folder``, else made of the table and kept there."""
    kept = kept_or_made(folder, "rollup", rollup, lambda put: _make(con, rollup, put))
    return _cube_of(kept)


def _cube_of(kept: Kept) -> Cube:
    spans = tuple(
        (unit, date.fromisoformat(first), date.fromisoformat(last), parts)
        for unit, first, last, parts in kept.facts["spans"]
    )
    units = {
        unit: UnitCube(*(kept.arrays[f"{name}{unit}"] for name in ("days", "pairs", "sums")))
        for unit in kept.facts["units"]
    }
    return Cube(spans, units)


def _make(con: duckdb.DuckDBPyConnection, rollup: Table, put: Put) -> dict[str, Any]:
    source = relation(rollup)
    rows = con.execute(
        "SELECT unit, min(day), max(day), sum(amount), min(amount) "
        f"FROM {source} GROUP BY unit ORDER BY unit"
    ).fetchall()
    every_pair = _distinct(con, rollup, ("team", "target"))
    every_day = _distinct(con, rollup, ("day",))
    units = []
    for unit, _, _, parts, least in rows:
        pairs, days = every_pair[unit], every_day[unit][:, 0]
        # with nothing or less than nothing in a row, a sum of zero would not mean that there is none
        if (len(days) + 1) * len(pairs) * 8 <= MOST_BYTES and least > 0:
            sums = _sums(con, rollup, unit, days, pairs)
            # they differ where two rows are of one place and day, or there is too much to count
            if int(sums[-1].sum()) == parts:
                put(f"days{unit}", days + EPOCH)
                put(f"pairs{unit}", pairs)
                put(f"sums{unit}", sums)
                units.append(unit)
    spans = [(r[0], r[1].isoformat(), r[2].isoformat(), int(r[3])) for r in rows]
    return {"spans": spans, "units": units}


def _distinct(
    con: duckdb.DuckDBPyConnection, rollup: Table, columns: Sequence[str]
) -> dict[int, Ints]:
    """For each unit what is in the columns, sorted; days as numbers since 1970."""
    listed = ", ".join("day - DATE '1970-01-01' AS day" if c == "day" else c for c in columns)
    found = con.execute(
        f"SELECT DISTINCT unit, {listed} FROM {relation(rollup)} ORDER BY ALL"
    ).fetchnumpy()
    rows = np.stack([found[c].astype(np.int64) for c in columns], axis=1)
    return {unit: rows[found["unit"] == unit] for unit in np.unique(found["unit"]).tolist()}


def _sums(
    con: duckdb.DuckDBPyConnection, rollup: Table, unit: int, days: Ints, pairs: Ints
) -> Ints:
    """One unit's matrix."""
    keys = _keys(pairs[:, 0], pairs[:, 1])
    sums = np.zeros((len(days) + 1, len(keys)), np.int64)
    for low, high in _batches(con, rollup, unit):
        part = con.execute(
            "SELECT team, target, day - DATE '1970-01-01' AS day, amount "
            f"FROM {relation(rollup, low, high)} WHERE unit = ?",
            [unit],
        ).fetchnumpy()
        column = np.searchsorted(keys, _keys(part["team"], part["target"]))
        sums[np.searchsorted(days, part["day"]) + 1, column] = part["amount"]
    np.cumsum(sums, axis=0, out=sums)
    return sums


def _batches(con: duckdb.DuckDBPyConnection, rollup: Table, unit: int) -> Iterator[tuple[str, str]]:
    """First and last month of stretches with so many rows as may be read in one go."""
    months = con.execute(
        f"SELECT month, count(*) FROM {relation(rollup)} WHERE unit = ? GROUP BY month ORDER BY month",
        [unit],
    ).fetchall()
    low, high, held = "", "", 0
    for month, count in months:
        if low and held + count > READ_ROWS:
            yield low, high
            low, held = "", 0
        low, high, held = low or month, month, held + count
    if low:
        yield low, high


def _keys(team: Any, target: Any) -> Ints:
    keys: Ints = (team.astype(np.int64) << 32) | target.astype(np.int64)
    return keys


def _looked_up(pairs: Pairs, words: Ints) -> Ints:
    """For each word the number that it is given, -1 for none."""
    known = np.array(pairs, np.int64).reshape(-1, 2)
    top = max(int(known[:, 0].max(initial=0)), int(words.max(initial=0)))
    given = np.full(top + 1, -1, np.int64)
    given[known[:, 0]] = known[:, 1]
    return given[words]


def _runs(days: Days) -> tuple[Ints, Ints, Ints]:
    """Days that follow one another in one period, as first day, day after the last, and period."""
    return _runs_again(days) if isinstance(days, tuple) else _runs_of(days)


def _runs_of(days: Days) -> tuple[Ints, Ints, Ints]:
    at = np.fromiter((d.toordinal() for d, _ in days), np.int64, len(days))
    period = np.fromiter((p for _, p in days), np.int64, len(days))
    cuts = np.flatnonzero((np.diff(at) != 1) | (np.diff(period) != 0)) + 1
    begins = np.concatenate(([0], cuts))
    ends = np.concatenate((cuts, [len(at)])) - 1
    return at[begins], at[ends] + 1, period[begins]


#: The same days are asked about for one team after another.
_runs_again = lru_cache(32)(_runs_of)


def _blocks(runs: int, columns: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(1, columns))
    for low in range(0, runs, step):
        yield slice(low, low + step)
