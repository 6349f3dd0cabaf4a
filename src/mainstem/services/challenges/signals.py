"""Signals of a metric's own process behaviour chart: whether it ever moved beyond its noise."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache

from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import MetricSeries
from mainstem.score.chart import Observed, chart


@lru_cache(maxsize=1_024)
def signals_since(series: MetricSeries, since: date) -> int | NotAnswerable:
    """How many signals end on or after a day; limits come from the first 20 values (Wheeler 1993)."""
    points = [
        (on, Observed(on.isoformat(), Fraction(value)))
        for on, value in zip(series.starts, series.values, strict=True)
        if value is not None
    ]
    made = chart([point for _, point in points], clamp=None)
    if isinstance(made, NotAnswerable):
        return (
            NotAnswerable(
                "It has no values that a chart could be made of.", "Enter or connect its values."
            )
            if not points
            else made
        )
    return sum(points[min(s.last, len(points) - 1)][0] >= since for s in made.signals)
