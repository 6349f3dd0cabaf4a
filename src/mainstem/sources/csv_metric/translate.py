"""A table of values to observations: which columns, which numbers, and what a reader must know of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from mainstem.errors import SourceError
from mainstem.sources.observed import day_of, number_of
from mainstem.sources.observing import Mark, Observed, Read
from mainstem.sources.remote import Refused, Reject

DAYS = ("day", "date", "on", "week", "month", "timestamp", "time", "datum", "tag")
VALUES = ("value", "count", "wert", "amount")
_DELIMITERS = ",;\t|"
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a table is read.

    Attributes:
        metric: The metric of every row; empty where ``names`` says so row by row.
        names: What stands in ``metric_column`` → metric; rows of other names are not asked for.
        day, value, metric_column, note, definition: Columns; empty: the usual names, or none.
        where: Column → what must stand in it.
        decimal: ``auto``, ``point`` or ``comma``.
        pattern: How days are written; empty: guessed.
        window: Days that a value counts over, up to its own; 0: no more than its period.
        definitions: Day → what has been counted from that day on.
        zone: For moments.
    """

    metric: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    day: str = ""
    value: str = ""
    metric_column: str = ""
    note: str = ""
    definition: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "auto"
    pattern: str = ""
    window: int = 0
    definitions: Mapping[date, str] = field(default_factory=dict)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class _Columns:
    day: str
    value: str
    metric: str


def table_of(body: bytes) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Names of columns, and rows with the number of their line.

    Raises:
        SourceError: it is no table.
    """
    text = _decoded(body)
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    lines = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        columns = [c.strip() for c in next(lines)]
        rows = [
            (lines.line_num, {c: v.strip() for c, v in zip(columns, row, strict=False)})
            for row in lines
            if any(cell.strip() for cell in row)
        ]
    except (StopIteration, csv.Error) as error:
        raise SourceError(
            "The file holds no table.", "Its first line names the columns: day,value.",
            code="source.answer",
        ) from error  # fmt: skip
    return columns, rows


def _decoded(body: bytes) -> str:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def read(body: bytes, wanted: Wanted) -> Read:
    """Observations, marks and refusals of a table.

    Raises:
        SourceError: it is no table, or lacks a column.
    """
    columns, rows = table_of(body)
    found = columns_of(columns, wanted)
    asked = [(n, row) for n, row in rows if all(row.get(c) == v for c, v in wanted.where.items())]
    comma = _is_comma(wanted.decimal, [row.get(found.value, "") for _, row in asked])
    held: dict[tuple[str, date], tuple[float | None, dict[str, str]]] = {}
    rejects: list[Reject] = []
    for line, row in asked:
        metric = wanted.names.get(row.get(found.metric, "")) if found.metric else wanted.metric
        if not metric:
            continue  # of a name that nobody asked for
        try:
            on = day_of(row.get(found.day, ""), wanted.zone, wanted.pattern)
            value = _number(row.get(found.value, ""), comma)
            if held.get((metric, on), (value,))[0] != value:
                raise Refused("another value for the same day", row.get(found.value, ""))
        except Refused as error:
            rejects.append(Reject(f"line {line}", error.reason, error.sample))
            continue
        held[metric, on] = (value, row)
    values = tuple(Observed(metric, on, value) for (metric, on), (value, _) in held.items())
    return Read(values, tuple(_marks(held, wanted)), tuple(rejects))


def columns_of(columns: Sequence[str], wanted: Wanted) -> _Columns:
    """The columns that count.

    Raises:
        SourceError: naming the one that is not there, and those that are.
    """
    for name in (
        *wanted.where, *filter(None, (wanted.note, wanted.definition, wanted.metric_column))
    ):  # fmt: skip
        _column(columns, name, (), "")
    metric = wanted.metric_column or ("metric" if wanted.names and "metric" in columns else "")
    if wanted.names and not metric:
        raise _lacks(columns, "a column that names the metric", "metric_column")
    return _Columns(
        _column(columns, wanted.day, DAYS, "day"), _column(columns, wanted.value, VALUES, "value"), metric
    )  # fmt: skip


def _column(columns: Sequence[str], asked: str, usual: Sequence[str], option: str) -> str:
    if asked:
        if asked not in columns:
            raise _lacks(columns, f"the column {asked}", option)
        return asked
    lower = {c.lower(): c for c in columns}
    found = next((lower[u] for u in usual if u in lower), None)
    if found is None:
        raise _lacks(columns, f"a column for the {option}", option)
    return found


def _lacks(columns: Sequence[str], what: str, option: str) -> SourceError:
    how = f"Name it with the option `{option}`. " if option else ""
    return SourceError(
        f"The table lacks {what}.", f"{how}It has {', '.join(columns[:20])}.", code="source.column"
    )


def _is_comma(decimal: str, cells: Sequence[str]) -> bool | None:
    """Whether commas are decimal; ``None`` where it cannot be told from any number of the column."""
    if decimal in ("point", "comma"):
        return decimal == "comma"
    votes = {_vote(c) for c in cells} - {None}
    return votes.pop() if len(votes) == 1 else None


def _vote(cell: str) -> bool | None:
    """What one number says: where both signs stand the last is decimal, one that cannot group is decimal."""
    dot, comma = cell.rfind("."), cell.rfind(",")
    if dot >= 0 and comma >= 0:
        return comma > dot
    sign = "," if comma >= 0 else "."
    if sign not in cell:
        return None
    if cell.count(sign) > 1:
        return sign != ","
    return None if _GROUPED.fullmatch(cell) else sign == ","


def _number(cell: str, comma: bool | None) -> float | None:
    text = re.sub(r"[\s'\u00a0\u202f]", "", cell)
    if text.lower() in ("", "-", "null", "none", "n/a", "na"):
        return None
    if text.endswith("%"):
        text = text[:-1]
    if comma is None:
        vote = _vote(text)
        if vote is None and "," in text:
            raise Refused("the comma may be decimal or not: say `decimal`", cell)
        comma = bool(vote)
    text = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
    try:
        return number_of(text)
    except Refused as error:
        raise Refused(error.reason, cell) from None


def _marks(
    held: Mapping[tuple[str, date], tuple[float | None, dict[str, str]]], wanted: Wanted
) -> Iterator[Mark]:
    by_metric: dict[str, list[date]] = {}
    for metric, on in sorted(held):
        by_metric.setdefault(metric, []).append(on)
    for metric, days in by_metric.items():
        rows = [(on, *held[metric, on]) for on in days]
        for on, value, row in rows:
            yield Mark(
                metric, on, "gap", "" if value is not None else "the table has no value here"
            )
            if wanted.note and row.get(wanted.note):
                yield Mark(metric, on, "note", row[wanted.note])
        yield from _definitions(metric, [(on, row) for on, _, row in rows], wanted)
        yield from _overlap(metric, days, wanted.window)


def _definitions(
    metric: str, rows: Sequence[tuple[date, dict[str, str]]], wanted: Wanted
) -> Iterator[Mark]:
    """Where somebody says that another thing is counted from that day on."""
    for on, words in wanted.definitions.items():
        yield Mark(metric, on, "definition", words)
    was = rows[0][1].get(wanted.definition, "") if wanted.definition and rows else ""
    for on, row in rows if wanted.definition else ():
        said = row.get(wanted.definition, "")
        if said and said != was:
            yield Mark(metric, on, "definition", f"from {was} to {said}" if was else said)
            was = said


def _overlap(metric: str, days: Sequence[date], window: int) -> Iterator[Mark]:
    """Values whose windows overlap must not be added up: said once, where it begins."""
    near = [b for a, b in pairwise(days) if window and b - a < timedelta(days=window)]
    if near:
        steps = [(b - a).days for a, b in pairwise(days)]
        yield Mark(
            metric, near[0], "note",
            f"each value counts {window} days and values come {min(steps)} to {max(steps)} days apart: their"
            " windows overlap, so they must not be added up",
        )  # fmt: skip
