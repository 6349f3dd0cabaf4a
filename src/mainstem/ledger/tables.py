"""The ledger's Delta tables: their columns, how files are added to them, and which version is pinned.

DuckDB writes the Parquet files; delta-rs commits them. A commit of several tables becomes visible at
once because readers only ever look at the versions that the last row of ``landings`` pins.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.errors import LedgerError
from mainstem.work.records import ITEM_COLUMNS

if TYPE_CHECKING:
    import duckdb
    from deltalake import DeltaTable, Schema


@dataclass(frozen=True, slots=True)
class TableShape:
    """Columns (DuckDB types) and the column that cuts the table into folders."""

    columns: Mapping[str, str]
    partition: str | None = None


_ITEMS = {
    "item": "BIGINT",
    "source": "INTEGER",
    **ITEM_COLUMNS,
    "stub": "BOOLEAN",  # known only from effort that names its key
    "landing": "INTEGER",
    "chunk": "INTEGER",
}
_RECORDS = {
    "row_key": "VARCHAR",
    "source": "INTEGER",
    "item": "BIGINT",
    "day": "DATE",
    "person": "INTEGER",
    "team": "INTEGER",
    "unit": "INTEGER",
    "amount": "BIGINT",
    "bot": "BOOLEAN",
    "landing": "INTEGER",
}

SHAPES: dict[str, TableShape] = {
    # number <-> word, for sources, people, team words, targets and reasons
    "names": TableShape({"kind": "VARCHAR", "no": "INTEGER", "name": "VARCHAR"}),
    "items": TableShape(_ITEMS, "chunk"),
    # effort as it came, one row per source row and unit
    "records": TableShape({**_RECORDS, "month": "VARCHAR"}, "month"),
    # rows that were corrected or withdrawn, with the landing that did it
    "superseded": TableShape({**_RECORDS, "replaced_by": "INTEGER"}),
    # derived: effort by team, person-days worked out
    "effort": TableShape(
        {"item": "BIGINT", "day": "DATE", "team": "INTEGER", "unit": "INTEGER",
         "amount": "BIGINT", "person": "INTEGER", "month": "VARCHAR"}, "month"),
    # derived: shares of an item, summing to 10,000; no rows: unknown
    "attribution": TableShape(
        {"item": "BIGINT", "target": "INTEGER", "share": "INTEGER", "rank": "INTEGER",
         "reason": "INTEGER", "chunk": "INTEGER"}, "chunk"),
    # derived: what pages and most questions read
    "rollup": TableShape(
        {"day": "DATE", "team": "INTEGER", "target": "INTEGER", "unit": "INTEGER",
         "amount": "BIGINT", "month": "VARCHAR"}, "month"),
    # values of metrics as they were seen; rows are only ever added, the last seen of a source is in force
    "observations": TableShape(
        {"metric": "VARCHAR", "on": "DATE", "value": "DOUBLE", "seen_at": "TIMESTAMP",
         "source": "INTEGER", "landing": "INTEGER"}),
    # what a reader of such a series must know: gap, definition or note; no words: taken back
    "marks": TableShape(
        {"metric": "VARCHAR", "on": "DATE", "kind": "VARCHAR", "words": "VARCHAR",
         "seen_at": "TIMESTAMP", "source": "INTEGER", "landing": "INTEGER"}),
}  # fmt: skip

LANDINGS = TableShape(
    {
        "landing": "INTEGER",
        "at": "TIMESTAMP",
        "what": "VARCHAR",  # import, refresh, people, observe
        "source": "VARCHAR",
        "report": "VARCHAR",  # JSON
        "pins": "VARCHAR",  # JSON: table -> version
        "plan": "VARCHAR",  # revision of the plan, for a refresh
    }
)

#: Items per folder of the items and attribution tables.
CHUNK = 262_144
#: So many small files of landings are merged to one.
MANY_LANDINGS = 50
_NEVER = "interval 36500 days"
#: Path relative to the table, bytes, rows, partition value.
File = tuple[str, int, int, str | None]


def _delta_schema(shape: TableShape) -> Schema:
    from deltalake import Field, Schema
    from deltalake.schema import ArrayType, MapType, PrimitiveType

    plain = {
        "VARCHAR": "string", "BIGINT": "long", "INTEGER": "integer", "DATE": "date",
        "TIMESTAMP": "timestamp_ntz", "BOOLEAN": "boolean", "DOUBLE": "double",
    }  # fmt: skip

    def kind(sql: str) -> Any:
        if sql.endswith("[]"):
            return ArrayType(kind(sql[:-2]), contains_null=True)
        if sql.startswith("MAP("):
            key, value = sql[4:-1].split(", ")
            return MapType(kind(key), kind(value), value_contains_null=True)
        return PrimitiveType(plain[sql])

    return Schema([Field(name, kind(sql)) for name, sql in shape.columns.items()])


def create(root: Path, name: str, shape: TableShape) -> DeltaTable:
    """Creates an empty table; one that exists is opened."""
    from deltalake import DeltaTable

    return DeltaTable.create(
        str(root / name),
        schema=_delta_schema(shape),
        partition_by=[shape.partition] if shape.partition else None,
        mode="ignore",
        configuration={
            "delta.logRetentionDuration": _NEVER,
            "delta.deletedFileRetentionDuration": _NEVER,
        },
    )


@dataclass(slots=True)
class Table:
    """One Delta table at one version, as a list of Parquet files by partition value."""

    root: Path
    name: str
    version: int
    _files: dict[str | None, list[str]] | None = field(default=None, repr=False)

    @property
    def shape(self) -> TableShape:
        """Columns and partition."""
        return SHAPES.get(self.name, LANDINGS)

    def by_partition(self) -> dict[str | None, list[str]]:
        """Files of this version by value of the partition column (``None`` if there is none)."""
        if self._files is None:
            self._files = _read_log(self.root / self.name, self.version, self.shape.partition)
        return self._files

    def files(self, low: str | None = None, high: str | None = None) -> list[str]:
        """Files whose partition value lies in ``[low, high]``; open ends mean all."""
        parts = self.by_partition()
        return [
            f
            for value, group in sorted(parts.items(), key=lambda kv: kv[0] or "")
            if value is None or ((low is None or value >= low) and (high is None or value <= high))
            for f in group
        ]


def _read_log(path: Path, version: int, partition: str | None) -> dict[str | None, list[str]]:
    out: dict[str | None, list[str]] = {}
    if version == 0:  # as it was created
        return out
    from deltalake import DeltaTable

    table = DeltaTable(str(path), version=version)
    actions = table.get_add_actions(flatten=True)
    if actions.num_rows == 0:
        return out
    columns = {name: actions.column(name) for name in actions.schema.names}
    values = columns[f"partition.{partition}"].to_pylist() if partition else None
    for i, relative in enumerate(columns["path"].to_pylist()):
        key = None if values is None else str(values[i])
        out.setdefault(key, []).append(str(path / relative))
    return out


@dataclass(slots=True)
class Writer:
    """Writes files of one table and commits them; nothing is visible before the landing is."""

    con: duckdb.DuckDBPyConnection
    root: Path
    name: str
    _open: DeltaTable | None = field(default=None, repr=False)

    @property
    def table(self) -> DeltaTable:
        """The table, opened once."""
        if self._open is None:
            from deltalake import DeltaTable

            self._open = DeltaTable(str(self.root / self.name))
        return self._open

    def write(self, query: str, *, order: str = "") -> list[File]:
        """Writes the rows of ``query`` as Parquet.

        Returns:
            The files, none where there is no row.
        """
        shape = SHAPES.get(self.name, LANDINGS)
        base = self.root / self.name
        folder = f"data/{uuid.uuid4().hex}"
        (base / folder).mkdir(parents=True, exist_ok=True)
        columns = ", ".join(f'CAST("{c}" AS {t}) AS "{c}"' for c, t in shape.columns.items())
        ordered = f" ORDER BY {order}" if order else ""
        by = f", PARTITION_BY ({shape.partition})" if shape.partition else ""
        target = base / folder if shape.partition else base / folder / "part.parquet"
        rows = self.con.execute(
            f"COPY (SELECT {columns} FROM ({query}){ordered}) TO '{_quoted(target)}' "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, RETURN_STATS{by})"
        ).fetchall()
        out = []
        for row in rows:
            name, count, size, keys = Path(row[0]), int(row[1]), int(row[2]), row[5]
            if not count:
                continue
            value = None if shape.partition is None else str(keys[shape.partition]).strip("'")
            out.append((str(name.relative_to(base)), size, count, value))
        return out

    def commit(
        self,
        files: list[File],
        *,
        replace: list[str] | None = None,
        merged: Sequence[File] = (),
    ) -> int:
        """Adds files; with ``replace``, first drops the given partition values (or all, ``["*"]``).

        Args:
            merged: Files of this table whose rows are in ``files`` now; not with ``replace``.

        Returns:
            The table's new version.
        """
        shape = SHAPES.get(self.name, LANDINGS)
        if replace == ["*"]:
            self._push(files, "overwrite")
        elif replace:
            self._push(
                [f for f in files if f[3] in replace],
                "overwrite",
                only=[(shape.partition, "in", replace)],
            )
            if rest := [f for f in files if f[3] not in replace]:
                self._push(rest, "append")
        elif files:
            self._push(files, "append", merged)
        return int(self.table.version())

    def _push(
        self, files: Sequence[File], mode: str, merged: Sequence[File] = (), only: Any = None
    ) -> None:
        from deltalake.transaction import AddAction, PostCommitHookProperties, RemoveAction

        by = SHAPES.get(self.name, LANDINGS).partition
        stamp = int(time.time() * 1000)
        added = [
            AddAction(path, size, {by: value} if by else {}, stamp, True,
                      json.dumps({"numRecords": count}))
            for path, size, count, value in files
        ]  # fmt: skip
        removed = [RemoveAction(path, True, stamp, size) for path, size, _, _ in merged]
        hooks = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
        self.table.create_write_transaction(
            [*added, *removed], mode, self.table.schema(), [by] if by else None, only,
            post_commithook_properties=hooks,
        )  # fmt: skip
        self.table.update_incremental()

    def crowd(self) -> list[File]:
        """Files of a table without partitions that are better written as one; none while there are few.

        Files are merged in levels, so that there are never many and no row is written often.
        """
        actions = self.table.get_add_actions(flatten=True)
        columns = (actions.column(n).to_pylist() for n in ("path", "size_bytes", "num_records"))
        found: list[File] = [(p, s, n, None) for p, s, n in zip(*columns, strict=True)]
        crowded: list[File] = []
        most = MANY_LANDINGS
        while (
            len(level := [f for f in found if f[2] < most and f not in crowded]) + 1
            >= MANY_LANDINGS
        ):
            crowded += level
            most *= MANY_LANDINGS
        return crowded


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def restore(root: Path, name: str, version: int) -> int:
    """Takes a table back to a pinned version after a process died between commits.

    Returns:
        The table's last version, which has the files of the pinned one.

    Raises:
        LedgerError: if the table does not have the pinned version.
    """
    log = root / name / "_delta_log"
    if _log_file(log, version).exists() and not _log_file(log, version + 1).exists():
        return version
    from deltalake import DeltaTable

    table = DeltaTable(str(root / name))
    if table.version() < version:
        raise LedgerError(
            f"The ledger's table {name} is at version {table.version()}, but version {version} is pinned.",
            "Files were taken away from the ledger folder. Restore it from a backup.",
            code="ledger.damaged",
        )
    if table.version() > version:
        table.restore(version)
    return int(table.version())


def _log_file(log: Path, version: int) -> Path:
    return log / f"{version:020d}.json"
