from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.plan.model import RestKind, Unit
from mainstem.score.bounds import score_of
from mainstem.score.values import GRAIN, Amounts
from mainstem.score.words import amount, number, percent, points, score_sentence, signed


def sentence(value, unknown, of=100, **more):
    cell = Amounts(value, 0, {RestKind.UNKNOWN: unknown, RestKind.DEBT: of - value - unknown})
    return score_sentence(score_of(cell), Unit.PERSON_DAY, "Q4", **more).replace("\u202f", " ")


def test_the_sentence_of_the_page():
    assert sentence(61, 12) == (
        "61 % of person-days in Q4 went to value streams; between 61 and 73 %, because 12 % is unknown."
    )


def test_with_everything_known_there_is_no_range():
    assert sentence(61, 0) == "61 % of person-days in Q4 went to value streams; nothing is unknown."


def test_under_seven_tenths_of_coverage_only_the_range_is_said():
    assert sentence(41, 37) == (
        "Between 41 and 78 % of person-days in Q4 went to value streams; 37 % is unknown, "
        "too much for one number."
    )
    assert sentence(41, 30).startswith("41 %")


def test_a_team_and_a_stream_can_be_named():
    assert sentence(5, 0, of=100).startswith("5 %")
    cell = Amounts(5, 60, {RestKind.DEBT: 35})
    said = score_sentence(score_of(cell), Unit.HOUR, "2026 Q3", of="Playback", to="Start fast")
    assert said.replace("\u202f", " ").startswith(
        "5 % of hours of Playback in 2026 Q3 went to Start fast"
    )


def test_no_units_is_said_and_is_not_zero_per_cent():
    said = score_sentence(score_of(Amounts()), Unit.ITEM, "Q4")
    assert said == "No items in Q4 were recorded, so there is no Value Score."


def test_an_unknown_too_small_to_move_the_range_is_still_said():
    assert sentence(6100, 20, of=10000) == (
        "61 % of person-days in Q4 went to value streams; under 1 % is unknown."
    )


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Fraction(0), "0 %"),
        (Fraction(3, 1000), "under 1 %"),
        (Fraction(9996, 10000), "over 99 %"),
        (Fraction(1), "100 %"),
        (Fraction(615, 1000), "62 %"),
        (Fraction(6149, 10000), "61 %"),
        (Fraction(99, 100), "99 %"),
        (None, "–"),
    ],
)
def test_a_share_never_misleads_by_rounding(share, said):
    assert percent(share).replace("\u202f", " ") == said


def _as_number(text):
    text = text.removesuffix("\u202f%")
    return {"under 1": 0.5, "over 99": 99.5}.get(text) or float(text)


@given(st.fractions(0, 1), st.fractions(0, 1))
def test_rounding_keeps_order_and_keeps_the_ends_for_themselves(a, b):
    low, high = min(a, b), max(a, b)
    assert _as_number(percent(low)) <= _as_number(percent(high))
    assert (percent(a) == "0\u202f%") == (a == 0)
    assert (percent(a) == "100\u202f%") == (a == 1)
    assert abs(_as_number(percent(a)) - float(a * 100)) <= 0.5 + 1e-9


def test_amounts_are_written_for_people():
    assert amount(1240 * GRAIN, Unit.PERSON_DAY) == "1,240\u00a0person-days"
    assert amount(GRAIN, Unit.PERSON_DAY) == "1\u00a0person-day"
    assert amount(35 * GRAIN // 10, Unit.HOUR) == "3.5\u00a0hours"
    assert amount(3, Unit.HOUR) == "under\u00a00.1\u00a0hours"
    assert amount(0, Unit.ITEM) == "0\u00a0items"


def test_signs_and_points():
    assert number(-1240) == "\u22121,240"
    assert number(Fraction(-1, 1000)) == "0"
    assert signed(Fraction(31, 10)) == "+3.1"
    assert signed(Fraction(-31, 10)) == "\u22123.1"
    assert signed(Fraction(0)) == "0.0"
    assert points(Fraction(31, 1000)) == "3.1\u00a0points"
    assert points(Fraction(1, 100_000)) == "under\u00a00.1\u00a0points"
