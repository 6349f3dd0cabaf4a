"""How sure against how often right: a point for each stretch, on the line where both are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from markupsafe import Markup

from mainstem.figures import drawing as d


class Stretch(Protocol):
    """Suggestions that were about as sure."""

    @property
    def count(self) -> int:
        """How many."""
        ...

    @property
    def sure(self) -> float:
        """How sure on average."""
        ...

    @property
    def right(self) -> int:
        """How many were right."""
        ...


def calibration_chart(bins: Sequence[Stretch], width: float, height: float) -> Markup:
    """Draws it; larger points stand for more suggestions."""
    left, right, top, bottom = 40.0, 14.0, 12.0, 40.0

    def x(share: float) -> float:
        return left + (width - left - right) * share

    def y(share: float) -> float:
        return top + (height - top - bottom) * (1 - share)

    parts: list[Markup] = []
    for step in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(d.line(x(0), y(step), x(1), y(step), "gridl"))
        parts.append(d.text(left - 8, y(step) + 4, f"{step:.0%}", kind="m", anchor="end"))
        parts.append(d.text(x(step), height - 22, f"{step:.0%}", kind="m", anchor="middle"))
    parts.append(d.line(x(0), y(0), x(1), y(1), "limit"))
    most = max((b.count for b in bins), default=1)
    points = [(x(b.sure), y(b.right / b.count)) for b in bins]
    if len(points) > 1:
        parts.append(d.path(points, "known thin"))
    for b, (px, py) in zip(bins, points, strict=True):
        parts.append(d.circle(px, py, 3 + 4 * (b.count / most) ** 0.5, "dot"))
    parts.append(
        d.text(
            x(0.5),
            height - 4,
            "how sure it was → how often it was right ↑",
            kind="m",
            anchor="middle",
        )
    )
    said = "; ".join(f"{b.sure:.0%} sure, {b.right / b.count:.0%} right of {b.count}" for b in bins)
    return d.svg(width, height, f"How sure against how often right: {said}.", parts, "chart")
