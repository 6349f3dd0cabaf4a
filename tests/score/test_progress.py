"""Progress of key results as a pure thing: by value, by milestone, by time; what is due; scores."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.model import Cycle, KeyResult, Metric, Milestone, Observation
from mainstem.score.progress import Due, Reading, band, progress, readings, together

CYCLE = Cycle(first_day=date(2026, 10, 1), last_day=date(2026, 12, 31), state="committed")
TODAY = date(2026, 10, 21)
NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-3 or x == 0)


def stand(kr, *found, metric=None, today=TODAY, cycle=CYCLE):
    known = readings(kr, metric, found, cycle)
    return progress(kr, metric, known, cycle, today=today)


def kr(**given):
    return KeyResult(**{"text": "x", **given})


@given(NUMBERS, NUMBERS, NUMBERS)
def test_the_way_is_none_at_the_baseline_and_whole_at_the_target(baseline, target, value):
    if abs(baseline - target) < 1e-2:
        return
    k = kr(baseline=baseline, target=target)
    assert stand(k, Reading(TODAY, baseline)).share == 0
    assert stand(k, Reading(TODAY, target)).share == 1
    found = stand(k, Reading(TODAY, value))
    assert 0 <= found.score <= 1
    # whether up is better is said by baseline and target alone
    mirrored = kr(baseline=-baseline, target=-target)
    assert stand(mirrored, Reading(TODAY, -value)).share == pytest.approx(found.share)


def test_less_is_better_where_the_target_is_below_the_baseline():
    assert stand(kr(baseline=10, target=4), Reading(TODAY, 7)).share == 0.5


@pytest.mark.parametrize(
    ("given", "found", "why"),
    [
        ({"target": 5}, [], "it has no value yet"),
        ({"baseline": 1}, [Reading(TODAY, 3)], "it has no target"),
        ({"target": 5}, [Reading(TODAY, 3)], "it has no baseline to start from"),
    ],
)
def test_what_cannot_be_said_is_not_guessed(given, found, why):
    got = stand(kr(**given), *found)
    assert (got.share, got.score, got.why_not) == (None, None, why)


@pytest.mark.parametrize(
    ("direction", "value", "share"), [("up", 99, 1), ("up", 97, 0), ("down", 97, 1)]
)
def test_something_to_be_kept_is_kept_or_not(direction, value, share):
    metric = Metric(direction=direction)
    assert stand(kr(baseline=98, target=98), Reading(TODAY, value), metric=metric).share == share


def test_observations_count_from_the_first_day_of_the_cycle():
    metric = Metric(
        observations=[Observation(on="2026-09-30", value=9), Observation(on="2026-10-02", value=3)]
    )
    assert stand(kr(baseline=0, target=10), metric=metric).share == 0.3
    assert stand(kr(baseline=0, target=10), metric=metric, today=date(2026, 10, 1)).value is None


def test_a_person_goes_before_the_metric_on_the_same_day_only():
    metric = Metric(
        observations=[Observation(on="2026-10-20", value=3), Observation(on="2026-10-21", value=4)]
    )
    k = kr(baseline=0, target=10)
    assert stand(k, Reading(date(2026, 10, 20), 8), metric=metric).value == 4
    assert stand(k, Reading(date(2026, 10, 21), 8), metric=metric).value == 8


def test_a_word_without_a_value_keeps_the_last_value():
    found = stand(
        kr(baseline=0, target=10), Reading(date(2026, 10, 10), 5), Reading(TODAY, None, 0.4)
    )
    assert (found.value, found.confidence, found.due) == (5, 0.4, Due.FINE)


def test_check_ins_written_in_the_plan_count_too():
    k = kr(baseline=0, target=10, check_ins=[{"on": "2026-10-10", "value": 5, "confidence": 0.6}])
    found = stand(k)
    assert (found.share, found.confidence, found.due) == (0.5, 0.6, Due.DUE)


def test_what_comes_later_is_not_known_yet():
    assert stand(kr(baseline=0, target=10), Reading(TODAY + timedelta(days=1), 5)).value is None


@pytest.mark.parametrize(
    ("days", "due"), [(0, Due.FINE), (6, Due.FINE), (7, Due.DUE), (13, Due.DUE), (14, Due.LATE)]
)
def test_a_check_in_is_due_and_then_late(days, due):
    assert stand(kr(), Reading(TODAY - timedelta(days=days), 5)).due is due


@pytest.mark.parametrize(
    ("grain", "lag", "days", "due"),
    [("day", 0, 3, Due.FINE), ("day", 0, 4, Due.STALE), ("week", 0, 14, Due.FINE), ("week", 5, 19, Due.FINE),
     ("week", 5, 20, Due.STALE)],
)  # fmt: skip
def test_a_metric_that_reports_by_itself_grows_stale(grain, lag, days, due):
    metric = Metric(
        grain=grain,
        lag_days=lag,
        observations=[Observation(on=TODAY - timedelta(days=days), value=1)],
    )
    assert stand(kr(), metric=metric).due is due


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 9, 30), Due.NOT_STARTED),
        (date(2027, 1, 1), Due.OVER),
        (date(2026, 10, 3), Due.FINE),
    ],
)
def test_nothing_is_due_before_or_after_the_cycle(today, due):
    assert stand(kr(), today=today).due is due


def test_milestones_count_by_weights_where_somebody_set_them():
    steps = (Milestone(name="a", done=TODAY, weight=3), Milestone(name="b"))
    found = stand(kr(milestones=steps))
    assert (found.share, found.milestones) == (0.75, (1, 2))
    later = (Milestone(name="a", done=TODAY + timedelta(days=2)), Milestone(name="b"))
    assert stand(kr(milestones=later)).share == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.none() | st.floats(0.1, 10)), min_size=1, max_size=8))
def test_scores_together_lie_between_the_least_and_the_most(pairs):
    mean = together(pairs)
    scores = [score for score, _ in pairs]
    assert min(scores) - 1e-9 <= mean <= max(scores) + 1e-9
    assert together([]) is None


def test_a_score_has_the_name_of_the_highest_band_it_reaches():
    bands = {"missed": 0.0, "partly": 0.4, "reached": 0.7}
    assert [band(s, bands) for s in (0, 0.39, 0.4, 0.7, 1)] == [
        "missed",
        "missed",
        "partly",
        "reached",
        "reached",
    ]
    assert band(0.1, {"fine": 0.5}) == "fine"
    assert band(0.1, {}) == ""
