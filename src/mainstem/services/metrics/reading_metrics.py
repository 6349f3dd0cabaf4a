"""Readings: what the decisions of the last two cycles say of each stream's metric, and what to do about it.

A reading changes nothing by itself. Another metric is a proposal that a person makes, with the reading as
its evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from mainstem.challenge.decisions import Chain
from mainstem.challenge.metric_version import metric_on
from mainstem.challenge.reading_values import Case, Reading, Yield, case_of
from mainstem.challenge.readings import readings, statement_yields
from mainstem.plan.model import Plan
from mainstem.services.decisions.desk import Desk, Wanted
from mainstem.services.decisions.outcomes import outcomes
from mainstem.services.metrics.effects import Seen, effects
from mainstem.services.metrics.observing_plan import with_observations
from mainstem.services.people.access import Action, Actor, require

#: Days that are looked at where there are no cycles, and how far apart two looks are then.
HALF_YEAR, QUARTER = timedelta(weeks=26), timedelta(weeks=13)
#: Most chains that are read; beyond that the oldest are left out, and it is said.
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Window:
    """Days that a reading looks at, both included; ``words`` names the cycles."""

    since: date
    until: date
    words: str


@dataclass(frozen=True, slots=True)
class MetricReadings:
    """All readings.

    Attributes:
        window: The days that they are of.
        readings: One for each version of each stream's metric that decisions were made by.
        silent: Streams with a metric in whose name nothing was decided.
        yields: How often an answer to each statement changed a verdict.
        decided: How many decisions there are in the window.
        of_no_metric: How many of them are of no stream, or of one without a metric.
        is_cut: Whether the oldest decisions were left out, as there are too many.
    """

    window: Window
    readings: tuple[Reading, ...]
    silent: tuple[str, ...]
    yields: tuple[Yield, ...]
    decided: int
    of_no_metric: int
    is_cut: bool = False

    def of_stream(self, stream: str) -> tuple[Reading, ...]:
        """Those of a stream; several where its metric or its definition changed."""
        return tuple(r for r in self.readings if r.stream == stream)

    def now_of(self, stream: str, plan: Plan, today: date) -> Reading | None:
        """That of the metric that a stream has on a day, as it is defined."""
        at = metric_on(stream, today, plan)
        return next((r for r in self.of_stream(stream) if (r.metric, r.version) == at), None)


def metric_readings(
    desk: Desk,
    by: Actor,
    *,
    at: datetime,
    begun: Mapping[int, date] | None = None,
    seen: Mapping[str, Seen] | None = None,
) -> MetricReadings:
    """Reads every metric.

    Args:
        desk: The plan, the decisions and the ledger.
        by: Whoever reads.
        at: The moment.
        begun: Chain → first day on which its work is in the ledger; as ``services.done_work`` knows it
            if not given.
        seen: What was seen after each bet; reckoned from the desk's ledger if not given.

    Raises:
        Absent: to an outsider.
    """
    require(by, Action.READ)
    plan, today = desk.standing.plan, desk.today
    now, before = windows(plan, today)
    chains = desk.decisions.chains(Wanted(since=_start(before.since), most=MOST))
    cases = cases_of(chains, desk, begun, seen)
    made = _with_past(
        readings(cases, since=now.since, until=now.until),
        readings(cases, since=before.since, until=before.until),
    )
    mine = [c for c in cases if now.since <= c.at.date() <= now.until]
    return MetricReadings(
        now, made, _silent(made, plan, today), _yields(chains, mine, plan), len(mine),
        sum(not c.metric for c in mine), len(chains) >= MOST,
    )  # fmt: skip


def cases_of(
    chains: Sequence[Chain],
    desk: Desk,
    begun: Mapping[int, date] | None = None,
    seen: Mapping[str, Seen] | None = None,
) -> tuple[Case, ...]:
    """Chains with a verdict, with what became of the work."""
    found = outcomes(
        chains,
        _begun(chains, desk) if begun is None else begun,
        _seen(desk) if seen is None else seen,
        desk.standing.plan,
    )
    made = (case_of(chain, found[chain.number]) for chain in chains)
    return tuple(case for case in made if case is not None)


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)


def windows(plan: Plan, today: date) -> tuple[Window, Window]:
    """The last two cycles that have begun, and the two before the last of them; else half a year.

    A cycle that holds another one (a year of quarters) is not counted.
    """
    begun = sorted((c.first_day, c.last_day, c.name or k) for k, c in plan.cycles.items() if c.first_day <= today)  # fmt: skip
    small = [
        c for c in begun
        if not any(c[0] <= o[0] and o[1] <= c[1] and c[:2] != o[:2] for o in begun)
    ]  # fmt: skip
    if len(small) < 2:
        start = today - HALF_YEAR
        return (
            Window(start, today, "the last 26 weeks"),
            Window(start - QUARTER, today - QUARTER, "the 26 weeks before the last 13"),
        )
    *early, one, two = small
    first = early[-1] if early else (one[0] - (two[0] - one[0]), one[0], "")
    ago = two[0] - timedelta(days=1)
    return (
        Window(one[0], today, f"{one[2]} and {two[2]}"),
        Window(first[0], ago, f"{first[2]} and {one[2]}" if first[2] else one[2]),
    )


def _with_past(now: Sequence[Reading], before: Sequence[Reading]) -> tuple[Reading, ...]:
    past = {(r.stream, r.metric, r.version): r.kind for r in before}
    return tuple(replace(r, before=past.get((r.stream, r.metric, r.version))) for r in now)


def _silent(made: Sequence[Reading], plan: Plan, today: date) -> tuple[str, ...]:
    spoken = {r.stream for r in made}
    return tuple(s for s in plan.streams if s not in spoken and metric_on(s, today, plan)[0])


def _yields(chains: Sequence[Chain], mine: Sequence[Case], plan: Plan) -> tuple[Yield, ...]:
    from mainstem.challenge.catalogue_of import catalogue_of

    numbers = {c.number for c in mine}
    severities = {key: s.severity for key, s in catalogue_of(plan).items()}
    return statement_yields((c for c in chains if c.number in numbers), severities)


def _seen(desk: Desk) -> Mapping[str, Seen]:
    book = desk.book()
    view = book.desk.view if book else None
    return effects(with_observations(desk.standing.plan, view), view, desk.today)


def _begun(chains: Sequence[Chain], desk: Desk) -> Mapping[int, date]:
    """The first day of work that was found in the ledger, by chain; likenesses count once confirmed."""
    out = {}
    for number, done in desk.decisions.done([c.number for c in chains]).items():
        days = [d.first_day for d in done if d.counts and d.first_day is not None]
        if days:
            out[number] = min(days)
    return out
