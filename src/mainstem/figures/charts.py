"""Charts as SVG: the score over time with its unknown band and limits, and sparklines of metrics.

A picture never says more than its data: a gap in time is a gap in the line, few points are dots, limits
on trial are dotted, and where limits would mislead there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from markupsafe import Markup

from mainstem.figures import drawing as d
from mainstem.figures.wording import day, short_month
from mainstem.plan.model import Observation
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, ChartKind
from mainstem.score.values import Cell
from mainstem.score.words import percent, percent_number, signed

#: Up to so many points are drawn as dots too.
FEW = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """The box of a chart: outer size and margins, and whether there is room for words at the end."""

    width: float = 780
    height: float = 250
    left: float = 34
    right: float = 128
    top: float = 14
    bottom: float = 28
    has_words: bool = True


WIDE = Frame()
NARROW = Frame(width=340, height=230, left=28, right=44, has_words=False)


@dataclass(frozen=True, slots=True)
class Scale:
    """From days and shares to places in a frame."""

    frame: Frame
    first: date
    last: date
    low: Fraction
    high: Fraction
    edges: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "edges", (float(self.low), float(self.high)))

    def x(self, on: date) -> float:
        """Place of a day."""
        room = self.frame.width - self.frame.left - self.frame.right
        span = (self.last - self.first).days
        if span == 0:
            return self.frame.left + room / 2
        return self.frame.left + room * (on - self.first).days / span

    def y(self, share: Fraction) -> float:
        """Place of a share."""
        room = self.frame.height - self.frame.top - self.frame.bottom
        # a place is drawn to a tenth: floating point is exact enough, and many times quicker
        low, high = self.edges
        held = min(max(float(share), low), high)
        return self.frame.top + room * (high - held) / (high - low)


def score_chart(
    cells: Sequence[Cell],
    made: Chart | NotAnswerable | None,
    frame: Frame,
    *,
    has_marks: bool = False,
) -> Markup:
    """Value Score over time: the line is what is known, the hatched band what nobody has claimed.

    Args:
        cells: Cells of one organisation or team in order of time; those without units leave a gap.
        made: The process behaviour chart of these cells. Its limits are drawn if they are limits of
            the scores themselves; on trial they are dotted.
        frame: The box to draw into.
        has_marks: Whether every cell has a mark that says its values, for pages that can show them.
    """
    held = [c for c in cells if c.score.point is not None]
    scale = Scale(frame, cells[0].period.start, cells[-1].period.start, *_domain(held, made))
    parts = [*_grid(scale, percent_axis=True), *_months(scale, cells)]
    for run in _runs(held):
        parts += _band(run, scale)
    parts += _limits(held, made, scale)
    for run in _runs(held):
        parts += _line(run, scale, few=len(held) <= FEW)
    parts += [*_signals(held, made, scale), *_ends(held, made, scale)]
    if has_marks:
        parts += _marks(held, scale)
    return d.svg(frame.width, frame.height, score_words(held), parts, "chart")


def score_words(held: Sequence[Cell]) -> str:
    """What the chart shows, for those who do not see it."""
    if not held:
        return "Value Score over time: no work was recorded."
    first, last = held[0], held[-1]
    if first is last:
        return f"Value Score of {first.period.label}: {_spoken(first)}."
    return (
        f"Value Score from {first.period.label} to {last.period.label}: {_spoken(first)} at first, "
        f"{_spoken(last)} at last. The table has every value."
    )


def _spoken(cell: Cell) -> str:
    score = cell.score
    return f"{percent(score.point)}, at most {percent(score.high)} with all that is unknown"


def _domain(held: Sequence[Cell], made: Chart | NotAnswerable | None) -> tuple[Fraction, Fraction]:
    """Whole tens around everything drawn, at least 30 points apart, within 0 and 100."""
    shown = [s for c in held for s in (c.score.low, c.score.high) if s is not None]
    if _has_score_limits(made):
        assert isinstance(made, Chart)
        shown += [edge for lim in made.limits for edge in (lim.lower, lim.upper)]
    low = max((min(shown, default=Fraction(0)) * 10 - Fraction(1, 5)) // 1, 0)
    high = min(-((-(max(shown, default=Fraction(1)) * 10) - Fraction(1, 5)) // 1), 10)
    while high - low < 3:
        low, high = max(low - 1, 0), min(high + 1, 10)
    return Fraction(low, 10), Fraction(high, 10)


def _has_score_limits(made: Chart | NotAnswerable | None) -> bool:
    return isinstance(made, Chart) and made.kind is not ChartKind.DIFFERENCES and bool(made.limits)


def _grid(scale: Scale, *, percent_axis: bool) -> Iterator[Markup]:
    span = scale.high - scale.low
    step = Fraction(1, 10) if span <= Fraction(4, 10) else Fraction(2, 10)
    at = -((-scale.low) // step) * step
    frame = scale.frame
    while at <= scale.high:
        y = scale.y(at)
        yield d.line(frame.left, y, frame.width - frame.right, y, "gridl")
        shown = percent_number(at) if percent_axis else signed(at * 100, 0)
        yield d.text(frame.left - 8, y + 4, shown, kind="m", anchor="end")
        at += step


def _months(scale: Scale, cells: Sequence[Cell]) -> Iterator[Markup]:
    """A label where a month begins, as many as there is room for."""
    starts = [c.period.start for c in cells]
    firsts = [s for n, s in enumerate(starts) if n == 0 or s.month != starts[n - 1].month]
    y = scale.frame.height - 8
    if len(firsts) == 1:
        yield d.text(scale.x(starts[0]), y, day(starts[0]), kind="m", anchor="middle")
        return
    end = float("-inf")
    for n, start in enumerate(firsts):
        x = scale.x(start)
        if x - end < 16 or (n == 0 and scale.x(firsts[1]) - x < 44):
            continue
        yield d.text(x, y, short_month(start), kind="m", anchor="middle")
        end = x + 26


def _runs(held: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Stretches of cells without a gap in time."""
    run: list[Cell] = []
    for cell in held:
        if run and run[-1].period.end < cell.period.start:
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def _known(cell: Cell) -> Fraction:
    return cell.score.point if cell.score.point is not None else Fraction(0)


def _most(cell: Cell) -> Fraction:
    return cell.score.high if cell.score.high is not None else Fraction(0)


def _band(run: Sequence[Cell], scale: Scale) -> Iterator[Markup]:
    if len(run) == 1:
        x, top = scale.x(run[0].period.start), scale.y(_most(run[0]))
        yield d.rect(x - 5, top, 10, scale.y(_known(run[0])) - top, "band")
        return
    lower = [(scale.x(c.period.start), scale.y(_known(c))) for c in run]
    upper = [(scale.x(c.period.start), scale.y(_most(c))) for c in reversed(run)]
    yield d.path([*lower, *upper], "band", closed=True)


def _line(run: Sequence[Cell], scale: Scale, *, few: bool) -> Iterator[Markup]:
    points = [(scale.x(c.period.start), scale.y(_known(c))) for c in run]
    if len(points) > 1:
        yield d.path(points, "known")
    if few or len(points) == 1:
        yield from (d.circle(x, y, 3.2, "dot") for x, y in points)


def _limits(
    held: Sequence[Cell], made: Chart | NotAnswerable | None, scale: Scale
) -> Iterator[Markup]:
    if not _has_score_limits(made):
        return
    assert isinstance(made, Chart)
    starts = {c.period.label: c.period.start for c in held}
    at = [(starts[p.label], lim) for p, lim in zip(made.points, made.limits, strict=True)
          if p.label in starts]  # fmt: skip
    kind = "limit trial" if made.is_trial else "limit"
    if len(at) < 2:
        return
    yield d.path([(scale.x(on), scale.y(lim.lower)) for on, lim in at], kind)
    yield d.path([(scale.x(on), scale.y(lim.upper)) for on, lim in at], kind)


def _signals(
    held: Sequence[Cell], made: Chart | NotAnswerable | None, scale: Scale
) -> Iterator[Markup]:
    """A ring around every point outside its limits."""
    if not _has_score_limits(made):
        return
    assert isinstance(made, Chart)
    cells = {c.period.label: c for c in held}
    for signal in made.signals:
        label = made.points[signal.first].label
        if signal.rule == "outside" and label in cells:
            cell = cells[label]
            yield d.circle(scale.x(cell.period.start), scale.y(_known(cell)), 6.5, "ring")


def _ends(
    held: Sequence[Cell], made: Chart | NotAnswerable | None, scale: Scale
) -> Iterator[Markup]:
    """The last value and what the lines are, beside the last point."""
    if not held:
        return
    last = held[-1]
    x, words = scale.x(last.period.start), scale.frame.has_words
    known, most = _known(last), _most(last)
    yield d.circle(x, scale.y(known), 4.2, "dot")
    labels = [(scale.y(known), percent(known) + (" on value" if words else ""), "strong")]
    if most > known:
        labels.append((scale.y(most), ("at most " if words else "") + percent(most), "m"))
    if words and _has_score_limits(made):
        assert isinstance(made, Chart)
        name = "trial limits" if made.is_trial else "usual range"
        labels.append((scale.y(made.limits[-1].lower), name, "m"))
    floor = scale.frame.height - scale.frame.bottom
    spots = d.apart([y for y, _, _ in labels], 16, scale.frame.top, floor)
    edge = scale.frame.width - scale.frame.right + 10
    for spot, (_, name, kind) in zip(spots, labels, strict=True):
        yield d.text(min(x + 10, edge), spot + 4, name, kind=kind)


def _marks(held: Sequence[Cell], scale: Scale) -> Iterator[Markup]:
    """A tall box around every point, with its period and values as title."""
    frame = scale.frame
    spots = [scale.x(c.period.start) for c in held]
    half = min((b - a for a, b in pairwise(spots)), default=20.0) / 2
    height = frame.height - frame.top - frame.bottom
    for x, cell in zip(spots, held, strict=True):
        title = f"{cell.period.label}: {_spoken(cell)}"
        yield d.mark(x - half, frame.top, 2 * half, height, title)


def change_chart(cells: Sequence[Cell], made: Chart, frame: Frame) -> Markup:
    """Changes of the score from period to period with their natural limits, in points."""
    starts = {c.period.label: c.period.start for c in cells}
    points = [(starts[p.label], p.value) for p in made.points
              if p.label in starts and p.value is not None]  # fmt: skip
    edges = [abs(v) for _, v in points] + [abs(e) for x in made.limits for e in (x.lower, x.upper)]
    most = Fraction(-(-(max(edges, default=Fraction(0)) * 10) // 1), 10) or Fraction(1, 10)
    scale = Scale(frame, cells[0].period.start, cells[-1].period.start, -most, most)
    parts = [*_grid(scale, percent_axis=False), *_months(scale, cells)]
    kind = "limit trial" if made.is_trial else "limit"
    for edge in (made.limits[-1].lower, made.limits[-1].upper) if made.limits else ():
        y = scale.y(edge)
        parts.append(d.line(frame.left, y, frame.width - frame.right, y, kind))
    at = [(scale.x(on), scale.y(value)) for on, value in points]
    parts += [d.path(at, "known thin"), *(d.circle(x, y, 2.4, "dot") for x, y in at)]
    for signal in made.signals:
        if signal.rule == "outside" and signal.first < len(at):
            parts.append(d.circle(*at[signal.first], 6.5, "ring"))
    label = "Change of the Value Score from one point to the next, in points, with its usual range."
    return d.svg(frame.width, frame.height, label, parts, "chart")


def sparkline(observed: Sequence[Observation], target: float | None) -> Markup:
    """A metric's values in order of time, its target dotted. Up to three values are dots."""
    width, height, pad = 150.0, 34.0, 5.0
    values = [o.value for o in observed]
    shown = [*values, *([target] if target is not None else [])]
    low, high = min(shown), max(shown)
    span, first = (high - low) or 1.0, observed[0].on
    long = (observed[-1].on - first).days or 1
    middle = height / 2

    def y(value: float) -> float:
        return middle if high == low else height - pad - (height - 2 * pad) * (value - low) / span

    at = [(pad + (width - 2 * pad) * (o.on - first).days / long, y(o.value)) for o in observed]
    parts = []
    if target is not None:
        parts.append(d.line(pad, y(target), width - pad, y(target), "aim"))
    if len(at) > 3:
        parts.append(d.path(at, "known thin"))
        parts.append(d.circle(*at[-1], 2.8, "dot"))
    else:
        parts += [d.circle(x, v, 2.8, "dot") for x, v in at]
    return d.hidden(width, height, parts, "spark")
