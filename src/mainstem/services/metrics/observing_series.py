"""What a reader of a metric's values must know: gaps, breaks, changes of definition, corrections, age.

Methods 1.3 of the design: a value older than two of its periods is stale, more than a fifth of the last
thirteen periods missing is too many. Nothing is filled in, smoothed or joined over a break.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from mainstem.ledger.observations import (
    Correction,
    Point,
    SeenMark,
    corrections,
    marks_of,
    series,
)
from mainstem.plan.model import Metric
from mainstem.score.attention import GRAIN_DAYS
from mainstem.score.periods import period_of
from mainstem.score.values import Grain

if TYPE_CHECKING:
    from mainstem.ledger.store import View

#: The source of values that stand in the plan's own text.
IN_PLAN = "the plan"
#: Periods that are looked at for what is missing, and the share of them that may be.
LOOKED_AT, MAY_MISS = 13, 0.2
#: Ages above this many periods are too old.
STALE = 2.0
#: A step by this factor, and so many times the usual one, looks as if something else were counted.
_FACTOR, _USUAL, _ENOUGH = 3.0, 8.0, 8
_DAYS = ((1.5, "day"), (10.0, "week"), (45.0, "month"))
_MIDNIGHT = time(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know of a series.

    Attributes:
        on: The day that it is about.
        kind: ``gap``, ``definition``, ``break``, ``note``, ``correction`` or ``disputed``.
        words: What is so.
        source: Who says so; empty where it follows from the values.
    """

    on: date
    kind: str
    words: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """The values of a metric with what must be known of them.

    Attributes:
        metric: Its identifier.
        points: The values in force by day, those that stand in the plan too.
        notes: By day.
        grain: ``day``, ``week``, ``month`` or ``quarter``; as the metric says, else as its values come.
        is_grain_guessed: Whether it follows from the values.
        last: Day of the last value.
        age: Days since the last value.
        staleness: Age in periods, less what the metric is known to lag; ``None`` without values.
        missing: Periods without a value among the last ones, and how many were looked at.
        corrected: How many values were corrected after they had been seen.
    """

    metric: str
    points: tuple[Point, ...]
    notes: tuple[Note, ...]
    grain: str
    is_grain_guessed: bool
    last: date | None
    age: int | None
    staleness: float | None
    missing: tuple[int, int]
    corrected: int

    @property
    def is_stale(self) -> bool:
        """Whether the last value is older than two periods."""
        return self.staleness is not None and self.staleness > STALE

    @property
    def misses_many(self) -> bool:
        """Whether more than a fifth of the last periods have no value."""
        return self.missing[1] > 0 and self.missing[0] / self.missing[1] > MAY_MISS


def series_of(
    key: str,
    metric: Metric,
    view: View | None,
    *,
    today: date,
    as_of: datetime | None = None,
    week_starts: str = "mon",
) -> Series:
    """The values of a metric out of the plan and the ledger, and what to know of them.

    Args:
        key: Its identifier.
        metric: As it stands in the plan, without the ledger's values.
        view: The ledger; ``None``: there is none.
        as_of: As it was known at an earlier moment.
        week_starts: ``mon`` or ``sun``.
    """
    if view is None:
        return facts_of(key, metric, (), (), (), today=today, week_starts=week_starts)
    return facts_of(
        key, metric, series(view, key, as_of), marks_of(view, key, as_of),
        corrections(view, key, as_of), today=today, week_starts=week_starts,
    )  # fmt: skip


def facts_of(
    key: str,
    metric: Metric,
    points: Sequence[Point],
    marks: Sequence[SeenMark],
    corrected: Sequence[Correction],
    *,
    today: date,
    week_starts: str = "mon",
) -> Series:
    """As ``series_of``, out of values."""
    whole = _with_typed(metric, points)
    known = [p for p in whole if p.value is not None and p.on <= today]
    grain = metric.grain or _guessed([p.on for p in known])
    cut = _Periods(Grain(grain), week_starts)
    last = known[-1].on if known else None
    age = (today - last).days if last else None
    notes = [
        *_gaps(known, marks, cut, today - timedelta(days=metric.lag_days or 0)),
        *_said(marks),
        *_breaks(known, marks),
        *_corrections(corrected),
        *_disputes(whole),
    ]
    return Series(
        key, tuple(whole), tuple(sorted(notes, key=lambda n: (n.on, n.kind, n.words))), grain,
        metric.grain is None, last, age, _staleness(age, grain, metric),
        _missing(known, cut, today - timedelta(days=metric.lag_days or 0)),
        len({(c.on, c.source) for c in corrected}),
    )  # fmt: skip


def _with_typed(metric: Metric, points: Sequence[Point]) -> list[Point]:
    """A value that stands in the plan goes before the ledger's of the same day."""
    held = {p.on: p for p in points}
    for o in metric.observations:
        seen = datetime.combine(o.on, _MIDNIGHT)
        other = held.get(o.on)
        disputed = other is not None and other.value is not None and other.value != o.value
        held[o.on] = Point(o.on, o.value, seen, IN_PLAN, is_disputed=disputed)
    return [held[on] for on in sorted(held)]


def _guessed(days: Sequence[date]) -> str:
    """The grain in which values come, by the usual distance of two."""
    if len(days) < 2:
        return "week"
    usual = median((b - a).days for a, b in pairwise(days))
    return next((grain for most, grain in _DAYS if usual <= most), "quarter")


@dataclass(frozen=True, slots=True)
class _Periods:
    grain: Grain
    week_starts: str

    def first(self, on: date) -> date:
        """The first day of the period that a day is in."""
        return period_of(on, self.grain, week_starts=self.week_starts).start

    def after(self, first: date) -> date:
        """The first day of the period after."""
        return period_of(first, self.grain, week_starts=self.week_starts).end

    def between(self, first: date, end: date) -> Iterator[date]:
        """First days of the periods from ``first`` that begin before ``end``."""
        at = self.first(first)
        while at < end:
            yield at
            at = self.after(at)


def _gaps(
    known: Sequence[Point], marks: Sequence[SeenMark], cut: _Periods, until: date
) -> Iterator[Note]:
    """Stretches of periods without a value, with what the source says of them."""
    if not known:
        return
    held = {cut.first(p.on) for p in known}
    reasons = {cut.first(m.on): m.words for m in marks if m.kind == "gap"}
    run: list[date] = []
    # the period that until lies in is not over
    end = cut.first(until)
    for first in (*cut.between(known[0].on, max(end, known[-1].on)), None):
        if first is not None and first not in held:
            run.append(first)
            continue
        if run:
            yield _gap(run, reasons, cut)
            run = []


def _gap(run: Sequence[date], reasons: Mapping[date, str], cut: _Periods) -> Note:
    last = cut.after(run[-1]) - timedelta(days=1)
    count = f"{len(run)} {cut.grain}s" if len(run) > 1 else f"a {cut.grain}"
    days = f"{run[0]} to {last}" if last > run[0] else f"{run[0]}"
    why = next((reasons[d] for d in run if d in reasons), "")
    return Note(run[0], "gap", f"{count} without a value ({days}){f': {why}' if why else ''}")


def _said(marks: Sequence[SeenMark]) -> Iterator[Note]:
    for mark in marks:
        if mark.kind != "gap":
            yield Note(mark.on, mark.kind, mark.words, mark.source)


def _breaks(known: Sequence[Point], marks: Sequence[SeenMark]) -> Iterator[Note]:
    """Steps so far out of the usual that something else may be counted, and nobody has said so."""
    steps = [
        (a, b, abs(math.log(b.value / a.value)))
        for a, b in pairwise(known)
        if a.value is not None and b.value is not None and a.value > 0 and b.value > 0
    ]
    if len(steps) < _ENOUGH:
        return
    usual = median(size for _, _, size in steps)
    declared = [m.on for m in marks if m.kind == "definition"]
    for a, b, size in steps:
        if size < math.log(_FACTOR) or size < _USUAL * usual:
            continue
        if not any(a.on < on <= b.on for on in declared):
            yield Note(
                b.on, "break",
                f"from {a.value:,.10g} to {b.value:,.10g} between {a.on} and {b.on}, far more than it"
                " usually moves: if another thing is counted since, say so with a definition mark",
            )  # fmt: skip


def _corrections(corrected: Sequence[Correction]) -> Iterator[Note]:
    for c in corrected:
        was, value = (("none" if v is None else f"{v:,.10g}") for v in (c.was, c.value))
        yield Note(
            c.on, "correction", f"corrected from {was} to {value} on {c.seen_at:%Y-%m-%d}", c.source
        )


def _disputes(points: Sequence[Point]) -> Iterator[Note]:
    for p in points:
        if p.is_disputed:
            yield Note(
                p.on, "disputed", f"sources say different things; {p.source} counts", p.source
            )


def _staleness(age: int | None, grain: str, metric: Metric) -> float | None:
    if age is None:
        return None
    return max(age - (metric.lag_days or 0), 0) / GRAIN_DAYS[grain]


def _missing(known: Sequence[Point], cut: _Periods, until: date) -> tuple[int, int]:
    """Periods without a value among the last ones that are over, and how many those are."""
    if not known:
        return 0, 0
    over = list(cut.between(known[0].on, cut.first(until)))[-LOOKED_AT:]
    held = {cut.first(p.on) for p in known}
    return sum(first not in held for first in over), len(over)


__all__: Sequence[str] = (
    "IN_PLAN",
    "Note",
    "Point",
    "Series",
    "facts_of",
    "series_of",
)  # fmt: skip
