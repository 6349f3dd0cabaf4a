"""Because of what effort of some days counts where it counts, by team, target and reason: kept as arrays.

What SQL would have to work out anew for every team that somebody looks at is worked out once for the
days and then picked from. It is kept and distrusted as the item cube is: made of the tables at their
pinned versions by the first who asks, named after them, and never part of the truth.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube_files import Kept, Put, content_of, kept_or_made
from mainstem.ledger.item_cube_held import Held
from mainstem.ledger.store import relation

if TYPE_CHECKING:
    import duckdb

    from mainstem.ledger.questions import Desk

Pairs = Sequence[tuple[int, int]]
Array = NDArray[Any]

#: Bytes held in memory, and stretches of days kept beside the ledger.
MOST_BYTES, MOST_KEPT = 10_000_000, 64
#: Sums must stay below this to be exact; far enough from 2⁶³ for a check in floating point.
LIMIT = 2.0**62
_COLUMNS = ("team", "target", "rank", "reason", "parts")
_HELD: Held[Kept] = Held(MOST_BYTES, lambda k: sum(a.nbytes for a in k.arrays.values()) + 1_000)
_NONE = np.zeros(0, np.int64)


def ask(
    desk: Desk, unit: int, first: date, last: date, scope: Pairs, places: Pairs
) -> list[tuple[int, int, int, int, int]] | None:
    """(cell, place, rank, reason, parts), sorted; ``None`` if these days must be asked by SQL.

    Args:
        desk: The ledger.
        unit: Number of the unit.
        first: First day.
        last: Last day.
        scope: Team and cell; a team is in one cell.
        places: Target and place; a target has one place.
    """
    base = desk.kept_in
    if base is None:
        return None
    kind = f"why{unit}x{first:%Y%m%d}x{last:%Y%m%d}x{content_of(desk.table('attribution'))}"
    key = (str(base), kind, content_of(desk.table("effort")))
    kept = _HELD.get(key, lambda: _opened(desk, base / "items", kind, (unit, first, last)))
    return _picked(kept, scope, places) if kept.facts["fits"] else None


def forget() -> None:
    """Lets go what is held in memory."""
    _HELD.clear()


def _picked(kept: Kept, scope: Pairs, places: Pairs) -> list[tuple[int, int, int, int, int]]:
    team, target, rank, reason, parts = (kept.arrays.get(c, _NONE) for c in _COLUMNS)
    cell, place = _looked_up(scope, team), _looked_up(places, target)
    asked = np.flatnonzero((cell >= 0) & (place >= 0))
    if not len(asked):
        return []
    keys = np.stack((cell[asked], place[asked], rank[asked], reason[asked]))
    order = np.lexsort(keys[::-1])
    keys = keys[:, order]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(keys) != 0).any(axis=0)
    begins = np.flatnonzero(new)
    sums = np.add.reduceat(parts[asked][order], begins)
    return list(zip(*keys[:, begins].tolist(), sums.tolist(), strict=True))


def _looked_up(pairs: Pairs, words: Array) -> Array:
    """For each word the number that it is given, -1 for none."""
    known = np.array(pairs, np.int64).reshape(-1, 2)
    top = max(int(known[:, 0].max(initial=0)), int(words.max(initial=0)))
    given = np.full(top + 1, -1, np.int64)
    given[known[:, 0]] = known[:, 1]
    return given[words]


def _opened(desk: Desk, folder: Path, kind: str, asked: tuple[int, date, date]) -> Kept:
    with desk.connection() as con:
        kept = kept_or_made(
            folder, kind, desk.table("effort"), lambda put: _make(con, desk, asked, put)
        )
    _make_room(folder, f"{kind}-")
    # few numbers: in memory they are at hand whatever happens to the files
    return Kept(kept.facts, {name: np.array(one) for name, one in kept.arrays.items()})


def _make(
    con: duckdb.DuckDBPyConnection, desk: Desk, asked: tuple[int, date, date], put: Put
) -> dict[str, Any]:
    unit, first, last = asked
    effort = relation(desk.table("effort"), first.strftime("%Y-%m"), last.strftime("%Y-%m"))
    found = con.execute(
        # the words of a claim are its reason; of the other steps the step says it all
        "SELECT e.team, coalesce(a.target, 0) AS target, coalesce(a.rank, 6)::INTEGER AS rank, "
        "CASE WHEN a.rank = 3 THEN coalesce(a.reason, 0) ELSE 0 END AS reason, "
        "sum(e.amount * coalesce(a.share, 10000)) AS parts "
        f"FROM {effort} e LEFT JOIN {relation(desk.table('attribution'))} a ON a.item = e.item "
        "WHERE e.unit = $unit AND e.day >= $first AND e.day <= $last GROUP BY ALL ORDER BY ALL",
        {"unit": unit, "first": first, "last": last},
    ).fetchall()
    if sum(row[4] for row in found) >= LIMIT:
        return {"fits": False}
    if found:
        columns = np.array(found, np.int64).T
        for name, column in zip(_COLUMNS, columns, strict=True):
            put(name, column.copy())
    return {"fits": True}


def _make_room(folder: Path, own: str) -> None:
    """Lets go what was not opened for longest where the folder holds too many stretches of days."""
    with suppress(OSError):
        for one in folder.glob(f"{own}*"):
            os.utime(one)
        found = sorted(folder.glob("why*-*"), key=lambda f: f.stat().st_mtime, reverse=True)
        for one in found[MOST_KEPT:]:
            shutil.rmtree(one, ignore_errors=True)
