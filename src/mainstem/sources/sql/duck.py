"""DuckDB: a file that is opened without the right to write, by DuckDB's own module."""
# ruff: noqa: S608

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.errors import SourceError
from mainstem.sources.remote import Watch
from mainstem.sources.sql.address import Address
from mainstem.sources.sql.client import PAGE, Page
from mainstem.sources.sql.failing import failure_of
from mainstem.sources.sql.statement import Statement

if TYPE_CHECKING:
    import duckdb

#: Memory of the engine, which spills beside; rows stream.
#: Nothing but the file itself: a query could read any other of the machine.
_SETTINGS = {
    "memory_limit": "512MB", "autoinstall_known_extensions": "false",
    "enable_external_access": "false",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duck:
    """An open DuckDB file."""

    address: Address
    watch: Watch
    con: duckdb.DuckDBPyConnection

    @classmethod
    @contextmanager
    def opened(cls, address: Address, watch: Watch) -> Iterator[Duck]:
        """Opens it.

        Raises:
            SourceError: there is no such file, or somebody else is writing it.
        """
        import duckdb

        path = Path(address.database).expanduser()
        if not path.is_file():
            raise SourceError(
                f"There is no file {address.database}.", "Check the path in the connection string.",
                code="source.address",
            )  # fmt: skip
        watch.meter.add(requests=1)
        try:
            con = duckdb.connect(str(path), read_only=True, config={**_SETTINGS})
        except duckdb.Error as error:
            raise _locked(error, address) from None
        try:
            con.execute("SET TimeZone = 'UTC'")
            yield cls(address, watch, con)
        finally:
            con.close()

    def pages(self, statement: Statement, since: Any = None, size: int = PAGE) -> Iterator[Page]:
        """See ``client.Database.pages``."""
        import duckdb

        self.watch.meter.add(requests=1)
        cursor = self.con.cursor()
        try:
            names, zoned = self._execute(cursor, statement, since)
            while True:
                rows = [_with_zone(row, zoned) for row in cursor.fetchmany(size)]
                yield Page(names, rows)
                if len(rows) < size:
                    return
                self.watch.check()
        except duckdb.Error as error:
            raise failure_of(error, self.address, "answer the query") from None
        finally:
            cursor.close()

    def _execute(
        self, cursor: duckdb.DuckDBPyConnection, statement: Statement, since: Any
    ) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Names of the columns, and places of those that hold moments."""
        given = {"since": since} if statement.uses_since else None
        cursor.execute(statement.written("$since"), given)
        columns = [(str(d[0]), str(d[1])) for d in cursor.description or ()]
        names = tuple(name for name, _ in columns)
        zoned = tuple(n for n, (_, kind) in enumerate(columns) if kind.endswith("WITH TIME ZONE"))
        if zoned:
            # DuckDB hands moments over by a further package only; stamps in UTC say the same
            utc = ", ".join(
                f"timezone('UTC', {q}) AS {q}" for q in map(self.quoted, (names[n] for n in zoned))
            )
            before = f"SELECT * REPLACE ({utc}) FROM ("
            cursor.execute(statement.within(before, Statement((")",))).written("$since"), given)
        return names, zoned

    def quoted(self, name: str) -> str:
        """See ``client.Database.quoted``."""
        return '"' + name.replace('"', '""') + '"'

    def table(self, name: str) -> str:
        """See ``client.Database.table``."""
        return ".".join(self.quoted(part) for part in name.split("."))

    def may_write(self) -> bool | None:
        """Whether the file could be written by this account of the machine."""
        return os.access(Path(self.address.database).expanduser(), os.W_OK)


def _with_zone(row: tuple[Any, ...], zoned: tuple[int, ...]) -> tuple[Any, ...]:
    if not zoned:
        return row
    return tuple(
        v.replace(tzinfo=UTC) if n in zoned and isinstance(v, datetime) else v
        for n, v in enumerate(row)
    )


def _locked(error: Exception, address: Address) -> SourceError:
    said = address.scrub(str(error))
    if "lock" in said or "different configuration" in said:
        return SourceError(
            f"{address.words} is being written by another process.",
            "It is tried again later; DuckDB lets nobody read while somebody writes.",
            code="source.busy", permanent=False,
        )  # fmt: skip
    return failure_of(error, address, "open")
