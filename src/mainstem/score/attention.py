"""What needs a person: rules that look at a plan, a day and what is known of key results and metrics.

Nothing here says who is to blame; each thing names what is so and is sorted by how urgent it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mainstem.plan.model import Dependency, Metric, Plan, Stream
from mainstem.score.progress import Due, Progress

#: Days between two values, by the grain that a metric declares.
GRAIN_DAYS = {"day": 1, "week": 7, "month": 31, "quarter": 92}
#: Days before a need within which a promise is expected.
PROMISE_DAYS = 14


class Kind(StrEnum):
    """What kind of thing waits. The order is that of what is most urgent by nature."""

    FINDING = "finding"
    OVERDUE = "overdue"
    LATE_PROMISE = "late promise"
    CHECK_IN = "check-in"
    NO_PROMISE = "no promise"
    METRIC = "metric"
    CONTEST = "contest"


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs a person.

    Attributes:
        kind: What kind of thing.
        subject: What it is about, ``section/id``.
        days: For how many days it has waited; negative where there is still time.
        since: The day that counts: due, needed, promised or last seen.
        is_late: Whether a date has passed.
    """

    kind: Kind
    subject: str
    days: int
    since: date | None = None
    is_late: bool = False


_ORDER = {kind: n for n, kind in enumerate(Kind)}


def most_urgent(found: Iterable[Attention]) -> tuple[Attention, ...]:
    """What is late by its kind, then what is not; within a kind what waited longest."""
    return tuple(sorted(found, key=lambda a: (not a.is_late, _ORDER[a.kind], -a.days, a.subject)))


def due_check_ins(progress: Mapping[str, Progress], today: date) -> Iterator[Attention]:
    """Key results of which nobody has said anything for too long."""
    for key, found in progress.items():
        if found.due in (Due.DUE, Due.LATE):
            on = found.due_on or today
            late = found.due is Due.LATE
            yield Attention(Kind.CHECK_IN, f"key_results/{key}", (today - on).days, on, late)


def metric_in_force(stream: Stream, on: date) -> str:
    """Id of a stream's metric on a day; empty where there is none."""
    for entry in stream.metric:
        if (entry.from_ is None or entry.from_ <= on) and (entry.to is None or on <= entry.to):
            return entry.metric
    return ""


def days_without_value(metric: Metric, on: date) -> tuple[date, int] | None:
    """The day of the last value and the days since, if that is longer than two of its periods.

    A metric without any value is not stale: it has not begun.
    """
    last = max((o.on for o in metric.observations if o.on <= on), default=None)
    if last is None:
        return None
    usual = 2 * GRAIN_DAYS.get(metric.grain or "quarter", 92) + (metric.lag_days or 0)
    gone = (on - last).days
    return (last, gone) if gone > usual else None


def stale_metrics(plan: Plan, today: date, streams: Iterable[str]) -> Iterator[Attention]:
    """Streams whose metric has had no value for longer than two of its periods."""
    for key in streams:
        metric = plan.metrics.get(metric_in_force(plan.streams[key], today))
        found = days_without_value(metric, today) if metric else None
        if found is not None:
            yield Attention(Kind.METRIC, f"streams/{key}", found[1], found[0], is_late=True)


def open_needs(
    plan: Plan, today: date, keys: Iterable[str], *, days_before: int = PROMISE_DAYS
) -> Iterator[Attention]:
    """Needs past their date, promised later than needed, or not promised although the day comes near."""
    for key in keys:
        found = _need(plan.dependencies[key], today, days_before)
        if found is not None:
            kind, on = found
            yield Attention(kind, f"dependencies/{key}", (today - on).days, on, on < today)


def _need(of: Dependency, today: date, days_before: int) -> tuple[Kind, date] | None:
    if of.state in ("done", "refused"):
        return None
    due = of.promised or of.needed_by
    if due is not None and due < today:
        return Kind.OVERDUE, due
    if of.promised is not None and of.needed_by is not None and of.promised > of.needed_by:
        return Kind.LATE_PROMISE, of.needed_by
    if of.promised is None and of.needed_by is not None:
        near = (of.needed_by - today).days <= days_before
        return (Kind.NO_PROMISE, of.needed_by) if near else None
    return None
