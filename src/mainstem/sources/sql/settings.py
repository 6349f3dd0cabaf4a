"""What a connection to a database was told, checked once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mainstem.errors import SourceError
from mainstem.sources.remote import Connection, Option
from mainstem.sources.sql.address import Address, parse_address

URL = Option(
    "url", "secret",
    "Connection string, such as postgresql://reader:…@host/database; the account needs SELECT only.",
    required=True,
)  # fmt: skip
ZONE = Option(
    "timezone", "text", "Time zone of stamps without an offset; default: the organisation's."
)
OPTIONS: tuple[Option, ...] = (
    URL,
    Option("query", "block", "A SELECT whose columns are called as docs/sources/sql.md says."),
    Option("table", "text", "Instead of a query: a table or view, with its schema before a point."),
    Option(
        "rows", "choice", "What a row is; default: time where there are `day` and `hours`, else issue.",
        choices=("issue", "time"),
    ),
    Option("columns", "mapping", "What a column means → its name, where it is called otherwise."),
    Option(
        "since_column", "text",
        "Column that grows with every change (a stamp, a day, a number): only what is new is read.",
    ),
    Option("since", "text", "First value of the since column to read; default: everything."),
    Option(
        "overlap", "number", "Minutes before the newest stamp that are read again each time.", "10"
    ),
    Option(
        "roll_call", "number",
        "Hours after which the whole query is read again to find what is gone; 0: never.", "24",
    ),
    Option("may_be_empty", "switch", "Whether an answer without a row is believed.", "no"),
    ZONE,
    Option("bots", "words", "People that are programs."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What was told.

    Attributes:
        address: Where the database is.
        query: Text of the query; empty where a table is read.
        table: Table or view.
        rows: ``issue``, ``time`` or empty.
        columns: Role → column.
        since_column: Empty: the whole is read each time.
        since: First value of it, as it was written.
        overlap: Minutes.
        roll_call: Hours; 0: never.
        zone: Of stamps without an offset.
        own: The organisation's.
        bots: In lower case.
        digest: Changes when anything changes that says what a row becomes.
    """

    address: Address
    query: str
    table: str
    rows: str
    columns: Mapping[str, str]
    since_column: str
    since: str
    overlap: float
    roll_call: float
    may_be_empty: bool
    zone: ZoneInfo
    own: ZoneInfo
    bots: frozenset[str]
    digest: str


def read_settings(of: Connection) -> Settings:
    """Checks what a connection says.

    Raises:
        SourceError: naming what cannot be.
    """
    address = parse_address(of.secret("url"))
    query, table = of.text("query").strip(), of.text("table").strip()
    if bool(query) == bool(table):
        raise SourceError(
            f"The source {of.name} has {'both a query and a table' if query else 'no query'}.",
            "Give `query` (a SELECT) or `table`.", code="source.option",
        )  # fmt: skip
    return Settings(
        address, query, table, of.text("rows"), of.mapping("columns"), of.text("since_column"),
        of.text("since"), _number(of, "overlap", 10), _number(of, "roll_call", 24),
        of.is_on("may_be_empty"), zone_of(of), ZoneInfo(of.timezone),
        frozenset(word.lower() for word in of.words("bots")), digest_of(of),
    )  # fmt: skip


def zone_of(of: Connection) -> ZoneInfo:
    """The zone of stamps without an offset.

    Raises:
        SourceError: there is none of that name.
    """
    name = of.text("timezone") or of.timezone
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SourceError(
            f"There is no time zone {name!r}.", "Use a name like Europe/Berlin or UTC.",
            code="source.option",
        ) from None  # fmt: skip


def _number(of: Connection, name: str, usual: float) -> float:
    try:
        return max(0.0, float(of.text(name) or usual))
    except ValueError:
        raise SourceError(
            f"The option {name} of {of.name} is no number.", "Write a number.", code="source.option"
        ) from None


def digest_of(of: Connection) -> str:
    """A short digest of everything that decides what a row becomes. Nothing secret is in it."""
    names = ("query", "table", "rows", "columns", "since_column", "since", "timezone", "bots")
    told = json.dumps([of.timezone, *(of.text(name) for name in names)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
