"""The engines that answer questions over the ledger's files: one small interface, two implementations.

A question is a SQL file; big tables come as lists of Parquet files of a pinned version, small ones
(calendar, scope, place …) as rows. DuckDB runs the files as they are; Spark runs them transpiled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


class DuckDBEngine:
    """The embedded engine."""

    name = "duckdb"

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        con.execute("SET parquet_metadata_cache = true")

    def ask(
        self,
        question: str,
        *,
        big: Mapping[str, Big],
        small: Mapping[str, Small],
        params: Mapping[str, Any] | None = None,
    ) -> Rows:
        """See ``Engine.ask``."""
        con = self._con
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
