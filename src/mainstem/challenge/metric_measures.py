"""What a metric's history says of the metric: noise, what a quarter can show, conflicts, whether it answers.

Methods 1.3. Each measure is a number, or says why there is none and how many more periods it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mainstem.challenge.rates import Rate, rate
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import (
    MetricSeries,
    around_course,
    noise,
    series_on_grain,
    smallest_shift,
    spread,
    usual_correlation,
)
from mainstem.plan.model import Metric

#: Values that a measure needs, and those that a conflict with a guardrail needs.
ENOUGH, ENOUGH_PAIRS = 12, 20
#: Periods of a quarter by grain, and how far back noise is looked at (two quarters).
QUARTER = {"week": 13, "month": 3, "quarter": 1}
#: Correlation with a guardrail's harmful direction above which there may be a trade-off.
CONFLICT = 0.5
#: Periods of age, and share of missing periods, above which a reader is warned.
STALE, MAY_MISS = 2.0, 0.2
#: Initiatives that must have ended before a metric can be called deaf; weeks in which it did not move.
CLOSED, QUIET_WEEKS = 3, 26


@dataclass(frozen=True, slots=True)
class Conflict:
    """Whether a metric and a guardrail are traded for each other; never read as a cause.

    Attributes:
        guardrail: Its identifier.
        correlation: Spearman's, of the metric's steps in its good direction with the guardrail's in its
            harmful one; or why not.
        pairs: Steps that both have.
    """

    guardrail: str
    correlation: float | NotAnswerable
    pairs: int

    @property
    def warns(self) -> bool:
        """Whether they may be traded for each other."""
        return isinstance(self.correlation, float) and self.correlation > CONFLICT


@dataclass(frozen=True, slots=True)
class Guard:
    """A guardrail's direction and values."""

    direction: str
    series: MetricSeries


@dataclass(frozen=True, slots=True)
class Measures:
    """All measures of a metric.

    Attributes:
        series: What was measured: the values, or for a running total the changes between them.
        is_running_total: Whether it is one.
        noise: What it does by itself from one period to the next (standard deviation), in its unit.
        correlation: Lag-1 correlation that was reckoned with.
        smallest_shift: The smallest lasting shift that a quarter can show, in its unit (MDS).
        target_to_noise: The change that is asked for, in smallest shifts (TN).
        staleness: Age of the last value in periods, less the known lag.
        missing: Periods without a value, of how many of the last.
        conflicts: One for each guardrail, by its identifier.
        responsiveness: Initiatives that moved it, of those with an answer.
    """

    series: MetricSeries
    is_running_total: bool
    noise: float | NotAnswerable
    correlation: float
    smallest_shift: float | NotAnswerable
    target_to_noise: float | NotAnswerable
    staleness: float | NotAnswerable
    missing: tuple[int, int] | NotAnswerable
    conflicts: tuple[Conflict, ...]
    responsiveness: Rate | NotAnswerable

    @property
    def does_not_move(self) -> bool:
        """Whether enough values are all the same."""
        return self.noise == 0.0

    @property
    def is_too_noisy(self) -> bool:
        """Whether the change asked for is smaller than what the metric does by itself (TN below 1)."""
        return isinstance(self.target_to_noise, float) and self.target_to_noise < 1


def measures_of(
    metric: Metric,
    seen: Iterable[tuple[date, float]],
    *,
    today: date,
    grain: str = "",
    week_starts: str = "mon",
    staleness: float | None = None,
    missing: tuple[int, int] = (0, 0),
    guardrails: Mapping[str, Guard] | None = None,
    verdicts: Sequence[str] = (),
) -> Measures:
    """Everything that can be measured of a metric.

    Args:
        metric: Its direction, baseline, target and kind count.
        seen: Its values by day.
        today: The last day that counts.
        grain: ``day``, ``week``, ``month`` or ``quarter``; the metric's own, else a week.
        week_starts: ``mon`` or ``sun``.
        staleness: Age of the last value in periods.
        missing: Periods without a value, of how many.
        guardrails: Direction and values of each.
        verdicts: What ``foresight.moved`` said of closed initiatives: ``moved``, ``unclear`` …
    """
    whole = series_on_grain(
        seen, grain or metric.grain or "week", until=today, week_starts=week_starts
    )
    total = metric.kind == "cumulative_total"
    series = whole.steps() if total else whole
    known = series.last(2 * QUARTER[series.grain] if series.grain == "week" else 24).known
    # a metric that got better for half a year is not noisy for that
    beside = around_course(known)
    moves, rho = _noise(series), usual_correlation(beside)
    shift = _smallest_shift(beside, series.grain, rho, moves)
    return Measures(
        series, total, moves, rho, shift, _target_to_noise(metric, shift, total, series.grain),
        NotAnswerable("It has no value yet.", "Enter or connect its values.")
        if staleness is None else staleness,
        missing if missing[1] else NotAnswerable("No period is over since its first value.",
                                                 "It needs 1 more value."),
        conflicts(metric.direction, series, guardrails or {}), responsiveness(verdicts),
    )  # fmt: skip


def needs_more(have: int, want: int, grain: str, what: str) -> NotAnswerable:
    """Too few values: how many more periods it takes."""
    more = want - have
    return NotAnswerable(
        f"Cannot say yet {what}: {have} of {want} {grain}s are known.",
        f"It needs {more} more {grain}{'s' if more > 1 else ''}.",
    )


def _noise(series: MetricSeries) -> float | NotAnswerable:
    held = series.last(2 * ENOUGH + 2)
    if len(held.known) < ENOUGH:
        return needs_more(len(held.known), ENOUGH, series.grain, "what it does by itself")
    found = noise(held.values)
    if found is None:
        return NotAnswerable(
            "No two values are from neighbouring periods.", f"Keep a value every {series.grain}."
        )
    return found


def _smallest_shift(
    beside: Sequence[float], grain: str, rho: float, moves: float | NotAnswerable
) -> float | NotAnswerable:
    """With a quarter before and a quarter after."""
    if isinstance(moves, NotAnswerable):
        return moves
    if moves == 0:
        return NotAnswerable(
            "It does not move: all its values are the same.",
            "Ask whether it can move at all (statement D-M05).",
        )
    around = spread(beside)
    if around <= 1e-9 * moves:
        return NotAnswerable(
            "Its values lie on a straight line: it has no noise to hold a change against.",
            "Ask whether somebody reckons it from a plan instead of measuring it.",
        )
    return smallest_shift(around, rho, QUARTER[grain], QUARTER[grain])


def _target_to_noise(
    metric: Metric, shift: float | NotAnswerable, total: bool, grain: str
) -> float | NotAnswerable:
    if metric.target is None or metric.baseline is None:
        return NotAnswerable("It has no baseline or no target.", "Write both into the plan.")
    if isinstance(shift, NotAnswerable):
        return shift
    asked = abs(metric.target - metric.baseline)
    # of a running total the change of a quarter is asked for, and what shows is that of a period
    return (asked / QUARTER[grain] if total else asked) / shift


def conflicts(
    direction: str | None, series: MetricSeries, guardrails: Mapping[str, Guard]
) -> tuple[Conflict, ...]:
    """For each guardrail whether it gets worse when the metric gets better, by identifier."""
    return tuple(_conflict(key, direction, series, guardrails[key]) for key in sorted(guardrails))


_SIGNS = {"up": 1, "down": -1}


def _conflict(key: str, direction: str | None, series: MetricSeries, guard: Guard) -> Conflict:
    good, harm = _SIGNS.get(direction or ""), -_SIGNS.get(guard.direction, 0)
    if good is None or not harm:
        return Conflict(key, NotAnswerable(
            "Without a direction, up or down, nobody can say what is better.",
            "Give both the metric and the guardrail one."), 0)  # fmt: skip
    pairs = _shared_steps(series, guard.series)
    if len(pairs) < ENOUGH_PAIRS:
        few = needs_more(len(pairs), ENOUGH_PAIRS, series.grain, "whether they are traded")
        return Conflict(key, few, len(pairs))
    found = spearman([good * a for a, _ in pairs], [harm * b for _, b in pairs])
    if found is None:
        constant = NotAnswerable("One of the two does not move.", "Ask whether it can.")
        return Conflict(key, constant, len(pairs))
    return Conflict(key, found, len(pairs))


def _shared_steps(a: MetricSeries, b: MetricSeries) -> list[tuple[float, float]]:
    """Steps of both into the same period."""
    other = dict(zip(b.steps().starts, b.steps().values, strict=True))
    made = a.steps()
    return [
        (mine, theirs)
        for on, mine in zip(made.starts, made.values, strict=True)
        if mine is not None and (theirs := other.get(on)) is not None
    ]


def spearman(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Rank correlation, ties sharing their rank; ``None`` where one side is constant."""
    one, other = _ranks(a), _ranks(b)
    middle = (len(a) + 1) / 2
    both = sum((x - middle) * (y - middle) for x, y in zip(one, other, strict=True))
    size = sum((x - middle) ** 2 for x in one) * sum((y - middle) ** 2 for y in other)
    return float(both / size**0.5) if size else None


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    edges = [0, *(i for i, (a, b) in enumerate(pairwise(order), 1) if values[a] != values[b])]
    ranks = [0.0] * len(values)
    for first, end in pairwise((*edges, len(order))):
        for at in order[first:end]:
            ranks[at] = (first + 1 + end) / 2
    return ranks


def responsiveness(verdicts: Sequence[str]) -> Rate | NotAnswerable:
    """Share of closed initiatives that moved the metric, of those that have an answer."""
    answered = [v for v in verdicts if v in ("moved", "moved_wrong_way", "not_moved")]
    if len(answered) < CLOSED:
        more = CLOSED - len(answered)
        return NotAnswerable(
            f"{len(answered) or 'No'} closed initiative{'s have' if len(answered) > 1 else ' has'} an answer"
            " to whether it was moved.",
            f"It needs {more} more closed initiative{'s' if more > 1 else ''} with an answer.",
        )
    return rate(sum(v == "moved" for v in answered), len(answered))


def asks_less_than_noise(measures: Measures) -> bool | NotAnswerable:
    """Statement D-M06: the change we ask for is smaller than what this metric does by itself."""
    found = measures.target_to_noise
    return found if isinstance(found, NotAnswerable) else found < 1


def did_not_move(series: MetricSeries, signals: int, closed: int) -> bool | NotAnswerable:
    """Statement D-M05: it did not move in two cycles, whatever was finished.

    Args:
        series: Its values.
        signals: Signals of its process behaviour chart in the last 26 weeks.
        closed: Initiatives on it that ended in that time.
    """
    want = 2 * QUARTER[series.grain]
    if len(series.known) < want:
        return needs_more(len(series.known), want, series.grain, "whether it moves")
    if closed < CLOSED:
        return NotAnswerable(
            f"{closed} initiative{'s' if closed != 1 else ''} on it ended in the last two quarters.",
            f"It takes {CLOSED} to say that it moves whatever is done.",
        )
    return signals == 0
