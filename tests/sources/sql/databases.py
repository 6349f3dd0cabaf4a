"""The same table in four real databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.server.postgresql import fresh_database as fresh_postgresql
from tests.sources.sql import mariadb

ENGINES = ("postgresql", "mariadb", "sqlite", "duckdb")
_TABLE = (
    "CREATE TABLE ticket (ticket_id VARCHAR(40) PRIMARY KEY, summary VARCHAR(200), kind VARCHAR(40),"
    " labels VARCHAR(200), assignee VARCHAR(100), made {stamp}, finished {stamp}, points DECIMAL(10, 2),"
    " risk VARCHAR(20), changed {stamp})"
)
_LOG = (
    "CREATE TABLE log (log_id INTEGER PRIMARY KEY, ticket_id VARCHAR(40), on_day DATE,"
    " hours DECIMAL(10, 4), who VARCHAR(100), changed {stamp})"
)
_STAMP = {
    "postgresql": "TIMESTAMP",
    "mariadb": "DATETIME(6)",
    "sqlite": "TEXT",
    "duckdb": "TIMESTAMP",
}
#: Work items as work items.
QUERY = (
    "SELECT ticket_id AS item_key, summary AS title, kind AS type, labels, assignee AS person, made AS created,"
    " finished AS done, points, risk AS field_risk, changed FROM ticket"
)
LOGS = "SELECT log_id AS row_id, ticket_id AS item_key, on_day AS day, hours, who AS person, changed FROM log"


@dataclass
class Made:
    """A database of a test, with two tables."""

    engine: str
    url: str
    run: Callable[..., None]

    def tickets(self, *rows: tuple[Any, ...]) -> None:
        """Adds tickets: id, summary, kind, labels, assignee, made, finished, points, risk, changed."""
        self._add("ticket", rows, 10)

    def logs(self, *rows: tuple[Any, ...]) -> None:
        """Adds time entries: id, ticket, day, hours, who, changed."""
        self._add("log", rows, 6)

    def _add(self, table: str, rows: tuple[tuple[Any, ...], ...], width: int) -> None:
        mark = "%s" if self.engine in ("postgresql", "mariadb") else "?"
        self.run(
            f"INSERT INTO {table} VALUES ({', '.join([mark] * width)})", [*map(self._plain, rows)]
        )

    def _plain(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.engine != "sqlite":
            return row
        return tuple(str(v) if isinstance(v, (date, Decimal)) else v for v in row)


def make(engine: str, folder: Path) -> Made:
    """A new database with two empty tables."""
    made = _MAKERS[engine](folder)
    for statement in (_TABLE, _LOG):
        made.run(statement.format(stamp=_STAMP[engine]))
    return made


def _postgresql(_: Path) -> Made:
    import psycopg

    url = fresh_postgresql()

    def run(statement: str, rows: list[Any] | None = None) -> None:
        with psycopg.connect(url, autocommit=True) as con, con.cursor() as cursor:
            if rows is None:
                cursor.execute(statement)
            else:
                cursor.executemany(statement, rows)

    return Made("postgresql", url, run)


def _mariadb(_: Path) -> Made:
    url = mariadb.fresh_database()
    return Made("mariadb", url, lambda text, rows=None: mariadb.execute(url, [text], rows))


def _sqlite(folder: Path) -> Made:
    import sqlite3

    path = folder / "it's a file.db"

    def run(statement: str, rows: list[Any] | None = None) -> None:
        with sqlite3.connect(path) as con:
            if rows is None:
                con.execute(statement)
            else:
                con.executemany(statement, rows)
        con.close()

    return Made("sqlite", f"sqlite:///{path}", run)


def _duckdb(folder: Path) -> Made:
    import duckdb

    path = folder / "it's a file.duckdb"

    def run(statement: str, rows: list[Any] | None = None) -> None:
        with duckdb.connect(str(path)) as con:
            if rows is None:
                con.execute(statement)
            else:
                con.executemany(statement, rows)

    return Made("duckdb", f"duckdb:///{path}", run)


_MAKERS: dict[str, Callable[[Path], Made]] = {
    "postgresql": _postgresql, "mariadb": _mariadb, "sqlite": _sqlite, "duckdb": _duckdb,
}  # fmt: skip
