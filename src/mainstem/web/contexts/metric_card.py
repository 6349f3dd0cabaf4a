"""The metric card on a page: what is written down, what is left open, what its history says."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.challenge.metric_card import CardField, MetricCard
from mainstem.figures.metric_card import MeasureLine, measure_lines
from mainstem.figures.shown import Tag
from mainstem.figures.wording import listed, one_line, plural
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.model import Plan
from mainstem.services.metrics.metric_cards import metric_card
from mainstem.services.people.access import Actor
from mainstem.web.contexts.given import Reading
from mainstem.web.contexts.pieces import Cell, Column, Link, Row, Table
from mainstem.web.contexts.places import edit_of
from mainstem.web.exports import CsvTable

COLUMNS = ("metric", "part", "key", "name", "value", "words", "warns")


@dataclass(frozen=True, slots=True)
class CardSection:
    """A card as a page prints it.

    Attributes:
        words: What it comes to, in a sentence or two.
        measures: What its history says.
        fields: What is written down.
        left_open: What is not, each with the page where it is written.
    """

    words: str
    measures: Table
    fields: Table
    left_open: tuple[Link, ...]


def card_section(key: str, reading: Reading, by: Actor) -> CardSection | None:
    """The card of a metric; ``None`` where the plan has none of that name."""
    if key not in reading.plan.metrics:
        return None
    card = metric_card(key, reading.ground, by, at=reading.ground.now())
    return reading.kept_always(("card section", key), lambda: _section(card, reading.plan))


def _section(card: MetricCard, plan: Plan) -> CardSection:
    lines = measure_lines(card, plan)
    written = tuple(f for f in card.fields if not f.is_open)
    return CardSection(
        _words(card, lines),
        Table("What its history says of the metric", (Column("Measure"), Column("Value"), Column("What it means")),
              tuple(map(_measure, lines))),
        Table("What is written down of the metric", (Column("Field"), Column("What is written")),
              tuple(Row((Cell(f.name), Cell(one_line(f.words)))) for f in written)),
        tuple(Link(f"{f.name}: {f.why}", _edit(f)) for f in card.left_open),
    )  # fmt: skip


def _words(card: MetricCard, lines: tuple[MeasureLine, ...]) -> str:
    warned = [x.name.lower() for x in lines if x.warns]
    unsaid = sum(not x.value for x in lines)
    parts = [f"To look at: {listed(warned, 4)}." if warned else "Nothing in its history warns."]
    if unsaid:
        parts.append(f"{plural(unsaid, 'measure')} cannot be said yet.")
    if card.left_open:
        parts.append(f"{plural(len(card.left_open), 'field is', 'fields are')} left open.")
    return " ".join(parts)


def _measure(line: MeasureLine) -> Row:
    tags = (Tag("look", "rest"),) if line.warns else ()
    return Row((Cell(line.name, tags=tags), Cell(line.value or "cannot say yet"), Cell(line.reading)))  # fmt: skip


def _edit(of: CardField) -> str:
    return edit_of(*split_subject(of.subject))


def card_csv(key: str, reading: Reading, by: Actor) -> CsvTable:
    """The card as rows."""
    card = metric_card(key, reading.ground, by, at=reading.ground.now())
    rows: list[tuple[object, ...]] = [
        (key, "field", f.key, f.name, None, one_line(f.words), None) for f in card.fields
    ]
    rows += [
        (key, "measure", x.key, x.name, x.exact, one_line(f"{x.value} {x.reading}"), "yes" if x.warns else "")
        for x in measure_lines(card, reading.plan)
    ]  # fmt: skip
    return CsvTable(COLUMNS, rows)  # type: ignore[arg-type]
