"""The engines that answer questions over the ledger's files: one small interface, two implementations.

A question is a SQL file; big tables come as lists of Parquet files of a pinned version, small ones
(calendar, scope, place …) as rows. DuckDB runs the files as they are; Spark runs them transpiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from mainstem.ledger.sql import text
from mainstem.ledger.store import relation
from mainstem.ledger.tables import Table

if TYPE_CHECKING:
    import duckdb

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Small:
    """A small table: column names with DuckDB types, and its rows."""

    columns: Mapping[str, str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Big:
    """A ledger table, cut to the partitions that can matter."""

    table: Table
    low: str | None = None
    high: str | None = None


class Engine(Protocol):
    """Runs one question."""

    name: str

    def ask(
        self,
        question: str,
        *,
        big: Mapping[str, Big],
        small: Mapping[str, Small],
        params: Mapping[str, Any] | None = None,
    ) -> Rows:
        """The rows of ``ledger/sql/<question>.sql``."""
        ...


@dataclass(slots=True)
class Connections:
    """One DuckDB for many threads: whoever asks borrows a connection that nobody else uses meanwhile."""

    root: duckdb.DuckDBPyConnection
    _idle: list[duckdb.DuckDBPyConnection] = field(default_factory=list)
    _lent: int = 0
    _is_closed: bool = False
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def one(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection, with temporary tables of its own."""
        con = self._take()
        try:
            yield con
        finally:
            self._give_back(con)

    def close(self) -> None:
        """Lets the database go, when the last of those who are asking has got their answer."""
        with self._lock:
            self._is_closed = True
            if not self._lent:
                self.root.close()

    def _take(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            con = self._idle.pop() if self._idle else self._fresh()
            self._lent += 1
            return con

    def _fresh(self) -> duckdb.DuckDBPyConnection:
        # settings of a session are not handed on to its cursors
        con = self.root.cursor()
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET parquet_metadata_cache = true")
        return con

    def _give_back(self, con: duckdb.DuckDBPyConnection) -> None:
        with self._lock:
            self._lent -= 1
            self._idle.append(con)
            if self._is_closed and not self._lent:
                self.root.close()


class DuckDBEngine:
    """The embedded engine; safe to use from several threads."""

    name = "duckdb"

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def ask(
        self,
        question: str,
        *,
        big: Mapping[str, Big],
        small: Mapping[str, Small],
        params: Mapping[str, Any] | None = None,
    ) -> Rows:
        """See ``Engine.ask``."""
        with self._connections.one() as con:
            for name, part in big.items():
                con.execute(
                    f"CREATE OR REPLACE TEMP VIEW {name} AS "
                    f"SELECT * FROM {relation(part.table, part.low, part.high)}"
                )
            for name, table in small.items():
                put_small(con, name, table)
            return con.execute(text(question), dict(params or {})).fetchall()


def put_small(con: duckdb.DuckDBPyConnection, name: str, table: Small) -> None:
    """Makes a small table a temporary table of the connection."""
    columns = ", ".join(f"{c} {t}" for c, t in table.columns.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if table.rows:
        lists = [list(column) for column in zip(*table.rows, strict=True)]
        picked = ", ".join(f"unnest(?::{t}[])" for t in table.columns.values())
        con.execute(f"INSERT INTO {name} SELECT {picked}", lists)
