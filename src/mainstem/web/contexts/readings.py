"""Readings as pages show them: each metric's in a sentence, its rates drawn, and what may not be read."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.challenge.reading_values import Reading, ReadingKind, Yield
from mainstem.challenge.reading_words import (
    ADVICE,
    RATES,
    SAYS,
    bounds_words,
    discrimination_words,
    missing,
    rate_words,
    sentence,
    unclear_words,
)
from mainstem.challenge.readings import SELECTION_WARNING
from mainstem.challenge.statements import STATEMENTS
from mainstem.figures.intervals import interval_drawing
from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, listed, one_line, plural
from mainstem.plan.model import Plan
from mainstem.services.decisions.desk import Desk
from mainstem.services.metrics.reading_metrics import MetricReadings
from mainstem.services.people.access import Action, Actor, may
from mainstem.web.contexts.pieces import Cell, Column, Empty, Link, Row, Table
from mainstem.web.contexts.places import place_of
from mainstem.web.contexts.rows import named
from mainstem.web.exports import CsvTable, Tables, csv_link

ADDRESS = "/decisions/readings/"
_TONES = {
    ReadingKind.EARNS_ITS_KEEP: "good", ReadingKind.REFUSES_NOTHING: "rest",
    ReadingKind.WORKED_AROUND: "rest", ReadingKind.NO_FORCE: "rest", ReadingKind.BLIND_SPOT: "rest",
    ReadingKind.DOES_NOT_MOVE: "rest",
}  # fmt: skip
_COLUMNS = (
    "stream", "metric", "version", "since", "until", "decided", "accepted", "refused", "deferred",
    "overridden", "done_anyway", "right", "hits", "answered", "unclear", "reading", "reading_before",
)  # fmt: skip
#: Statements in the table of yields.
MOST_YIELDS = 40


@dataclass(frozen=True, slots=True)
class ReadingCard:
    """One reading.

    Attributes:
        stream, metric: By name, with their pages.
        words: The reading in a sentence; ``advice`` is what may be done about it.
        tag: The reading in two words.
        rates: Drawn, and in words.
        notes: What else is known: whether the rules separate, bounds, unclear outcomes, statements.
        history: The stream's metrics.
        propose: Where another metric is proposed; empty where it is not offered.
    """

    key: str
    stream: Link
    metric: Link
    words: str
    advice: str
    tag: Tag
    rates: Table | None
    notes: tuple[str, ...]
    history: str
    propose: str


@dataclass(frozen=True, slots=True)
class ReadingsPage:
    """Everything that the template prints."""

    head: str
    tail: str
    lead: str
    warning: str
    cards: tuple[ReadingCard, ...]
    early: Table
    silent: tuple[Link, ...]
    yields: Table
    yields_words: str
    empty: Empty | None
    csv: str


def history_address(stream: str) -> str:
    """The page of a stream's metrics."""
    return f"/streams/{stream}/metrics/"


def build_readings(desk: Desk, by: Actor, found: MetricReadings) -> ReadingsPage:
    """The list of readings: those that speak for a change first."""
    plan = desk.standing.plan
    ordered = sorted(found.readings, key=_urgency)
    early = sorted(
        (r for r in ordered if r.kind is ReadingKind.TOO_EARLY),
        key=lambda r: (-r.counts.decided, r.stream),
    )
    cards = tuple(reading_card(r, plan, by) for r in ordered if r not in early)
    head, tail = _head(found)
    return ReadingsPage(
        head, tail, _lead(found), SELECTION_WARNING, cards, _early(early, plan),
        tuple(Link(named("streams", s, plan), place_of("streams", s)) for s in found.silent),
        _yields(found.yields, csv_link(ADDRESS, "statements")),
        _yields_words(found.yields),
        None if ordered else Empty(
            "No decision was made in the name of a metric",
            f"Nothing was accepted or refused for a stream in {found.window.words}. Ask whether a piece of work"
            " qualifies, and decide: a metric that refuses nothing cannot be told from one that is right.",
            Link("Ask whether work qualifies", "/qualify"),
        ),
        csv_link(ADDRESS, "readings") if ordered else "",
    )  # fmt: skip


def _urgency(reading: Reading) -> tuple[bool, bool, bool, str]:
    early = reading.kind in (ReadingKind.TOO_EARLY, ReadingKind.NONE_YET)
    return (not reading.has_lasted, not reading.kind.is_against, early, reading.stream)


def _early(early: list[Reading], plan: Plan) -> Table:
    """Plain counts only: a rate of few cases says nothing."""
    columns = (
        Column("Stream and metric"),
        *(Column(n, is_number=True) for n in _COUNTED),
        Column("It takes"),
    )
    rows = tuple(
        Row((
            Cell(named("streams", r.stream, plan), history_address(r.stream), named("metrics", r.metric, plan)),
            *(Cell(str(v)) for v in (r.counts.accepted, r.counts.refused, r.counts.deferred, r.counts.overridden,
                                     r.counts.answered + r.counts.anyway_answered)),
            Cell(missing(r)),
        ))
        for r in early
    )  # fmt: skip
    return Table("Metrics of which it is too early to read anything", columns, rows)


_COUNTED = ("Accepted", "Refused", "Deferred", "Overruled", "Answered")


def _head(found: MetricReadings) -> tuple[str, str]:
    against = sum(r.kind.is_against for r in found.readings)
    keeps = sum(r.kind is ReadingKind.EARNS_ITS_KEEP for r in found.readings)
    if not found.readings:
        return "Were we right to say no?", "nothing was decided yet."
    if not against and not keeps:
        return "Were we right to say no?", "too early to say of any metric."
    return (
        f"{plural(against, 'metric needs', 'metrics need')} a look",
        f"{plural(keeps, 'earns its keep', 'earn their keep')}.",
    )


def _lead(found: MetricReadings) -> str:
    window = found.window
    words = (
        f"From {plural(found.decided, 'decision')} of {window.words} ({day(window.since)} to"
        f" {day(window.until)}) and what became of the work."
    )
    if found.of_no_metric:
        words += f" {plural(found.of_no_metric, 'was', 'were')} in the name of no metric."
    return words


def reading_card(reading: Reading, plan: Plan, by: Actor) -> ReadingCard:
    """A reading as a page prints it."""
    name = named("metrics", reading.metric, plan)
    offered = reading.has_lasted and may(by, Action.PROPOSE)
    return ReadingCard(
        f"{reading.stream}-{reading.version}",
        Link(named("streams", reading.stream, plan), place_of("streams", reading.stream)),
        Link(name, f"/metrics/{reading.metric}" if reading.metric in plan.metrics else ""),
        one_line(sentence(reading, name)), ADVICE[reading.kind],
        Tag(reading.kind.value, _TONES.get(reading.kind, "")), *_behind(reading), history_address(reading.stream),
        f"{history_address(reading.stream)}#propose" if offered else "",
    )  # fmt: skip


def _behind(reading: Reading) -> tuple[Table | None, tuple[str, ...]]:
    """Rates and notes; of too few cases the counts alone."""
    if reading.kind is ReadingKind.TOO_EARLY:
        return None, _notes(reading)[:1]
    return rates_table(reading), _notes(reading)


def rates_table(reading: Reading) -> Table:
    """The rates of a reading with their intervals."""
    rows = tuple(
        Row((Cell(name), Cell(_counted(reading, key), picture=interval_drawing(getattr(reading, key))),
             Cell(words)))
        for key, name, words in RATES
    )  # fmt: skip
    unclear = Row((Cell("Unclear"), Cell(unclear_words(reading)),
                   Cell("Of outcomes of accepted work. From half on, nothing is read from hits.")))  # fmt: skip
    columns = (Column("Of its decisions"), Column("How many, with the 95 % interval"), Column("How to read it"))  # fmt: skip
    return Table(f"Rates of {reading.stream}", columns, (*rows, unclear))


def _counted(reading: Reading, key: str) -> str:
    return rate_words(getattr(reading, key))


def _notes(reading: Reading) -> tuple[str, ...]:
    c = reading.counts
    out = [
        f"{plural(c.decided, 'decision')}: {c.accepted} accepted, {c.refused} refused, {c.deferred} deferred.",
        discrimination_words(reading), bounds_words(reading),
    ]  # fmt: skip
    if reading.top:
        said = [f"{_statement(s)} ({n})" for s, n in reading.top]
        out.append(f"Most often true: {listed(said, 3)}.")
    if reading.before is not None:
        out.append(f"A cycle ago the reading was: {SAYS[reading.before]}.")
    if reading.is_pooled:
        out.append("Rates are read together with those of the other streams, which pulls few data to the middle.")  # fmt: skip
    return tuple(one_line(x) for x in out)


def _statement(name: str) -> str:
    found = STATEMENTS.get(name)
    return f"{name} “{found.text.rstrip('.')}”" if found else name


def _yields(all_: tuple[Yield, ...], csv: str) -> Table:
    shown = sorted(all_, key=lambda y: (-y.rate.n, y.statement))[:MOST_YIELDS]
    rows = tuple(
        Row((
            Cell(y.statement, tags=(Tag("may be retired", "rest"),) if y.is_idle else ()),
            Cell(_statement(y.statement)), Cell(rate_words(y.rate), picture=interval_drawing(y.rate)),
        ))
        for y in shown
    )  # fmt: skip
    columns = (Column("Statement"), Column("What it says"), Column("Changed the verdict"))
    return Table("How often the answer to a statement changed a verdict", columns, rows, csv if rows else "")  # fmt: skip


def _yields_words(all_: tuple[Yield, ...]) -> str:
    idle = [y.statement for y in all_ if y.is_idle]
    if not idle:
        return "How often an answer changed the verdict, of how often it was given."
    return f"{listed(idle, 4)} decided almost nothing in a hundred askings and may be retired."


def readings_tables(found: MetricReadings) -> Tables:
    """The tables of the page."""
    return {
        "readings": lambda: CsvTable(_COLUMNS, [_row(r) for r in found.readings]),
        "statements": lambda: CsvTable(
            ("statement", "changed", "asked", "lower", "upper", "may_be_retired"),
            [(y.statement, y.rate.k, y.rate.n, y.rate.lower, y.rate.upper, "yes" if y.is_idle else "")
             for y in found.yields],
        ),
    }  # fmt: skip


def _row(r: Reading) -> tuple[str | int | None, ...]:
    c = r.counts
    return (
        r.stream, r.metric, r.version, r.since.isoformat(), r.until.isoformat(), c.decided, c.accepted,
        c.refused, c.deferred, c.overridden, c.done_anyway, c.right, c.hits, c.answered, c.unclear,
        r.kind.value, r.before.value if r.before else None,
    )  # fmt: skip


def stream_reading(stream: str, desk: Desk, by: Actor, found: MetricReadings) -> ReadingCard | None:
    """The reading of a stream's present metric; ``None`` where no decision was made by it."""
    now = found.now_of(stream, desk.standing.plan, desk.today)
    return reading_card(now, desk.standing.plan, by) if now else None
