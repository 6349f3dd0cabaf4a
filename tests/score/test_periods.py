import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import QuestionError
from mainstem.plan.model import Cycle
from mainstem.score.periods import OUTSIDE, parse_period, period_of, periods
from mainstem.score.values import Grain, Period

days = st.dates(date(1999, 12, 1), date(2031, 1, 31))
CYCLES = {
    "2026-Q2": Cycle(name="Spring", first_day=date(2026, 4, 1), last_day=date(2026, 6, 30)),
    "2026-Q3": Cycle(first_day=date(2026, 7, 13), last_day=date(2026, 9, 30)),
}


@given(days, st.integers(0, 900), st.sampled_from(list(Grain)), st.sampled_from(["mon", "sun"]))
def test_every_day_is_in_exactly_one_period_and_labels_are_unique(
    first, length, grain, week_starts
):
    last = first + timedelta(days=length)
    cut = periods(grain, first, last, week_starts=week_starts, cycles=CYCLES)
    assert cut[0].start == first
    assert cut[-1].end == last + timedelta(days=1)
    assert all(a.end == b.start for a, b in itertools.pairwise(cut))
    assert all(p.start < p.end for p in cut)
    assert len({p.label for p in cut}) == len(cut)


def test_labels_are_what_people_write():
    first, last = date(2026, 6, 30), date(2026, 7, 1)

    def labels(grain):
        return [p.label for p in periods(grain, first, last)]

    assert labels(Grain.DAY) == ["2026-06-30", "2026-07-01"]
    assert labels(Grain.WEEK) == ["2026-W27"]
    assert labels(Grain.MONTH) == ["2026-06", "2026-07"]
    assert labels(Grain.QUARTER) == ["2026 Q2", "2026 Q3"]
    assert labels(Grain.ALL) == ["all"]


def test_a_week_that_starts_on_sunday_is_named_after_its_monday():
    cut = periods(Grain.WEEK, date(2026, 6, 28), date(2026, 7, 4), week_starts="sun")
    assert [p.label for p in cut] == ["2026-W27"]


def test_the_first_week_of_a_year_may_belong_to_the_year_before():
    assert period_of(date(2027, 1, 1), Grain.WEEK) == Period(
        "2026-W53", date(2026, 12, 28), date(2027, 1, 4)
    )


def test_days_outside_any_cycle_are_kept_and_named_so():
    cut = periods(Grain.CYCLE, date(2026, 4, 1), date(2026, 9, 30), cycles=CYCLES)
    assert [p.label for p in cut] == ["Spring", OUTSIDE, "2026-Q3"]
    cut = periods(Grain.CYCLE, date(2026, 1, 1), date(2026, 9, 30), cycles=CYCLES)
    assert next(p.label for p in cut) == f"{OUTSIDE} from 2026-01-01"


def test_a_day_in_two_cycles_belongs_to_the_one_that_starts_first():
    cycles = {
        "late": Cycle(first_day=date(2026, 2, 1), last_day=date(2026, 4, 30)),
        "early": Cycle(first_day=date(2026, 1, 1), last_day=date(2026, 3, 31)),
    }
    cut = periods(Grain.CYCLE, date(2026, 1, 1), date(2026, 4, 30), cycles=cycles)
    assert [(p.label, p.start) for p in cut] == [
        ("early", date(2026, 1, 1)), ("late", date(2026, 4, 1)),
    ]  # fmt: skip


def test_an_empty_stretch_has_no_periods():
    assert periods(Grain.WEEK, date(2026, 2, 1), date(2026, 1, 1)) == ()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-07-03", date(2026, 7, 3), date(2026, 7, 4)),
        ("2026-W27", date(2026, 6, 29), date(2026, 7, 6)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026 Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-q3", date(2026, 7, 13), date(2026, 10, 1)),
        ("spring", date(2026, 4, 1), date(2026, 7, 1)),
        ("2026-04..2026-05", date(2026, 4, 1), date(2026, 6, 1)),
    ],
)
def test_a_period_is_understood_as_people_write_it(text, start, end):
    found = parse_period(text, CYCLES)
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13", "2026-W54", "2026-02-30", "2027..2026"]
)
def test_what_is_no_period_is_refused_with_what_would_be(text):
    with pytest.raises(QuestionError) as caught:
        parse_period(text, CYCLES)
    assert caught.value.hint


@given(days, st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER]))
def test_the_label_of_a_period_means_that_period(day, grain):
    made = period_of(day, grain)
    assert made.start <= day < made.end
    assert parse_period(made.label) == made


@pytest.mark.parametrize("text", ["9999-12-31", "9999-Q4", "9999", "0001-W01", "2026-07-01..9999"])
def test_no_period_lies_where_no_day_comes_after_it(text):
    with pytest.raises(QuestionError):
        parse_period(text)
