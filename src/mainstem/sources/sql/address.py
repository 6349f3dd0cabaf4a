"""Where a database is: the connection string, which engine it names, and how nothing of it is told on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote

from mainstem.errors import SourceError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

#: What a connection string may begin with → the engine, in the words of SQLAlchemy.
ENGINES: dict[str, str] = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "databricks": "databricks",
}
#: Engines that come with an extra of Mainstem's, and the module that tells whether it is there.
EXTRAS: dict[str, str] = {
    "snowflake": "snowflake.sqlalchemy",
    "bigquery": "sqlalchemy_bigquery",
    "databricks": "databricks.sqlalchemy",
}
_EXAMPLE = "postgresql://reader:…@host/database"
#: Parts of an address that would run a statement or read a file of this machine.
_REFUSED = frozenset((
    "init_command", "read_default_file", "read_default_group", "local_infile", "service", "passfile",
))  # fmt: skip
_SHOWN = 300
#: Dialect names that treat a backslash in a text as an escape.
BACKSLASH = frozenset(("mysql", "mariadb", "snowflake", "bigquery", "databricks"))


@dataclass(frozen=True, slots=True)
class Address:
    """A checked connection string. It never shows itself.

    Attributes:
        engine: A name of ``ENGINES``' left side, ``postgres`` as ``postgresql``.
        database: Name of the database; the file's path for SQLite and DuckDB.
        host: Empty for files and warehouses without one.
    """

    engine: str
    database: str
    host: str
    _url: URL = field(repr=False)
    _secrets: tuple[str, ...] = field(repr=False)

    @property
    def url(self) -> URL:
        """For SQLAlchemy; holds the password."""
        return self._url

    @property
    def is_file(self) -> bool:
        """Whether it is a file of this machine."""
        return self.engine in ("sqlite", "duckdb")

    @property
    def words(self) -> str:
        """What to call it: engine and place, without user or password."""
        name = {"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB"}
        place = (
            self.database if self.is_file else f"{self.database} at {self.host or 'its service'}"
        )
        return f"{name.get(self.engine, self.engine)} {place}".strip()

    def scrub(self, text: str) -> str:
        """A text without the password and whatever else of the address is secret, in one short line."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        line = " ".join(text.replace("\0", "").split())
        return line[:_SHOWN] + ("…" if len(line) > _SHOWN else "")


def parse_address(text: str) -> Address:
    """Reads a connection string.

    Raises:
        SourceError: it cannot be read, or names no known engine; the text itself is never told.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    scheme = text.partition("://")[0].strip().lower().partition("+")[0]
    if "://" not in text or scheme not in ENGINES:
        raise SourceError(
            "The connection string begins with no database that is known here.",
            f"It begins with {', '.join(f'{e}://' for e in ENGINES)}, such as {_EXAMPLE}.",
            code="source.address",
        )
    try:
        url = make_url(f"{ENGINES[scheme]}://{text.strip().partition('://')[2]}")
    except (ArgumentError, ValueError):
        raise SourceError(
            "The connection string cannot be read.",
            f"Write it as {_EXAMPLE}; @, :, / and % in a password are written %40, %3A, %2F and %25.",
            code="source.address",
        ) from None
    _check(url)
    engine = "postgresql" if scheme == "postgres" else scheme
    return Address(engine, url.database or "", url.host or "", url, _secrets_of(text, url))


def _check(url: URL) -> None:
    wrong = sorted(_REFUSED & {name.lower() for name in url.query})
    if wrong:
        raise SourceError(
            f"The connection string may not hold {', '.join(wrong)}.",
            "Leave it out: a source only reads, and what it needs is set by itself.",
            code="source.address",
        )
    if url.drivername in ("sqlite", "duckdb") and (url.host or not url.database):
        raise SourceError(
            "The connection string names no file.",
            f"Write {url.drivername}:///folder/file, with four slashes for a path from the root.",
            code="source.address",
        )


def _secrets_of(text: str, url: URL) -> tuple[str, ...]:
    """Whatever must not be told: the whole text, the password and what looks like one, longest first."""
    found = {text.strip(), text.strip().partition("://")[2]}
    values = [url.password or ""]
    values += [
        v
        for name, value in url.query.items()
        if re.search(r"pass|token|secret|key|credential", name, re.IGNORECASE)
        for v in ([value] if isinstance(value, str) else value)
    ]
    for value in filter(None, map(str, values)):
        found |= {
            value,
            quote(value, safe=""),
            quote_plus(value),
            unquote(value),
            repr(value)[1:-1],
        }
    return tuple(sorted(filter(None, found), key=len, reverse=True))
