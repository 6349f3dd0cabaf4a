"""An objective: where do its streams stand together, and how much effort do they get?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from mainstem.errors import Absent
from mainstem.figures import stream_rows
from mainstem.figures.tables import Value, share, units
from mainstem.figures.wording import listed, one_line, plural
from mainstem.plan.model import Objective
from mainstem.score.progress import Progress
from mainstem.score.values import By, Cell
from mainstem.score.words import amount, percent
from mainstem.web.contexts.given import Reading, answer, figures_data
from mainstem.web.contexts.pieces import Empty, Fact, Link, Table
from mainstem.web.contexts.places import edit_of, place_of
from mainstem.web.contexts.plan_tables import plan_tables
from mainstem.web.contexts.rows import key_result_table, named, stream_table
from mainstem.web.contexts.stream import in_period
from mainstem.web.exports import CsvTable, Tables, csv_link

#: Key results that are shown.
MOST_RESULTS = 40


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ObjectivePage:
    """Everything on the page that follows from plan and ledger."""

    key: str
    crumbs: tuple[Link, ...]
    head: str
    tail: str
    lead: str
    state: Empty | None
    facts: tuple[Fact, ...]
    streams: Table
    also: tuple[Link, ...]
    below: tuple[Link, ...]
    notes: tuple[str, ...]
    edit: str
    share: str


def objective_asked(ident: str, reading: Reading) -> Objective:
    """The objective of an address.

    Raises:
        Absent: there is none.
    """
    found = reading.plan.objectives.get(ident)
    if found is None:
        raise Absent(
            f"There is no objective {ident!r}.", "It may have been renamed; the plan has them all."
        )
    return found


def build_objective(ident: str, reading: Reading) -> ObjectivePage:
    """Decides everything that the page shows, but for what people said."""
    found, plan, asked, index = (
        objective_asked(ident, reading), reading.plan, reading.asked, reading.index,
    )  # fmt: skip
    data, keys = figures_data(reading), index.streams_of_objective.get(ident, ())
    rows = stream_rows.stream_rows(data, keys)
    here = asked.keep(place_of("objectives", ident))
    cell = next((c for c in answer(reading, By.OBJECTIVE).cells if c.key == ident), None)
    up = found.parent
    return ObjectivePage(
        key=ident,
        crumbs=(Link(named("objectives", up, plan), asked.keep(place_of("objectives", up))),)
        if up in plan.objectives and up else (),
        head=_head(named("objectives", ident, plan), cell), tail=_tail(cell, len(keys)),
        lead=_lead(cell, ident, reading), state=None if keys else _no_streams(ident, plan.objectives[ident]),
        facts=_facts(found),
        streams=stream_table(rows, asked, plan, csv=csv_link(here, "streams")),
        also=_links("streams", index.also_serving.get(ident, ()), reading),
        below=_links("objectives", index.objectives_below.get(ident, ()), reading),
        notes=data.notes, edit=edit_of("objectives", ident),
        share=asked.spelt_out(place_of("objectives", ident)),
    )  # fmt: skip


def _links(section: str, keys: tuple[str, ...], reading: Reading) -> tuple[Link, ...]:
    keep, plan = reading.asked.keep, reading.plan
    return tuple(Link(named(section, k, plan), keep(place_of(section, k))) for k in keys)


def _head(name: str, cell: Cell | None) -> str:
    if cell is None or cell.score.point is None:
        return name
    return f"{name}: {percent(cell.score.point)} of all effort"


def _tail(cell: Cell | None, streams: int) -> str:
    on = f"on {plural(streams, 'stream')}" if streams else ""
    if cell is None or cell.score.point is None:
        return "no effort is recorded in this period."
    if cell.score.high == cell.score.point:
        return f"{on}." if on else ""
    return f"{on}; at most {percent(cell.score.high)} with all that is unknown." if on else ""


def _lead(cell: Cell | None, ident: str, reading: Reading) -> str:
    if cell is None or not cell.amounts.value:
        return ""
    keys = reading.index.streams_of_objective.get(ident, ())
    names = [named("streams", k, reading.plan) for k in keys]
    shown = amount(cell.amounts.value, reading.asked.unit)
    return f"{shown} {reading.asked.during}, on {listed(names, 5)}."


def _facts(of: Objective) -> tuple[Fact, ...]:
    pairs = (
        ("Then customers can say", of.customer_better_off), ("Horizon", of.horizon),
        ("Owner", of.owner), ("Note", of.note),
    )  # fmt: skip
    return tuple(Fact(name, one_line(words)) for name, words in pairs if words)


def _no_streams(ident: str, of: Objective) -> Empty:
    return Empty(
        "No stream serves this objective yet",
        "An objective is words; a stream is what flows to a customer, with one metric that says"
        " whether it does. Add the first one.",
        Link("Add a stream", edit_of("objectives", ident)),
    )


def results_of(ident: str, reading: Reading) -> tuple[str, ...]:
    """Key results of the objective and of its streams, of cycles that touch the period."""
    keys = reading.index.key_results_of_objective.get(ident, ())
    return in_period(keys, reading)[:MOST_RESULTS]


def results_table(ident: str, reading: Reading, progress: Mapping[str, Progress]) -> Table:
    """The key results as they stand now."""
    here = reading.asked.keep(place_of("objectives", ident))
    return key_result_table(
        results_of(ident, reading), progress, reading.plan, reading.asked,
        csv=csv_link(here, "key-results"),
    )  # fmt: skip


def objective_tables(ident: str, reading: Reading, progress: Mapping[str, Progress]) -> Tables:
    """The tables of the page."""
    return {
        "streams": lambda: CsvTable(
            ("stream", "name", "unit", "units", "share", "planned"), _csv(ident, reading)
        ),
        **plan_tables(reading, progress, bets=(), needs=()),
    }


def _csv(ident: str, reading: Reading) -> list[tuple[Value, ...]]:
    keys = reading.index.streams_of_objective.get(ident, ())
    cells = {c.key: c for c in answer(reading, By.STREAM).cells}
    out: list[tuple[Value, ...]] = []
    for key in keys:
        cell, name = cells.get(key), named("streams", key, reading.plan)
        part: Fraction | None = cell.score.point if cell else None
        out.append((
            key, name, reading.asked.unit.value, units(cell.amounts.value) if cell else None,
            share(part), share(cell.planned) if cell else None,
        ))  # fmt: skip
    return out
