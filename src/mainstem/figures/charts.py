"""Charts as SVG: the score over time with its unknown band and limits, and sparklines of metrics.

A picture never says more than its data: a gap in time is a gap in the line, few points are dots, limits
on trial are dotted, and where limits would mislead there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup

from mainstem.figures import drawing as d
from mainstem.figures.wording import day, short_month
from mainstem.plan.model import Observation
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, ChartKind, Limits
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
        # a place is drawn to a tenth: floating point is exact enough, and many times quicker
        return self.ys([float(share)])[0]

    def ys(self, shares: Iterable[float]) -> list[float]:
        """Places of many shares."""
        top, (low, high) = self.frame.top, self.edges
        room = self.frame.height - top - self.frame.bottom
        return [top + room * (high - min(max(s, low), high)) / (high - low) for s in shares]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a chart of scores shows, whatever its width.

    Attributes:
        cells: All cells in order of time.
        held: Those with units.
        made: Their process behaviour chart.
        edges: Where its axis begins and ends.
        known: Share of each held cell that is known to be value, as a number.
        most: The same if all that is unknown were value.
        limits: Day, lower and upper limit.
        titles: What a mark says of each held cell; nothing where there are no marks.
    """

    cells: Sequence[Cell]
    held: Sequence[Cell]
    made: Chart | NotAnswerable | None
    edges: tuple[Fraction, Fraction]
    known: Sequence[float]
    most: Sequence[float]
    limits: Sequence[tuple[date, float, float]]
    titles: Sequence[Markup]


def score_chart(
    cells: Sequence[Cell],
    made: Chart | NotAnswerable | None,
    frame: Frame,
    *,
    has_marks: bool = False,
) -> Markup:
    """``score_charts`` of one frame."""
    return score_charts(cells, made, (frame,), has_marks=has_marks)[0]


def score_charts(
    cells: Sequence[Cell],
    made: Chart | NotAnswerable | None,
    frames: Iterable[Frame],
    *,
    has_marks: bool = False,
) -> tuple[Markup, ...]:
    """Value Score over time: the line is what is known, the hatched band what nobody has claimed.

    Args:
        cells: Cells of one organisation or team in order of time; those without units leave a gap.
        made: The process behaviour chart of these cells. Its limits are drawn if they are limits of
            the scores themselves; on trial they are dotted.
        frames: The boxes to draw into.
        has_marks: Whether every cell has a mark that says its values, for pages that can show them.
    """
    held = [c for c in cells if c.score.point is not None]
    shown = _Shown(
        cells, held, made, _domain(held, made),
        [float(_known(c)) for c in held], [float(_most(c)) for c in held],
        _limits_of(held, made),
        [d.titled(f"{c.period.label}: {_spoken(c)}") for c in held] if has_marks else (),
    )  # fmt: skip
    return tuple(_score_chart(shown, frame) for frame in frames)


def _score_chart(shown: _Shown, frame: Frame) -> Markup:
    cells, held, made = shown.cells, shown.held, shown.made
    scale = Scale(frame, cells[0].period.start, cells[-1].period.start, *shown.edges)
    parts = [*_grid(scale, percent_axis=True), *_months(scale, cells)]
    spots = [scale.x(c.period.start) for c in held]
    known, most = scale.ys(shown.known), scale.ys(shown.most)
    runs = list(_runs(held))
    for run in runs:
        parts.append(_band(spots[run], known[run], most[run]))
    parts += _limits(shown, scale)
    for run in runs:
        parts += _line(spots[run], known[run], few=len(held) <= FEW)
    parts += [*_signals(held, made, scale), *_ends(held, made, scale)]
    if shown.titles:
        half = min((b - a for a, b in pairwise(spots)), default=20.0) / 2
        height = frame.height - frame.top - frame.bottom
        parts.append(d.marks([x - half for x in spots], frame.top, 2 * half, height, shown.titles))
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
        shown += [edge for lim in _apart(made.limits) for edge in (lim.lower, lim.upper)]
    low = max((min(shown, default=Fraction(0)) * 10 - Fraction(1, 5)) // 1, 0)
    high = min(-((-(max(shown, default=Fraction(1)) * 10) - Fraction(1, 5)) // 1), 10)
    while high - low < 3:
        low, high = max(low - 1, 0), min(high + 1, 10)
    return Fraction(low, 10), Fraction(high, 10)


def _has_score_limits(made: Chart | NotAnswerable | None) -> bool:
    return isinstance(made, Chart) and made.kind is not ChartKind.DIFFERENCES and bool(made.limits)


def _grid(scale: Scale, *, percent_axis: bool) -> Iterator[Markup]:
    frame, rungs = scale.frame, _rungs(scale.low, scale.high, percent_axis)
    for y, (_, shown) in zip(scale.ys([at for at, _ in rungs]), rungs, strict=True):
        yield d.line(frame.left, y, frame.width - frame.right, y, "gridl")
        yield d.text(frame.left - 8, y + 4, shown, kind="m", anchor="end")


@lru_cache(512)
def _rungs(low: Fraction, high: Fraction, percent_axis: bool) -> tuple[tuple[float, str], ...]:
    """Shares at which a line is drawn, with their words."""
    step = Fraction(1, 10) if high - low <= Fraction(4, 10) else Fraction(2, 10)
    at, out = -((-low) // step) * step, []
    while at <= high:
        out.append((float(at), percent_number(at) if percent_axis else signed(at * 100, 0)))
        at += step
    return tuple(out)


def _months(scale: Scale, cells: Sequence[Cell]) -> Iterator[Markup]:
    """A label where a month begins, as many as there is room for."""
    starts = [c.period.start for c in cells]
    firsts = [s for n, s in enumerate(starts) if n == 0 or s.month != starts[n - 1].month]
    y = scale.frame.height - 8
    if len(firsts) == 1:
        # a whole day is too wide to stand centred at the edge of the picture
        yield d.text(scale.x(starts[0]), y, day(starts[0]), kind="m")
        return
    end = float("-inf")
    for n, start in enumerate(firsts):
        x = scale.x(start)
        if x - end < 16 or (n == 0 and scale.x(firsts[1]) - x < 44):
            continue
        yield d.text(x, y, short_month(start), kind="m", anchor="middle")
        end = x + 26


def _runs(held: Sequence[Cell]) -> Iterator[slice]:
    """Stretches of cells without a gap in time."""
    begin = 0
    for n in range(1, len(held)):
        if held[n - 1].period.end < held[n].period.start:
            yield slice(begin, n)
            begin = n
    if held:
        yield slice(begin, len(held))


def _known(cell: Cell) -> Fraction:
    return cell.score.point if cell.score.point is not None else Fraction(0)


def _most(cell: Cell) -> Fraction:
    return cell.score.high if cell.score.high is not None else Fraction(0)


def _band(spots: Sequence[float], known: Sequence[float], most: Sequence[float]) -> Markup:
    if len(spots) == 1:
        return d.rect(spots[0] - 5, most[0], 10, known[0] - most[0], "band")
    lower, upper = zip(spots, known, strict=True), zip(spots, most, strict=True)
    return d.path([*lower, *reversed(list(upper))], "band", closed=True)


def _line(spots: Sequence[float], known: Sequence[float], *, few: bool) -> Iterator[Markup]:
    points = list(zip(spots, known, strict=True))
    if len(points) > 1:
        yield d.path(points, "known")
    if few or len(points) == 1:
        yield from (d.circle(x, y, 3.2, "dot") for x, y in points)


def _limits_of(
    held: Sequence[Cell], made: Chart | NotAnswerable | None
) -> list[tuple[date, float, float]]:
    """Day, lower and upper limit of the points that are drawn; nothing where limits would mislead."""
    if not _has_score_limits(made):
        return []
    assert isinstance(made, Chart)
    starts = {c.period.label: c.period.start for c in held}
    # often all points have the very same limits
    edges = {id(lim): (float(lim.lower), float(lim.upper)) for lim in _apart(made.limits)}
    return [
        (starts[p.label], *edges[id(lim)])
        for p, lim in zip(made.points, made.limits, strict=True) if p.label in starts
    ]  # fmt: skip


def _apart(limits: Sequence[Limits]) -> list[Limits]:
    """Limits without those that are the very same."""
    return list({id(lim): lim for lim in limits}.values())


def _limits(shown: _Shown, scale: Scale) -> Iterator[Markup]:
    if len(shown.limits) < 2:
        return
    assert isinstance(shown.made, Chart)
    kind = "limit trial" if shown.made.is_trial else "limit"
    spots = [scale.x(on) for on, _, _ in shown.limits]
    for places in (
        scale.ys([low for _, low, _ in shown.limits]),
        scale.ys([high for _, _, high in shown.limits]),
    ):
        yield d.path(list(zip(spots, places, strict=True)), kind)


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


def change_charts(
    cells: Sequence[Cell], made: Chart, frames: Iterable[Frame]
) -> tuple[Markup, ...]:
    """Changes of the score from period to period with their natural limits, in points, for each frame."""
    starts = {c.period.label: c.period.start for c in cells}
    points = [(starts[p.label], p.value) for p in made.points
              if p.label in starts and p.value is not None]  # fmt: skip
    edges = [abs(v) for _, v in points]
    edges += [abs(e) for x in _apart(made.limits) for e in (x.lower, x.upper)]
    most = Fraction(-(-(max(edges, default=Fraction(0)) * 10) // 1), 10) or Fraction(1, 10)
    steps = [(on, float(value)) for on, value in points]
    return tuple(_change_chart(cells, made, steps, most, frame) for frame in frames)


def _change_chart(
    cells: Sequence[Cell],
    made: Chart,
    steps: Sequence[tuple[date, float]],
    most: Fraction,
    frame: Frame,
) -> Markup:
    scale = Scale(frame, cells[0].period.start, cells[-1].period.start, -most, most)
    parts = [*_grid(scale, percent_axis=False), *_months(scale, cells)]
    kind = "limit trial" if made.is_trial else "limit"
    for edge in (made.limits[-1].lower, made.limits[-1].upper) if made.limits else ():
        y = scale.y(edge)
        parts.append(d.line(frame.left, y, frame.width - frame.right, y, kind))
    spots = [scale.x(on) for on, _ in steps]
    at = list(zip(spots, scale.ys([value for _, value in steps]), strict=True))
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
