"""Pulse: is our effort going where we said?"""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.figures import leftover, pictures, stream_rows
from mainstem.figures.shown import Headline, Picture
from mainstem.figures.tables import answer_rows
from mainstem.figures.wording import plural
from mainstem.score.values import By
from mainstem.web.contexts.given import Reading, answer, by_week, figures_data, weeks_data
from mainstem.web.contexts.pieces import Empty, Link, Table
from mainstem.web.contexts.rows import rest_table, stream_table
from mainstem.web.contexts.states import first_line, state_of
from mainstem.web.exports import CsvTable, Tables, csv_link

#: Streams on the page; all are on their own page.
MOST_STREAMS = 30


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Pulse:
    """Everything on the page that follows from plan and ledger.

    Attributes:
        headline: The answer in a sentence, and why it changed.
        state: What keeps the page from saying more.
        weeks: The score by week.
        changes: Its changes, where limits of the scores themselves would cry wolf.
        notes: What a reader must know.
        rest: What is on no stream.
        streams: Streams, most effort first.
        share: The address that shows the same to everybody.
    """

    headline: Headline
    state: Empty | None
    weeks: Picture | None
    weeks_words: str
    changes: Picture | None
    chart_notes: tuple[str, ...]
    notes: tuple[str, ...]
    rest: Table
    rest_words: str
    rest_more: tuple[Link, ...]
    streams: Table
    streams_words: str
    more: tuple[Link, ...]
    river: str
    share: str


def build_pulse(reading: Reading) -> Pulse:
    """Decides everything that the page shows."""
    data = figures_data(reading, has_change=True)
    weeks = weeks_data(data, reading)
    asked, plan = reading.asked, reading.plan
    here = asked.keep("/")
    keys = stream_rows.stream_keys(data)
    rows = stream_rows.stream_rows(data, keys[:MOST_STREAMS])
    unknown = asked.items(kind="unknown")
    return Pulse(
        headline=first_line(data), state=state_of(reading, data),
        weeks=pictures.weeks_picture(weeks, link=csv_link(here, "weeks"), has_marks=True),
        weeks_words=pictures.weeks_words(weeks),
        changes=pictures.changes_picture(weeks, link=csv_link(here, "weeks")),
        chart_notes=pictures.chart_notes(weeks), notes=data.notes,
        rest=rest_table(leftover.rest_rows(data), asked, csv=csv_link(here, "rest")),
        rest_words=leftover.rest_words(data),
        rest_more=(Link("Sort out the unknown", unknown),) if _has_unknown(reading) else (),
        streams=stream_table(rows, asked, plan, csv=csv_link(here, "streams")),
        streams_words=stream_rows.streams_words(data),
        more=_more(len(keys), asked.keep("/streams/")),
        river=asked.keep("/river"), share=asked.spelt_out("/"),
    )  # fmt: skip


def _has_unknown(reading: Reading) -> bool:
    total = answer(reading, By.ORGANISATION).total
    return total is not None and total.amounts.unknown > 0


def _more(rows: int, href: str) -> tuple[Link, ...]:
    return (Link(f"All {plural(rows, 'stream')}", href),) if rows > MOST_STREAMS else ()


def pulse_tables(reading: Reading) -> Tables:
    """The tables of the page."""
    return {
        "weeks": lambda: CsvTable(*answer_rows(by_week(reading)[0])),
        "rest": lambda: CsvTable(*answer_rows(answer(reading, By.ORGANISATION))),
        "streams": lambda: streams_csv(reading),
    }


def streams_csv(reading: Reading) -> CsvTable:
    """Every stream with its metric and effort."""
    return CsvTable(stream_rows.CSV_COLUMNS, stream_rows.stream_csv_rows(figures_data(reading)))
