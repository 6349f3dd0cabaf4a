"""Exact sums and means of many fractions are those of adding one after the other."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.exact import exact_mean, exact_sum, over_one
from mainstem.plan.metric_series import autocorrelation

FRACTIONS = st.lists(st.fractions(-1000, 1000, max_denominator=10**9), min_size=1, max_size=40)


@given(FRACTIONS)
def test_the_sum_and_the_mean_are_exact(values: list[Fraction]) -> None:
    assert exact_sum(values) == sum(values, Fraction(0))
    assert exact_mean(values) == sum(values, Fraction(0)) / len(values)


@given(FRACTIONS)
def test_numerators_over_one_denominator_are_the_same_fractions(values: list[Fraction]) -> None:
    counts, common = over_one(values)
    assert [Fraction(count, common) for count in counts] == values


def test_the_sum_of_none_is_nothing() -> None:
    assert exact_sum([]) == 0


@given(FRACTIONS.filter(lambda values: len(values) >= 6))
def test_an_autocorrelation_of_fractions_is_that_of_its_definition(values: list[Fraction]) -> None:
    n, mean = len(values), sum(values, Fraction(0)) / len(values)
    off = [v - mean for v in values]
    whole = sum(d * d for d in off)
    found = autocorrelation(values)
    if not whole:
        assert found is None
        return
    plain = float(sum(a * b for a, b in pairwise(off)) / whole)
    assert found == max(-1.0, min(1.0, (plain * (n - 1) + 1) / (n - 4)))
