"""The sql-metric source: queries on one's own database that give values of metrics."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.observing import Mark, Observed, Seen
from mainstem.sources.remote import Checked, Connection, Cursor, Option, Refused, Reject, Watch
from mainstem.sources.sql.settings import URL, ZONE

if TYPE_CHECKING:
    from mainstem.sources.sql.client import Database, Page
    from mainstem.sources.sql.statement import Statement

#: Where a query asks for ``:since`` and nothing was read yet.
BEGINNING = date(1970, 1, 1)


class SqlMetricSource:
    """Values of metrics out of a database: each metric has a query that gives days and values."""

    kind: ClassVar[str] = "sql-metric"
    words: ClassVar[str] = "Metrics by queries on your own database or warehouse"
    options: ClassVar[tuple[Option, ...]] = (
        URL,
        Option(
            "queries", "mapping",
            "Metric → a SELECT of two columns, day and value; `:since` is the first day that is needed.",
            required=True,
        ),
        Option("again", "number", "Days that are read again each time, for late corrections.", "35"),
        ZONE,
    )  # fmt: skip

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """See ``Observing.test``."""
        from mainstem.sources.sql.address import parse_address
        from mainstem.sources.sql.client import open_database
        from mainstem.sources.sql.testing import tested_rights

        try:
            address = parse_address(of.secret("url"))
            with open_database(address, watch) as database:
                yield Checked("connection", True, f"{address.words} let us in.")
                for query in queries_of(of, database.address.engine):
                    yield _tested(query, database)
                yield tested_rights(database)
        except SourceError as error:
            yield Checked("connection", False, error.message, error.hint)

    def observe(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Seen]:
        """See ``Observing.observe``. A query whose text changed is read from the beginning, and marked."""
        from mainstem.sources.sql.address import parse_address
        from mainstem.sources.sql.client import open_database

        address = parse_address(of.secret("url"))
        queries = queries_of(of, address.engine)
        names = {query.metric for query in queries}
        kept = {metric: state for metric, state in cursor.items() if metric in names}
        with open_database(address, watch) as database:
            for query in queries:
                for seen in _observed(query, kept, of, database, watch):
                    kept = dict(seen.cursor)
                    yield seen
        yield Seen(kept, is_last=True)


@dataclass(frozen=True, slots=True)
class Query:
    """The query of a metric, and the digest that tells whether it is still the same."""

    metric: str
    statement: Statement
    digest: str


def queries_of(of: Connection, engine: str) -> list[Query]:
    """The queries, checked.

    Raises:
        SourceError: one is no single SELECT, or there is none.
    """
    from mainstem.sources.sql.statement import parse_statement

    found = []
    for metric, text in of.mapping("queries").items():
        digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]
        found.append(Query(metric, parse_statement(text, engine, f"query of {metric}"), digest))
    if not found:
        raise SourceError(
            f"The source {of.name} has no query.", "Give `queries`: the metric and a SELECT for each.",
            code="source.option",
        )  # fmt: skip
    return found


def _tested(query: Query, database: Database) -> Checked:
    from mainstem.sources.sql.client import first_page

    try:
        page = first_page(database, query.statement, BEGINNING)
        day, value = _places(query, page)
    except SourceError as error:
        return Checked(f"query of {query.metric}", False, error.message, error.hint)
    said = f"Days are in {page.names[day]}, values in {page.names[value]}."
    return Checked(
        f"query of {query.metric}", True, said + ("" if page.rows else " It gives no row.")
    )


def _observed(
    query: Query, kept: Mapping[str, Any], of: Connection, database: Database, watch: Watch
) -> Iterator[Seen]:
    """The values of one metric. Its place in the cursor moves when all were read."""
    before = kept.get(query.metric) or {}
    is_same = before.get("digest") == query.digest
    until = str(before.get("until", "")) if is_same else ""
    since = _since(of, until)
    marks = [] if is_same or not before else [_redefined(query, of, watch)]
    for page in database.pages(query.statement, since):
        day, value = _places(query, page)
        seen = _page(query, page.rows, (day, value), of)
        until = max([until, *(o.on.isoformat() for o in seen.values)])
        yield Seen(kept, seen.values, marks, seen.rejects)
        marks = []
    yield Seen({**kept, query.metric: {"digest": query.digest, "until": until}}, marks=marks)


def _since(of: Connection, until: str) -> date:
    if not until:
        return BEGINNING
    try:
        again = int(float(of.text("again") or 35))
    except ValueError:
        raise SourceError(
            f"The option again of {of.name} is no number.", "Write a number of days.",
            code="source.option",
        ) from None  # fmt: skip
    return max(BEGINNING, date.fromisoformat(until) - timedelta(days=max(0, again)))


def _redefined(query: Query, of: Connection, watch: Watch) -> Mark:
    on = watch.at.astimezone(ZoneInfo(of.timezone)).date()
    return Mark(query.metric, on, "definition", "Its query changed; all days were read anew by it.")


def _places(query: Query, page: Page) -> tuple[int, int]:
    """Where day and value are: by name, else the two columns that there are.

    Raises:
        SourceError: it cannot be told.
    """
    low = [name.lower() for name in page.names]
    if "day" in low and "value" in low:
        return low.index("day"), low.index("value")
    if len(low) == 2:
        return 0, 1
    raise SourceError(
        f"The query of {query.metric} has the columns {', '.join(page.names)}.",
        "Give two columns, the day and the value; call them day and value if there are more.",
        code="source.no_column",
    )


def _page(
    query: Query, rows: Sequence[Sequence[Any]], places: tuple[int, int], of: Connection
) -> Seen:
    """Values of a page, the last of each day; what cannot be is refused."""
    from mainstem.sources.sql.settings import zone_of
    from mainstem.sources.sql.values import any_number_of, day_of

    zone, own = zone_of(of), ZoneInfo(of.timezone)
    values: dict[date, Observed] = {}
    rejects = []
    for row in rows:
        try:
            on = day_of(row[places[0]], "day", zone, own)
            if on is None:
                raise Refused("no day")
            if on in values:
                rejects.append(
                    Reject(f"{query.metric} {on}", "a second value of the day; the last counts")
                )
            values[on] = Observed(query.metric, on, any_number_of(row[places[1]], "value"))
        except Refused as error:
            rejects.append(Reject(f"{query.metric} {row[places[0]]}", error.reason, error.sample))
    return Seen({}, tuple(values.values()), (), tuple(rejects))
