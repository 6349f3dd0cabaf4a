"""How far a key result is: its readings, its progress by value or by milestone, what is due, its score.

Nothing here guesses. Without a baseline, a target and a reading there is no progress, and that is said.
Progress is the share of the way from the baseline to the target; it may be below zero or above one, and
only the score is kept within 0.0 and 1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mainstem.plan.model import Cycle, KeyResult, Metric, Milestone

#: Days after which a metric that reports by itself is stale, by its grain: two of its periods.
_STALE_DAYS = {"day": 3, "week": 14, "month": 62, "quarter": 184}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a key result stood at on a day.

    Attributes:
        on: The day.
        value: In the metric's unit; ``None`` for a check-in that only says how sure somebody is.
        confidence: Probability of reaching the target, 0 to 1, as somebody felt it.
        note: What they said.
        by: Who said it; empty for the metric itself.
        is_automatic: Whether it came from the metric's observations.
    """

    on: date
    value: float | None
    confidence: float | None = None
    note: str = ""
    by: str = ""
    is_automatic: bool = False


class Due(StrEnum):
    """Whether somebody has to say something."""

    NOT_STARTED = "not started"
    FINE = "up to date"
    DUE = "due"
    LATE = "late"
    STALE = "stale"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a key result stands.

    Attributes:
        value: Its newest value, in the metric's unit.
        on: The day of it.
        share: Share of the way from baseline to target; not clipped. ``None``: cannot be said.
        expected: Share of the time that has passed, 0 to 1.
        confidence: The newest confidence that somebody gave.
        due: Whether a check-in is due, late, or the metric stale.
        due_on: The day on which the next one is due, where one is.
        why_not: Why ``share`` cannot be said.
        milestones: How many milestones are reached, and of how many.
    """

    value: float | None = None
    on: date | None = None
    share: float | None = None
    expected: float | None = None
    confidence: float | None = None
    due: Due = Due.FINE
    due_on: date | None = None
    why_not: str = ""
    milestones: tuple[int, int] = (0, 0)

    @property
    def score(self) -> float | None:
        """The score that the value suggests: progress kept within 0.0 and 1.0, to one hundredth."""
        return None if self.share is None else round(min(1.0, max(0.0, self.share)), 2)


def readings(
    kr: KeyResult, metric: Metric | None, check_ins: Iterable[Reading], cycle: Cycle | None
) -> tuple[Reading, ...]:
    """Everything known of a key result within its cycle, by day; on one day a person's word is last.

    Args:
        kr: The key result, with the check-ins that its text has.
        metric: Its metric, whose observations count by themselves.
        check_ins: What people said on a server, where the plan itself holds none.
        cycle: Its cycle; observations before it are no part of the way.
    """
    first = cycle.first_day if cycle else date.min
    ends = [day for day in (kr.by, cycle.last_day if cycle else None) if day]
    last = max(ends, default=date.max)
    written = (Reading(c.on, c.value, c.confidence, c.note or "", c.by or "") for c in kr.check_ins)
    told = [r for r in (*written, *check_ins) if r.on <= last]
    automatic = [
        Reading(o.on, o.value, is_automatic=True)
        for o in (metric.observations if metric else ())
        if first <= o.on <= last
    ]
    return tuple(sorted((*automatic, *told), key=lambda r: (r.on, not r.is_automatic)))


def progress(
    kr: KeyResult,
    metric: Metric | None,
    found: Sequence[Reading],
    cycle: Cycle | None,
    *,
    today: date,
    check_in_days: int = 7,
) -> Progress:
    """Where a key result stands today.

    Args:
        kr: The key result.
        metric: Its metric, if it names one.
        found: Its readings, by day (see ``readings``).
        cycle: Its cycle, if it has one.
        today: The day on which the question is asked.
        check_in_days: Days after which the next check-in is due.
    """
    known = [r for r in found if r.on <= today]
    valued = next((r for r in reversed(known) if r.value is not None), None)
    sure = next((r.confidence for r in reversed(known) if r.confidence is not None), None)
    share, why_not = _share(kr, metric, valued)
    due, due_on = _due(kr, metric, known, cycle, today, check_in_days)
    done = sum(m.done is not None and m.done <= today for m in kr.milestones)
    return Progress(
        value=valued.value if valued else None,
        on=valued.on if valued else None,
        share=share if not kr.milestones or share is not None else by_milestones(kr.milestones, today),
        expected=_expected(kr, cycle, today),
        confidence=sure,
        due=due,
        due_on=due_on,
        why_not="" if share is not None or kr.milestones else why_not,
        milestones=(done, len(kr.milestones)),
    )  # fmt: skip


def _share(
    kr: KeyResult, metric: Metric | None, valued: Reading | None
) -> tuple[float | None, str]:
    baseline, target = kr.baseline, kr.target
    if baseline is None and metric is not None:
        baseline = metric.baseline
    if target is None:
        return None, "it has no target"
    if valued is None or valued.value is None:
        return None, "it has no value yet"
    if baseline is None:
        return None, "it has no baseline to start from"
    if baseline == target:
        return (1.0 if _holds(valued.value, target, metric) else 0.0), ""
    return (valued.value - baseline) / (target - baseline), ""


def _holds(value: float, target: float, metric: Metric | None) -> bool:
    """Whether something that was to be kept is kept."""
    if metric is not None and metric.direction == "down":
        return value <= target
    if metric is not None and metric.direction == "up":
        return value >= target
    return value == target


def by_milestones(milestones: Sequence[Milestone], today: date) -> float | None:
    """Share of the milestones that are reached, by their weights where somebody set them."""
    weights = [1.0 if m.weight is None else m.weight for m in milestones]
    if not weights:
        return None
    done = sum(
        w
        for m, w in zip(milestones, weights, strict=True)
        if m.done is not None and m.done <= today
    )
    return done / sum(weights)


def _expected(kr: KeyResult, cycle: Cycle | None, today: date) -> float | None:
    if cycle is None:
        return None
    end = kr.by or cycle.last_day
    length = (end - cycle.first_day).days + 1
    if length <= 0:
        return None
    return min(1.0, max(0.0, ((today - cycle.first_day).days + 1) / length))


def _due(
    kr: KeyResult,
    metric: Metric | None,
    known: Sequence[Reading],
    cycle: Cycle | None,
    today: date,
    every: int,
) -> tuple[Due, date | None]:
    if cycle is not None and today < cycle.first_day:
        return Due.NOT_STARTED, None
    if cycle is not None and (today > cycle.last_day or cycle.state == "closed"):
        return Due.OVER, None
    start = cycle.first_day if cycle else (known[0].on if known else today)
    last = max((r.on for r in known), default=None)
    if known and all(r.is_automatic for r in known) and metric is not None:
        allowed = _STALE_DAYS[metric.grain or "week"] + (metric.lag_days or 0)
        assert last is not None
        return (Due.STALE if (today - last).days > allowed else Due.FINE), None
    since = last or start
    due_on = since + timedelta(days=every)
    if today >= since + timedelta(days=2 * every):
        return Due.LATE, due_on
    return (Due.DUE if today >= due_on else Due.FINE), due_on


def band(score: float, bands: Mapping[str, float]) -> str:
    """What a score is called: the band with the highest start that the score reaches."""
    reached = [(start, name) for name, start in bands.items() if score >= start - 1e-9]
    return max(reached)[1] if reached else min((s, n) for n, s in bands.items())[1] if bands else ""


def together(scored: Iterable[tuple[float, float | None]]) -> float | None:
    """Several scores as one: the mean by the weights that somebody set, equally where nobody did.

    Args:
        scored: Pairs of a score and its weight, ``None`` for none set.
    """
    pairs = [(score, 1.0 if weight is None else weight) for score, weight in scored]
    whole = sum(weight for _, weight in pairs)
    return sum(score * weight for score, weight in pairs) / whole if whole else None
