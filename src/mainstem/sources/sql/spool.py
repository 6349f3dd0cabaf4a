"""Time entries of a whole reading, put in order beside the disk, so that each part comes as one."""

from __future__ import annotations

import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from mainstem.sources.sql.translate import all_parts
from mainstem.sources.staging import put_rows, spilling
from mainstem.work.records import RECORD_COLUMNS

_COLUMNS = {**RECORD_COLUMNS, "named": "BOOLEAN", "nth": "BIGINT"}
_MEMORY = "256MB"
#: Records that are handed over at once, about.
_ENOUGH = 4_000
_WRITE = 4_096
# an entry with an id of its own counts as it came last; those without are numbered when they are alike
_ORDERED = """
SELECT CASE WHEN named OR again = 1 THEN row_key ELSE row_key || '~' || again END AS row_key,
  item_key, day::VARCHAR AS day, person, team, unit, amount, bot
FROM (
  SELECT *, row_number() OVER (PARTITION BY row_key ORDER BY nth DESC) AS last,
    row_number() OVER (PARTITION BY row_key ORDER BY amount, team, nth) AS again
  FROM entries
)
WHERE NOT named OR last = 1
ORDER BY split_part(row_key, '#', 1), row_key, again
"""


class Spool:
    """Keeps records in an engine that spills; memory stays flat.

    Args:
        folder: Where it may write; empty: the system's own place for such files.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder or None
        self._count = 0
        self._waiting: list[Mapping[str, Any]] = []

    def __enter__(self) -> Spool:
        if self._folder:
            Path(self._folder).mkdir(parents=True, exist_ok=True)
        self._place = tempfile.TemporaryDirectory(prefix="spool-", dir=self._folder)
        place = Path(self._place.name)
        file = str(place / "spool.duckdb")
        self._con = spilling({"entries": _COLUMNS}, place, file=file, memory=_MEMORY)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._con.close()
        self._place.cleanup()

    def add(self, record: Mapping[str, Any], *, named: bool) -> None:
        """Keeps a record. ``named``: it has an id, so that one with the same key is its newer version."""
        self._count += 1
        self._waiting.append({**record, "named": named, "nth": self._count})
        if len(self._waiting) >= _WRITE:
            self._flush()

    def _flush(self) -> None:
        rows, self._waiting = self._waiting, []
        if rows:
            put_rows(self._con, "entries", _COLUMNS, rows)

    def repeated(self) -> int:
        """How many entries have the id of another."""
        self._flush()
        row = self._con.execute(
            "SELECT count(*) - count(DISTINCT row_key) FROM entries WHERE named"
        ).fetchone()
        return int(row[0]) if row else 0

    def parts(self) -> Iterator[tuple[list[str], list[dict[str, Any]]]]:
        """(parts, their records): every part once, in order, several at a time."""
        self._flush()
        cursor = self._con.execute(_ORDERED)
        names = [str(d[0]) for d in cursor.description or ()]
        left = list(all_parts())
        held: list[dict[str, Any]] = []
        while rows := cursor.fetchmany(_WRITE):
            held += [dict(zip(names, row, strict=True)) for row in rows]
            if len(held) < _ENOUGH or _stem(held[0]) == _stem(held[-1]):
                continue
            # the last part may go on
            cut = bisect_left(held, _stem(held[-1]), key=_stem)
            ends = bisect_left(left, _stem(held[-1]))
            yield left[:ends], held[:cut]
            left, held = left[ends:], held[cut:]
        yield left, held


def _stem(record: Mapping[str, Any]) -> str:
    return str(record["row_key"]).partition("#")[0]
