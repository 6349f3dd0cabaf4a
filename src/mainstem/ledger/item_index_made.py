"""Making and opening the index of items: arrays in which one item is found without reading all of them.

A table is indexed part by part (a folder of items, a month of effort), so that a change of one part
leaves the others as they are. Like all that is kept beside the ledger it is named after the files that
it was made of, and never part of the truth: a part that is not there is asked by SQL.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube_files import Kept, Put, content_of, folder_of, kept_or_made, load
from mainstem.ledger.item_cube_held import Held
from mainstem.ledger.store import relation
from mainstem.ledger.tables import Table

if TYPE_CHECKING:
    import duckdb

Array = NDArray[Any]

#: Rows of items packed together, and items read in one go.
PACK, BLOCK = 64, 65_536
#: Parts that are open. They are mapped: the system takes the memory back at need.
MOST_OPEN = 1_024
_NONE = np.zeros(0, np.int64)
_OPEN: Held[Kept] = Held(MOST_OPEN, lambda _: 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a table.

    Attributes:
        kind: Names the part: ``rows3``, ``trail202610``.
        value: What the part has in the column that cuts the table; ``None`` for all of it.
        table: The part as a table.
        name: Names its files.
    """

    kind: str
    value: str | None
    table: Table
    name: str


def pieces(table: Table, kind: str) -> tuple[Piece, ...]:
    """The parts of a table."""
    # the version says nothing of a single part: its files name it
    cut = ((v, Table(table.root, table.name, 0, {v: f})) for v, f in table.by_partition().items())
    named = ((v, part) for v, part in cut if part.files())
    return tuple(
        Piece(f"{kind}{(v or '').replace('-', '')}", v, part, content_of(part)) for v, part in named
    )


def opened(base: Path, piece: Piece) -> Kept | None:
    """What is kept of a part, if it is."""
    try:
        return _OPEN.get((str(base), piece.kind, piece.name), lambda: _there(base, piece))
    except LookupError:
        return None


def make(con: duckdb.DuckDBPyConnection, base: Path, piece: Piece, kind: str) -> None:
    """Makes what is kept of a part, unless it is there."""
    _OPEN.get(
        (str(base), piece.kind, piece.name),
        lambda: kept_or_made(
            base, piece.kind, piece.table, lambda put: _MAKERS[kind](con, piece.table, put)
        ),
    )


def forget() -> None:
    """Lets go what is open."""
    _OPEN.clear()


def array(kept: Kept, name: str) -> Array:
    """An array that was kept; an empty one is not, as it cannot be mapped."""
    return kept.arrays.get(name, _NONE)


def digests(words: Iterable[str]) -> Array:
    """Each word in 64 bits, as ``md5_number_lower`` has it."""
    made = (md5(w.encode("utf-8"), usedforsecurity=False).digest()[8:] for w in words)
    return np.frombuffer(b"".join(made), np.dtype("<u8"))


def unpacked(kept: Kept, items: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The rows of these items, which are sorted, as ``_rows`` packed them."""
    packs, ends, letters = (array(kept, name) for name in ("packs", "ends", "letters"))
    places = np.searchsorted(array(kept, "items"), items)
    begins = np.searchsorted(array(kept, "items"), [i // PACK * PACK for i in items])
    pack, lines = -1, list[bytes]()
    for item, place in zip(items, (places - begins).tolist(), strict=True):
        if item // PACK != pack:
            pack = item // PACK
            at = int(np.searchsorted(packs, pack))
            lines = zlib.decompress(letters[ends[at] : ends[at + 1]].tobytes()).split(b"\n")
        yield json.loads(lines[place])


def _there(base: Path, piece: Piece) -> Kept:
    found = load(folder_of(base, piece.kind, piece.table))
    if found is None:
        raise LookupError(piece.kind)
    return found


def _put_all(put: Put, arrays: Mapping[str, Array]) -> None:
    for name, one in arrays.items():
        if len(one):
            put(name, one)


def _narrow(values: Any) -> Array:
    """Whole numbers that are not negative, in as few bytes as they fit in."""
    found = np.asarray(values)
    return found.astype(np.min_scalar_type(int(found.max(initial=0))))


def _rows(con: duckdb.DuckDBPyConnection, part: Table, put: Put) -> dict[str, Any]:
    """Rows of items, packed, with digests of their keys and of what they are part of, in any case."""
    source = relation(part)
    items = con.execute(f"SELECT item FROM {source} ORDER BY item").fetchnumpy()["item"]
    _put_all(put, {"items": np.asarray(items)})
    for key, item, word in (("keys", "keyed", "key"), ("above", "below", "coalesce(parent, epic)")):
        found = con.execute(
            f"SELECT md5_number_lower(lower({word})) AS digest, item FROM {source} "
            f"WHERE {word} IS NOT NULL ORDER BY ALL"
        ).fetchnumpy()
        _put_all(put, {key: np.asarray(found["digest"]), item: np.asarray(found["item"])})
    numbers, packs = [], [b""]
    for number, lines in _packs(con, source, items):
        numbers.append(number)
        packs.append(zlib.compress(lines.encode("utf-8"), 1))
    _put_all(put, {
        "packs": np.array(numbers, np.int64), "letters": np.frombuffer(b"".join(packs), np.uint8),
        "ends": np.cumsum([len(p) for p in packs], dtype=np.int64),
    })  # fmt: skip
    return {}


def _packs(con: duckdb.DuckDBPyConnection, source: str, items: Array) -> Iterator[tuple[int, str]]:
    """Number of each pack, and its rows as lines of JSON with the two words in lower case, by item."""
    for begin in range(int(items[0]) // PACK * PACK, int(items[-1]) + 1, BLOCK):
        yield from con.execute(
            f"SELECT item // {PACK} AS pack, string_agg(to_json(t)::VARCHAR, chr(10) ORDER BY item) FROM ("
            "SELECT *, lower(key) AS lowered, lower(coalesce(parent, epic)) AS above "
            f"FROM {source} WHERE item >= {begin} AND item < {begin + BLOCK}) t "
            "GROUP BY pack ORDER BY pack"
        ).fetchall()


def _columns(
    con: duckdb.DuckDBPyConnection, sql: str, put: Put, *, narrow: Sequence[str]
) -> dict[str, Any]:
    found = con.execute(sql).fetchnumpy()
    _put_all(put, {n: _narrow(c) if n in narrow else np.asarray(c) for n, c in found.items()})
    return {}


def _shares(con: duckdb.DuckDBPyConnection, part: Table, put: Put) -> dict[str, Any]:
    """Attribution by item."""
    return _columns(
        con,
        f"SELECT item, target, share, rank, reason FROM {relation(part)} "
        "ORDER BY item, share DESC, target",
        put,
        narrow=("target", "share", "rank", "reason"),
    )


def _trail(con: duckdb.DuckDBPyConnection, part: Table, put: Put) -> dict[str, Any]:
    """Effort of a month by item, unit and team."""
    return _columns(
        con,
        "SELECT item, unit, team, CAST(sum(amount) AS BIGINT) AS amount "
        f"FROM {relation(part)} WHERE item > 0 GROUP BY item, unit, team ORDER BY item, unit, team",
        put,
        narrow=("item", "unit", "team", "amount"),
    )


def _fixes(con: duckdb.DuckDBPyConnection, part: Table, put: Put) -> dict[str, Any]:
    """Rows that were replaced, by item."""
    return _columns(
        con,
        "SELECT item, date_diff('day', DATE '0001-01-01', day) + 1 AS day, unit, amount, landing, "
        f"replaced_by FROM {relation(part)} WHERE item > 0 ORDER BY item, replaced_by, day",
        put,
        narrow=("day", "unit"),
    )


_MAKERS: Mapping[str, Callable[[duckdb.DuckDBPyConnection, Table, Put], dict[str, Any]]] = {
    "rows": _rows, "shares": _shares, "trail": _trail, "fixes": _fixes,
}  # fmt: skip
#: What is kept of which table.
KINDS: Mapping[str, str] = {
    "rows": "items", "shares": "attribution", "trail": "effort", "fixes": "superseded",
}  # fmt: skip
