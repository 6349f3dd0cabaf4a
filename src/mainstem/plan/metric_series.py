"""The values of a metric on a grain: evenly spaced, gaps marked, with what a series does by itself.

Noise is that of process behaviour charts (Wheeler 1993): the mean moving range over 1.128. The smallest
shift that can be told from noise: methods 1.3. Nothing is filled in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from mainstem.plan.exact import over_one

#: Mean moving range of a normal process in standard deviations.
D2 = 1.128
#: Factor for a two-sided test at 5 % that finds a shift in four cases of five.
POWER = 2.8
#: Lag-1 correlation taken for granted below so many values, and the most that is ever taken.
RHO, RHO_FROM, MOST_RHO = 0.3, 20, 0.9
#: Fewest values of which a correlation can be said.
FEWEST = 6


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """Values by period.

    Attributes:
        grain: ``week``, ``month`` or ``quarter``.
        starts: First day of each period, without holes between the first and the last.
        values: The value of each period; ``None`` where there is none.
    """

    grain: str
    starts: tuple[date, ...]
    values: tuple[float | None, ...]

    @property
    def known(self) -> tuple[float, ...]:
        """The values that there are."""
        return tuple(v for v in self.values if v is not None)

    def last(self, count: int) -> MetricSeries:
        """Its last periods."""
        return MetricSeries(self.grain, self.starts[-count:], self.values[-count:])

    def steps(self) -> MetricSeries:
        """The change from each period to the next, by the later one; none over a gap."""
        made = tuple(None if a is None or b is None else b - a for a, b in pairwise(self.values))
        return MetricSeries(self.grain, self.starts[1:], made)


def series_on_grain(
    seen: Iterable[tuple[date, float]], grain: str, *, until: date, week_starts: str = "mon"
) -> MetricSeries:
    """Observations as evenly spaced values.

    Args:
        seen: Day and value.
        grain: The metric's own. Days are put together into weeks (their mean); a week that is not over
            is then left out.
        until: The last day that counts.
        week_starts: ``mon`` or ``sun``.
    """
    cut = "week" if grain == "day" else grain
    held: dict[date, list[float]] = {}
    for on, value in seen:
        start = start_of(on, cut, week_starts)
        if on <= until and (grain != "day" or next_start(start, cut) <= until + timedelta(days=1)):
            held.setdefault(start, []).append(value)
    if not held:
        return MetricSeries(cut, (), ())
    starts = tuple(_between(min(held), max(held), cut))
    # of several values in one period of its own grain the mean is taken as well
    values = tuple(sum(v) / len(v) if (v := held.get(s)) else None for s in starts)
    return MetricSeries(cut, starts, values)


def start_of(on: date, grain: str, week_starts: str = "mon") -> date:
    """First day of the week, month or quarter that a day is in."""
    if grain == "week":
        return on - timedelta(days=(on.weekday() + (week_starts == "sun")) % 7)
    if grain == "month":
        return on.replace(day=1)
    return date(on.year, 3 * ((on.month - 1) // 3) + 1, 1)


def next_start(start: date, grain: str) -> date:
    """First day of the period after the one that begins on a day."""
    if grain == "week":
        return start + timedelta(days=7)
    months = start.month - 1 + (1 if grain == "month" else 3)
    return date(start.year + months // 12, months % 12 + 1, 1)


def _between(first: date, last: date, grain: str) -> Iterator[date]:
    at = first
    while at <= last:
        yield at
        at = next_start(at, grain)


def noise(values: Sequence[float | None]) -> float | None:
    """What a series does by itself from one period to the next, as a standard deviation.

    ``None`` where no two neighbours are known.
    """
    steps = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    return sum(steps) / len(steps) / D2 if steps else None


def autocorrelation(values: Sequence[float] | Sequence[Fraction]) -> float | None:
    """Lag-1 autocorrelation, corrected for its downward bias in short series (Kendall 1954).

    ``None`` for a constant series or fewer than 6 values.
    """
    n = len(values)
    if n < FEWEST:
        return None
    off = _off_mean(values)
    whole = sum(d * d for d in off)
    if whole == 0:
        return None
    plain = sum(a * b for a, b in pairwise(off)) / whole
    return max(-1.0, min(1.0, (plain * (n - 1) + 1) / (n - 4)))


def _off_mean(values: Sequence[float] | Sequence[Fraction]) -> list[float] | list[int]:
    """Values less their mean; of fractions a multiple of that in whole numbers, which are exact and quick."""
    n = len(values)
    fractions = [v for v in values if isinstance(v, Fraction)]
    if len(fractions) < n:
        mean = sum(values) / n
        return [float(v - mean) for v in values]
    counts, _ = over_one(fractions)
    total = sum(counts)
    return [n * count - total for count in counts]


def spread(values: Sequence[float]) -> float:
    """Standard deviation of at least two values."""
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


def around_course(values: Sequence[float]) -> tuple[float, ...]:
    """Values less the straight line through them: what a metric does beside going where it goes."""
    n = len(values)
    if n == 0:
        return ()
    middle, level = (n - 1) / 2, math.fsum(values) / n
    over = math.fsum((i - middle) * (v - level) for i, v in enumerate(values))
    slope = over / math.fsum((i - middle) ** 2 for i in range(n)) if n > 1 else 0.0
    return tuple(v - level - slope * (i - middle) for i, v in enumerate(values))


def usual_correlation(values: Sequence[float]) -> float:
    """The lag-1 correlation to reckon with: 0.3 below 20 values, never below 0 nor above 0.9."""
    found = autocorrelation(values) if len(values) >= RHO_FROM else None
    return RHO if found is None else min(max(found, 0.0), MOST_RHO)


def smallest_shift(deviation: float, rho: float, before: float, after: float) -> float:
    """The smallest lasting shift that so many periods before and after can show (methods 1.3).

    Args:
        deviation: Standard deviation of the values.
        rho: Their lag-1 correlation, below 1.
        before: Periods before the shift; ``after`` are those since.
    """
    return POWER * deviation * math.sqrt((1 + rho) / (1 - rho) * (1 / before + 1 / after))
