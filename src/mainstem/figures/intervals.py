"""Small pictures of what may be: the interval of a rate, and a statistic among those of earlier dates."""

from __future__ import annotations

from markupsafe import Markup

from mainstem.challenge.rates import Rate
from mainstem.figures import drawing as d
from mainstem.foresight.moved_values import MovedAnswer

_WIDTH, _HEIGHT, _PAD = 150.0, 22.0, 5.0


def interval_drawing(rate: Rate) -> Markup | None:
    """The interval of a share between none and all, the mean of what is believed a dot; nothing where nothing was counted."""
    if rate.share is None:
        return None
    middle, room = _HEIGHT / 2, _WIDTH - 2 * _PAD

    def x(share: float) -> float:
        return _PAD + room * share

    parts = [
        d.line(_PAD, middle, _WIDTH - _PAD, middle, "gridl"),
        *(d.line(x(end), middle - 4, x(end), middle + 4, "gridl") for end in (0.0, 1.0)),
        d.path([(x(rate.lower), middle), (x(rate.upper), middle)], "known thin"),
        *(d.line(x(end), middle - 5, x(end), middle + 5, "known thin") for end in (rate.lower, rate.upper)),
        d.circle(x(rate.mean), middle, 3.4, "dot"),
    ]  # fmt: skip
    return d.hidden(_WIDTH, _HEIGHT, parts, "spark")


def placebo_drawing(answer: MovedAnswer) -> Markup | None:
    """The statistic of the true date, ringed, among those of earlier dates."""
    if not answer.placebos:
        return None
    width, height, pad = 340.0, 44.0, 10.0
    values = [v for _, v in answer.placebos]
    low, high = min(*values, answer.statistic, 0.0), max(*values, answer.statistic, 0.0)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return pad + (width - 2 * pad) * (value - low) / span

    parts = [
        d.line(pad, height / 2, width - pad, height / 2, "gridl"),
        d.line(x(0.0), 6, x(0.0), height - 6, "base"),
        *(d.line(x(v), height / 2 - 7, x(v), height / 2 + 7, "gridl") for v in values),
        d.circle(x(answer.statistic), height / 2, 4.2, "dot"),
        d.circle(x(answer.statistic), height / 2, 7.5, "ring"),
    ]
    label = (
        f"The statistic of the day on which it began is {answer.statistic:.1f}; those of"
        f" {len(values)} earlier dates lie between {min(values):.1f} and {max(values):.1f}."
    )
    return d.svg(width, height, label, parts, "spark")
