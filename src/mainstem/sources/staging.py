"""Staged files from rows that a source makes one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS, REJECT_COLUMNS, Staged

if TYPE_CHECKING:
    import duckdb
    from arro3.core import Array, DataType, RecordBatch

_SHAPES = {"items": ITEM_COLUMNS, "records": RECORD_COLUMNS, "rejects": REJECT_COLUMNS}
_SAMPLE = 200
#: Rows that are handed to the engine at once.
_BATCH = 4_096
#: Of the engine that rows are gathered in.
MEMORY = "512MB"


class Stage:
    """Collects rows in an engine that spills beside the files, then writes them as Parquet.

    Values are those of the columns in ``work.records``: texts, whole numbers, truth values, lists and
    dictionaries of them; days and stamps as ISO texts. An absent value is null. Memory stays flat.
    """

    def __init__(self, into: Path) -> None:
        self._into = into
        self._waiting: dict[str, list[Mapping[str, Any]]] = {name: [] for name in _SHAPES}
        self._accepted = 0
        self._rejected = 0

    def __enter__(self) -> Stage:
        # loads here, while a program that the source started is at work
        import arro3.core  # noqa: F401

        self._con = spilling(_SHAPES, self._into / "spill")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._con.close()
            return
        for name in _SHAPES:
            self._flush(name)

    def accept(
        self, items: Iterable[Mapping[str, Any]], records: Iterable[Mapping[str, Any]]
    ) -> None:
        """One thing read that became items and records."""
        self._accepted += 1
        self._waiting["items"].extend(items)
        self._waiting["records"].extend(records)
        for name in ("items", "records"):
            if len(self._waiting[name]) >= _BATCH:
                self._flush(name)

    def reject(self, place: str, reason: str, sample: str) -> None:
        """One thing read that was refused, with the reason."""
        self._rejected += 1
        row = {"place": place, "reason": reason, "sample": sample[:_SAMPLE]}
        self._waiting["rejects"].append(row)
        if len(self._waiting["rejects"]) >= _BATCH:
            self._flush("rejects")

    def _flush(self, name: str) -> None:
        rows, self._waiting[name] = self._waiting[name], []
        if rows:
            put_rows(self._con, name, _SHAPES[name], rows)

    def staged(self, source: str, notes: tuple[str, ...] = (), *, lends: bool = False) -> Staged:
        """Writes the Parquet files; call it once, after the stage was left.

        Args:
            lends: Items and records have no key twice, every item that a record names is there, and they
                stay where they are, see ``Staged.engine``.
        """
        out = {name: self._into / f"{name}.parquet" for name in _SHAPES}
        con, lent = self._con, ("items", "records") if lends else ()
        try:
            con.execute("RESET threads")
            for name, path in out.items():
                target = str(path).replace("'", "''")
                con.execute(
                    f"ALTER TABLE {name} RENAME TO read_{name}" if name in lent else
                    f"COPY {name} TO '{target}' (FORMAT parquet, COMPRESSION lz4_raw)"
                )  # fmt: skip
        except BaseException:
            con.close()
            raise
        if not lends:
            con.close()
        read_count = self._accepted + self._rejected
        return Staged(
            source, out["items"], out["records"], out["rejects"], read_count, self._accepted,
            self._rejected, notes, engine=con if lends else None,
        )  # fmt: skip


def spilling(
    shapes: Mapping[str, Mapping[str, str]], spill: Path, *, file: str = ":memory:",
    memory: str = MEMORY,
) -> duckdb.DuckDBPyConnection:  # fmt: skip
    """An engine with empty tables for ``put_rows``, which spills to a folder; the caller closes it.

    Args:
        shapes: Table → its columns, name → DuckDB type.
        file: Where the tables are kept; ``:memory:``: in the engine's memory.
        memory: Bound, in DuckDB's words.
    """
    import duckdb

    con = duckdb.connect(file, config={"memory_limit": memory, "temp_directory": str(spill)})
    # batches are small: handing them to other threads costs more than it gains
    con.execute("SET threads = 1")
    for name, columns in shapes.items():
        listed = ", ".join(f"{c} {t}" for c, t in columns.items())
        con.execute(f"CREATE {'TEMP ' if file == ':memory:' else ''}TABLE {name} ({listed})")
    return con


def put_rows(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    more: Mapping[str, Sequence[Any]] | None = None,
) -> None:
    """Adds rows to a table of the connection.

    Args:
        columns: Name → DuckDB type, in the table's order; ``VARCHAR``, numbers, ``BOOLEAN``, ``DATE``,
            ``TIMESTAMP``, lists of them, and ``MAP``.
        more: Columns that the rows do not have themselves: name → as many values as rows.
    """
    arrays: dict[str, Array] = {}
    picked = []
    for name, sql in columns.items():
        values = more[name] if more and name in more else _column(rows, name)
        if sql.startswith("MAP("):
            key, value = sql[4:-1].split(", ")
            arrays[f"{name}_keys"] = _lists([None if m is None else list(m) for m in values], key)
            inner = [None if m is None else list(m.values()) for m in values]
            arrays[f"{name}_values"] = _lists(inner, value)
            picked.append(f"map({name}_keys, {name}_values)")
        else:
            is_list = sql.endswith("[]")
            arrays[name] = _lists(values, sql[:-2]) if is_list else _array(values, sql)
            picked.append(f"{name}::{sql}")
    con.register("batch", _batch(arrays))
    con.execute(f"INSERT INTO {table} SELECT {', '.join(picked)} FROM batch")  # noqa: S608
    con.unregister("batch")


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    """Values of a column; ``None`` where a row has none."""
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]


def _batch(arrays: Mapping[str, Array]) -> RecordBatch:
    from arro3.core import RecordBatch

    return RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))


def _array(values: Sequence[Any], sql: str) -> Array:
    from arro3.core import Array

    return Array(values, _kind(sql))


def _kind(sql: str) -> DataType:
    from arro3.core import DataType

    plain = {"BOOLEAN": DataType.bool, "INTEGER": DataType.int32, "BIGINT": DataType.int64}
    # days and stamps come as text; the engine reads them
    return plain.get(sql, DataType.string)()


def _lists(values: Sequence[Sequence[Any] | None], sql: str) -> Array:
    from arro3.core import Array, DataType, list_array

    ends = accumulate((len(v) if v else 0 for v in values), initial=0)
    inner = _array(list(chain.from_iterable(v for v in values if v)), sql)
    absent = Array([v is None for v in values], DataType.bool()) if None in values else None
    return list_array(Array(list(ends), DataType.int32()), inner, mask=absent)
