"""A rate by week with its natural limits: how often people said otherwise than a claim."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from markupsafe import Markup

from mainstem.figures import drawing as d
from mainstem.figures.charts import Frame, Scale
from mainstem.figures.wording import short_month
from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart, ChartKind
from mainstem.score.words import percent_number


def rate_chart(
    weeks: Sequence[tuple[date, Fraction | None]], made: Chart | NotAnswerable, frame: Frame
) -> Markup:
    """Draws it; a week in which the claim said nothing is a gap, limits on trial are dotted."""
    held = [(on, value) for on, value in weeks if value is not None]
    limits = (
        made.limits if isinstance(made, Chart) and made.kind is not ChartKind.DIFFERENCES else ()
    )
    edges = [v for _, v in held] + [x.upper for x in limits]
    high = min(Fraction(-(-(max(edges, default=Fraction(0)) * 10) // 1) or 1, 10), Fraction(1))
    scale = Scale(frame, weeks[0][0], weeks[-1][0], Fraction(0), high)
    parts: list[Markup] = []
    for n in range(3):
        y, share = scale.y(high * n / 2), high * n / 2
        parts.append(d.line(frame.left, y, frame.width - frame.right, y, "gridl"))
        parts.append(d.text(frame.left - 6, y + 4, percent_number(share), kind="m", anchor="end"))
    for before, (on, _) in zip([None, *weeks], weeks, strict=False):
        if before is None or before[0].month != on.month:
            parts.append(d.text(scale.x(on), frame.height - 8, short_month(on), kind="m"))
    if isinstance(made, Chart) and limits:
        kind = "limit trial" if made.is_trial else "limit"
        by_day = dict(zip((p.label for p in made.points), limits, strict=False))
        upper = [(scale.x(on), scale.y(by_day[on.isoformat()].upper)) for on, _ in held
                 if on.isoformat() in by_day]  # fmt: skip
        parts += [d.path(upper, kind)] if len(upper) > 1 else []
    at = [(scale.x(on), scale.y(value)) for on, value in held]
    parts += [d.path(at, "known thin")] if len(at) > 1 else []
    parts += [d.circle(x, y, 2.8, "dot") for x, y in at]
    label = "Share of a claim's effort of which people said otherwise, by week. The table has every value."
    return d.svg(frame.width, frame.height, label, parts, "chart")
