"""Whether a connection to a database will do: it answers, the query runs, its columns mean something."""

from __future__ import annotations

from collections.abc import Iterator

from mainstem.errors import SourceError
from mainstem.sources.remote import Checked, Connection, Watch
from mainstem.sources.sql.client import Database, Page, open_database
from mainstem.sources.sql.columns import ISSUE, TIME, Shape
from mainstem.sources.sql.mark import mark_of
from mainstem.sources.sql.reading import Reading
from mainstem.sources.sql.settings import Settings, read_settings


def test_query(of: Connection, watch: Watch) -> Iterator[Checked]:
    """See ``Connected.test``."""
    try:
        settings = read_settings(of)
        with open_database(settings.address, watch) as database:
            yield Checked("connection", True, f"{settings.address.words} let us in.")
            yield from _tested(settings, database, watch)
            yield tested_rights(database)
    except SourceError as error:
        yield Checked(_what(error), False, error.message, error.hint)


def _what(error: SourceError) -> str:
    return {
        "source.credentials": "credentials", "source.rights": "right to read", "source.query": "query",
        "source.no_column": "columns", "source.option": "options", "source.extra": "driver",
    }.get(error.code, "connection")  # fmt: skip


def _tested(settings: Settings, database: Database, watch: Watch) -> Iterator[Checked]:
    reading = Reading(settings, database, watch)
    page = reading.first_page()
    some = "gives rows" if page.rows else "runs and gives no row"
    yield Checked("query", True, f"It {some}, with {len(page.names)} columns.")
    shape = reading.shape_of(page.names)
    yield Checked("rows", True, f"A row is {'a time entry' if shape.is_time else 'a work item'}.")
    yield _columns(shape)
    yield from _lacking(shape)
    if settings.since_column:
        yield _since(settings, shape, page)


def _columns(shape: Shape) -> Checked:
    meanings = TIME if shape.is_time else ISSUE
    told = [f"{shape.names[place]}: {meanings[role]}" for role, place in shape.places.items()]
    if shape.fields:
        told.append(f"fields: {', '.join(shape.fields)}")
    return Checked("columns", True, "; ".join(told) + ".")


def _lacking(shape: Shape) -> Iterator[Checked]:
    if not shape.is_time and not shape.has("done"):
        yield Checked(
            "column done", False, "There is none: items land, and none of them counts as done.",
            "Give the moment at which an item was done AS done, null while it is open.", optional=True,
        )  # fmt: skip
    if shape.is_time and not shape.has("row_id"):
        yield Checked(
            "column row_id", False,
            "There is none: entries are told apart by item, person, day and note.",
            "Give the table's key AS row_id, so that a corrected entry is the same one.", optional=True,
        )  # fmt: skip
    if not shape.has("person"):
        yield Checked(
            "column person", False, "There is none: work goes to teams only by a column team.",
            "Give an e-mail address or an account AS person.", optional=True,
        )  # fmt: skip


def _since(settings: Settings, shape: Shape, page: Page) -> Checked:
    value = page.rows[0][shape.place_of(settings.since_column)] if page.rows else None
    said = "is there."
    if value is not None:
        said = f"holds a {mark_of(value, settings.since_column)['kind']}."
    return Checked("since_column", True, f"{settings.since_column} {said}")


def tested_rights(database: Database) -> Checked:
    """Whether the account can do more than it needs."""
    may = database.may_write()
    if may is None:
        said = f"Nobody tells whether the account could write to {database.address.engine}."
        return Checked("read only", True, f"{said} Nothing is ever written.")
    if not may:
        return Checked("read only", True, "The account cannot write.")
    return Checked(
        "read only", False, "The account could write. Nothing is ever written: sessions are read only.",
        "Better give an account that has SELECT only.", optional=True,
    )  # fmt: skip
