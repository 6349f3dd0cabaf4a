"""Process behaviour charts: is this week unusual for this team, or is it what the process does anyway?

Source: ``docs/methods.md``, process behaviour charts (Wheeler 1993; weighted limits: Laney 2002). Limits
come from the moving ranges of a baseline, exactly, in fractions. A chart that cannot be read honestly is
not drawn: the answer then says why and what would help.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from mainstem.plan.exact import exact_mean, exact_sum, over_one
from mainstem.plan.metric_series import D2, autocorrelation
from mainstem.score.answerable import NotAnswerable

__all__ = [
    "Chart", "ChartKind", "Limits", "NotAnswerable", "Observed", "Signal", "autocorrelation",
    "chart", "xmr_limits",
]  # fmt: skip

#: Natural process limits: mean ± 2.66 mean moving range; upper limit of a moving range: 3.268 times it.
X_FACTOR, MR_FACTOR = Fraction(266, 100), Fraction(3268, 1000)
#: Fewer points: no limits. Fewer than ``ALERTS_FROM``: trial limits, no signals.
LIMITS_FROM, ALERTS_FROM = 6, 13
#: Limits are frozen after so many points.
FREEZE_AFTER = 20
#: Where shares lie by nature.
SHARES = (Fraction(0), Fraction(1))
#: A run of so many points on one side of the centre is a signal.
RUN = 8
#: Lag-1 autocorrelation above which limits cry wolf; largest spread of units between points.
MOST_AUTOCORRELATION, MOST_SPREAD = 0.3, 4


class ChartKind(StrEnum):
    """What is charted."""

    LEVELS = "levels"
    WEIGHTED = "weighted"
    DIFFERENCES = "differences"


@dataclass(frozen=True, slots=True)
class Observed:
    """One point: a period's name, its score (``None``: no units) and its units."""

    label: str
    value: Fraction | None
    units: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """The natural limits at one point."""

    lower: Fraction
    upper: Fraction

    def holds(self, value: Fraction) -> bool:
        """Whether a value is inside, the limits included."""
        # compared over whole numbers: a page asks this of every point
        over, under = value.as_integer_ratio()
        low, high = self.lower, self.upper
        return (
            low.numerator * under <= over * low.denominator
            and over * high.denominator <= high.numerator * under
        )


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that the process does not do by itself.

    ``rule`` is ``outside`` (a point outside the limits) or ``run`` (eight in a row on one side);
    ``strength`` counts standard deviations from the centre (of the run's mean, times the root of 8).
    """

    rule: str
    first: int
    last: int
    direction: str
    strength: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that may be drawn.

    Attributes:
        kind: What the points are: scores, weighted scores or changes between them.
        points: The points charted, in order; points without units are left out.
        centre: The mean of the baseline.
        limits: Natural limits of each point, or none if there are too few points.
        range_limit: Upper limit of the moving range.
        baseline: How many of the first points the limits come from.
        is_trial: Limits are provisional: drawn dotted, no signals.
        signals: What is unusual, in order of time.
        notes: Reasons for how it is charted, as sentences.
    """

    kind: ChartKind
    points: tuple[Observed, ...]
    centre: Fraction
    limits: tuple[Limits, ...] = ()
    range_limit: Fraction | None = None
    baseline: int = 0
    is_trial: bool = False
    signals: tuple[Signal, ...] = ()
    notes: tuple[str, ...] = ()


def chart(
    observed: Sequence[Observed],
    *,
    baseline: int | None = None,
    clamp: tuple[Fraction, Fraction] | None = SHARES,
) -> Chart | NotAnswerable:
    """Charts scores in order of time, in the way that their number, noise and units allow.

    Args:
        observed: Points in order, equally spaced; ``units`` weighs them.
        baseline: How many of the first points set the limits; the first 20 if not said. Choose it only
            on a dated, explained change.
        clamp: The range in which values lie by nature; ``None`` for other measures than shares.

    Returns:
        - fewer than 6 points with units: no limits (a chart of dots);
        - 6 to 12: trial limits and no signals;
        - 13 and more: signals for a point outside and for eight in a row on one side;
        - units that differ more than fourfold: limits weighted by units (Laney's P′);
        - lag-1 autocorrelation of the baseline above 0.3: the differences, or no answer if these hang
          together as well.
    """
    points = tuple(p for p in observed if p.value is not None and p.units > 0)
    if not points:
        return NotAnswerable("No work was recorded in any of these periods.", "Import work first.")
    notes = _gaps(len(observed) - len(points))
    count = min(len(points), baseline or FREEZE_AFTER)
    if count < LIMITS_FROM:
        more = LIMITS_FROM - count
        words = f"Cannot say yet what is usual: needs {more} more point{'s' if more > 1 else ''}."
        return Chart(ChartKind.LEVELS, points, _mean(points), notes=(*notes, words))
    if count >= ALERTS_FROM:
        hang = autocorrelation([_value(p) for p in points[:count]])
        if hang is not None and hang > MOST_AUTOCORRELATION:
            return _differences(points, count, hang, clamp, notes)
    units = [p.units for p in points]
    if max(units) > MOST_SPREAD * min(units) and clamp == SHARES:
        return _weighted(points, count, notes)
    return _xmr(ChartKind.LEVELS, points, count, clamp, notes)


def xmr_limits(values: Sequence[Fraction]) -> tuple[Fraction, Limits, Fraction]:
    """Centre, natural limits and the moving range's limit of a baseline, without clamping."""
    counts, common = over_one(values)
    centre = Fraction(sum(counts), common * len(counts))
    ranges = [abs(b - a) for a, b in pairwise(counts)]
    mean_range = Fraction(sum(ranges), common * max(len(ranges), 1))
    spread = X_FACTOR * mean_range
    return centre, Limits(centre - spread, centre + spread), MR_FACTOR * mean_range


def aggregated(observed: Sequence[Observed], size: int = 4) -> tuple[Observed, ...]:
    """Points put together in blocks of ``size``, weighted by units; an unfinished last block is left out."""
    out: list[Observed] = []
    for start in range(0, len(observed) - size + 1, size):
        block = observed[start : start + size]
        units = sum(p.units for p in block if p.value is not None)
        value = sum((p.value * p.units for p in block if p.value is not None), Fraction(0))
        label = f"{block[0].label} to {block[-1].label}"
        out.append(Observed(label, value / units if units else None, units))
    return tuple(out)


def _value(point: Observed) -> Fraction:
    assert point.value is not None
    return point.value


def _mean(points: Sequence[Observed]) -> Fraction:
    return exact_mean([_value(p) for p in points])


def _gaps(count: int) -> tuple[str, ...]:
    if count == 0:
        return ()
    what = "One period has" if count == 1 else f"{count} periods have"
    return (f"{what} no recorded work and no point.",)


def _xmr(
    kind: ChartKind,
    points: tuple[Observed, ...],
    count: int,
    clamp: tuple[Fraction, Fraction] | None,
    notes: tuple[str, ...],
) -> Chart:
    values = [_value(p) for p in points]
    centre, limits, range_limit = xmr_limits(values[:count])
    if clamp is not None:
        limits = Limits(max(limits.lower, clamp[0]), min(limits.upper, clamp[1]))
    sigma = float(range_limit / MR_FACTOR) / D2
    made = Chart(kind, points, centre, (limits,) * len(points), range_limit, count, notes=notes)
    return _judged(made, [sigma] * len(points))


def _weighted(points: tuple[Observed, ...], count: int, notes: tuple[str, ...]) -> Chart:
    """Laney's P′: limits as wide as the units of each point ask for. The scale of units cancels out."""
    base = points[:count]
    total = sum(p.units for p in base)
    centre = exact_sum([_value(p) * p.units for p in base]) / total
    share = float(centre)
    binomial = [math.sqrt(max(share * (1 - share), 0.0) / p.units) for p in points]
    scores = [
        float(_value(p) - centre) / s if s > 0 else 0.0
        for p, s in zip(base, binomial, strict=False)
    ]
    ranges = [abs(b - a) for a, b in pairwise(scores)]
    width = sum(ranges) / len(ranges) / D2
    sigmas = [s * width for s in binomial]
    limits = tuple(
        Limits(
            max(centre - Fraction(3 * s), Fraction(0)), min(centre + Fraction(3 * s), Fraction(1))
        )
        for s in sigmas
    )
    why = (
        "Some periods hold more than four times the work of others, so each has limits of its own: "
        "wider where there was less work."
    )
    made = Chart(ChartKind.WEIGHTED, points, centre, limits, None, count, notes=(*notes, why))
    return _judged(made, sigmas)


def _differences(
    points: tuple[Observed, ...],
    count: int,
    hang: float,
    clamp: tuple[Fraction, Fraction] | None,
    notes: tuple[str, ...],
) -> Chart | NotAnswerable:
    """The changes from point to point, if at least these do not hang together."""
    pairs = pairwise(points)
    steps = tuple(Observed(b.label, _value(b) - _value(a), min(a.units, b.units)) for a, b in pairs)
    left = autocorrelation([_value(p) for p in steps[: count - 1]])
    if len(steps) < ALERTS_FROM or (left is not None and left > MOST_AUTOCORRELATION):
        return NotAnswerable(
            f"Each point is much like the one before it (autocorrelation {hang:.2f}), so limits for "
            "single points would raise false alarms.",
            f"Look at sums of four points; six of them ({LIMITS_FROM * 4} points) are enough for limits.",
        )
    why = (
        f"Each point is much like the one before it (autocorrelation {hang:.2f}), so the chart shows "
        "the changes from point to point: limits for the points themselves would raise false alarms."
    )
    span = (clamp[0] - clamp[1], clamp[1] - clamp[0]) if clamp else None
    return _xmr(ChartKind.DIFFERENCES, steps, count - 1, span, (*notes, why))


def _judged(made: Chart, sigmas: Sequence[float]) -> Chart:
    """The chart with its signals, or with a note instead while its limits are on trial."""
    outside = [
        i for i, (p, lim) in enumerate(zip(made.points, made.limits, strict=True))
        if not lim.holds(_value(p))
    ]  # fmt: skip
    if made.baseline < ALERTS_FROM - (made.kind is ChartKind.DIFFERENCES):
        words = (
            f"Trial limits from {made.baseline} points: no alerts before there are {ALERTS_FROM}."
        )
        if outside:
            names = ", ".join(made.points[i].label for i in outside)
            words += f" Outside them: {names}."
        return replace(made, is_trial=True, notes=(*made.notes, words))
    signals = [_outside(made, i, sigmas[i]) for i in outside] + _runs(made, sigmas)
    return replace(made, signals=tuple(sorted(signals, key=lambda s: (s.first, s.last, s.rule))))


def _strength(distance: Fraction, sigma: float) -> float:
    return abs(float(distance)) / sigma if sigma > 0 else math.inf


def _outside(made: Chart, index: int, sigma: float) -> Signal:
    point = made.points[index]
    off = _value(point) - made.centre
    side = "above" if off > 0 else "below"
    strength = _strength(off, sigma)
    words = f"{point.label} is {side} the natural limits."
    return Signal("outside", index, index, side, strength, words)


def _runs(made: Chart, sigmas: Sequence[float]) -> list[Signal]:
    """Every longest run of at least eight points strictly on one side of the centre."""
    out: list[Signal] = []
    sides = [_side(_value(p), made.centre) for p in made.points]
    start = 0
    for end in range(1, len(sides) + 1):
        if end < len(sides) and sides[end] == sides[start]:
            continue
        if end - start >= RUN and sides[start] != 0:
            out.append(_run(made, start, end, sides[start], sigmas))
        start = end
    return out


def _side(value: Fraction, centre: Fraction) -> int:
    """1 above the centre, -1 below it, 0 on it."""
    off = value.numerator * centre.denominator - centre.numerator * value.denominator
    return (off > 0) - (off < 0)


def _run(made: Chart, start: int, end: int, side: int, sigmas: Sequence[float]) -> Signal:
    held = made.points[start:end]
    off = _mean(held) - made.centre
    sigma = sum(sigmas[start:end]) / (end - start)
    word = "above" if side > 0 else "below"
    words = (
        f"{end - start} points in a row {word} the mean, from {held[0].label} to {held[-1].label}."
    )
    return Signal(
        "run", start, end - 1, word, _strength(off, sigma) * math.sqrt(end - start), words
    )
