"""The ledger's Delta tables: their columns, how files are added to them, and which version is pinned.

DuckDB writes the Parquet files; delta-rs commits them. A commit of several tables becomes visible at
once because readers only ever look at the versions that the last row of ``landings`` pins.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
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
}  # fmt: skip

LANDINGS = TableShape(
    {
        "landing": "INTEGER",
        "at": "TIMESTAMP",
        "what": "VARCHAR",  # import, refresh, people
        "source": "VARCHAR",
        "report": "VARCHAR",  # JSON
        "pins": "VARCHAR",  # JSON: table -> version
        "plan": "VARCHAR",  # revision of the plan, for a refresh
    }
)

#: Items per folder of the items and attribution tables.
CHUNK = 262_144
_NEVER = "interval 36500 days"


def _delta_schema(shape: TableShape) -> Schema:
    from deltalake import Field, Schema
    from deltalake.schema import ArrayType, MapType, PrimitiveType

    plain = {
        "VARCHAR": "string", "BIGINT": "long", "INTEGER": "integer", "DATE": "date",
        "TIMESTAMP": "timestamp_ntz", "BOOLEAN": "boolean",
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
    from deltalake import DeltaTable

    table = DeltaTable(str(path), version=version)
    out: dict[str | None, list[str]] = {}
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

    def write(self, query: str, *, order: str = "") -> list[tuple[str, int, int, str | None]]:
        """Writes the rows of ``query`` as Parquet.

        Returns:
            (path relative to the table, bytes, rows, partition value) per file.
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
            f"(FORMAT parquet, COMPRESSION zstd, RETURN_STATS{by})"
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
        self, files: list[tuple[str, int, int, str | None]], *, replace: list[str] | None = None
    ) -> int:
        """Adds files; with ``replace``, first drops the given partition values (or all, ``["*"]``).

        Returns:
            The table's new version.
        """
        from deltalake import DeltaTable
        from deltalake.transaction import AddAction, PostCommitHookProperties, RemoveAction

        shape = SHAPES.get(self.name, LANDINGS)
        table = DeltaTable(str(self.root / self.name))
        hooks = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
        by = [shape.partition] if shape.partition else None
        stamp = int(time.time() * 1000)

        def add(entry: tuple[str, int, int, str | None]) -> AddAction | RemoveAction:
            path, size, count, value = entry
            keys = {shape.partition: value} if shape.partition else {}
            return AddAction(path, size, keys, stamp, True, json.dumps({"numRecords": count}))

        def push(entries: list[AddAction | RemoveAction], mode: str, only: Any = None) -> None:
            table.create_write_transaction(
                entries, mode, table.schema(), by, only, post_commithook_properties=hooks
            )
            table.update_incremental()

        if replace == ["*"]:
            push([add(f) for f in files], "overwrite")
        elif replace:
            fresh = [add(f) for f in files if f[3] in replace]
            push(fresh, "overwrite", [(shape.partition, "in", replace)])
            rest = [add(f) for f in files if f[3] not in replace]
            if rest:
                push(rest, "append")
        elif files:
            push([add(f) for f in files], "append")
        return int(DeltaTable(str(self.root / self.name)).version())


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def restore(root: Path, name: str, version: int) -> None:
    """Takes a table back to a pinned version after a process died between commits."""
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
