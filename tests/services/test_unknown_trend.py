"""How fast the unknown shrinks: what was known at the end of each week, and not what is known now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from mainstem.score.answerable import NotAnswerable
from mainstem.score.chart import Chart
from mainstem.services.triage.unknown_trend import trend_words, unknown_trend
from mainstem.services.work.attributing import build_inputs
from tests.world import World, effort, item, plan

BEFORE = {
    "organisation": {"unit": "hour"},
    "streams": {"s": {"claims": [{"label": "a"}]}},
    "rest": [],
}
AFTER = {**BEFORE, "streams": {"s": {"claims": [{"label": "a"}, {"label": "b"}]}}}
#: A Wednesday.
TODAY = date(2026, 10, 21)


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, plan(**BEFORE))
    rows = [item("K-1", labels=["a"]), item("K-2", labels=["b"]), item("K-3", labels=["c"])]
    made.land(rows, [effort(f"K-{n}", n, day="2026-08-10") for n in (1, 2, 3)])
    return made


def derived(world, given, at):
    from mainstem.ledger.refresh import refresh

    world.plan = plan(**given)
    with world.ledger.change() as change:
        inputs, _ = build_inputs(change, world.plan, [], str(at))
        refresh(world.ledger, inputs, change, at=at)


def test_a_claim_lets_the_unknown_fall_from_the_week_in_which_it_was_made(world):
    derived(world, BEFORE, datetime(2026, 10, 8, tzinfo=UTC))
    derived(world, AFTER, datetime(2026, 10, 15, tzinfo=UTC))
    book = world.book()
    found = unknown_trend(world.ledger, book, TODAY)
    assert [(p.end, p.share) for p in found.points] == [
        (date(2026, 10, 11), Fraction(5, 6)), (date(2026, 10, 18), Fraction(1, 2)), (TODAY, Fraction(1, 2)),
    ]  # fmt: skip
    assert trend_words(found).startswith("The unknown fell from 83\u202f% to 50\u202f%")
    assert found.change == Fraction(-1, 3)
    again = unknown_trend(world.ledger, book, TODAY)
    assert again == found, "what was kept says the same"
    book.desk.close()


def test_before_the_first_derivation_nothing_is_said(world):
    derived(world, BEFORE, datetime(2026, 10, 20, tzinfo=UTC))
    book = world.book()
    found = unknown_trend(world.ledger, book, TODAY)
    assert [p.end for p in found.points] == [TODAY]
    assert isinstance(found.chart, NotAnswerable)
    assert "a trend needs a second week" in trend_words(found)
    book.desk.close()


def test_a_usual_range_is_drawn_from_the_sixth_week_on(world):
    for week in range(9):
        derived(
            world,
            AFTER if week % 2 else BEFORE,
            datetime(2026, 8, 20, tzinfo=UTC) + timedelta(weeks=week),
        )
    book = world.book()
    found = unknown_trend(world.ledger, book, TODAY)
    assert isinstance(found.chart, Chart)
    assert found.chart.is_trial and len(found.chart.limits) == len(found.chart.points) == 9
    book.desk.close()
