"""An initiative: what do we believe, and when do we stop?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mainstem.errors import Absent
from mainstem.figures import metric_chart
from mainstem.figures.shown import Picture, Tag
from mainstem.figures.wording import day, metric_value, one_line
from mainstem.plan.model import Initiative, Metric
from mainstem.score.attention import metric_in_force
from mainstem.score.words import number
from mainstem.web.contexts.given import Reading
from mainstem.web.contexts.pieces import Fact, Link, Table
from mainstem.web.contexts.places import edit_of, place_of
from mainstem.web.contexts.plan_tables import plan_tables
from mainstem.web.contexts.rows import effect_words, named, need_table, window_words
from mainstem.web.exports import CsvTable, Tables, csv_link

_TONES = {"active": "value", "finished": "good", "proposed": "rest"}


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class InitiativePage:
    """Everything on the page.

    Attributes:
        head: What is bet.
        tail: What it should do to the metric.
        lead: The belief.
        facts: Where it belongs, when its effect should show, when to stop.
        metric: The metric's chart with the day on which the bet began.
        seen: What happened, as far as that can be said.
        effort: What is known of its effort.
        needs: What it needs from other teams.
    """

    key: str
    crumbs: tuple[Link, ...]
    head: str
    tail: str
    lead: str
    tags: tuple[Tag, ...]
    facts: tuple[Fact, ...]
    metric: Picture | None
    seen: str
    effort: str
    items: str
    needs: Table
    edit: str
    share: str


def initiative_asked(ident: str, reading: Reading) -> Initiative:
    """The initiative of an address.

    Raises:
        Absent: there is none.
    """
    found = reading.plan.initiatives.get(ident)
    if found is None:
        raise Absent(
            f"There is no initiative {ident!r}.", "It may have been renamed; look for it by name."
        )
    return found


def build_initiative(ident: str, reading: Reading) -> InitiativePage:
    """Decides everything that the page shows."""
    bet, plan, asked = initiative_asked(ident, reading), reading.plan, reading.asked
    here = asked.keep(place_of("initiatives", ident))
    key = metric_of(bet, reading)
    metric = plan.metrics.get(key)
    stream = bet.stream
    return InitiativePage(
        key=ident,
        crumbs=(Link(named("streams", stream, plan), asked.keep(place_of("streams", stream))),)
        if stream and stream in plan.streams else (),
        head=named("initiatives", ident, plan), tail=_tail(bet, key, reading),
        lead=one_line(bet.belief or "Nobody has written down yet what they believe."),
        tags=(Tag(bet.state, _TONES.get(bet.state, "")),), facts=_facts(bet, reading),
        metric=_picture(bet, metric, reading, csv_link(here, "metric")),
        seen=_seen(bet, metric, reading.today), effort=_effort(bet),
        items=asked.items(stream=stream or "", team=bet.team or "") if stream else "",
        needs=need_table(reading.index.dependencies_of_initiative.get(ident, ()), plan, asked,
                         reading.today, csv=csv_link(here, "needs")),
        edit=edit_of("initiatives", ident), share=asked.spelt_out(place_of("initiatives", ident)),
    )  # fmt: skip


def metric_of(bet: Initiative, reading: Reading) -> str:
    """The metric that a bet should move: the one it names, else its stream's."""
    if bet.effect and bet.effect.metric:
        return bet.effect.metric
    stream = reading.plan.streams.get(bet.stream or "")
    return metric_in_force(stream, reading.today) if stream else ""


def _tail(bet: Initiative, key: str, reading: Reading) -> str:
    metric = reading.plan.metrics.get(key)
    if bet.effect is None:
        return "no effect is named."
    name = one_line(metric.name or key) if metric else "its metric"
    if metric is None:
        return f"should move {name} by {effect_words(bet, reading.plan, reading.today)}."
    shown = metric_value(bet.effect.by, metric)
    return f"should move {name} by {shown if bet.effect.by < 0 else f'+{shown}'}."


def _facts(bet: Initiative, reading: Reading) -> tuple[Fact, ...]:
    plan, keep = reading.plan, reading.asked.keep
    out = []
    for name, section, key in (
        ("Stream", "streams", bet.stream), ("Team", "teams", bet.team),
        ("Key result", "key_results", bet.key_result), ("Objective", "objectives", bet.objective),
    ):  # fmt: skip
        if key:
            there = key in getattr(plan, section)
            words = _words(section, key, reading)
            out.append(Fact(name, words, keep(place_of(section, key)) if there else ""))
    pairs = (
        ("Cycle", named("cycles", bet.cycle, plan)), ("Effect should show", window_words(bet.window)),
        ("Stop when", one_line(bet.stop_rule or "")), ("Owner", one_line(bet.owner or "")),
        ("Note", one_line(bet.note or "")),
    )  # fmt: skip
    out += [Fact(name, words) for name, words in pairs if words]
    if not bet.stop_rule:
        out.append(Fact("Stop when", "nobody has said yet"))
    return tuple(out)


def _words(section: str, key: str, reading: Reading) -> str:
    if section == "key_results" and key in reading.plan.key_results:
        kr = reading.plan.key_results[key]
        return one_line(kr.name or kr.text)
    return named(section, key, reading.plan)


def _picture(bet: Initiative, metric: Metric | None, reading: Reading, link: str) -> Picture | None:
    if metric is None:
        return None
    began = bet.window.from_ if bet.window else None
    marks = [metric_chart.Mark(began, one_line(bet.name or "this bet"))] if began else []
    return metric_chart.metric_picture(metric, marks, until=reading.today, link=link)


def _seen(bet: Initiative, metric: Metric | None, today: date) -> str:
    """What may be said of the effect without more than the plan knows."""
    window = bet.window
    if metric is None:
        return "Cannot say: there is no metric that it should move."
    if not metric.observations:
        return "Cannot say: its metric has no value yet."
    if window is None or window.to is None:
        return "Cannot say: nobody has named the days in which its effect should show."
    if today <= window.to:
        return f"Cannot say yet: its effect should show by {day(window.to)}."
    return (
        "Its window is over. The chart shows what the metric did since; whether the bet did it cannot"
        " be told from that alone."
    )


def _effort(bet: Initiative) -> str:
    planned = f"{number(round(bet.effort))} person-days are planned. " if bet.effort else ""
    return f"{planned}How much was spent on it is unknown: work is claimed by streams, not by single bets."


def initiative_tables(ident: str, reading: Reading) -> Tables:
    """The tables of the page."""
    bet = initiative_asked(ident, reading)
    metric = reading.plan.metrics.get(metric_of(bet, reading), Metric())
    needs = reading.index.dependencies_of_initiative.get(ident, ())
    held = plan_tables(reading, {}, bets=(ident,), needs=needs)
    return {
        "metric": lambda: CsvTable(metric_chart.COLUMNS, metric_chart.metric_rows(metric)),
        "needs": held["needs"],
        "bets": held["bets"],
    }
