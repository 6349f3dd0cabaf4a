from datetime import date
from fractions import Fraction

import pytest

from mainstem.errors import MixedUnits
from mainstem.plan.model import Conversion, Unit
from mainstem.score.conversions import convert

DAY = date(2026, 7, 1)


def declared(from_, to, factor, **more):
    return Conversion(
        **{"from": from_, "to": to, "factor": factor, "source": "work council", **more}
    )


def test_the_same_unit_needs_no_conversion():
    assert convert(Fraction(3), Unit.HOUR, Unit.HOUR, team_path=(), day=DAY, conversions=()) == 3


def test_a_declared_decimal_is_exact():
    found = convert(
        Fraction(10), Unit.HOUR, Unit.PERSON_DAY, team_path=("a",), day=DAY,
        conversions=[declared("hour", "person_day", 0.13)],
    )  # fmt: skip
    assert found == Fraction(13, 10)


def test_a_conversion_holds_backwards_and_there_and_back_is_the_same():
    conversions = [declared("person_day", "hour", 7.5)]
    days = convert(
        Fraction(15), Unit.HOUR, Unit.PERSON_DAY, team_path=(), day=DAY, conversions=conversions
    )
    assert days == 2
    assert convert(
        days, Unit.PERSON_DAY, Unit.HOUR, team_path=(), day=DAY, conversions=conversions
    ) == 15  # fmt: skip


def test_the_nearest_team_wins():
    conversions = [
        declared("person_day", "hour", 8),
        declared("person_day", "hour", 7, team="group"),
        declared("person_day", "hour", 6, team="team"),
    ]

    def one_day(*path):
        return convert(
            Fraction(1),
            Unit.PERSON_DAY,
            Unit.HOUR,
            team_path=path,
            day=DAY,
            conversions=conversions,
        )

    assert one_day() == 8
    assert one_day("other") == 8
    assert one_day("group") == 7
    assert one_day("group", "team") == 6


def test_dates_are_both_included_and_the_latest_in_force_wins():
    conversions = [
        declared("point", "hour", 4, team="a"),
        declared("point", "hour", 5, team="a", valid_from=DAY, valid_to=DAY),
    ]

    def on(day):
        return convert(
            Fraction(1), Unit.POINT, Unit.HOUR, team_path=("a",), day=day, conversions=conversions
        )

    assert [on(date(2026, 6, 30)), on(DAY), on(date(2026, 7, 2))] == [4, 5, 4]


def test_without_a_declaration_both_units_are_named():
    with pytest.raises(MixedUnits) as caught:
        convert(Fraction(1), Unit.ITEM, Unit.HOUR, team_path=("a",), day=DAY, conversions=())
    assert "hour and item" in caught.value.message
    assert "team a" in caught.value.message
    assert caught.value.hint


def test_points_convert_only_inside_a_team():
    with pytest.raises(MixedUnits) as caught:
        convert(
            Fraction(1), Unit.POINT, Unit.HOUR, team_path=("a",), day=DAY,
            conversions=[declared("point", "hour", 4)],
        )  # fmt: skip
    assert "inside one team" in caught.value.hint
