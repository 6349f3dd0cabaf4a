"""Rates of few cases: the values of methods 4.3, the ends, and fits over many streams."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.challenge.rates import JEFFREYS, pooled, rate


@pytest.mark.parametrize(
    ("k", "n", "lower", "upper"),
    [(1, 5, 0.02, 0.63), (3, 10, 0.09, 0.61), (6, 20, 0.14, 0.52), (12, 40, 0.18, 0.45),
     (30, 100, 0.22, 0.39)],
)  # fmt: skip
def test_intervals_are_those_of_the_methods(k: int, n: int, lower: float, upper: float) -> None:
    found = rate(k, n)
    assert (round(found.lower, 2), round(found.upper, 2)) == (lower, upper)


@given(st.integers(0, 200), st.integers(0, 200))
@settings(deadline=None)
def test_a_rate_lies_inside_its_interval_and_its_mirror_outside_in(k: int, rest: int) -> None:
    found, mirrored = rate(k, k + rest), rate(rest, k + rest)
    assert 0 <= found.lower <= found.mean <= found.upper <= 1
    if found.share is not None:
        assert found.lower <= found.share <= found.upper
    assert mirrored.lower == pytest.approx(1 - found.upper)
    assert mirrored.upper == pytest.approx(1 - found.lower)


def test_none_and_all_reach_the_ends_and_nothing_says_nothing() -> None:
    assert rate(0, 7).lower == 0
    assert rate(7, 7).upper == 1
    assert (rate(0, 0).lower, rate(0, 0).upper, rate(0, 0).share) == (0, 1, None)
    with pytest.raises(ValueError, match="no rate"):
        rate(3, 2)


def test_streams_are_read_together_only_from_eight_on_and_pull_towards_each_other() -> None:
    alike = [(3, 10), (2, 9), (5, 12), (1, 10), (4, 11), (3, 8), (2, 12), (6, 14)]
    assert pooled(alike[:7]) == JEFFREYS
    assert pooled([*alike[:7], (0, 0)]) == JEFFREYS
    prior = pooled(alike)
    together = rate(1, 10, prior)
    assert rate(1, 10).share < together.mean < 0.31  # type: ignore[operator]
    assert together.upper - together.lower < rate(1, 10).upper - rate(1, 10).lower


def test_streams_that_differ_are_left_apart() -> None:
    a, b = pooled([(9, 10), (0, 9), (12, 12), (1, 10), (10, 11), (0, 8), (12, 12), (0, 14)])
    assert a + b < 2
