"""Histories of work items, kept beside the ledger while and after the stream of revisions is read.

The stream gives revisions in the order in which they were made, so those of one work item lie far apart.
Here they come together: one row for each work item. It can be made again: a history with a gap is asked
for by itself.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainstem.sources.azure.history import Change, added, changes_from

_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS items (
  id INTEGER PRIMARY KEY, seq INTEGER, revision INTEGER, is_whole INTEGER, is_deleted INTEGER, changes TEXT
);
CREATE INDEX IF NOT EXISTS by_seq ON items (seq, id);
"""
FILE = "azure-revisions.sqlite"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a work item.

    Attributes:
        seq: Number of the part of the stream that touched it last.
        is_whole: Whether no revision before the last one is missing.
    """

    number: int
    seq: int
    is_whole: bool
    is_deleted: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision on its way into the spool; without ``change`` it could not be read."""

    number: int
    is_deleted: bool
    change: Change | None


class Spool:
    """Use it as a context manager, in one thread.

    Args:
        folder: Where it stays; empty: it goes when it is closed.
        digest: Of the settings; a spool of others is begun anew.
    """

    def __init__(self, folder: str, digest: str) -> None:
        self._folder = None if folder else tempfile.TemporaryDirectory(prefix="mainstem-azure-")
        self._path = Path(folder or self._folder.name) / FILE  # type: ignore[union-attr]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._con = self._opened(digest)

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def generation(self) -> str:
        """Another one than a cursor's: what the cursor says of numbers has no meaning here."""
        return self._about("generation")

    @property
    def seq(self) -> int:
        """Number of the last part."""
        return int(self._about("seq") or 0)

    def token(self, scope: str) -> str:
        """Where a scope's stream goes on."""
        return self._about(f"token {scope}")

    def add(self, scope: str, token: str, revisions: Iterable[Revision]) -> None:
        """A part of a stream, and the token after it, both or none."""
        seq = self.seq + 1
        with self._con:
            for one in revisions:
                self._add(one, seq)
            self._say("seq", str(seq))
            self._say(f"token {scope}", token)

    def repair(self, number: int, changes: Sequence[Change]) -> None:
        """Puts the whole history of a work item."""
        if changes:
            with self._con:
                self._con.execute(
                    "UPDATE items SET is_whole = 1, revision = max(revision, ?), changes = ? WHERE id = ?",
                    (changes[-1].revision, _packed(changes), number),
                )

    def after(self, seq: int, number: int, most: int) -> list[Kept]:
        """Work items that were touched after a place, in the order of (seq, number)."""
        rows = self._con.execute(
            "SELECT id, seq, is_whole, is_deleted, changes FROM items"
            " WHERE (seq, id) > (?, ?) ORDER BY seq, id LIMIT ?", (seq, number, most),
        )  # fmt: skip
        return [_kept(row) for row in rows]

    def count_after(self, seq: int, number: int) -> int:
        """How many these are in all."""
        row = self._con.execute(
            "SELECT count(*) FROM items WHERE (seq, id) > (?, ?)", (seq, number)
        ).fetchone()
        return int(row[0])

    def of(self, numbers: Sequence[int]) -> dict[int, Kept]:
        """What is known of these."""
        marks = ",".join("?" * len(numbers))
        rows = self._con.execute(
            f"SELECT id, seq, is_whole, is_deleted, changes FROM items WHERE id IN ({marks})",  # noqa: S608
            list(numbers),
        )
        return {row[0]: _kept(row) for row in rows}

    def _add(self, one: Revision, seq: int) -> None:
        row = self._con.execute(
            "SELECT revision, is_whole, changes FROM items WHERE id = ?", (one.number,)
        ).fetchone()
        last, is_whole, changes = row or (0, 1, "[]")
        change = one.change
        if change is not None and change.revision > last:
            is_whole = int(is_whole and change.revision == last + 1)
            changes = _packed(added(changes_from(json.loads(changes)), change))
            last = change.revision
        elif change is None:
            is_whole = 0
        self._con.execute(
            "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq,"
            " revision = excluded.revision, is_whole = excluded.is_whole, is_deleted = excluded.is_deleted,"
            " changes = excluded.changes",
            (one.number, seq, last, is_whole, int(one.is_deleted), changes),
        )

    def _opened(self, digest: str) -> sqlite3.Connection:
        try:
            con = self._connect()
            found = con.execute("SELECT value FROM about WHERE name = 'digest'").fetchone()
        except sqlite3.DatabaseError:
            found, con = ("",), None
        if con is not None and found and found[0] == digest:
            return con
        if con is not None:
            con.close()
        # a file that was cut off, or one of other settings
        self._path.unlink(missing_ok=True)
        con = self._connect()
        with con:
            about = {"digest": digest, "generation": uuid.uuid4().hex, "seq": "0"}
            con.executemany("INSERT INTO about VALUES (?, ?)", list(about.items()))
        return con

    def _connect(self) -> sqlite3.Connection:
        con = sqlite3.connect(self._path, timeout=30)
        try:
            with closing(con.cursor()) as cursor:
                cursor.executescript(_TABLES)
        except sqlite3.DatabaseError:
            con.close()
            raise
        return con

    def _about(self, name: str) -> str:
        row = self._con.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def _say(self, name: str, value: str) -> None:
        self._con.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


def _packed(changes: Sequence[Change]) -> str:
    return json.dumps([c.as_json() for c in changes])


def _kept(row: Sequence[Any]) -> Kept:
    number, seq, is_whole, is_deleted, changes = row
    return Kept(
        number, seq, bool(is_whole), bool(is_deleted), tuple(changes_from(json.loads(changes)))
    )
