"""What a list says of an item (key, title, type, address), ready to be looked up by its number.

A ledger's items lie in folders of so many numbers each. For each folder the words are kept one after
the other, in one array that is mapped into memory, with where each begins; made again when one of the
folder's files changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube_files import Put, content_of, kept_or_made
from mainstem.ledger.item_cube_held import Held
from mainstem.ledger.questions import Desk
from mainstem.ledger.store import relation
from mainstem.ledger.tables import CHUNK, Table

if TYPE_CHECKING:
    import duckdb

Array = NDArray[Any]

#: Folders of items whose words are open. They are mapped: the system takes the memory back at need.
MOST_OPEN = 256
_COLUMNS = ("key", "title", "type", "url")
#: Items read in one go.
BLOCK = 131_072


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of one item; nothing of what is no item."""

    key: str = ""
    title: str = ""
    type: str = ""
    url: str = ""
    source: int = 0


@dataclass(frozen=True, slots=True)
class _Folder:
    """Words of one folder.

    Attributes:
        items: Numbers, sorted; of shape (items,), as ``source``.
        source: Number of the source.
        ends: Where each word ends in ``letters``; of shape (items × 4 + 1,), beginning with 0.
        letters: UTF-8, one word after the other.
    """

    items: Array
    source: Array
    ends: Array
    letters: Array

    def words(self, item: int) -> Words:
        at = int(np.searchsorted(self.items, item))
        if at >= len(self.items) or self.items[at] != item:
            return Words()
        ends = self.ends[at * 4 : at * 4 + 5].tolist()
        said = self.letters[ends[0] : ends[4]].tobytes()
        cuts = [e - ends[0] for e in ends]
        key, title, kind, url = (said[a:b].decode("utf-8") for a, b in pairwise(cuts))
        return Words(key, title, kind, url, int(self.source[at]))


_OPEN: Held[_Folder] = Held(MOST_OPEN, lambda _: 1)


def words_of(desk: Desk, items: Sequence[int]) -> Mapping[int, Words]:
    """What is said of each of these items, for a desk that keeps things."""
    out: dict[int, Words] = {}
    for chunk in sorted({i // CHUNK for i in items}):
        folder = _folder(desk, str(chunk))
        own = [i for i in items if i // CHUNK == chunk]
        out |= {i: folder.words(i) if folder else Words() for i in own}
    return out


def open_all(desk: Desk) -> None:
    """Makes what is missing of all folders."""
    for chunk in desk.table("items").by_partition():
        _folder(desk, str(chunk))


def forget() -> None:
    """Lets go what is open."""
    _OPEN.clear()


def _folder(desk: Desk, chunk: str) -> _Folder | None:
    whole, base = desk.table("items"), desk.kept_in
    files = whole.by_partition().get(chunk)
    if not files or base is None:
        return None
    # the version says nothing of a single folder: its files name it
    part = Table(whole.root, whole.name, 0, {chunk: files})
    key = (str(base), chunk, content_of(part))
    return _OPEN.get(key, lambda: _opened(desk, part, base / "items", chunk))


def _opened(desk: Desk, part: Table, folder: Path, chunk: str) -> _Folder:
    with desk.connection() as con:
        kept = kept_or_made(folder, f"words{chunk}", part, lambda put: _make(con, part, put))
    return _Folder(*(kept.arrays[n] for n in ("items", "source", "ends", "letters")))


def _make(con: duckdb.DuckDBPyConnection, part: Table, put: Put) -> dict[str, Any]:
    numbers, sources, lengths, letters = [], [], [], []
    for found, said in _blocks(con, part):
        numbers.append(found["item"])
        sources.append(found["source"])
        lengths.append(np.stack([found[c] for c in _COLUMNS], axis=1).ravel())
        letters.append(np.frombuffer(said, np.uint8))
    put("items", np.concatenate(numbers))
    put("source", np.concatenate(sources))
    put("ends", np.concatenate(([0], np.cumsum(np.concatenate(lengths), dtype=np.int64))))
    # one more than there are: an empty array cannot be mapped
    put("letters", np.concatenate([*letters, np.zeros(1, np.uint8)]))
    return {}


def _blocks(con: duckdb.DuckDBPyConnection, part: Table) -> Iterator[tuple[Any, bytes]]:
    """Lengths of words and the words themselves, of so many items at a time, in the order of items."""
    source = relation(part)
    low, high = con.execute(f"SELECT min(item), max(item) FROM {source}").fetchone() or (0, 0)
    listed = ", ".join(f"strlen(coalesce({c}, '')) AS {c}" for c in _COLUMNS)
    joined = " || ".join(f"coalesce({c}, '')" for c in _COLUMNS)
    for begin in range(low, high + 1, BLOCK):
        within = f"FROM {source} WHERE item >= {begin} AND item < {begin + BLOCK}"
        found = con.execute(
            f"SELECT item, coalesce(source, 0) AS source, {listed} {within} ORDER BY item"
        ).fetchnumpy()
        row = con.execute(f"SELECT string_agg({joined}, '' ORDER BY item) {within}").fetchone()
        yield (
            {name: np.asarray(column) for name, column in found.items()},
            ((row[0] if row else None) or "").encode("utf-8"),
        )
