"""The history of a stream's metrics: which, from when to when, why it changed, what decisions said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mainstem.figures.wording import day, metric_value, one_line, plural
from mainstem.plan.model import Metric, Observation, Plan
from mainstem.services.decisions.desk import Desk
from mainstem.services.metrics.effects import Seen
from mainstem.services.metrics.reading_metrics import MetricReadings
from mainstem.services.metrics.stream_metrics import Spell, stream_metrics, stream_of
from mainstem.services.people.access import Action, Actor, may
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Row, Table
from mainstem.web.contexts.places import edit_of, place_of
from mainstem.web.contexts.readings import (
    ReadingCard,
    history_address,
    reading_card,
    stream_reading,
)
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables, csv_link


@dataclass(frozen=True, slots=True)
class SpellCard:
    """One metric for as long as it was the stream's."""

    name: Link
    when: str
    values: str
    why: str
    why_href: str
    readings: tuple[ReadingCard, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Everything that the template prints.

    Attributes:
        is_offered: Whether two cycles speak for a change.
        may_propose: Whether the reader may propose another metric at all.
    """

    key: str
    crumbs: tuple[Link, ...]
    head: str
    tail: str
    lead: str
    table: Table
    spells: tuple[SpellCard, ...]
    now: ReadingCard | None
    is_offered: bool
    may_propose: bool
    propose: str
    empty: Empty | None


def build_history(
    stream: str, desk: Desk, by: Actor, found: MetricReadings, seen: Mapping[str, Seen]
) -> HistoryPage:
    """Decides everything that the page shows.

    Raises:
        Absent: there is no such stream.
    """
    plan = desk.standing.plan
    spells = stream_metrics(stream, desk, by, seen)
    now = found.now_of(stream, plan, desk.today)
    name = named("streams", stream, plan)
    here = history_address(stream)
    return HistoryPage(
        stream, (Link(name, place_of("streams", stream)),), f"The metrics of {name}", _tail(spells, plan),
        "What was measured from when to when, why it changed, and what the decisions made by it said.",
        _table(spells, plan, csv_link(here, "metrics")),
        tuple(_spell(s, plan, by) for s in spells), stream_reading(stream, desk, by, found),
        now is not None and now.has_lasted, may(by, Action.PROPOSE), f"{here}propose",
        None if spells else Empty(
            "This stream has no metric", "One number says whether it delivers.",
            Link("Give it a metric", edit_of("streams", stream)),
        ),
    )  # fmt: skip


def _tail(spells: tuple[Spell, ...], plan: Plan) -> str:
    if not spells:
        return "it has none."
    now = next((s for s in spells if s.is_now), None)
    if now is None:
        return f"{plural(len(spells), 'metric')}, none of them today."
    return f"now {named('metrics', now.metric, plan)}, {_ordinal(len(spells))}."


def _ordinal(count: int) -> str:
    return "the only one so far" if count == 1 else f"one of {count}"


def _when(spell: Spell) -> str:
    if spell.first is None and spell.last is None:
        return "always"
    start = "from the beginning" if spell.first is None else f"from {day(spell.first)}"
    return start if spell.last is None else f"{start} to {day(spell.last)}"


def _values(spell: Spell, metric: Metric) -> str:
    if spell.began is None or spell.ended is None:
        return "no value in that time"
    if spell.began is spell.ended:
        return _value(spell.began, metric)
    return f"{_value(spell.began, metric)} → {_value(spell.ended, metric)}"


def _value(of: Observation, metric: Metric) -> str:
    return f"{metric_value(of.value, metric)} ({day(of.on)})"


def _spell(spell: Spell, plan: Plan, by: Actor) -> SpellCard:
    row = spell.changed_by
    why = one_line(row.why or row.sentence) if row else ""
    return SpellCard(
        Link(named("metrics", spell.metric, plan),
             f"/metrics/{spell.metric}" if spell.metric in plan.metrics else ""),
        _when(spell), _values(spell, plan.metrics.get(spell.metric, Metric())),
        f"{why} ({row.by}, {day_here(row.at)}, {row.name})" if row else "nobody has said",
        f"/plan/revisions/{row.number}/" if row else "",
        tuple(reading_card(r, plan, by) for r in spell.readings),
    )  # fmt: skip


def _table(spells: tuple[Spell, ...], plan: Plan, csv: str) -> Table:
    columns = (Column("Metric"), Column("When"), Column("Its value"), Column("Why it was chosen"),
               Column("What decisions said"))  # fmt: skip
    rows = tuple(_row(_spell_of(s, plan), s) for s in spells)
    return Table("Metrics of the stream, newest first", columns, rows, csv if rows else "")


def _spell_of(spell: Spell, plan: Plan) -> SpellCard:
    from mainstem.services.people.access import OUTSIDER

    return _spell(spell, plan, OUTSIDER)


def _row(card: SpellCard, spell: Spell) -> Row:
    said = "; ".join(r.kind.value for r in spell.readings) or "no decision was made by it"
    return Row((
        Cell(card.name.words, card.name.href, "now" if spell.is_now else ""), Cell(card.when),
        Cell(card.values), Cell(card.why, card.why_href),
        Cell(said, under=plural(spell.decided, "decision") if spell.decided else ""),
    ))  # fmt: skip


def history_tables(stream: str, desk: Desk, by: Actor, seen: Mapping[str, Seen]) -> Tables:
    """The table of the page."""
    stream_of(stream, desk.standing.plan)
    return {
        "metrics": lambda: CsvTable(
            ("stream", "metric", "from", "to", "decided", "reading", "why"),
            [
                (stream, s.metric, _iso(s.first), _iso(s.last), s.decided,
                 "; ".join(r.kind.value for r in s.readings),
                 one_line(s.changed_by.why or s.changed_by.sentence) if s.changed_by else "")
                for s in stream_metrics(stream, desk, by, seen)
            ],
        )
    }  # fmt: skip


def _iso(on: date | None) -> str:
    return on.isoformat() if on else ""
