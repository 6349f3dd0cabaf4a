"""What needs a person: only what is so, the most urgent first."""

from __future__ import annotations

from datetime import date, timedelta

from mainstem.plan.model import Plan
from mainstem.score.attention import (
    Attention,
    Kind,
    due_check_ins,
    metric_in_force,
    most_urgent,
    open_needs,
    stale_metrics,
)
from mainstem.score.progress import Due, Progress

TODAY = date(2026, 10, 21)


def need(**given):
    dependency = {"needs": "a", "gives": "b", "what": "a thing", **given}
    plan = Plan.model_validate({"teams": {"a": {}, "b": {}}, "dependencies": {"d": dependency}})
    return list(open_needs(plan, TODAY, plan.dependencies))


def days(n):
    return str(TODAY + timedelta(days=n))


def test_a_need_without_a_promise_speaks_when_its_day_comes_near():
    assert need(needed_by=days(15)) == []
    (near,) = need(needed_by=days(14))
    assert (near.kind, near.days, near.is_late) == (Kind.NO_PROMISE, -14, False)


def test_a_need_is_overdue_the_day_after_it_was_promised_or_needed():
    assert need(needed_by=days(30), promised=days(0)) == []
    (late,) = need(needed_by=days(30), promised=days(-1))
    assert (late.kind, late.days, late.is_late) == (Kind.OVERDUE, 1, True)
    (missed,) = need(needed_by=days(-3))
    assert (missed.kind, missed.days) == (Kind.OVERDUE, 3)


def test_a_promise_after_the_need_is_said_before_either_day_comes():
    (found,) = need(needed_by=days(30), promised=days(31))
    assert (found.kind, found.is_late) == (Kind.LATE_PROMISE, False)


def test_what_is_done_or_refused_waits_for_nobody():
    for state in ("done", "refused"):
        assert need(needed_by=days(-30), state=state) == []
    assert need() == []


def stale(observed, today=TODAY, **metric):
    plan = Plan.model_validate({
        "metrics": {"m": {**metric, "observations": [{"on": str(d), "value": 1} for d in observed]}},
        "streams": {"s": {"metric": "m"}, "bare": {}},
    })  # fmt: skip
    return list(stale_metrics(plan, today, plan.streams))


def test_a_metric_is_stale_after_two_of_its_periods_and_its_lag():
    last = date(2026, 10, 1)
    assert stale([last], last + timedelta(days=16), grain="week", lag_days=2) == []
    (found,) = stale([last], last + timedelta(days=17), grain="week", lag_days=2)
    assert (found.subject, found.since, found.days) == ("streams/s", last, 17)


def test_a_metric_without_any_value_has_not_begun_and_values_to_come_do_not_count():
    assert stale([], grain="day") == []
    (found,) = stale([date(2026, 9, 1), date(2026, 12, 1)], grain="week")
    assert found.since == date(2026, 9, 1)


def test_the_metric_of_a_day_is_the_one_in_force_on_it():
    stream = Plan.model_validate({
        "streams": {"s": {"metric": [{"metric": "old", "to": "2026-06-30"}, {"metric": "new", "from": "2026-07-01"}]}}
    }).streams["s"]  # fmt: skip
    assert metric_in_force(stream, date(2026, 6, 30)) == "old"
    assert metric_in_force(stream, date(2026, 7, 1)) == "new"


def test_only_key_results_that_are_due_or_late_wait_for_a_check_in():
    progress = {due.value: Progress(due=due, due_on=TODAY - timedelta(days=2)) for due in Due}
    found = {a.subject: a.is_late for a in due_check_ins(progress, TODAY)}
    assert found == {"key_results/due": False, "key_results/late": True}


def test_what_is_late_comes_first_then_by_kind_then_what_waited_longest():
    def of(kind, days, late):
        return Attention(kind, f"x/{kind}{days}", days, None, late)

    order = [
        of(Kind.FINDING, 0, True), of(Kind.OVERDUE, 9, True), of(Kind.OVERDUE, 2, True),
        of(Kind.METRIC, 90, True), of(Kind.CHECK_IN, 3, False), of(Kind.CONTEST, 40, False),
    ]  # fmt: skip
    assert list(most_urgent(reversed(order))) == order
