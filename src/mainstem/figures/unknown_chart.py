"""The unknown share by week as a picture: what it was, and what is usual where that can be said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from markupsafe import Markup

from mainstem.figures import drawing as d
from mainstem.figures.charts import FEW, NARROW, WIDE, Frame, Scale
from mainstem.figures.shown import Picture, Sheet
from mainstem.figures.wording import day
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, ChartKind
from mainstem.score.words import percent, percent_number

#: The end of a week and the share that was unknown then.
Points = Sequence[tuple[date, Fraction]]


def unknown_picture(points: Points, made: Chart | NotAnswerable, sheet: Sheet) -> Picture | None:
    """The chart in two widths; ``None`` where there is nothing to draw."""
    if not points:
        return None
    return Picture(_drawn(points, made, WIDE), _drawn(points, made, NARROW), sheet)


def _drawn(points: Points, made: Chart | NotAnswerable, frame: Frame) -> Markup:
    limits = _limits(made)
    top = max([share for _, share in points] + [high for _, _, high in limits])
    high = min(max(-(-(top * 10 + Fraction(1, 5)) // 1), 1), 10)
    scale = Scale(frame, points[0][0], points[-1][0], Fraction(0), Fraction(high, 10))
    at = [(scale.x(end), scale.y(share)) for end, share in points]
    parts = [*_grid(scale), *_days(points, scale)]
    if len(limits) > 1:
        kind = "limit trial" if isinstance(made, Chart) and made.is_trial else "limit"
        parts.append(d.path([(scale.x(end), scale.y(low)) for end, low, _ in limits], kind))
        parts.append(d.path([(scale.x(end), scale.y(most)) for end, _, most in limits], kind))
    if len(at) > 1:
        parts.append(d.path(at, "known"))
    parts += [d.circle(x, y, 3.2, "dot") for x, y in (at if len(at) <= FEW else at[-1:])]
    parts.append(d.text(at[-1][0] + 10, at[-1][1] + 4, percent(points[-1][1]), kind="strong"))
    return d.svg(frame.width, frame.height, _words(points), parts, "chart")


def _words(points: Points) -> str:
    last = points[-1]
    if len(points) == 1:
        return f"Unknown share of effort: {percent(last[1])} on {day(last[0])}."
    return (
        f"Unknown share of effort by week: {percent(points[0][1])} on {day(points[0][0])}, "
        f"{percent(last[1])} on {day(last[0])}. The table has every value."
    )


def _limits(made: Chart | NotAnswerable) -> list[tuple[date, Fraction, Fraction]]:
    """What is usual at each point, where the limits are of the shares themselves."""
    if not isinstance(made, Chart) or made.kind is ChartKind.DIFFERENCES or not made.limits:
        return []
    return [
        (date.fromisoformat(p.label), lim.lower, lim.upper)
        for p, lim in zip(made.points, made.limits, strict=True)
    ]


def _grid(scale: Scale) -> Iterator[Markup]:
    frame = scale.frame
    step = Fraction(1, 10) if scale.high <= Fraction(4, 10) else Fraction(2, 10)
    at = Fraction(0)
    while at <= scale.high:
        y = scale.y(at)
        yield d.line(frame.left, y, frame.width - frame.right, y, "gridl")
        yield d.text(frame.left - 8, y + 4, percent_number(at), kind="m", anchor="end")
        at += step


def _days(points: Points, scale: Scale) -> Iterator[Markup]:
    """First and last day below the line."""
    y = scale.frame.height - 8
    ends = {points[0][0]: "start", points[-1][0]: "end"}
    for end, anchor in ends.items():
        yield d.text(scale.x(end), y, day(end, year=False), kind="m", anchor=anchor)
