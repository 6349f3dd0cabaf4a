"""A metric over time: what was observed, where it began, where it should get, and when bets began.

Nothing is drawn that was not observed: no forecast, no smoothing. Few values are dots.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from mainstem.figures import drawing as d
from mainstem.figures.charts import FEW, Frame
from mainstem.figures.shown import Picture, Sheet
from mainstem.figures.tables import Value, data_link
from mainstem.figures.wording import day, metric_number, metric_value, one_line, short_month
from mainstem.plan.model import Metric, Observation

WIDE = Frame(width=1180, height=340, left=44, right=150, top=16, bottom=74)
NARROW = Frame(width=340, height=270, left=34, right=54, top=14, bottom=46, has_words=False)
#: Days of observations shown; all are in the CSV.
MOST_DAYS = 400
#: Bets marked below the line; the table beside the chart names all.
MOST_MARKS = 8
#: Days since the last value that are left open at the end of the line.
MOST_GAP = 120
COLUMNS: tuple[str, ...] = ("metric", "unit", "on", "value")
_ROWS = 3
#: Values on both sides of such a day are not joined by a line.
_CUTS = ("gap", "definition", "break")


@dataclass(frozen=True, slots=True)
class Mark:
    """A day on which something began, or of which a reader must know something.

    ``kind`` is ``bet``, or what is to be known: ``gap``, ``definition``, ``break``, ``note``.
    """

    on: date
    words: str
    kind: str = "bet"


@dataclass(frozen=True, slots=True)
class _Place:
    """From days and values to places in a frame."""

    frame: Frame
    first: date
    last: date
    low: float
    high: float

    def x(self, on: date) -> float:
        room = self.frame.width - self.frame.left - self.frame.right
        span = (self.last - self.first).days
        return self.frame.left + (room * (on - self.first).days / span if span else room / 2)

    def y(self, value: float) -> float:
        room = self.frame.height - self.frame.top - self.frame.bottom
        return self.frame.top + room * (self.high - value) / (self.high - self.low)


def metric_picture(
    metric: Metric, marks: Sequence[Mark], *, until: date, link: str | None = None
) -> Picture | None:
    """The chart of a metric in both widths; ``None`` where nothing was observed.

    Args:
        metric: With its observations, baseline and target.
        marks: When bets began, and what is to be known of the values.
        until: The last day that counts.
        link: Where all observations are as CSV; without one they are put into the page.
    """
    seen = sorted((o for o in metric.observations if o.on <= until), key=lambda o: o.on)
    if not seen:
        return None
    shown = [o for o in seen if (seen[-1].on - o.on).days <= MOST_DAYS]
    sheet = Sheet(
        f"{one_line(metric.name or 'The metric')}, as observed", ("Day", "Value"),
        tuple((day(o.on), metric_value(o.value, metric)) for o in reversed(seen)), (False, True),
        "metric.csv", data_link(COLUMNS, metric_rows(metric)) if link is None else link,
    )  # fmt: skip
    held = tuple(m for m in sorted(marks, key=lambda m: m.on) if shown[0].on <= m.on <= until)
    bets = [m for m in held if m.kind == "bet"][-MOST_MARKS:]
    known = [m for m in held if m.kind != "bet"][-MOST_MARKS:]
    named = sorted((*bets, *known), key=lambda m: m.on)
    cuts = [m.on for m in held if m.kind in _CUTS]
    wide, narrow = (_chart(metric, shown, named, cuts, until, f) for f in (WIDE, NARROW))
    return Picture(wide, narrow, sheet)


def metric_rows(metric: Metric) -> list[tuple[Value, ...]]:
    """Every observation; see ``COLUMNS``."""
    return [
        (one_line(metric.name or ""), metric.unit, o.on, o.value)
        for o in sorted(metric.observations, key=lambda o: o.on)
    ]


def _chart(
    metric: Metric, seen: Sequence[Observation], marks: Sequence[Mark], cuts: Sequence[date],
    until: date, frame: Frame,
) -> Markup:  # fmt: skip
    if not marks:
        frame = replace(frame, bottom=28, height=frame.height - frame.bottom + 28)
    place, step = _placed(metric, seen, until, frame)
    few = len(seen) <= FEW
    at = [(place.x(o.on), place.y(o.value)) for o in seen]
    parts = [*_grid(place, step), *_months(place), *_aims(metric, place)]
    parts += _marks(marks, seen, place)
    stretches = _stretches(seen, at, cuts)
    parts += [d.path(stretch, "known") for stretch in stretches if len(stretch) > 1]
    alone = [stretch[0] for stretch in stretches if len(stretch) == 1]
    parts += [d.circle(x, y, 3, "dot") for x, y in (at if few else alone)]
    parts += [
        d.circle(*at[-1], 4.2, "dot"),
        *_ends(metric, seen, place),
        *_boxes(metric, seen, place),
    ]
    return d.svg(frame.width, frame.height, _words(metric, seen, marks), parts, "chart")


def _stretches(
    seen: Sequence[Observation], at: Sequence[tuple[float, float]], cuts: Sequence[date]
) -> list[list[tuple[float, float]]]:
    """Places of values that a line may join: none is drawn over a gap or a change of definition."""
    out: list[list[tuple[float, float]]] = []
    before: date | None = None
    for o, place in zip(seen, at, strict=True):
        if before is None or any(before < cut <= o.on for cut in cuts):
            out.append([])
        out[-1].append(place)
        before = o.on
    return out


def _words(metric: Metric, seen: Sequence[Observation], marks: Sequence[Mark]) -> str:
    name = one_line(metric.name or "The metric")
    text = f"{name}: {metric_value(seen[-1].value, metric)} on {day(seen[-1].on)}"
    if len(seen) > 1:
        text += f", {metric_value(seen[0].value, metric)} on {day(seen[0].on)}"
    if metric.target is not None:
        text += f"; the target is {metric_value(metric.target, metric)}"
    bets = [m for m in marks if m.kind == "bet"]
    if bets:
        text += "; bets began: " + ", ".join(f"{one_line(m.words)} on {day(m.on)}" for m in bets)
    known = [m for m in marks if m.kind != "bet"]
    if known:
        text += "; to know: " + ", ".join(f"{one_line(m.words)} at {day(m.on)}" for m in known)
    return f"{text}. The table has every value."


def _placed(
    metric: Metric, seen: Sequence[Observation], until: date, frame: Frame
) -> tuple[_Place, float]:
    values = [o.value for o in seen]
    values += [v for v in (metric.baseline, metric.target) if v is not None]
    step = _step(max(values) - min(values) or abs(values[0]) or 1.0)
    low = math.floor(min(values) / step - 0.05) * step
    high = math.ceil(max(values) / step + 0.05) * step
    # a metric that nobody feeds ends before the chart does
    last = until if (until - seen[-1].on).days <= MOST_GAP else seen[-1].on
    return _Place(frame, seen[0].on, last, low, high), step


def _step(span: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts a span into about four."""
    rough = span / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)


def _grid(place: _Place, step: float) -> Iterator[Markup]:
    frame = place.frame
    for n in range(round((place.high - place.low) / step) + 1):
        value = place.low + n * step
        y = place.y(value)
        yield d.line(frame.left, y, frame.width - frame.right, y, "gridl")
        shown = metric_number(0.0 if abs(value) < step / 1e6 else value)
        yield d.text(frame.left - 8, y + 4, shown, kind="m", anchor="end")


def _months(place: _Place) -> Iterator[Markup]:
    y, end = place.frame.height - 8, float("-inf")
    on = place.first
    while on <= place.last:
        x = place.x(on)
        following = date(on.year + on.month // 12, on.month % 12 + 1, 1)
        # the first month is named only where its name does not run into the next
        if x >= end and (on.day <= 10 or following > place.last):
            yield d.text(x, y, short_month(on), kind="m", anchor="middle")
            end = x + 34
        on = following


def _aims(metric: Metric, place: _Place) -> Iterator[Markup]:
    frame = place.frame
    lines = [(metric.target, "aim", "target"), (metric.baseline, "base", "baseline")]
    for value, kind, _ in lines:
        if value is not None:
            y = place.y(value)
            yield d.line(frame.left, y, frame.width - frame.right, y, kind)


def _ends(metric: Metric, seen: Sequence[Observation], place: _Place) -> Iterator[Markup]:
    """The last value and what the lines are, beside the end of the line."""
    frame = place.frame
    labels = [(place.y(seen[-1].value), metric_value(seen[-1].value, metric), "strong")]
    for value, words in ((metric.target, "target"), (metric.baseline, "baseline")):
        if value is not None:
            shown = metric_number(value)
            labels.append((place.y(value), f"{words} {shown}" if frame.has_words else shown, "m"))
    spots = d.apart([y for y, _, _ in labels], 16, frame.top, frame.height - frame.bottom)
    edge = frame.width - frame.right + 10
    for spot, (_, words, kind) in zip(spots, labels, strict=True):
        yield d.text(edge, spot + 4, words, kind=kind)


def _marks(marks: Sequence[Mark], seen: Sequence[Observation], place: _Place) -> Iterator[Markup]:
    """A line from the bottom up to the metric where a bet began, named where there is room."""
    frame = place.frame
    floor = frame.height - frame.bottom
    ends = [float("-inf")] * _ROWS
    for mark in marks:
        x = place.x(mark.on)
        near = min(seen, key=lambda o: abs((o.on - mark.on).days))
        yield d.line(x, place.y(near.value) + 6, x, floor + 4, "betl")
        yield d.path(_sign(mark, x, floor), "bet", closed=True)
        if not frame.has_words:
            continue
        room = min(210.0, frame.width - x - 14)
        words = d.fit(mark.words, room, 12)
        row = next((n for n, end in enumerate(ends) if end <= x), None)
        if row is not None and room > 40:
            ends[row] = x + d.width_of(words, 12) + 14
            yield d.text(x + 9, floor + 12 + 15 * row, words, title=f"{mark.words}, {day(mark.on)}")


def _sign(mark: Mark, x: float, floor: float) -> list[tuple[float, float]]:
    """A triangle for a bet, a diamond for what is to be known."""
    if mark.kind == "bet":
        return [(x - 4, floor + 10), (x + 4, floor + 10), (x, floor + 3)]
    return [(x, floor + 3), (x + 4, floor + 7), (x, floor + 11), (x - 4, floor + 7)]


def _boxes(metric: Metric, seen: Sequence[Observation], place: _Place) -> Iterator[Markup]:
    """A tall box around every value, with its day and value as title."""
    frame = place.frame
    room = frame.width - frame.left - frame.right
    half = max(room / max(len(seen), 1) / 2, 3.0)
    height = frame.height - frame.top - frame.bottom
    for o in seen:
        title = f"{day(o.on)}: {metric_value(o.value, metric)}"
        yield d.mark(place.x(o.on) - half, frame.top, 2 * half, height, title)
