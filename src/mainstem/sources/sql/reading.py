"""One sync of a query: what is new since a mark, and from time to time everything, to find what is gone."""
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.remote import Batch, Cursor, Refused, Reject, Watch
from mainstem.sources.sql.client import Database, Page, first_page
from mainstem.sources.sql.columns import Shape, bind
from mainstem.sources.sql.mark import BEGINNING, bound, first_mark, mark_of
from mainstem.sources.sql.seen import Seen
from mainstem.sources.sql.settings import Settings
from mainstem.sources.sql.spool import Spool
from mainstem.sources.sql.statement import Statement, parse_statement
from mainstem.sources.sql.translate import Translator

_GONE = "no longer in the query"


@dataclass(slots=True)
class Taken:
    """What a page became.

    ``records`` are by stem where the row is all that there is of it (``is_whole``), else by row key.
    """

    read: int = 0
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, Sequence[dict[str, Any]]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    is_whole: bool = True

    def batch(self, cursor: Cursor) -> Batch:
        """As a batch."""
        records = tuple(record for rows in self.records.values() for record in rows)
        stems = tuple(self.records) if self.is_whole else ()
        items = tuple(self.items.values())
        return Batch(cursor, self.read, items, records, tuple(self.rejects), stems)


class Reading:
    """A query that is being read. ``statement`` is the query as it was written."""

    def __init__(self, settings: Settings, database: Database, watch: Watch) -> None:
        self.settings, self.database, self.watch = settings, database, watch
        self.statement = statement_of(settings, database)
        self._done = 0

    def first_page(self) -> Page:
        """The query's columns and at most one row of it."""
        return first_page(self.database, self.statement, self.start)

    def shape_of(self, names: Sequence[str]) -> Shape:
        """What the columns mean.

        Raises:
            SourceError: one is missing.
        """
        shape = bind(names, self.settings.rows, self.settings.columns)
        if self.settings.since_column:
            shape.place_of(self.settings.since_column)
            if shape.is_time and not shape.has("row_id"):
                raise SourceError(
                    "Time entries that are read by what is new need an id of their own.",
                    "Name the table's key AS row_id, or leave since_column out.",
                    code="source.no_column",
                )
        return shape

    def translator(self, shape: Shape) -> Translator:
        """For rows of that shape."""
        s = self.settings
        return Translator(shape, s.zone, s.own, self.watch.at, s.bots)

    def batches(self, cursor: Cursor) -> Iterator[Batch]:
        """Everything since the cursor; see ``Connected.pull``."""
        notes: tuple[str, ...] = ()
        if cursor and cursor.get("digest") != self.settings.digest:
            cursor, notes = {}, ("The query or its options changed: everything was read anew.",)
        kept = {**cursor, "digest": self.settings.digest}
        if not self.settings.since_column:
            yield from self._whole(kept, notes)
            return
        is_first = "whole" not in kept
        for batch in self._new(kept):
            kept = dict(batch.cursor)
            yield batch
        if is_first and not notes:
            kept["whole"] = self.watch.at.isoformat()
        elif notes or self._is_due(str(kept.get("whole", ""))):
            yield from self._whole(kept, notes)
            return
        yield Batch(kept, is_last=True, notes=notes)

    def _is_due(self, last: str) -> bool:
        hours = self.settings.roll_call
        if not hours:
            return False
        return not last or self.watch.at - datetime.fromisoformat(last) >= timedelta(hours=hours)

    # -- what is new

    def _new(self, kept: Mapping[str, Any]) -> Iterator[Batch]:
        """Rows from the mark on, oldest first, so that a sync that dies goes on where it was."""
        column, mark = self.settings.since_column, kept.get("mark")
        since = bound(mark, self.settings.overlap) if mark else self.start
        names = self.first_page().names
        shape = self.shape_of(names)
        place, translator = shape.place_of(column), self.translator(shape)
        has_start = bool(mark or self.settings.since)
        ordered = self._ordered(names[place], has_start)
        for page in self.database.pages(ordered, since):
            taken = Taken()
            self._take(page, translator, taken)
            newest = next((r[place] for r in reversed(page.rows) if r[place] is not None), None)
            mark = mark if newest is None else mark_of(newest, column)
            yield taken.batch({**kept, **({"mark": mark} if mark else {})})

    def _ordered(self, column: str, has_start: bool) -> Statement:
        name = f"mainstem_q.{self.database.quoted(column)}"
        if not has_start:
            end = Statement((f") AS mainstem_q ORDER BY {name}",))
        else:
            end = Statement((f") AS mainstem_q WHERE {name} >= ", f" ORDER BY {name}"))
        return self.statement.within("SELECT * FROM (", end)

    @property
    def start(self) -> Any:
        """The parameter of ``:since`` for everything."""
        first = first_mark(self.settings.since)
        return bound(first) if first else BEGINNING

    # -- everything

    def _whole(self, kept: Mapping[str, Any], notes: tuple[str, ...]) -> Iterator[Batch]:
        """The whole query. The cursor stays until the end: who dies in the middle begins it anew."""
        seen, rows, twice = Seen(), 0, 0
        with Spool(self.watch.folder) as spool:
            shape: Shape | None = None
            for page in self._all():
                shape = shape or self.shape_of(page.names)
                taken = Taken()
                self._take(page, self.translator(shape), taken, spool if shape.is_time else None)
                seen.add(taken.keys)
                rows += len(page.rows)
                yield taken.batch(kept)
            self._check_empty(rows, kept)
            if shape and shape.is_time:
                yield from self._parts(spool, kept)
                twice = spool.repeated()
                notes += _repeated(twice, "row_id", "")
            elif shape:
                notes += _repeated(seen.repeated, "key", seen.first_repeated)
        gone = dict.fromkeys(seen.missing(self.watch.known().values()), _GONE)
        cursor = {**kept, "whole": self.watch.at.isoformat(), "rows": rows}
        yield Batch(cursor, twice, gone=gone, is_last=True, notes=notes)

    def _all(self) -> Iterator[Page]:
        """All rows: from the option ``since`` on, where it was given."""
        if not (self.settings.since_column and self.settings.since):
            return self.database.pages(self.statement, self.start)
        shape = self.shape_of(self.first_page().names)
        column = shape.names[shape.place_of(self.settings.since_column)]
        return self.database.pages(self._ordered(column, True), self.start)

    def _parts(self, spool: Spool, kept: Mapping[str, Any]) -> Iterator[Batch]:
        for parts, records in spool.parts():
            self.watch.check()
            yield Batch(kept, len(records), records=records, stems=parts)

    def _check_empty(self, rows: int, kept: Mapping[str, Any]) -> None:
        """A table that is being loaded anew is empty for a moment: that withdraws nothing."""
        had = kept.get("rows") or len(self.watch.known())
        if rows or not had or self.settings.may_be_empty:
            return
        raise SourceError(
            f"The query gives no row, and it gave {had:,} before. Nothing was withdrawn.",
            "Wait until the table is loaded. If it is really empty, set may_be_empty: yes.",
            code="source.empty", permanent=False,
        )  # fmt: skip

    # -- rows

    def _take(
        self, page: Page, translator: Translator, into: Taken, spool: Spool | None = None
    ) -> None:
        into.read, into.is_whole = len(page.rows), not translator.shape.is_time
        take = self._entry if translator.shape.is_time else self._issue
        for number, row in enumerate(page.rows, self._done + 1):
            try:
                take(row, translator, into, spool)
            except Refused as error:
                place = _place(row, translator, number)
                into.rejects.append(Reject(place, error.reason, error.sample))
        self._done += len(page.rows)
        if spool is not None:
            into.read = len(into.rejects)  # the others count with the part that they come in
        self.watch.progress(self._done, None, "reading rows")

    def _issue(
        self, row: Sequence[Any], translator: Translator, into: Taken, _: Spool | None
    ) -> None:
        key = translator.key(row)
        if key is not None:
            into.keys.append(key)  # also of a row that is refused: it is not gone
        work = translator.work(row)
        into.items[work.item["key"]] = work.item
        into.records[translator.ident(row, work.item["key"])] = work.records

    def _entry(
        self, row: Sequence[Any], translator: Translator, into: Taken, spool: Spool | None
    ) -> None:
        key = translator.key(row)
        if key is not None:
            into.keys.append(key)
        entry = translator.entry(row)
        if entry.item is not None:
            into.items[entry.item["key"]] = entry.item
            into.keys.append(entry.item["key"])
        if spool is not None:
            spool.add(entry.record, named=entry.is_named)
        elif entry.is_named:
            into.records[entry.record["row_key"]] = (entry.record,)
        else:
            raise Refused("no row_id", entry.record["day"])


def _place(row: Sequence[Any], translator: Translator, number: int) -> str:
    role = "row_id" if translator.shape.is_time else "key"
    value = translator.value(row, role)
    return f"row {number}" if value is None else f"{role} {str(value)[:80]}"


def _repeated(count: int, role: str, example: str) -> tuple[str, ...]:
    if not count:
        return ()
    such = f", such as {example}" if example else ""
    return (
        f"{count:,} rows have the {role} of an earlier row{such}: of each, the last counts. A join that"
        " gives several rows for one is the usual cause; gather them with string_agg or GROUP_CONCAT.",
    )


def statement_of(settings: Settings, database: Database) -> Statement:
    """The query, or a SELECT of the table.

    Raises:
        SourceError: it is no single SELECT.
    """
    if settings.table:
        return Statement((f"SELECT * FROM {database.table(settings.table)}",))
    return parse_statement(settings.query, settings.address.engine)
