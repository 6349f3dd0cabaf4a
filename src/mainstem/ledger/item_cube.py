"""The item cube: effort of some days by item, target and team, ready for any query about these days.

It is to the page of work what the cube is to scores: made of the tables at their pinned versions by the
first who asks about the days, kept beside the ledger, mapped into memory, and never part of the truth.
Days with too much effort for it are asked by SQL.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger import item_cube_fields
from mainstem.ledger.cube import EPOCH
from mainstem.ledger.cube_files import Kept, Put, content_of, folder_of, kept_or_made
from mainstem.ledger.item_cube_held import Held
from mainstem.ledger.questions import Desk
from mainstem.ledger.sql import text
from mainstem.ledger.store import relation

if TYPE_CHECKING:
    import duckdb

Array = NDArray[Any]

#: Held in memory, of all days together and of all matching items.
MOST_BYTES, MOST_MATCHES = 100_000_000, 20_000_000
#: Parts of effort in the days; more is asked by SQL.
MOST_PARTS = 2_500_000
#: Bytes, and stretches of days, kept beside the ledger.
MOST_ON_DISK, MOST_KEPT = 1_000_000_000, 64
#: Sums must stay below this to be exact; far enough from 2⁶³ for a check in floating point.
LIMIT = 2.0**62
_ROW = ("team", "target", "rank", "reason", "share", "parts", "last")


@dataclass(frozen=True, slots=True)
class Period:
    """All parts of effort of some days: rows by item, target and team, and what is one per item.

    Attributes:
        name: Names what it was made of.
        items: Numbers of the items, sorted; shape (items,), as ``begins``, ``whole``, ``whole_last``.
        begins: The first row of each item.
        whole: An item's effort by everybody, in millionths of the unit.
        whole_last: An item's last day with effort; days are numbered as by ``date.toordinal``.
        at: The place of each row's item among the items; shape (rows,), as all that follow.
        team: Number of the team.
        target: What the effort counts for.
        rank: Because of which step of the precedence.
        reason: Because of which words.
        share: In ten-thousandths.
        parts: Effort × share.
        last: Last day.
    """

    name: str
    items: Array
    begins: Array
    whole: Array
    whole_last: Array
    at: Array
    team: Array
    target: Array
    rank: Array
    reason: Array
    share: Array
    parts: Array
    last: Array

    @property
    def bytes(self) -> int:
        """Size of the arrays."""
        return sum(getattr(self, name).nbytes for name in _FIELDS)


_FIELDS = tuple(f for f in Period.__dataclass_fields__ if f != "name")
_PERIODS: Held[Period | None] = Held(MOST_BYTES, lambda p: p.bytes if p else 100)
_MATCHES: Held[Array] = Held(MOST_MATCHES, lambda a: a.nbytes + 500)


def period_of(desk: Desk, unit: int, first: date, last: date) -> Period | None:
    """What is kept of some days, made if nobody has asked about them before.

    Returns:
        ``None`` if these days must be asked by SQL.
    """
    folder = desk.kept_in
    if folder is None:
        return None
    kind = _kind(desk, unit, first, last)
    name = f"{folder}/{kind}/{content_of(desk.table('effort'))}"
    return _PERIODS.get(
        name, lambda: _opened(desk, folder / "items", kind, name, (unit, first, last))
    )


def kept_period(desk: Desk, unit: int, first: date, last: date) -> Period | None:
    """The same where it is there already; ``None`` where it would have to be made."""
    if desk.kept_in is None:
        return None
    kind = _kind(desk, unit, first, last)
    is_there = folder_of(desk.kept_in / "items", kind, desk.table("effort")).exists()
    return period_of(desk, unit, first, last) if is_there else None


def _kind(desk: Desk, unit: int, first: date, last: date) -> str:
    made_of = content_of(desk.table("attribution"))
    return f"parts{unit}x{first:%Y%m%d}x{last:%Y%m%d}x{made_of}"


def matching(desk: Desk, period: Period, sql: str, values: Mapping[str, Any]) -> Array:
    """For each item of the days, whether a condition on items alone holds for it.

    What is no item of the ledger (effort that names none) is not matched.

    Args:
        desk: The ledger.
        period: The days.
        sql: A condition over ``i`` (items).
        values: Its values.
    """
    key = (period.name, content_of(desk.table("items")), sql, digest(values))
    return _MATCHES.get(key, lambda: _matched(desk, period, sql, values))


def digest(values: Mapping[str, Any]) -> str:
    """The values of a condition in a few letters."""
    return sha256(repr(sorted(values.items())).encode("utf-8", "surrogatepass")).hexdigest()


def _matched(desk: Desk, period: Period, sql: str, values: Mapping[str, Any]) -> Array:
    found = np.zeros(len(period.items), bool)
    few = item_cube_fields.source_of(desk, period.name)
    with desk.connection() as con:
        for name, source in (
            ("items", few or relation(desk.table("items"))),
            ("source_name", f"(SELECT no, name FROM {relation(desk.table('names'))} WHERE kind = 'source')"),
        ):  # fmt: skip
            con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")
        con.register("near", {"item": period.items})
        try:
            question = text("browse_matching").replace("WHERE true", f"WHERE {sql}")
            if few:
                question = question.replace("SEMI JOIN near n ON n.item = i.item", "")
            numbers = con.execute(question, dict(values)).fetchnumpy()["item"]
        finally:
            con.unregister("near")
    found[np.searchsorted(period.items, np.asarray(numbers))] = True
    return found


def _opened(
    desk: Desk, folder: Path, kind: str, name: str, asked: tuple[int, date, date]
) -> Period | None:
    with desk.connection() as con:
        kept = kept_or_made(
            folder, kind, desk.table("effort"), lambda put: _make(con, desk, asked, put)
        )
    _make_room(folder, f"{kind}-")
    return _period(name, kept)


def _period(name: str, kept: Kept) -> Period | None:
    if not kept.facts["fits"]:
        return None
    # nothing is kept of days without effort: an empty array cannot be mapped
    none = np.zeros(0, np.int64)
    return Period(name, *(kept.arrays.get(f, none) for f in _FIELDS))


def _make(
    con: duckdb.DuckDBPyConnection, desk: Desk, asked: tuple[int, date, date], put: Put
) -> dict[str, Any]:
    unit, first, last = asked
    effort = relation(desk.table("effort"), first.strftime("%Y-%m"), last.strftime("%Y-%m"))
    for name, source in (("effort", effort), ("attribution", relation(desk.table("attribution")))):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")
    con.execute(text("browse_period"), {"unit": unit, "first": first, "last": last})
    try:
        row = con.execute("SELECT count(*), coalesce(sum(parts), 0)::DOUBLE FROM part").fetchone()
        assert row is not None
        if row[0] > MOST_PARTS or row[1] >= LIMIT:
            return {"fits": False}
        if row[0]:
            _put_rows(con, put)
    finally:
        con.execute("DROP TABLE part")
    return {"fits": True}


def _put_rows(con: duckdb.DuckDBPyConnection, put: Put) -> None:
    found = con.execute("SELECT * FROM part ORDER BY item, target, team, parts").fetchnumpy()
    item = np.asarray(found.pop("item"))
    new = np.ones(len(item), bool)
    new[1:] = item[1:] != item[:-1]
    begins = np.flatnonzero(new)
    put("items", item[begins])
    put("begins", begins)
    put("whole", np.asarray(found.pop("whole"))[begins])
    put("whole_last", np.asarray(found.pop("whole_last"))[begins].astype(np.int32) + EPOCH)
    put("at", (np.cumsum(new) - 1).astype(np.int32))
    found["last"] = found["last"].astype(np.int32) + EPOCH
    for name in _ROW:
        put(name, np.asarray(found.pop(name)))


def _make_room(folder: Path, own: str) -> None:
    """Lets go what was not opened for longest where the folder holds too much.

    A process that still reads it keeps what it has mapped.
    """
    with suppress(OSError):
        for one in folder.glob(f"{own}*"):
            os.utime(one)
        found = sorted(folder.glob("parts*-*"), key=lambda f: f.stat().st_mtime, reverse=True)
        held = 0
        for count, one in enumerate(found, 1):
            held += sum(f.stat().st_size for f in one.glob("*.npy"))
            is_own = one.name.startswith(own)
            if (held > MOST_ON_DISK or count > MOST_KEPT) and not is_own:
                shutil.rmtree(one, ignore_errors=True)


def forget(*, matches_only: bool = False) -> None:
    """Lets go what is held in memory, as after many other questions."""
    _MATCHES.clear()
    if not matches_only:
        _PERIODS.clear()
