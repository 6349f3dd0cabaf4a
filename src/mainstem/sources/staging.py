"""Staged files from rows that a source makes one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS, REJECT_COLUMNS, Staged

_SHAPES = {"items": ITEM_COLUMNS, "records": RECORD_COLUMNS, "rejects": REJECT_COLUMNS}
_SAMPLE = 200
_as_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Stage:
    """Collects rows as JSON lines on disk, then turns them into Parquet at once; memory stays flat."""

    def __init__(self, into: Path) -> None:
        self._into = into
        self._files: dict[str, IO[str]] = {}
        self._accepted = 0
        self._rejected = 0

    def __enter__(self) -> Stage:
        import duckdb  # noqa: F401  (loads here, while a program that the source started is at work)

        for name in _SHAPES:
            self._files[name] = (self._into / f"{name}.jsonl").open("w", encoding="utf-8")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files.values():
            file.close()

    def accept(
        self, items: Iterable[Mapping[str, Any]], records: Iterable[Mapping[str, Any]]
    ) -> None:
        """One thing read that became items and records."""
        self._accepted += 1
        for name, rows in (("items", items), ("records", records)):
            for row in rows:
                self._files[name].write(_as_json(row) + "\n")

    def reject(self, place: str, reason: str, sample: str) -> None:
        """One thing read that was refused, with the reason."""
        self._rejected += 1
        row = {"place": place, "reason": reason, "sample": sample[:_SAMPLE]}
        self._files["rejects"].write(json.dumps(row) + "\n")

    def staged(self, source: str, notes: tuple[str, ...] = ()) -> Staged:
        """Writes the Parquet files; call it after the stage was left."""
        import duckdb

        out: dict[str, Path] = {}
        with duckdb.connect() as con:
            for name, columns in _SHAPES.items():
                out[name] = self._into / f"{name}.parquet"
                read = _quoted(self._into / f"{name}.jsonl")
                wanted = ", ".join(f"{c}: '{t}'" for c, t in columns.items())
                con.execute(
                    f"COPY (SELECT * FROM read_json('{read}', format = 'newline_delimited', "  # noqa: S608
                    f"columns = {{{wanted}}}, maximum_object_size = 67108864)) "
                    f"TO '{_quoted(out[name])}' (FORMAT parquet, COMPRESSION lz4_raw)"
                )
        read_count = self._accepted + self._rejected
        return Staged(
            source, out["items"], out["records"], out["rejects"], read_count, self._accepted,
            self._rejected, notes,
        )  # fmt: skip


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
