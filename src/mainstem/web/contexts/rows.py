"""Rows that several pages share: streams, teams, key results, bets, needs, kinds of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from mainstem.figures.shown import RestRow, StreamRow, Tag, TeamRow
from mainstem.figures.wording import day, metric_value, one_line, shorten
from mainstem.plan.model import Dependency, Initiative, KeyResult, Metric, Plan, Window
from mainstem.score.attention import metric_in_force
from mainstem.score.progress import Due, Progress
from mainstem.score.words import MINUS, UNIT_WORDS, percent_number
from mainstem.web.contexts.asked import Asked
from mainstem.web.contexts.pieces import Bar, Cell, Column, Row, Stretch, Table
from mainstem.web.contexts.places import place_of

_STATE_TONES = {"active": "value", "finished": "good", "dropped": "", "refused": "", "late": "bad"}
_DUE_TAGS = {
    Due.DUE: Tag("check-in due", "rest"), Due.LATE: Tag("check-in late", "bad"),
    Due.STALE: Tag("metric stale", "bad"),
}  # fmt: skip
#: Shares wider than this are drawn to the end of their bar.
_WHOLE = 100.0


def named(section: str, key: str | None, plan: Plan) -> str:
    """What people call a thing of the plan; empty for none."""
    if not key:
        return ""
    found = getattr(plan, section).get(key)
    return shorten(one_line((found.name if found else None) or key), 80)


def link_cell(section: str, key: str | None, plan: Plan, asked: Asked, under: str = "") -> Cell:
    """A thing by its name, leading to its page if the plan has it."""
    name = named(section, key, plan)
    there = bool(key) and key in getattr(plan, section)
    return Cell(name, asked.keep(place_of(section, key)) if key and there else "", under)


STREAM_COLUMNS = (
    Column("Stream"), Column("Value metric, now → target"), Column("Half a year"),
    Column("Share of effort"), Column("Teams"), Column("Attention"),
)  # fmt: skip


def stream_table(
    rows: Sequence[StreamRow], asked: Asked, plan: Plan, *, csv: str = "", caption: str = "Streams"
) -> Table:
    """Streams with their metric and their share of effort; the share leads to its items."""
    made = tuple(_stream(r, asked, plan) for r in rows)
    if not any(r.tags for r in rows):
        # nothing needs a look: no room for it
        made = tuple(Row(r.cells[:-1]) for r in made)
        return Table(caption, STREAM_COLUMNS[:-1], made, csv)
    return Table(caption, STREAM_COLUMNS, made, csv)


def _stream(row: StreamRow, asked: Asked, plan: Plan) -> Row:
    here = asked.keep(place_of("streams", row.key)) if row.key in plan.streams else ""
    now = row.now or row.no_spark
    arrow = f"{now} → {row.target}" if row.target and row.now else now or row.target
    planned = f"{row.amount}, {row.planned} % planned" if row.planned else row.amount
    bar = Bar(((Stretch.VALUE, min(row.width, _WHOLE)),), row.tick)
    return Row((
        Cell(row.name, here, row.objective),
        Cell(row.metric, "", arrow),
        Cell(picture=row.spark),
        Cell(row.share, asked.items(stream=row.key), planned, bar),
        Cell(row.teams),
        Cell(tags=row.tags),
    ))  # fmt: skip


def rest_table(rows: Sequence[RestRow], asked: Asked, *, csv: str = "") -> Table:
    """Kinds of the rest; each leads to its items."""
    columns = (Column("Kind"), Column("Bar"), Column("Share", is_number=True))
    return Table(
        "The rest by kind, as a share of all effort", columns,
        tuple(
            Row((
                Cell(r.name, asked.items(kind=r.kind)),
                Cell(bar=Bar((((Stretch.UNKNOWN if r.is_unknown else Stretch.REST), r.width),))),
                Cell(r.share, "", r.amount),
            ))
            for r in rows
        ), csv,
    )  # fmt: skip


def team_table(
    rows: Sequence[TeamRow], asked: Asked, plan: Plan, *, csv: str = "", caption: str = "Teams",
    top: int = 0,
) -> Table:  # fmt: skip
    """Teams with their score, its range and their rest; ``top`` is the depth of the first level."""
    columns = (
        Column("Team"), Column("Value Score"), Column("Range", is_number=True),
        Column(UNIT_WORDS[asked.unit][1].capitalize(), is_number=True), Column("The rest"),
    )  # fmt: skip
    return Table(caption, columns, tuple(_team(r, asked, plan, top) for r in rows), csv)


def _team(row: TeamRow, asked: Asked, plan: Plan, top: int) -> Row:
    there = row.key in plan.teams and not row.is_own
    parts = ((Stretch.VALUE, row.value), (Stretch.UNKNOWN, row.unknown), (Stretch.REST, row.rest))
    return Row(
        (
            Cell(row.name, asked.keep(place_of("teams", row.key), team="") if there else "", row.note),
            Cell(row.score, bar=Bar(parts)),
            Cell(row.range),
            Cell(row.amount, asked.items(team=row.key) if row.key else ""),
            Cell(row.rest_words),
        ),
        max(min(row.depth - top, 5), 0),
    )  # fmt: skip


def key_result_table(
    keys: Iterable[str], progress: Mapping[str, Progress], plan: Plan, asked: Asked, *,
    csv: str = "", caption: str = "Key results", has_team: bool = True,
) -> Table:  # fmt: skip
    """Key results with how far they are on their way and what is due."""
    second = "Team" if has_team else "Stream"
    columns: tuple[Column, ...] = (
        Column("Key result"), Column(second), Column("Now → target", is_number=True), Column("Way"),
        Column("By", is_number=True), Column("State"),
    )  # fmt: skip
    rows = tuple(
        _key_result(k, plan.key_results[k], progress.get(k, Progress()), plan, asked, has_team)
        for k in keys
    )
    if not any(row.cells[-1].tags for row in rows):
        columns, rows = columns[:-1], tuple(Row(row.cells[:-1]) for row in rows)
    return Table(caption, columns, rows, csv)


def _key_result(
    key: str, kr: KeyResult, at: Progress, plan: Plan, asked: Asked, has_team: bool
) -> Row:
    metric = plan.metrics.get(kr.metric or "", Metric(unit=kr.unit))
    belongs = ("teams", kr.team) if has_team else ("streams", kr.stream)
    tags = (_DUE_TAGS[at.due],) if at.due in _DUE_TAGS else ()
    return Row((
        Cell(shorten(one_line(kr.name or kr.text), 140), asked.keep(place_of("key_results", key)),
             named("cycles", kr.cycle, plan)),
        link_cell(*belongs, plan, asked),
        Cell(_from_to(at.value, kr.target, metric)),
        _way(at),
        Cell(day(kr.by) if kr.by else ""),
        Cell(tags=tags),
    ))  # fmt: skip


def _from_to(value: float | None, target: float | None, metric: Metric) -> str:
    now = "no value yet" if value is None else metric_value(value, metric)
    return now if target is None else f"{now} → {metric_value(target, metric)}"


def _way(at: Progress) -> Cell:
    """The way from the baseline to the target, drawn within its bar and told as it is."""
    if at.share is None:
        return Cell(under=f"cannot say: {at.why_not}" if at.why_not else "")
    width = min(max(at.share, 0.0), 1.0) * 100
    tick = None if at.expected is None else round(at.expected * 100, 2)
    said = f"{whole_percent(at.share)} of the way"
    if at.milestones[1]:
        said += f", {at.milestones[0]} of {at.milestones[1]} milestones"
    return Cell(bar=Bar(((Stretch.VALUE, round(width, 2)),), tick), under=said)


@lru_cache(4_096)
def whole_percent(share: float) -> str:
    """A share of a way, which may be below zero or above one: ``−12 %``, ``104 %``."""
    from fractions import Fraction

    shown = Fraction(share).limit_denominator(10**6)
    if 0 <= shown <= 1:
        return f"{percent_number(shown)}\u202f%"
    hundred = round(share * 100)
    return f"{MINUS if hundred < 0 else ''}{abs(hundred):,}\u202f%"


def bet_table(
    keys: Iterable[str], plan: Plan, asked: Asked, *, csv: str = "", caption: str = "Bets",
    has_team: bool = True,
) -> Table:  # fmt: skip
    """Initiatives with their state, window and the effect that is believed in."""
    second = "Team" if has_team else "Stream"
    columns = (
        Column("Initiative"), Column(second), Column("State"), Column("Believed effect"),
        Column("Window"),
    )  # fmt: skip
    rows = tuple(_bet(k, plan.initiatives[k], plan, asked, has_team) for k in keys)
    return Table(caption, columns, rows, csv)


def _bet(key: str, bet: Initiative, plan: Plan, asked: Asked, has_team: bool) -> Row:
    belongs = ("teams", bet.team) if has_team else ("streams", bet.stream)
    return Row((
        Cell(shorten(one_line(bet.name or key), 120), asked.keep(place_of("initiatives", key)),
             named("cycles", bet.cycle, plan)),
        link_cell(*belongs, plan, asked),
        Cell(tags=(Tag(bet.state, _STATE_TONES.get(bet.state, "")),)),
        Cell(effect_words(bet, plan, asked.until) or "none given"),
        Cell(window_words(bet.window)),
    ))  # fmt: skip


def effect_words(bet: Initiative, plan: Plan, on: date) -> str:
    """``+2 %``, and of what if it is not the stream's metric; empty where nothing is said."""
    if bet.effect is None:
        return ""
    key, stream = bet.effect.metric, plan.streams.get(bet.stream or "")
    usual = metric_in_force(stream, on) if stream else ""
    metric = plan.metrics.get(key or usual, Metric())
    shown = metric_value(bet.effect.by, metric)
    signed = shown if shown.startswith(MINUS) else f"+{shown}"
    return f"{signed} {one_line(metric.name or key)}" if key else signed


def window_words(window: Window | None) -> str:
    """``1 October to 30 November 2026``."""
    if window is None or (window.from_ is None and window.to is None):
        return ""
    if window.from_ is None:
        return f"until {day(window.to)}" if window.to else ""
    if window.to is None:
        return f"from {day(window.from_)}"
    return f"{day(window.from_, year=window.from_.year != window.to.year)} to {day(window.to)}"


def need_table(
    keys: Iterable[str], plan: Plan, asked: Asked, today: date, *, csv: str = "",
    caption: str = "Dependencies",
) -> Table:  # fmt: skip
    """What one team needs from another, by when, and what was promised."""
    columns = (
        Column("What"), Column("Needs it"), Column("Gives it"), Column("Needed by", is_number=True),
        Column("Promised", is_number=True), Column("State"),
    )  # fmt: skip
    rows = tuple(_need(k, plan.dependencies[k], plan, asked, today) for k in keys)
    return Table(caption, columns, rows, csv)


def _need(key: str, of: Dependency, plan: Plan, asked: Asked, today: date) -> Row:
    state = "cannot be given" if of.state == "refused" else of.state
    return Row((
        Cell(shorten(one_line(of.what), 140), place_of("dependencies", key)),
        link_cell("teams", of.needs, plan, asked),
        link_cell("teams", of.gives, plan, asked),
        Cell(day(of.needed_by) if of.needed_by else ""),
        Cell(day(of.promised) if of.promised else "not yet"),
        Cell(tags=(Tag(*_need_state(of, state, today)),)),
    ))  # fmt: skip


def _need_state(of: Dependency, state: str, today: date) -> tuple[str, str]:
    due = of.promised or of.needed_by
    if of.state in ("asked", "agreed") and due is not None and due < today:
        return f"{state}, date has passed", "bad"
    return state, {"done": "good", "agreed": "value", "asked": "rest"}.get(of.state, "")
