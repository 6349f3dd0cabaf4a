"""Units are never mixed silently: answers in another unit come from declared, scoped, dated factors."""

from __future__ import annotations

from pathlib import Path

import pytest

from mainstem.errors import MixedUnits, QuestionError
from mainstem.plan.model import Unit
from mainstem.score.values import GRAIN, By, Question
from tests.world import World, effort, item, member, plan

CONVERSIONS = [
    {"from": "hour", "to": "point", "factor": 0.5, "team": "red", "source": "their own median"},
    {
        "from": "hour",
        "to": "point",
        "factor": 0.25,
        "team": "red",
        "valid_from": "2026-08-01",
        "source": "again",
    },
]


def world(tmp_path: Path, **organisation: object) -> World:
    made = World(
        tmp_path,
        plan(
            organisation=organisation,
            teams={"all": {}, "red": {"in": "all"}, "blue": {"in": "all"}},
        ),
        [member("ann@x", "red"), member("bob@x", "blue")],
    )
    rows = [effort("A", 8, day="2026-07-01"), effort("A", 8, day="2026-08-03")]
    made.land([item("A")], rows)
    made.refresh()
    return made


def test_factors_hold_for_their_team_and_their_days(tmp_path: Path) -> None:
    made = world(tmp_path, conversions=CONVERSIONS)
    answer = made.ask(Question(by=By.TEAM, unit=Unit.POINT))
    assert {c.key: c.amounts.units / GRAIN for c in answer.cells} == {"red": 8 * 0.5 + 8 * 0.25}
    assert any("Converted from hours" in n for n in answer.notes)


def test_a_team_without_a_factor_is_an_error_and_not_a_guess(tmp_path: Path) -> None:
    made = world(tmp_path, conversions=CONVERSIONS)
    made.land([item("B")], [effort("B", 8, person="bob@x")])
    made.refresh()
    with pytest.raises(MixedUnits, match="blue"):
        made.ask(Question(unit=Unit.POINT))


def test_without_any_conversion_the_units_there_are_get_named(tmp_path: Path) -> None:
    made = world(tmp_path)
    with pytest.raises(QuestionError, match="no effort in points") as caught:
        made.ask(Question(unit=Unit.POINT))
    assert "hour" in caught.value.hint


def test_effort_held_in_the_unit_is_never_converted(tmp_path: Path) -> None:
    made = world(tmp_path, conversions=CONVERSIONS)
    answer = made.ask(Question(unit=Unit.HOUR))
    assert answer.total is not None and answer.total.amounts.units == 16 * GRAIN
    assert not answer.notes
