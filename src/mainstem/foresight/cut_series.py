"""A series cut at the day on which work began: what counts as before, what as after, and the columns.

Methods 5.3, steps 1 to 4: what is refused, what is left out, season, holidays and trend.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mainstem.foresight.moved_values import Work
from mainstem.foresight.step_fit import Fit, fit_last
from mainstem.plan.metric_series import MetricSeries, next_start

#: Periods that count before, at most: four years of weeks would hide how things are now.
MOST_BEFORE = 104
#: Periods before from which a trend is looked for, and how sure it must be.
TREND_FROM, TREND_P = 26, 0.01
#: Weeks from which a season is taken out, and a year of them.
SEASON_FROM, YEAR = 104, 365.25


@dataclass(frozen=True, slots=True)
class Cut:
    """Periods that count, in order.

    Attributes:
        starts: First day of each.
        at: Its number in the series.
        values: Its value.
        is_after: Whether it is after the work began.
        periods: How many periods there are between the first and the last, without those of the ramp.
        counts: Denominators, if they are known.
    """

    starts: tuple[date, ...]
    at: tuple[int, ...]
    values: tuple[float, ...]
    is_after: tuple[bool, ...]
    periods: int
    counts: tuple[float, ...] = ()

    @property
    def before(self) -> tuple[float, ...]:
        """Values before."""
        return tuple(v for v, after in zip(self.values, self.is_after, strict=True) if not after)

    @property
    def after(self) -> tuple[float, ...]:
        """Values after."""
        return tuple(v for v, after in zip(self.values, self.is_after, strict=True) if after)


def cut(work: Work, since: date | None = None) -> Cut:
    """What of a series counts.

    Args:
        work: With the series, the day and the window.
        since: The day from which the same thing is measured, if that changed.
    """
    series = work.series
    resumes = work.began + timedelta(days=work.ramp)
    rows: list[tuple[date, int, float | None, bool]] = []
    for number, (start, value) in enumerate(zip(series.starts, series.values, strict=True)):
        end = next_start(start, series.grain)
        if since is not None and start < since:
            continue
        if end <= work.began or (start < work.began and not work.ramp):
            rows.append((start, number, value, False))
        # a period that holds the day itself belongs to neither side
        elif start >= resumes and (work.until is None or start <= work.until):
            rows.append((start, number, value, True))
    first = max(sum(not r[3] for r in rows) - MOST_BEFORE, 0)
    return _known(rows[first:], work)


def _known(rows: Sequence[tuple[date, int, float | None, bool]], work: Work) -> Cut:
    held = [(s, n, v, a) for s, n, v, a in rows if v is not None]
    counts = tuple(work.denominators[n] for _, n, _, _ in held) if work.denominators else ()
    return Cut(
        tuple(r[0] for r in held), tuple(r[1] for r in held), tuple(r[2] for r in held),
        tuple(r[3] for r in held), len(rows), counts,
    )  # fmt: skip


def same_days(series: MetricSeries, of: Cut) -> Cut | None:
    """Another series over the periods of a cut; ``None`` where it has too few of them."""
    held = dict(zip(series.starts, series.values, strict=True))
    rows = [
        (start, number, value, after)
        for start, number, after in zip(of.starts, of.at, of.is_after, strict=True)
        if (value := held.get(start)) is not None
    ]
    if sum(r[3] for r in rows) < 4 or sum(not r[3] for r in rows) < 8:
        return None
    return Cut(
        tuple(r[0] for r in rows), tuple(r[1] for r in rows), tuple(r[2] for r in rows),
        tuple(r[3] for r in rows), len(rows),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """What is taken out beside the step, with the sentences that say so."""

    held: tuple[tuple[float, ...], ...]
    notes: tuple[str, ...]
    has_trend: bool


def columns_of(of: Cut, values: Sequence[float], grain: str, holidays: frozenset[date]) -> Columns:
    """Season, holidays and trend, where there is enough to tell them."""
    held, notes = [], []
    n_before = len(of.before)
    if grain == "week" and n_before >= SEASON_FROM:
        turns = [2 * math.pi * s.timetuple().tm_yday / YEAR for s in of.starts]
        held += [tuple(map(math.sin, turns)), tuple(map(math.cos, turns))]
        notes.append("A yearly season was taken out.")
    else:
        notes.append("No season was taken out: that needs two full years.")
    marked = _holidays(of, grain, holidays)
    if marked:
        held.append(marked)
        notes.append("Weeks with a declared holiday were set apart.")
    trend = tuple(float(n - of.at[0]) for n in of.at)
    has_trend = n_before >= TREND_FROM and _rises(of, values, held, trend)
    if has_trend:
        held.append(trend)
        notes.append("It was rising or falling before, and that trend was taken out.")
    return Columns(tuple(held), tuple(notes), has_trend)


def _holidays(of: Cut, grain: str, holidays: frozenset[date]) -> tuple[float, ...]:
    if grain != "week":
        return ()
    marked = tuple(
        float(any(s + timedelta(days=d) in holidays for d in range(7))) for s in of.starts
    )
    before = [m for m, after in zip(marked, of.is_after, strict=True) if not after]
    # a column that is the same before would be told from the few weeks after alone
    return marked if 2 <= sum(before) <= len(before) - 2 else ()


def _rises(
    of: Cut, values: Sequence[float], held: Sequence[Sequence[float]], trend: Sequence[float]
) -> bool:
    n = len(of.before)
    fit = fit_last(
        of.at[:n], values[:n], [*(c[:n] for c in held), trend[:n]], of.counts[:n] or None
    )
    return fit.p_value < TREND_P


def step_fit(
    of: Cut, values: Sequence[float], columns: Columns, *, begin: int | None = None,
    rho: float | None = None,
) -> Fit:  # fmt: skip
    """Fits the step at the day on which the work began, or at another place among the periods."""
    step = (
        [float(a) for a in of.is_after]
        if begin is None
        else [float(i >= begin) for i in range(len(values))]
    )
    return fit_last(of.at, values, [*columns.held, step], of.counts or None, rho)
