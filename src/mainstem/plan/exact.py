"""Exact arithmetic on many fractions: one common denominator for all instead of a reduction at each step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def over_one(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """Numerators of fractions over one common denominator, and that denominator."""
    common = math.lcm(*(v.denominator for v in values))
    return [v.numerator * (common // v.denominator) for v in values], common


def exact_sum(values: Sequence[Fraction]) -> Fraction:
    """The sum of fractions; 0 of none."""
    counts, common = over_one(values)
    return Fraction(sum(counts), common)


def exact_mean(values: Sequence[Fraction]) -> Fraction:
    """The mean of at least one fraction."""
    counts, common = over_one(values)
    return Fraction(sum(counts), common * len(counts))
