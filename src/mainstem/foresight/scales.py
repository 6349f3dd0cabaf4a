"""On what scale a metric is looked at: as it is, by its ratios, or by its odds (methods 5.3, step 2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_BY_RATIO = ("money", "count_per_period", "duration")


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale.

    Attributes:
        name: ``level``, ``ratio`` or ``odds``.
        base: The usual level before, in the metric's unit.
    """

    name: str
    base: float

    def put(self, value: float) -> float:
        """A value on the scale."""
        if self.name == "ratio":
            return math.log(value)
        if self.name == "odds":
            return math.log(value / (1 - value))
        return value

    def back(self, effect: float) -> float:
        """An effect on the scale as a change of the usual level, in the metric's unit."""
        if self.name == "ratio":
            return self.base * math.expm1(min(effect, 300.0))
        if self.name == "odds":
            odds = self.base / (1 - self.base) * math.exp(min(effect, 300.0))
            return odds / (1 + odds) - self.base
        return effect

    def forth(self, change: float) -> float | None:
        """A change of the usual level as an effect on the scale; ``None`` where it cannot be."""
        if self.name == "level":
            return change
        moved = self.base + change
        if moved <= 0 or (self.name == "odds" and moved >= 1):
            return None
        return self.put(moved) - self.put(self.base)


def scale_of(kind: str, before: Sequence[float], whole: Sequence[float], odds: bool) -> Scale:
    """The scale that suits a metric's kind and values.

    Args:
        kind: The metric's kind.
        before: Values before the work; the usual level comes from them.
        whole: All values.
        odds: Whether denominators of a rate are known.
    """
    if kind in _BY_RATIO and min(whole) > 0:
        return Scale("ratio", math.exp(math.fsum(map(math.log, before)) / len(before)))
    if kind == "rate" and odds and min(whole) > 0 and max(whole) < 1:
        mean = math.fsum(math.log(v / (1 - v)) for v in before) / len(before)
        return Scale("odds", 1 / (1 + math.exp(-mean)))
    return Scale("level", math.fsum(before) / len(before))
