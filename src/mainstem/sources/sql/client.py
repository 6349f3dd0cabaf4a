"""A database, opened for reading only. Rows stream from it in pages; nothing is ever written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from mainstem.sources.remote import Watch
from mainstem.sources.sql.address import Address
from mainstem.sources.sql.statement import Statement

#: Rows of a page.
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an answer. ``names`` are the columns, as the database calls them."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


class Database(Protocol):
    """What an open database can be asked."""

    @property
    def address(self) -> Address:
        """Where it is."""
        ...

    def pages(self, statement: Statement, since: Any = None, size: int = PAGE) -> Iterator[Page]:
        """Rows in pages, at least one page, which may hold no row.

        Args:
            since: The value of ``:since``, handed over as a parameter.
            size: Most rows of a page.

        Raises:
            SourceError: it refuses; ``permanent`` tells whether trying again can help.
        """
        ...

    def quoted(self, name: str) -> str:
        """A column's name as the database wants it written."""
        ...

    def table(self, name: str) -> str:
        """A table's name, with its schema before a point, as the database wants it written."""
        ...

    def may_write(self) -> bool | None:
        """Whether the account could write somewhere; ``None`` where nobody can tell."""
        ...


@contextmanager
def open_database(address: Address, watch: Watch) -> Iterator[Database]:
    """Opens a database; it is closed at the end, also in the middle of an answer.

    Raises:
        SourceError: it cannot be reached.
    """
    if address.engine == "duckdb":
        from mainstem.sources.sql.duck import Duck

        with Duck.opened(address, watch) as duck:
            yield duck
        return
    from mainstem.sources.sql.alchemy import Alchemy

    with Alchemy.opened(address, watch) as alchemy:
        yield alchemy


def first_page(database: Database, statement: Statement, since: Any = None) -> Page:
    """Columns of a query, and at most one row."""
    limited = statement.within("SELECT * FROM (", Statement((") AS mainstem_q LIMIT 1",)))
    for page in database.pages(limited, since, 1):
        return page
    raise AssertionError("a database gives at least one page")


def only_row(database: Database, text: str) -> Sequence[Any] | None:
    """The first row of a short query of our own."""
    for page in database.pages(Statement((text,)), size=1):
        return page.rows[0] if page.rows else None
    return None
