"""A metric: which values does it have, where did they come from, and what must one know of them?"""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.errors import Absent
from mainstem.figures import metric_chart
from mainstem.figures.shown import Picture
from mainstem.figures.wording import day, metric_value, one_line, plural
from mainstem.plan.model import Metric
from mainstem.services.metrics.observing_series import IN_PLAN, Note, Point, Series, series_of
from mainstem.web.contexts.given import Reading
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Cell, Column, Link, Row, Table
from mainstem.web.contexts.places import edit_of, place_of
from mainstem.web.exports import CsvTable, Tables, csv_link

#: Values and notes shown on the page; all are in the CSV.
MOST = 60
_CHART = {"gap": "no value", "break": "another thing counted?", "disputed": ""}
_WORDS = {
    "gap": "Gap", "definition": "Definition", "break": "Break", "note": "Remark",
    "correction": "Corrected", "disputed": "Disputed",
}  # fmt: skip
_COLUMNS = ("on", "value", "source", "seen_at", "corrected", "to_know")


@dataclass(frozen=True, slots=True)
class MetricPage:
    """Everything on the page of a metric's values, but for the forms."""

    key: str
    crumbs: tuple[Link, ...]
    title: str
    head: str
    tail: str
    lead: str
    chart: Picture | None
    notes: Table
    values: Table
    edit: str
    share: str


def values_address(key: str) -> str:
    """Where the values of a metric are."""
    return f"/metrics/{key}"


def series_in(key: str, reading: Reading) -> Series | None:
    """The values of a metric with what is to be known of them; ``None`` if the plan has no such metric."""
    ground = reading.ground
    metric = ground.plans.head().plan.metrics.get(key)
    if metric is None:
        return None
    starts = reading.plan.organisation.week_starts
    return reading.kept_always(
        ("series", key),
        lambda: series_of(
            key, metric, ground.shelf.view(), today=reading.today, week_starts=starts
        ),
    )


def chart_marks(found: Series | None) -> list[metric_chart.Mark]:
    """What is to be known of values, as marks below their line."""
    out = []
    for note in found.notes if found else ():
        words = _CHART.get(note.kind, note.words)
        if words and note.kind != "correction":
            out.append(metric_chart.Mark(note.on, one_line(words), note.kind))
    return out


def notes_table(found: Series, csv: str = "", *, most: int = MOST) -> Table:
    """What is to be known, newest first."""
    columns = (Column("Day"), Column("What"), Column("To know"), Column("Source"))
    rows = tuple(_note(n) for n in reversed(found.notes[-most:]))
    return Table("What to know of these values", columns, rows, csv)


def _note(note: Note) -> Row:
    words = _WORDS.get(note.kind, note.kind)
    return Row((Cell(day(note.on)), Cell(words), Cell(one_line(note.words)), Cell(one_line(note.source))))  # fmt: skip


def build_metric(key: str, reading: Reading) -> MetricPage:
    """Decides everything that the page shows.

    Raises:
        Absent: there is no such metric.
    """
    metric, found = reading.plan.metrics.get(key), series_in(key, reading)
    if metric is None or found is None:
        raise Absent(f"There is no metric {key!r}.", "It may have been renamed.")
    here = reading.asked.keep(values_address(key))
    name = one_line(metric.name or key)
    return MetricPage(
        key=key, crumbs=_crumbs(key, reading), title=f"Values of {name}", head=name,
        tail=_tail(found, metric), lead=_lead(found),
        chart=metric_chart.metric_picture(
            metric, chart_marks(found), until=reading.today, link=csv_link(here, "values")
        ),
        notes=notes_table(found, csv_link(here, "values")),
        values=_values_table(found, metric, csv_link(here, "values")),
        edit=edit_of("metrics", key), share=reading.asked.spelt_out(values_address(key)),
    )  # fmt: skip


def _crumbs(key: str, reading: Reading) -> tuple[Link, ...]:
    streams = reading.index.streams_of_metric.get(key, ())
    plan = reading.plan.streams
    return tuple(
        Link(one_line(plan[s].name or s), reading.asked.keep(place_of("streams", s)))
        for s in dict.fromkeys(streams)
    )


def _tail(found: Series, metric: Metric) -> str:
    last = next((p for p in found.points if p.on == found.last), None)
    if last is None or last.value is None:
        return "it has no value yet."
    return f"{metric_value(last.value, metric)} on {day(last.on)}."


def _lead(found: Series) -> str:
    parts = []
    if found.is_stale and found.age is not None:
        parts.append(f"The last value is {plural(found.age, 'day')} old: it is stale.")
    if found.misses_many:
        parts.append(
            f"{found.missing[0]} of the last {plural(found.missing[1], found.grain)} have no value."
        )
    if found.corrected:
        parts.append(f"{plural(found.corrected, 'value was', 'values were')} corrected later.")
    return " ".join(parts)


def _values_table(found: Series, metric: Metric, csv: str) -> Table:
    columns = (Column("Day"), Column("Value", is_number=True), Column("Source"), Column("Seen"))
    rows = tuple(_value(p, metric) for p in reversed(found.points[-MOST:]))
    return Table("Values by day", columns, rows, csv)


def _value(point: Point, metric: Metric) -> Row:
    seen = "" if point.source == IN_PLAN else day_here(point.seen_at)
    words = "none" if point.value is None else metric_value(point.value, metric)
    under = "corrected" if point.was_corrected else ""
    return Row((Cell(day(point.on)), Cell(words, under=under), Cell(one_line(point.source)), Cell(seen)))  # fmt: skip


def metric_tables(key: str, reading: Reading) -> Tables:
    """The tables of the page."""
    return {"values": lambda: _csv(key, reading)}


def _csv(key: str, reading: Reading) -> CsvTable:
    found = series_in(key, reading)
    if found is None:
        return CsvTable(_COLUMNS, ())
    notes: dict[object, list[str]] = {}
    for note in found.notes:
        notes.setdefault(note.on, []).append(note.words)
    held = {p.on: p for p in found.points}
    days = sorted({*held, *(n.on for n in found.notes)})
    return CsvTable(_COLUMNS, [
        (on, held[on].value, held[on].source, held[on].seen_at.isoformat(),
         "yes" if held[on].was_corrected else "", "; ".join(notes.get(on, ())))
        if on in held else (on, None, "", "", "", "; ".join(notes.get(on, ())))
        for on in days
    ])  # fmt: skip
