"""What a metric's history says of the metric (methods 1.3): the laws, the refusals, the edges."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from mainstem.challenge.metric_measures import (
    Guard,
    Measures,
    asks_less_than_noise,
    conflicts,
    did_not_move,
    measures_of,
    responsiveness,
    spearman,
)
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import MetricSeries, series_on_grain
from mainstem.plan.model import Metric

MONDAY, TODAY = date(2026, 1, 5), date(2026, 12, 28)
values = st.lists(st.floats(-1000, 1000), min_size=12, max_size=40)


def weekly(numbers: list[float]) -> list[tuple[date, float]]:
    return [(MONDAY + timedelta(weeks=i), v) for i, v in enumerate(numbers)]


def measured(numbers: list[float], **more: object) -> Measures:
    given_ = {
        "unit": "s",
        "grain": "week",
        "direction": "up",
        "baseline": 0.0,
        "target": 5.0,
        **more,
    }
    metric = Metric.model_validate(given_)
    return measures_of(metric, weekly(numbers), today=TODAY)


def number(of: float | NotAnswerable) -> float:
    assert isinstance(of, float), of
    return of


@given(values, st.floats(0.01, 100), st.floats(-1000, 1000))
@settings(deadline=None)
def test_another_unit_scales_noise_and_shift_and_leaves_the_target_in_shifts(
    numbers: list[float], scale: float, shift: float
) -> None:
    one = measured(numbers)
    other = measured([v * scale + shift for v in numbers], baseline=shift, target=5 * scale + shift)
    if isinstance(one.smallest_shift, NotAnswerable) or number(one.smallest_shift) < 1e-6:
        return
    if isinstance(other.smallest_shift, NotAnswerable):
        return
    assert number(other.noise) == pytest.approx(number(one.noise) * scale, rel=1e-4, abs=1e-6)
    assert number(other.smallest_shift) == pytest.approx(
        number(one.smallest_shift) * scale, rel=1e-3
    )
    assert number(other.target_to_noise) == pytest.approx(number(one.target_to_noise), rel=1e-3)


@given(st.permutations(["a", "b", "c", "d"]), st.integers(0, 100))
@settings(deadline=None, max_examples=20)
def test_the_order_of_guardrails_changes_nothing(order: list[str], seed: int) -> None:
    rng = random.Random(seed)
    series = series_on_grain(weekly([rng.random() for _ in range(30)]), "week", until=TODAY)
    guards = {
        k: Guard(
            "up", series_on_grain(weekly([rng.random() for _ in range(30)]), "week", until=TODAY)
        )
        for k in "abcd"
    }
    assert conflicts("up", series, {k: guards[k] for k in order}) == conflicts("up", series, guards)


def test_a_constant_series_does_not_move_and_nothing_is_divided() -> None:
    found = measured([3.0] * 20)
    assert found.noise == 0.0
    assert found.does_not_move
    assert isinstance(found.smallest_shift, NotAnswerable)
    assert "does not move" in str(found.smallest_shift)
    assert isinstance(asks_less_than_noise(found), NotAnswerable)


def test_few_values_are_refused_with_how_many_weeks_more() -> None:
    found = measured([1.0, 2.0, 1.5, 3.0, 2.0])
    for refused in (found.noise, found.smallest_shift, found.target_to_noise):
        assert isinstance(refused, NotAnswerable)
        assert "7 more weeks" in refused.what_would_help


def test_a_small_target_in_a_noisy_metric_cannot_be_told_from_noise() -> None:
    rng = random.Random(4)
    found = measured([rng.gauss(50, 10) for _ in range(26)], baseline=50, target=52)
    assert found.is_too_noisy
    assert asks_less_than_noise(found) is True
    assert not measured(
        [rng.gauss(50, 0.5) for _ in range(26)], baseline=50, target=60
    ).is_too_noisy


def test_a_running_total_is_measured_by_its_changes() -> None:
    rng = random.Random(5)
    steps = [rng.gauss(100, 10) for _ in range(30)]
    total = [sum(steps[: i + 1]) for i in range(30)]
    found = measured(total, kind="cumulative_total", target=None)
    assert found.is_running_total
    assert number(found.noise) < 20
    assert number(measured(total).noise) > 80


def test_a_guardrail_that_gets_worse_when_the_metric_gets_better_warns() -> None:
    rng = random.Random(6)
    mine = [rng.random() for _ in range(26)]
    series = series_on_grain(weekly(mine), "week", until=TODAY)
    errors = series_on_grain(weekly([v * 2 + rng.random() / 10 for v in mine]), "week", until=TODAY)
    (worse,) = conflicts("up", series, {"errors": Guard("down", errors)})
    assert worse.warns
    (fine,) = conflicts("down", series, {"errors": Guard("down", errors)})
    assert not fine.warns
    (unknown,) = conflicts(None, series, {"errors": Guard("down", errors)})
    assert isinstance(unknown.correlation, NotAnswerable)
    (few,) = conflicts("up", series.last(12), {"errors": Guard("down", errors)})
    assert isinstance(few.correlation, NotAnswerable)


def test_rank_correlation_is_that_of_the_books() -> None:
    assert spearman([1, 2, 3, 4], [10, 20, 30, 40]) == 1
    assert spearman([1, 2, 3, 4], [4, 3, 2, 1]) == -1
    assert spearman([1, 1, 1], [1, 2, 3]) is None
    one, other = [1, 2, 2, 4, 5], [2, 1, 4, 3, 5]
    assert spearman(one, other) == pytest.approx(spearmanr(one, other).statistic)


def test_responsiveness_waits_for_three_answers() -> None:
    assert isinstance(responsiveness(["moved", "unclear", "not_moved"]), NotAnswerable)
    found = responsiveness(["moved", "not_moved", "moved", "unclear"])
    assert not isinstance(found, NotAnswerable)
    assert (found.k, found.n) == (2, 3)


def test_it_did_not_move_only_if_there_was_time_and_work_to_move_it() -> None:
    half_year = series_on_grain(weekly([1.0] * 26), "week", until=TODAY)
    assert did_not_move(half_year, 0, 3) is True
    assert did_not_move(half_year, 1, 3) is False
    assert isinstance(did_not_move(half_year, 0, 2), NotAnswerable)
    assert isinstance(did_not_move(half_year.last(20), 0, 3), NotAnswerable)


def test_days_become_weeks_that_are_over_and_gaps_stay_gaps() -> None:
    days = [(MONDAY + timedelta(days=i), float(i)) for i in range(10)]
    made = series_on_grain(days, "day", until=MONDAY + timedelta(days=9))
    assert made == MetricSeries("week", (MONDAY,), (3.0,))
    holes = series_on_grain(
        [(MONDAY, 1.0), (MONDAY + timedelta(days=21), 2.0)], "week", until=TODAY
    )
    assert holes.values == (1.0, None, None, 2.0)
    assert holes.steps().known == ()
