"""Which issue each work log belongs to, kept beside the ledger.

Jira tells ids of deleted work logs and nothing else of them. With this file their issues can be read again.
It can be made anew by reading everything; it may hold more than the ledger, never less.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

_PART = 500


class KeptLogs:
    """A file of (work log, issue). Without a folder it remembers nothing.

    Args:
        folder: ``Watch.folder``.
        name: As in the cursor: a file of another name is of no use, since it may have gaps.
    """

    def __init__(self, folder: str, name: str) -> None:
        self._con: sqlite3.Connection | None = None
        self.name = ""
        if folder:
            self._open(Path(folder), name)

    def _open(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._con = _connected(folder / "work-logs.sqlite")
        except sqlite3.DatabaseError:
            (folder / "work-logs.sqlite").unlink(missing_ok=True)
            self._con = _connected(folder / "work-logs.sqlite")
        row = self._con.execute("SELECT name FROM file").fetchone()
        self.name = row[0] if row and row[0] == name else ""

    @property
    def whole(self) -> bool:
        """Whether every work log that is in the ledger is in it."""
        return bool(self.name)

    def begin(self) -> str:
        """Empties it, before everything is read; the new name, for the cursor."""
        if self._con is None:
            return ""
        self.name = secrets.token_hex(8)
        with self._con:
            self._con.execute("DELETE FROM log")
            self._con.execute("DELETE FROM file")
            self._con.execute("INSERT INTO file VALUES (?)", (self.name,))
        return self.name

    def put(self, pairs: Iterable[tuple[str, str, str]]) -> None:
        """Remembers (work log, issue, day)."""
        if self._con is not None:
            try:
                with self._con:
                    self._con.executemany("INSERT OR REPLACE INTO log VALUES (?, ?, ?)", pairs)
            except sqlite3.Error:
                self._give_up()

    def issues_of(self, logs: Sequence[str]) -> dict[str, str]:
        """Work log → issue, of those it knows."""
        out: dict[str, str] = {}
        for n in range(0, len(logs), _PART):
            part = logs[n : n + _PART]
            marks = ",".join("?" * len(part))
            query = f"SELECT log, issue FROM log WHERE log IN ({marks})"  # noqa: S608
            out.update((str(log), str(issue)) for log, issue in self._rows(query, part))
        return out

    def since(self, day: str) -> set[str]:
        """Work logs of a day or later."""
        return {str(row[0]) for row in self._rows("SELECT log FROM log WHERE day >= ?", (day,))}

    def _rows(self, query: str, values: Sequence[str]) -> list[tuple[str, ...]]:
        if self._con is None:
            return []
        try:
            return self._con.execute(query, values).fetchall()
        except sqlite3.Error:
            self._give_up()
            return []

    def _give_up(self) -> None:
        """A disk that is full or a damaged file: it is as if there were none, and it says so."""
        self.close()
        self.name = ""

    def close(self) -> None:
        """Closes the file."""
        if self._con is not None:
            self._con.close()
            self._con = None


def _connected(path: Path) -> sqlite3.Connection:
    con = sqlite3.connect(path, check_same_thread=False)
    # it can be made anew: a power cut may cost it
    con.execute("PRAGMA synchronous = OFF")
    con.execute("CREATE TABLE IF NOT EXISTS file (name TEXT)")
    con.execute("CREATE TABLE IF NOT EXISTS log (log TEXT PRIMARY KEY, issue TEXT, day TEXT)")
    return con
