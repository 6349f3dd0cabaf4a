"""Batches of a sync, gathered until they land: what came last of a thing is what counts.

A page may repeat what another page had, and an issue may change between two of them. So rows carry the
number of their batch, and when they are staged only those of the last batch that had the thing are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from mainstem.sources.remote import Batch, Cursor, Row
from mainstem.sources.staging import put_rows, spilling
from mainstem.work.records import (
    GONE_COLUMNS,
    ITEM_COLUMNS,
    RECORD_COLUMNS,
    REJECT_COLUMNS,
    STEM_COLUMNS,
    Staged,
)

_BATCH = {"batch": "INTEGER"}
_SHAPES = {
    "items": {**ITEM_COLUMNS, **_BATCH},
    "records": {**RECORD_COLUMNS, **_BATCH},
    "rejects": {**REJECT_COLUMNS, **_BATCH},
    "stems": {**STEM_COLUMNS, **_BATCH},
    "gone": {**GONE_COLUMNS, **_BATCH},
}
#: What of each thing is staged: that of the last batch which had it.
_LAST = {
    "items": "SELECT * EXCLUDE (batch) FROM items WHERE NOT EXISTS (SELECT 1 FROM gone g"
    " WHERE g.key = items.key AND g.batch > items.batch) QUALIFY row_number() OVER (PARTITION BY key"
    " ORDER BY batch DESC) = 1"
    # an item whose key changed while it was read
    " AND row_number() OVER (PARTITION BY coalesce(fields['id'], key) ORDER BY batch DESC) = 1",
    # of a stem that came whole, nothing of an earlier batch is left; else the row that came last; effort of
    # what was found gone afterwards goes with it
    "records": "SELECT r.* EXCLUDE (batch) FROM records r LEFT JOIN (SELECT stem, max(batch) AS batch"
    " FROM stems GROUP BY stem) s ON s.stem = split_part(r.row_key, '#', 1)"
    " WHERE r.batch >= coalesce(s.batch, 0)"
    " AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.key = r.item_key AND g.batch > r.batch)"
    " QUALIFY row_number() OVER (PARTITION BY r.row_key ORDER BY r.batch DESC) = 1",
    "rejects": "SELECT * EXCLUDE (batch) FROM rejects",
    "stems": "SELECT DISTINCT stem FROM stems",
    "gone": "SELECT key, any_value(why) AS why FROM gone WHERE NOT EXISTS (SELECT 1 FROM items i"
    " WHERE i.key = gone.key AND i.batch >= gone.batch) GROUP BY key",
}


#: Rows that wait before they are handed to the engine, some megabytes of each: a handing over costs
#: milliseconds, however few rows it has.
_WAITING = {"items": 4_096, "records": 16_384, "rejects": 4_096, "stems": 16_384, "gone": 4_096}


class Gathering:
    """Batches that will land together. Memory stays flat: the engine spills beside the files."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._count = 0
        self._waiting: dict[str, list[Row]] = {name: [] for name in _SHAPES}
        # of each row that waits the number of its batch
        self._numbers: dict[str, list[int]] = {name: [] for name in _SHAPES}
        self.read = 0
        self.rejected = 0
        self.cursor: Cursor = {}
        self.notes: dict[str, None] = {}

    def __enter__(self) -> Gathering:
        self._con = spilling(_SHAPES, self._into / "spill")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._con.close()

    @property
    def is_empty(self) -> bool:
        """Whether no batch was added."""
        return self._count == 0

    def add(self, batch: Batch) -> None:
        """Adds what a source handed over."""
        self._count += 1
        self.read += batch.read
        self.rejected += len(batch.rejects)
        self.cursor = batch.cursor
        self.notes.update(dict.fromkeys(batch.notes))
        self._put("items", batch.items)
        self._put("records", batch.records)
        self._put("rejects", [
            {"place": r.place, "reason": r.reason, "sample": r.sample[:200]} for r in batch.rejects
        ])  # fmt: skip
        self._put("stems", [{"stem": stem} for stem in batch.stems])
        self._put("gone", [{"key": key, "why": why} for key, why in batch.gone.items()])

    def _put(self, name: str, rows: Sequence[Row]) -> None:
        self._waiting[name] += rows
        self._numbers[name] += [self._count] * len(rows)
        if len(self._waiting[name]) >= _WAITING[name]:
            self._flush(name)

    def _flush(self, name: str) -> None:
        if rows := self._waiting[name]:
            put_rows(self._con, name, _SHAPES[name], rows, {"batch": self._numbers[name]})
            self._waiting[name], self._numbers[name] = [], []

    def staged(self, source: str) -> Staged:
        """Writes what is to land."""
        for name in _SHAPES:
            self._flush(name)
        out = {name: self._into / f"{name}.parquet" for name in _SHAPES}
        for name, path in out.items():
            target = str(path).replace("'", "''")
            self._con.execute(
                f"COPY ({_LAST[name]}) TO '{target}' (FORMAT parquet, COMPRESSION lz4_raw)"
            )
        return Staged(
            source, out["items"], out["records"], out["rejects"], self.read,
            self.read - self.rejected, self.rejected, tuple(self.notes), out["stems"], out["gone"],
        )  # fmt: skip
