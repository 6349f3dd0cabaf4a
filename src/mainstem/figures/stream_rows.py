"""Streams as rows of a report: the metric, effort beside the plan for it, and what needs a look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from markupsafe import Markup

from mainstem.figures.charts import sparkline
from mainstem.figures.given import ReportData
from mainstem.figures.shown import StreamRow, Tag
from mainstem.figures.tables import Value, share, units
from mainstem.figures.wording import (
    isolated,
    listed,
    metric_unit,
    metric_value,
    one_line,
    plural,
    shorten,
    weeks_since,
)
from mainstem.plan.findings import Severity
from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Metric, Observation, Plan, Stream
from mainstem.score.attention import days_without_value, metric_in_force
from mainstem.score.bounds import score_of
from mainstem.score.values import Amounts, Cell, Period
from mainstem.score.words import NARROW, amount, number, percent_number

#: Streams shown at first; the others are folded away below.
MOST_ROWS = 30
#: Days of observations in a sparkline.
HALF_YEAR = 183
#: Below this part of the planned share a stream is starved; above that one it takes more than planned.
STARVED, OVER = Fraction(6, 10), Fraction(15, 10)
#: Differences from the plan smaller than this, or than a tenth of the biggest share, need no word.
WORTH_A_WORD = Fraction(2, 100)
#: Where the biggest share is smaller than this, shares get a decimal.
SMALL_SHARES = Fraction(5, 100)
_FULL = 94.0
#: Sparklines kept beside a plan.
MOST_SPARKS = 2_048

CSV_COLUMNS: tuple[str, ...] = (
    "stream", "name", "objective", "metric", "metric_unit", "metric_now", "metric_on", "metric_target",
    "unit", "value", "share", "low", "high", "planned", "teams", "attention",
)  # fmt: skip


def stream_keys(data: ReportData) -> tuple[str, ...]:
    """All streams of the plan and those that still get effort, most effort first."""
    return tuple(_cells(data))


def stream_rows(data: ReportData, only: Collection[str] | None = None) -> tuple[StreamRow, ...]:
    """The streams of ``stream_keys``, or only some of them, in that order."""
    cells = _cells(data)
    teams, whole = _teams(data, only), _biggest(cells.values())
    shown = cells.values() if only is None else [c for k, c in cells.items() if k in only]
    return tuple(_row(cell, data, whole, teams) for cell in shown)


def stream_tags(key: str, data: ReportData) -> tuple[Tag, ...]:
    """What needs a look at one stream; nothing where it is not in the plan and gets no effort."""
    cells = _cells(data)
    return tags(cells[key], data, _biggest(cells.values())) if key in cells else ()


def _biggest(cells: Iterable[Cell]) -> Fraction:
    """The biggest actual or planned share."""
    shares = [s for c in cells for s in (_actual(c), c.planned) if s]
    # floating point says well enough which it is
    return max(shares, key=float, default=Fraction(0))


def share_number(share: Fraction, whole: Fraction) -> str:
    """Per cent without the sign; with a decimal where all shares are small (``whole`` is the biggest)."""
    if whole >= SMALL_SHARES or 0 < share < Fraction(1, 2000):
        return percent_number(share)
    return number(share * 100, 1)


def _cells(data: ReportData) -> dict[str, Cell]:
    found = data.streams.cells or _without_effort(data)
    order = sorted(found, key=lambda c: -c.amounts.value)
    return {c.key: c for c in order if c.key in data.plan.streams or c.amounts.value}


def _without_effort(data: ReportData) -> tuple[Cell, ...]:
    """Where nothing was expended in the days asked for, the streams of the plan are there all the same."""
    today = data.generated_at.date()
    at = Period("all", today, today)
    return tuple(
        Cell(at, key, stream.name or key, Amounts(), score_of(Amounts()))
        for key, stream in data.plan.streams.items()
    )


def _actual(cell: Cell) -> Fraction:
    return cell.score.point if cell.score.point is not None else Fraction(0)


def _row(
    cell: Cell, data: ReportData, whole: Fraction, teams: Mapping[str, list[str]]
) -> StreamRow:
    stream = data.plan.streams.get(cell.key, Stream())
    metric = metric_of(stream, data)
    seen = _seen(metric, data) if metric else ()
    scale = _FULL / float(whole) if whole else 0.0
    return StreamRow(
        name=one_line(cell.name), objective=_objective(stream, data),
        metric=one_line(metric.name or "") if metric else "",
        now=metric_value(seen[-1].value, metric) if metric and seen else "",
        target=_target(metric), spark=_spark_of(cell.key, metric, seen, data), no_spark=_no_spark(metric, seen),
        share="–" if cell.score.point is None else f"{share_number(_actual(cell), whole)}{NARROW}%",
        amount=amount(cell.amounts.value, data.unit),
        planned="" if cell.planned is None else share_number(cell.planned, whole),
        width=round(float(_actual(cell)) * scale, 2),
        tick=None if cell.planned is None else round(float(cell.planned) * scale, 2),
        teams=_who(cell.key, stream, data, teams), tags=tags(cell, data, whole),
        key=cell.key,
    )  # fmt: skip


def _objective(stream: Stream, data: ReportData) -> str:
    names = [data.plan.objectives[o].name or o if o in data.plan.objectives else o
             for o in stream.objective]  # fmt: skip
    return one_line(listed(names))


def _last_day(data: ReportData) -> date:
    """The last day of the period, or the day of the report if that is earlier."""
    total, until = data.weeks.total, data.weeks.question.until
    made = data.generated_at.date()
    if until is None and total is not None:
        until = total.period.end - timedelta(days=1)
    return min(until, made) if until else made


def metric_of(stream: Stream, data: ReportData) -> Metric | None:
    """The metric in force on the last day of the report; one that is not in the plan has its id as name."""
    on = _last_day(data)
    key = metric_in_force(stream, on)
    if not key:
        return None
    found = data.plan.metrics.get(key, Metric())
    return found if found.name else found.model_copy(update={"name": key})


def _seen(metric: Metric, data: ReportData) -> tuple[Observation, ...]:
    """Observations known by the end of the report, in order of time."""
    until = _last_day(data)
    return tuple(sorted((o for o in metric.observations if o.on <= until), key=lambda o: o.on))


def _target(metric: Metric | None) -> str:
    return "" if metric is None or metric.target is None else metric_value(metric.target, metric)


@kept_with_plan
def _sparks(plan: Plan) -> dict[tuple[str, date], Markup | None]:
    """Sparklines of streams by the last day that counts; they are the same for every team and period."""
    return {}


def _spark_of(
    key: str, metric: Metric | None, seen: tuple[Observation, ...], data: ReportData
) -> Markup | None:
    kept, at = _sparks(data.plan), (key, _last_day(data))
    if at not in kept:
        made = _spark(metric, seen)
        if len(kept) >= MOST_SPARKS:
            kept.clear()
        kept[at] = made
        return made
    return kept.get(at)


def _spark(metric: Metric | None, seen: tuple[Observation, ...]) -> Markup | None:
    if metric is None or not seen:
        return None
    recent = [o for o in seen if (seen[-1].on - o.on).days <= HALF_YEAR]
    return sparkline(recent, metric.target)


def _no_spark(metric: Metric | None, seen: tuple[Observation, ...]) -> str:
    return "" if metric is None or seen else "no value yet"


def _teams(data: ReportData, only: Collection[str] | None = None) -> dict[str, list[str]]:
    """Stream (or only some of them) → teams with effort on it, most first."""
    out: dict[str, dict[str, int]] = {}
    wanted = None if only is None else {f"stream:{key}" for key in only}
    for flow in data.flows:
        if wanted is not None and flow.target not in wanted:
            continue
        kind, _, key = flow.target.partition(":")
        if kind == "stream" and flow.parts > 0:
            of = out.setdefault(key, {})
            of[flow.team] = of.get(flow.team, 0) + flow.parts
    return {key: sorted(of, key=lambda t: -of[t]) for key, of in out.items()}


def _who(key: str, stream: Stream, data: ReportData, teams: Mapping[str, list[str]]) -> str:
    ids = teams.get(key) or list(stream.teams)
    known = data.plan.teams
    names = [_brief(known[t].name or t) if t in known else t or "no team" for t in ids]
    return listed(names, 3)


def _brief(name: str) -> str:
    return isolated(shorten(one_line(name), 40))


def tags(cell: Cell, data: ReportData, whole: Fraction) -> tuple[Tag, ...]:
    """What needs a look, most urgent first: what is broken, then what differs from the plan."""
    stream = data.plan.streams.get(cell.key)
    if stream is None:
        return (Tag("no longer in the plan", "rest"),)
    made = [*_broken(cell, stream, data), *_against_plan(cell, stream, whole)]
    return tuple(tag for tag in made if tag.words)


def _broken(cell: Cell, stream: Stream, data: ReportData) -> list[Tag]:
    blocking = sum(
        f.subject == f"streams/{cell.key}" and f.severity is Severity.BLOCKS and f.accepted is None
        for f in data.findings
    )
    metric = metric_of(stream, data)
    out = [Tag(f"{plural(blocking, 'finding')} to mend", "bad")] if blocking else []
    return [*out, Tag("no metric", "bad")] if metric is None else [*out, _stale(metric, data)]


def _stale(metric: Metric, data: ReportData) -> Tag:
    on = _last_day(data)
    found = days_without_value(metric, on)
    return Tag(f"no value for {weeks_since(found[0], on)}", "bad") if found else Tag("")


def _against_plan(cell: Cell, stream: Stream, whole: Fraction) -> list[Tag]:
    actual, planned = cell.score.point, cell.planned
    worth = min(WORTH_A_WORD, whole / 10)
    if not stream.claims and not cell.amounts.value:
        return [Tag("claims nothing yet", "rest")]
    if (
        actual is None
        or planned is None
        or cell.score.is_interval_only
        or abs(planned - actual) < worth
    ):
        return [] if cell.amounts.value or actual is None else [Tag("no effort", "rest")]
    pair = f"{share_number(actual, whole)} of {share_number(planned, whole)}{NARROW}%"
    if actual < STARVED * planned:
        return [Tag(f"starved: {pair}", "rest")]
    return [Tag(f"over plan: {pair}", "rest")] if actual > OVER * planned else []


def stream_csv_rows(data: ReportData) -> list[tuple[Value, ...]]:
    """The rows of ``streams.csv``; see ``CSV_COLUMNS``."""
    teams, whole = _teams(data), _biggest(_cells(data).values())
    return [_csv(cell, data, teams, whole) for cell in _cells(data).values()]


def _csv(
    cell: Cell, data: ReportData, teams: Mapping[str, list[str]], whole: Fraction
) -> tuple[Value, ...]:
    stream = data.plan.streams.get(cell.key, Stream())
    metric = metric_of(stream, data)
    seen = _seen(metric, data) if metric else ()
    last = seen[-1] if seen else None
    return (
        cell.key, one_line(cell.name), _objective(stream, data), one_line(metric.name or "") if metric else "",
        metric_unit(metric) if metric else "", last.value if last else None, last.on if last else None,
        metric.target if metric else None, data.unit.value, units(cell.amounts.value),
        share(cell.score.point), share(cell.score.low), share(cell.score.high), share(cell.planned),
        " ".join(t or "(none)" for t in teams.get(cell.key, [])),
        "; ".join(tag.words for tag in tags(cell, data, whole)),
    )  # fmt: skip


def streams_words(data: ReportData) -> str:
    """The sentence under the heading."""
    if not data.streams.cells:
        return "One metric each. No effort is recorded for them in these days."
    bar = "One metric each. The bar is the share of all effort, the tick is what was planned."
    return (
        bar
        if any(c.planned is not None for c in data.streams.cells)
        else ("One metric each. The bar is the share of all effort; no shares were planned.")
    )
