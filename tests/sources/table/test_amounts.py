"""Durations and numbers: the SQL agrees with an independent reading in Python."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.sources.table.parse_sql import amounts_sql

CON = duckdb.connect()


def read(text: str, unit: str = "hours", decimal: str = ".", full_day: int = 8 * 3600):
    sql = amounts_sql("SELECT $1::VARCHAR AS x", unit, decimal, full_day)
    return CON.execute(f"SELECT micro, reason FROM ({sql})", [text]).fetchone()


def half_even(value: Fraction) -> int:
    return round(value)


def number_oracle(text: str) -> Fraction:
    cut = Decimal(text).quantize(Decimal(1).scaleb(-15), ROUND_HALF_UP)
    return Fraction(cut)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("1", 1), ("1.5", 1.5), ("1,5", 1.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1 234,5", 1234.5),
        ("1\u00a0234,5", 1234.5), ("1'234.5", 1234.5), ("0,125", 0.125), (".5", 0.5), ("1.", 1),
        ("1:30", 1.5), ("1:30:00", 1.5), ("25:00", 25), ("001:15", 1.25), ("1.5 h", 1.5), ("90m", 1.5),
        ("1h 30m", 1.5), ("1h30", None), ("2d 4h", 20), ("1w", 40), ("5400 s", 1.5), ("5400s", 1.5),
        ("PT1H30M", 1.5), ("PT5400S", 1.5), ("P1DT2H", 10), ("PT0.5H", 0.5), ("P1W", 40),
        ("2 Std. 15 Min", 2.25), ("1 Stunde, 30 Minuten", 1.5), ("3 Tage", 24), ("1 hour and 30 minutes", 1.5),
        ("1,5 Stunden", 1.5), ("1H 30M", 1.5), ("1e1", 10), ("  2 ", 2), ("+2", 2), ("0", 0),
        ("PT", None), ("P", None), ("", None), ("abc", None), ("1.2.3", None), ("1:75", None), ("=1+1", None),
        ("$5", None), ("1;5", None), ("h", None), ("1:2:3:4", None), ("NaN", None), ("inf", None),
    ],
)  # fmt: skip
def test_effort_as_people_write_it(text: str, hours: float | None) -> None:
    micro, reason = read(text)
    assert micro == (None if hours is None else round(hours * 10**6))
    assert (reason == "effort not understood") == (hours is None)


def test_negative_and_absurd_effort_is_refused_with_a_reason() -> None:
    assert read("-2") == (None, "negative effort")
    assert read("−1:30") == (None, "negative effort")
    assert read("-1h 30m") == (None, "negative effort")
    assert read("10000") == (10_000 * 10**6, None)
    assert read("10000.1") == (None, "effort over 10,000 hours")
    assert read("123456789012345678901234567890") == (None, "effort not understood")


def test_one_mark_with_three_digits_is_settled_by_the_decimal_mark() -> None:
    assert read("1,234", decimal=",")[0] == 1_234_000
    assert read("1,234", decimal=".")[0] == 1_234_000_000
    assert read("1.234", decimal=".")[0] == 1_234_000
    assert read("1.234", decimal=",")[0] == 1_234_000_000
    assert read("0.234", decimal=",")[0] == 234_000


def test_a_plain_number_is_in_the_unit_of_the_mapping() -> None:
    assert read("5400", "seconds")[0] == 1_500_000
    assert read("90", "minutes")[0] == 1_500_000
    assert read("1.5", "days")[0] == 12_000_000
    assert read("1.5", "days", full_day=27_000)[0] == 11_250_000
    assert read("3", "points")[0] == 3_000_000


def test_halves_of_a_millionth_go_to_the_even_neighbour() -> None:
    assert read("0.0000005")[0] == 0
    assert read("0.0000015")[0] == 2
    assert read("0.0000025")[0] == 2
    assert read("1", "seconds")[0] == 278


@settings(max_examples=60, deadline=None)
@given(
    whole=st.integers(0, 9999),
    fraction=st.text("0123456789", max_size=17),
    mark=st.sampled_from([".", ","]),
)
def test_numbers_agree_with_decimal(whole: int, fraction: str, mark: str) -> None:
    text = f"{whole}{mark}{fraction}" if fraction else str(whole)
    if len(fraction) == 3 and 0 < whole < 1000:
        return
    expected = half_even(number_oracle(f"{whole}.{fraction or 0}") * 10**6)
    assert read(text)[0] == expected


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(
        st.tuples(
            st.integers(0, 50), st.sampled_from(["", ".5", ".25", ",75"]), st.sampled_from("wdhms")
        ),
        min_size=1,
        max_size=4,
    ),
    gap=st.sampled_from(["", " ", ", "]),
)
def test_sums_of_units_agree_with_fractions(parts: list[tuple[int, str, str]], gap: str) -> None:
    seconds = {"w": 5 * 8 * 3600, "d": 8 * 3600, "h": 3600, "m": 60, "s": 1}
    text = gap.join(f"{n}{f}{u}" for n, f, u in parts)
    total = sum(Fraction(f"{n}{f.replace(',', '.')}") * seconds[u] for n, f, u in parts)
    micro, reason = read(text)
    if total / 3600 > 10_000:
        assert reason == "effort over 10,000 hours"
    else:
        assert micro == half_even(total * 10**6 / 3600)


@settings(max_examples=60, deadline=None)
@given(h=st.integers(0, 9000), m=st.integers(0, 59), s=st.none() | st.integers(0, 59))
def test_clocks_agree_with_fractions(h: int, m: int, s: int | None) -> None:
    text = f"{h}:{m:02}" + (f":{s:02}" if s is not None else "")
    assert read(text)[0] == half_even(Fraction(h * 3600 + m * 60 + (s or 0), 3600) * 10**6)


@settings(max_examples=60, deadline=None)
@given(
    d=st.none() | st.integers(0, 20),
    h=st.none() | st.integers(0, 200),
    m=st.none() | st.integers(0, 200),
    s=st.none() | st.decimals(0, 999, places=2),
)
def test_iso_durations_agree_with_fractions(d, h, m, s) -> None:
    time = "".join(f"{v}{u}" for v, u in ((h, "H"), (m, "M"), (s, "S")) if v is not None)
    text = "P" + (f"{d}D" if d is not None else "") + (f"T{time}" if time else "")
    if text == "P":
        return
    total = (d or 0) * 28_800 + (h or 0) * 3600 + (m or 0) * 60 + Fraction(s or 0)
    assert read(text)[0] == half_even(Fraction(total, 3600) * 10**6)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=12))
def test_any_text_gives_an_amount_or_a_reason_never_both(text: str) -> None:
    text = text.replace("\0", "")
    micro, reason = read(text)
    assert (micro is None) != (reason is None)
    if micro is not None:
        assert re.search(r"\d", text)


def test_the_oracle_itself_rounds_halves_to_even() -> None:
    assert Decimal("0.5").quantize(Decimal(1), ROUND_HALF_EVEN) == 0
    assert [half_even(Fraction(n, 2)) for n in (1, 3, 5)] == [0, 2, 2]
