"""Databases by SQLAlchemy: one connection, read only where the database can, rows by a server-side cursor."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mainstem.errors import SourceError
from mainstem.sources.remote import Watch
from mainstem.sources.sql.address import EXTRAS, Address
from mainstem.sources.sql.client import PAGE, Page, only_row
from mainstem.sources.sql.failing import failure_of
from mainstem.sources.sql.statement import Statement

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

#: Seconds until a connection stands.
_CONNECT = 15
#: What is said to a new session: read only, moments in UTC, patience while rows land here.
_FIRST: dict[str, tuple[str, ...]] = {
    "postgresql": (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET TIME ZONE 'UTC'",
        "SET DateStyle = 'ISO'",
        "SET idle_in_transaction_session_timeout = 0",
    ),
    "mysql": (
        "SET SESSION TRANSACTION READ ONLY",
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION net_write_timeout = 3600",
    ),
    "sqlite": ("PRAGMA query_only = 1",),
    "snowflake": ("ALTER SESSION SET TIMEZONE = 'UTC'",),
}
_FIRST["mariadb"] = _FIRST["mysql"]
_CAN_WRITE = (
    "SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) OR EXISTS (SELECT 1 FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND"
    " n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_t%' AND"
    " has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))"
)
_MYSQL_WRITES = ("INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "CREATE", "ALL PRIVILEGES")


@dataclass(frozen=True, slots=True)
class Alchemy:
    """An open connection."""

    address: Address
    watch: Watch
    con: Connection

    @classmethod
    @contextmanager
    def opened(cls, address: Address, watch: Watch) -> Iterator[Alchemy]:
        """Connects.

        Raises:
            SourceError: it cannot be reached, refuses the account, or its driver is not installed.
        """
        from sqlalchemy.exc import SQLAlchemyError

        engine = _engine(address)
        watch.meter.add(requests=1)
        try:
            # without parameters a driver must not look for them: a % in the query is a %
            con = engine.connect().execution_options(
                stream_results=True, max_row_buffer=PAGE, no_parameters=True
            )
        except (SQLAlchemyError, OSError, RuntimeError, ValueError) as error:
            raise failure_of(error, address, "let us in") from None
        try:
            yield cls(address, watch, con)
        finally:
            _hang_up(con)
            con.close()
            engine.dispose()

    def pages(self, statement: Statement, since: Any = None, size: int = PAGE) -> Iterator[Page]:
        """See ``client.Database.pages``."""
        from sqlalchemy.exc import SQLAlchemyError

        self.watch.meter.add(requests=1)
        try:
            yield from self._pages(statement, since, size)
        except (SQLAlchemyError, OSError, OverflowError, _driver_error(self.con)) as error:
            with suppress(SQLAlchemyError):
                self.con.rollback()
            raise failure_of(error, self.address, "answer the query") from None

    def _pages(self, statement: Statement, since: Any, size: int) -> Iterator[Page]:
        text = statement.written(self._style())
        given = {"since": self._bound(since)} if statement.uses_since else None
        result = self.con.exec_driver_sql(text, given)
        if result.cursor is None:
            raise SourceError("The query gives no rows.", "Write a SELECT.", code="source.query")
        names = tuple(_text(d[0]) for d in result.cursor.description or ())
        rows = result.fetchmany(size)
        yield Page(names, rows)
        while len(rows) == size:
            self.watch.check()
            rows = result.fetchmany(size)
            yield Page(names, rows)
        result.close()

    def _style(self) -> str:
        style = self.con.dialect.paramstyle
        return "%(since)s" if style in ("pyformat", "format") else ":since"

    def _bound(self, since: Any) -> Any:
        """A parameter as the driver takes it; MySQL's knows no offsets, its session is in UTC."""
        if not isinstance(since, datetime):
            return since
        if self.address.engine in ("mysql", "mariadb") and since.tzinfo is not None:
            return since.astimezone(UTC).replace(tzinfo=None)
        return since.isoformat(sep=" ") if self.address.engine == "sqlite" else since

    def quoted(self, name: str) -> str:
        """See ``client.Database.quoted``."""
        return str(self.con.dialect.identifier_preparer.quote_identifier(name))

    def table(self, name: str) -> str:
        """See ``client.Database.table``."""
        quote_one = self.con.dialect.identifier_preparer.quote
        return ".".join(str(quote_one(part)) for part in name.split("."))

    def may_write(self) -> bool | None:
        """See ``client.Database.may_write``."""
        engine = self.address.engine
        if engine == "sqlite":
            return os.access(Path(self.address.database).expanduser(), os.W_OK)
        if engine == "postgresql":
            row = only_row(self, _CAN_WRITE)
            return bool(row and row[0])
        if engine in ("mysql", "mariadb"):
            pages = self.pages(Statement(("SHOW GRANTS",)))
            grants = [_text(row[0]).upper().partition(" ON ")[0] for p in pages for row in p.rows]
            return any(word in grant for grant in grants for word in _MYSQL_WRITES)
        return None


def _hang_up(con: Connection) -> None:
    """Ends a connection at once: PyMySQL would read the rest of an answer first, however long."""
    if con.invalidated:
        return
    result = getattr(con.connection.dbapi_connection, "_result", None)
    if result is not None and hasattr(result, "unbuffered_active"):
        result.unbuffered_active = False
    con.invalidate()


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _driver_error(con: Connection) -> type[Exception]:
    """The driver's own family of errors, which may come while rows are read."""
    found = getattr(con.dialect.dbapi, "Error", None)
    return found if isinstance(found, type) and issubclass(found, Exception) else OSError


def _engine(address: Address) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    _need_extra(address)
    options: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    url: Any = address.url
    if address.engine == "sqlite":
        url, options["creator"] = "sqlite://", lambda: _sqlite(address)
    elif address.engine in ("postgresql", "mysql", "mariadb"):
        options["connect_args"] = {"connect_timeout": _CONNECT, **_converters(address)}
    try:
        engine = create_engine(url, **options)
    except Exception as error:
        raise failure_of(error, address, "let us in") from None
    event.listen(engine, "connect", lambda raw, _: _greet(raw, address.engine))
    return engine


def _need_extra(address: Address) -> None:
    module = EXTRAS.get(address.engine)
    if module is None:
        return
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        raise SourceError(
            f"The driver for {address.engine} is not installed.",
            f"Run: pip install 'mainstem[{address.engine}]'.", code="source.extra",
        )  # fmt: skip


def _greet(raw: Any, engine: str) -> None:
    if engine == "postgresql":
        _read_odd_dates(raw)
    cursor = raw.cursor()
    for statement in _FIRST.get(engine, ()):
        cursor.execute(statement)
    cursor.close()
    if engine != "sqlite":
        raw.commit()


def _sqlite(address: Address) -> sqlite3.Connection:
    path = Path(address.database).expanduser().absolute()
    con = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_CONNECT)
    con.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return con


def _converters(address: Address) -> dict[str, Any]:
    """MySQL: a TIMESTAMP is a moment, in UTC for our session; a DATETIME says no zone."""
    if address.engine == "postgresql":
        return {}
    from pymysql.constants import FIELD_TYPE
    from pymysql.converters import conversions, convert_datetime

    def moment(said: str | bytes) -> Any:
        found = convert_datetime(said)
        return found.replace(tzinfo=UTC) if isinstance(found, datetime) else found

    return {"conv": {**conversions, FIELD_TYPE.TIMESTAMP: moment}}


def _read_odd_dates(raw: Any) -> None:
    """PostgreSQL's ``infinity`` and days before Christ come as texts, to be refused row by row."""
    from psycopg import DataError
    from psycopg.types import datetime as known

    def lenient(loader: Any) -> Any:
        class Lenient(loader):  # type: ignore[misc]
            def load(self, data: Any) -> Any:
                try:
                    return super().load(data)
                except DataError:
                    return bytes(data).decode("ascii", "replace")

        return Lenient

    for name, loader in (
        ("date", known.DateLoader), ("timestamp", known.TimestampLoader),
        ("timestamptz", known.TimestamptzLoader), ("interval", known.IntervalLoader),
    ):  # fmt: skip
        raw.adapters.register_loader(name, lenient(loader))
