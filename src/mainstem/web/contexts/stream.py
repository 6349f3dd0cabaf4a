"""A stream: where does it stand, and what should we do about it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from mainstem.errors import Absent
from mainstem.figures import metric_chart, stream_rows
from mainstem.figures.shown import Picture, Tag
from mainstem.figures.wording import listed, metric_value, one_line
from mainstem.plan.model import Metric, Stream
from mainstem.score.attention import metric_in_force
from mainstem.score.progress import Progress
from mainstem.score.values import By
from mainstem.score.values import Cell as Effort
from mainstem.score.words import amount, percent
from mainstem.services.work.reasons import Grounds
from mainstem.web.contexts.given import Reading, answer, figures_data, grounds_of
from mainstem.web.contexts.metric import chart_marks, notes_table, series_in, values_address
from mainstem.web.contexts.pieces import Empty, Fact, Link, Table
from mainstem.web.contexts.places import edit_of, place_of
from mainstem.web.contexts.plan_tables import plan_tables
from mainstem.web.contexts.river import flows_to
from mainstem.web.contexts.rows import bet_table, key_result_table, named, need_table
from mainstem.web.contexts.states import STREAM_EXAMPLE
from mainstem.web.contexts.stream_effort import (
    claims_table,
    effort_table,
    effort_tables,
    sure_words,
)
from mainstem.web.exports import CsvTable, Tables, csv_link

#: Notes on values shown beside the chart; the page of the values has more.
MOST_NOTES = 6


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class StreamPage:
    """Everything on the page that follows from plan and ledger.

    Attributes:
        crumbs: Objective, customer and stages, owner.
        head: Where the metric stands.
        tail: Where it should get, and that nobody can say yet whether it does.
        lead: How much effort went here, and by whom.
        tags: What needs a look.
        metric: The metric's chart.
        metric_notes: What must be known of its values.
        metric_values: Where all of them are, with their sources.
        metric_facts: What the metric is.
        guardrails: What must not get worse.
        effort: Who spends effort here.
        sure: How sure we are that it was for this stream.
        claims: What it claims, and how much each claim caught.
        bets: What people believe will move the metric.
        needs: What its bets need from other teams.
    """

    key: str
    crumbs: tuple[Link, ...]
    head: str
    tail: str
    lead: str
    tags: tuple[Tag, ...]
    metric: Picture | None
    metric_notes: Table | None
    metric_values: str
    metric_state: Empty | None
    metric_facts: tuple[Fact, ...]
    guardrails: tuple[Fact, ...]
    effort: Table
    effort_words: str
    sure: str
    claims: Table
    bets: Table
    needs: Table
    items: str
    decisions: str
    edit: str
    share: str


def stream_asked(ident: str, reading: Reading) -> Stream:
    """The stream of an address.

    Raises:
        Absent: there is none.
    """
    found = reading.plan.streams.get(ident)
    if found is None:
        raise Absent(
            f"There is no stream {ident!r}.",
            "It may have been renamed. All streams are on /streams/.",
        )
    return found


def build_stream(ident: str, reading: Reading) -> StreamPage:
    """Decides everything that the page shows, but for what people said."""
    stream, plan, asked, index = (
        stream_asked(ident, reading),
        reading.plan,
        reading.asked,
        reading.index,
    )
    here = asked.keep(place_of("streams", ident))
    cell = _cell_of(ident, reading)
    key = metric_in_force(stream, reading.today)
    metric, known = plan.metrics.get(key), series_in(key, reading)
    why = grounds_of(reading).get(ident, Grounds())
    effort, effort_words = effort_table(ident, stream, why, reading, csv_link(here, "effort"))
    head, tail = _head(named("streams", ident, plan), metric, reading.today)
    return StreamPage(
        key=ident, crumbs=_crumbs(stream, reading), head=head, tail=tail,
        lead=_lead(cell, ident, reading), tags=stream_rows.stream_tags(ident, figures_data(reading)),
        metric=_picture(ident, metric, reading, csv_link(here, "metric"), chart_marks(known)),
        metric_notes=notes_table(known, csv_link(asked.keep(values_address(key)), "values"),
                                 most=MOST_NOTES) if known else None,
        metric_values=asked.keep(values_address(key)) if metric else "",
        metric_state=_metric_state(ident, key, metric),
        metric_facts=_metric_facts(metric), guardrails=_guardrails(stream, reading),
        effort=effort, effort_words=effort_words, sure=sure_words(why),
        claims=claims_table(stream, why, reading, csv_link(here, "claims")),
        bets=bet_table(index.initiatives_of_stream.get(ident, ()), plan, asked,
                       csv=csv_link(here, "bets")),
        needs=need_table(index.dependencies_of_stream.get(ident, ()), plan, asked, reading.today,
                         csv=csv_link(here, "needs")),
        items=asked.items(stream=ident), decisions=f"/decisions/?{urlencode({'stream': ident})}", edit=edit_of("streams", ident),
        share=asked.spelt_out(place_of("streams", ident)),
    )  # fmt: skip


def _cell_of(ident: str, reading: Reading) -> Effort | None:
    cells = reading.kept("cells", lambda: {c.key: c for c in answer(reading, By.STREAM).cells})
    return cells.get(ident)


def _crumbs(stream: Stream, reading: Reading) -> tuple[Link, ...]:
    plan, asked = reading.plan, reading.asked
    out = [
        Link(named("objectives", o, plan),
             asked.keep(place_of("objectives", o)) if o in plan.objectives else "")
        for o in stream.objective
    ]  # fmt: skip
    if stream.customer:
        stages = f": {listed(stream.stages, 4)}" if stream.stages else ""
        out.append(Link(f"{named('customers', stream.customer, plan)}{stages}", asked.keep("/map")))
    if stream.owner:
        out.append(Link(f"owned by {one_line(stream.owner)}", ""))
    return tuple(out)


def _head(name: str, metric: Metric | None, today: date) -> tuple[str, str]:
    if metric is None:
        return f"{name} has no metric", "so nobody can say whether it delivers."
    what = one_line(metric.name or "its metric")
    target = "" if metric.target is None else metric_value(metric.target, metric)
    seen = [o for o in metric.observations if o.on <= today]
    if not seen:
        tail = f"the target is {target}." if target else "and no target."
        return f"{name}: {what} has no value yet", tail
    last = max(seen, key=lambda o: o.on).value
    head = f"{name}: {what} is at {metric_value(last, metric)}"
    if metric.target is None:
        return head, "it has no target."
    if _is_reached(last, metric.target, metric):
        return head, f"the target of {target} is reached."
    return head, f"the target is {target}; cannot say yet how likely that is."


def _is_reached(value: float, target: float, metric: Metric) -> bool:
    if metric.direction == "down":
        return value <= target
    return metric.direction == "up" and value >= target


def _lead(cell: Effort | None, ident: str, reading: Reading) -> str:
    asked = reading.asked
    if cell is None or cell.score.point is None:
        return f"No effort is recorded {asked.during}."
    of = f" of {named('teams', asked.team, reading.plan)}" if asked.team else ""
    planned = f" ({percent(cell.planned)} planned)" if cell.planned is not None else ""
    words = f"{percent(cell.score.point)} of all effort{of} went here {asked.during}{planned}"
    teams = [
        named("teams", t, reading.plan) or "people without a team" for t in flows_to(ident, reading)
    ]
    if not teams:
        return f"{words}."
    return f"{words}: {amount(cell.amounts.value, asked.unit)} by {listed(teams, 4)}."


def _picture(
    ident: str, metric: Metric | None, reading: Reading, link: str,
    known: Sequence[metric_chart.Mark],
) -> Picture | None:  # fmt: skip
    if metric is None:
        return None
    made = reading.kept_always(
        ("picture", ident, tuple(known)), lambda: _drawn(ident, metric, reading, known)
    )
    return replace(made, sheet=replace(made.sheet, link=link)) if made else None


def _drawn(
    ident: str, metric: Metric, reading: Reading, known: Sequence[metric_chart.Mark]
) -> Picture | None:
    bets = (reading.plan.initiatives[k] for k in reading.index.initiatives_of_stream.get(ident, ()))
    marks = [
        metric_chart.Mark(b.window.from_, one_line(b.name or "a bet"))
        for b in bets
        if b.window and b.window.from_ and b.state in ("active", "finished", "dropped")
    ]
    return metric_chart.metric_picture(metric, (*marks, *known), until=reading.today, link="")


def _metric_state(ident: str, key: str, metric: Metric | None) -> Empty | None:
    if metric is None:
        return Empty(
            "This stream has no metric",
            "One number says whether it delivers. Until it has one, no key result and no bet can be"
            " told right from wrong.",
            Link("Give it a metric", edit_of("streams", ident)), STREAM_EXAMPLE,
        )  # fmt: skip
    if not metric.observations:
        return Empty(
            "The metric has no value yet",
            "Connect the system that measures it, or enter the values by hand.",
            Link("Enter a value", values_address(key)),
        )
    return None


def _metric_facts(metric: Metric | None) -> tuple[Fact, ...]:
    if metric is None:
        return ()
    pairs = (
        ("What it is", metric.definition), ("What a customer has of it", metric.customer_value),
        ("Baseline", metric_value(metric.baseline, metric) if metric.baseline is not None else None),
        ("Target", metric_value(metric.target, metric) if metric.target is not None else None),
        ("Source", metric.source), ("New value every", metric.grain), ("Owner", metric.owner),
        ("Ways to game it", "; ".join(metric.gaming) or None),
    )  # fmt: skip
    return tuple(Fact(name, one_line(words)) for name, words in pairs if words)


def _guardrails(stream: Stream, reading: Reading) -> tuple[Fact, ...]:
    out = []
    for guard in stream.guardrails:
        metric = reading.plan.metrics.get(guard.metric, Metric())
        seen = [o for o in metric.observations if o.on <= reading.today]
        now = metric_value(max(seen, key=lambda o: o.on).value, metric) if seen else "no value yet"
        bound = one_line(guard.bound or "must not get worse")
        out.append(Fact(one_line(metric.name or guard.metric), now, "", bound))
    return tuple(out)


def stream_tables(ident: str, reading: Reading, progress: Mapping[str, Progress]) -> Tables:
    """The tables of the page."""
    stream = stream_asked(ident, reading)
    metric = reading.plan.metrics.get(metric_in_force(stream, reading.today), Metric())
    why = grounds_of(reading).get(ident, Grounds())
    return {
        "metric": lambda: CsvTable(metric_chart.COLUMNS, metric_chart.metric_rows(metric)),
        **effort_tables(ident, stream, why, reading),
        **plan_tables(
            reading,
            progress,
            bets=reading.index.initiatives_of_stream.get(ident, ()),
            needs=reading.index.dependencies_of_stream.get(ident, ()),
        ),
    }


def key_results_of(ident: str, reading: Reading) -> tuple[str, ...]:
    """Key results of a stream: those of the period's cycle first, then the others, newest first."""
    return in_period(reading.index.key_results_of_stream.get(ident, ()), reading)


def in_period(keys: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    """Those of cycles that touch the period, or of none."""
    plan, asked = reading.plan, reading.asked
    cycles = plan.cycles
    return tuple(
        k for k in keys
        if (c := cycles.get(plan.key_results[k].cycle or "")) is None
        or (c.first_day <= asked.until and c.last_day >= asked.since)
    )  # fmt: skip


def results_table(ident: str, reading: Reading, progress: Mapping[str, Progress]) -> Table:
    """The key results of a stream as they stand now."""
    here = reading.asked.keep(place_of("streams", ident))
    keys = key_results_of(ident, reading)
    return key_result_table(
        keys, progress, reading.plan, reading.asked, csv=csv_link(here, "key-results")
    )
