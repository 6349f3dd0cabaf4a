"""Single items: rows by key, shares, effort by month and what was corrected, without reading all items.

Answers come from the index (``item_index_made``) part by part; a part that is not there, because it has
just changed or nobody has made it yet, is asked by SQL. The answers are the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube_files import Kept
from mainstem.ledger.item_index_made import (
    KINDS,
    Piece,
    array,
    digests,
    make,
    opened,
    unpacked,
)
from mainstem.ledger.store import relation
from mainstem.ledger.tables import CHUNK
from mainstem.work.records import ITEM_COLUMNS

if TYPE_CHECKING:
    from mainstem.ledger.questions import Desk

Row = dict[str, Any]


def make_all(desk: Desk) -> None:
    """Makes what is missing of the index."""
    base = desk.kept_in
    if base is None:
        return
    for kind in KINDS:
        for piece in desk.pieces(kind):
            with desk.connection() as con:
                make(con, base / "items", piece, kind)


def rows_with(desk: Desk, keys: Sequence[str]) -> list[Row]:
    """The rows of all items with one of these keys, in any case, by item."""
    lowered = _lowered(desk, keys)
    found: list[Row] = []
    for piece, kept in _parts(desk, "rows"):
        found += _kept_rows(kept, lowered) if kept else _asked_rows(desk, piece, lowered)
    columns, sources = desk.table("items").shape.columns, desk.names("source")
    out = [
        {c: r.get(c) for c in columns} | {"source_name": sources.get(r["source"])} for r in found
    ]
    return sorted(out, key=lambda row: int(row["item"]))


def items_with(desk: Desk, keys: Sequence[str]) -> dict[int, str]:
    """Number → key of all items with one of these keys, in any case."""
    return {row["item"]: row["key"] for row in rows_with(desk, keys)}


def below(desk: Desk, keys: Sequence[str]) -> dict[int, str]:
    """Number → key of items that are part of one with these keys (by their parent, else their epic)."""
    lowered = _lowered(desk, keys)
    out: dict[int, str] = {}
    for piece, kept in _parts(desk, "rows"):
        out |= _kept_below(kept, lowered) if kept else _asked_below(desk, piece, lowered)
    return out


def shares(desk: Desk, items: Sequence[int]) -> list[tuple[int, int, int, int, int]]:
    """(item, target, share, rank, reason), the largest share of an item first."""
    chunks = {str(i // CHUNK) for i in items}
    out: list[tuple[int, int, int, int, int]] = []
    for piece, kept in _parts(desk, "shares", chunks):
        if kept:
            columns = ("item", "target", "share", "rank", "reason")
            out += zip(*_picked(kept, items, columns), strict=True)
        else:
            sql = (
                "SELECT item, target, share, rank, reason FROM {} ORDER BY item, share DESC, target"
            )
            out += _asked(desk, piece, sql, items)
    return out


def trail(desk: Desk, items: Sequence[int]) -> list[tuple[int, int, int, str, int]]:
    """(item, unit, team, month, millionths of the unit) of the effort on items."""
    out: list[tuple[int, int, int, str, int]] = []
    for piece, kept in _parts(desk, "trail"):
        month = piece.value or ""
        if kept:
            columns = _picked(kept, items, ("item", "unit", "team", "amount"))
            rows: Iterator[tuple[Any, ...]] = zip(*columns, strict=True)
        else:
            sql = "SELECT item, unit, team, CAST(sum(amount) AS BIGINT) FROM {} GROUP BY item, unit, team"
            rows = iter(_asked(desk, piece, sql, items))
        out += [(item, unit, team, month, amount) for item, unit, team, amount in rows]
    return out


def corrections(desk: Desk, item: int) -> list[tuple[date, int, int, int, int]]:
    """(day, unit, millionths, landed by, replaced by) of the rows of an item that were replaced."""
    columns = ("day", "unit", "amount", "landing", "replaced_by")
    out: list[tuple[date, int, int, int, int]] = []
    for piece, kept in _parts(desk, "fixes"):
        if kept:
            found = zip(*_picked(kept, [item], columns), strict=True)
            out += [(date.fromordinal(d), u, a, first, then) for d, u, a, first, then in found]
        else:
            out += _asked(desk, piece, f"SELECT {', '.join(columns)} FROM {{}}", [item])
    return sorted(out, key=lambda row: (row[4], row[0]))


def _parts(
    desk: Desk, kind: str, chunks: set[str] | None = None
) -> Iterator[tuple[Piece, Kept | None]]:
    """The parts of a table (of these chunks), each with what is kept of it."""
    base = desk.kept_in
    for piece in desk.pieces(kind):
        if chunks is None or piece.value in chunks:
            yield piece, opened(base / "items", piece) if base else None


def _asked(desk: Desk, piece: Piece, sql: str, items: Sequence[int]) -> list[Any]:
    source = f"(SELECT * FROM {relation(piece.table)} WHERE item IN (SELECT unnest(?::BIGINT[])))"
    with desk.connection() as con:
        return con.execute(sql.format(source), [list(items)]).fetchall()


def _picked(kept: Kept, items: Sequence[int], columns: Sequence[str]) -> list[list[int]]:
    """The columns of all rows of these items, in the order in which they are kept."""
    item = array(kept, "item")
    if len(items) == 1 and len(item) and 0 <= items[0] <= np.iinfo(item.dtype).max:
        # the page of an item asks every month
        own = item.dtype.type(items[0])
        first, end = item.searchsorted(own), item.searchsorted(own, "right")
        return [array(kept, c)[first:end].tolist() for c in columns]
    wanted = np.unique(np.array(items, np.int64))
    if len(item):
        # in the type of what is looked through: else all of it would be copied into another
        wanted = wanted[(wanted >= 0) & (wanted <= np.iinfo(item.dtype).max)].astype(item.dtype)
    low, high = np.searchsorted(item, wanted), np.searchsorted(item, wanted, "right")
    places = _ranges(low, high)
    return [array(kept, c)[places].tolist() if len(places) else [] for c in columns]


def _ranges(low: NDArray[Any], high: NDArray[Any]) -> NDArray[Any]:
    """All numbers from each ``low`` to below its ``high``."""
    lengths = high - low
    ends = np.cumsum(lengths)
    places: NDArray[Any] = np.arange(ends[-1] if len(ends) else 0)
    places += np.repeat(low - ends + lengths, lengths)
    return places


def _lowered(desk: Desk, keys: Sequence[str]) -> frozenset[str]:
    """Keys in lower case as the engine has it, which is not Python's for every letter."""
    if all(k.isascii() for k in keys):
        return frozenset(k.lower() for k in keys)
    with desk.connection() as con:
        rows = con.execute("SELECT lower(k) FROM (SELECT unnest(?::VARCHAR[]) AS k)", [list(keys)])
        return frozenset(k for (k,) in rows.fetchall())


def _kept_rows(kept: Kept, lowered: Collection[str]) -> Iterator[Row]:
    items = _hits(array(kept, "keys"), array(kept, "keyed"), lowered)
    times = [c for c, kind in ITEM_COLUMNS.items() if kind == "TIMESTAMP"]
    for row in unpacked(kept, items):
        if row["lowered"] in lowered:
            for column in times:
                row[column] = _moment(row.get(column))
            yield row


def _kept_below(kept: Kept, lowered: Collection[str]) -> dict[int, str]:
    items = _hits(array(kept, "above"), array(kept, "below"), lowered)
    return {row["item"]: row["key"] for row in unpacked(kept, items) if row["above"] in lowered}


def _hits(digested: NDArray[Any], items: NDArray[Any], words: Collection[str]) -> list[int]:
    """The items beside the digests of these words, sorted; of two words with one digest, both."""
    asked = np.unique(digests(words))
    places = _ranges(np.searchsorted(digested, asked), np.searchsorted(digested, asked, "right"))
    return np.sort(items[places]).tolist() if len(places) else []


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _asked_rows(desk: Desk, piece: Piece, lowered: Collection[str]) -> list[Row]:
    with desk.connection() as con:
        cursor = con.execute(
            f"SELECT * FROM {relation(piece.table)} "
            "WHERE lower(key) IN (SELECT unnest(?::VARCHAR[]))",
            [list(lowered)],
        )
        columns = [d[0] for d in cursor.description or ()]
        return [dict(zip(columns, r, strict=True)) for r in cursor.fetchall()]


def _asked_below(desk: Desk, piece: Piece, lowered: Collection[str]) -> dict[int, str]:
    with desk.connection() as con:
        return dict(
            con.execute(
                f"SELECT item, key FROM {relation(piece.table)} "
                "WHERE lower(coalesce(parent, epic)) IN (SELECT unnest(?::VARCHAR[]))",
                [list(lowered)],
            ).fetchall()
        )
