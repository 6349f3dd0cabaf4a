"""Dates as people and programs write them."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.sources.table.parse_sql import any_date_sql

CON = duckdb.connect()
CON.execute("SET TimeZone = 'Europe/Berlin'")


def read(text: str, day_first: bool = True) -> tuple[str | None, str | None]:
    sql = any_date_sql("SELECT $1::VARCHAR AS x", day_first, "1990-01-01", "2100-12-31")
    moment, reason = CON.execute(f"SELECT moment::VARCHAR, reason FROM ({sql})", [text]).fetchone()
    return moment, reason


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01", "2026-07-01 00:00:00+02"),
        ("2026-07-01 08:30", "2026-07-01 08:30:00+02"),
        ("2026-01-01 08:30", "2026-01-01 08:30:00+01"),
        ("2026-07-01T23:30:00+05:00", "2026-07-01 20:30:00+02"),
        ("2026-07-01T23:30:00.123+0500", "2026-07-01 20:30:00.123+02"),
        ("2026-07-01T22:30:00Z", "2026-07-02 00:30:00+02"),
        ("2026-07-01 23:30:00 UTC", "2026-07-02 01:30:00+02"),
        ("01.07.2026", "2026-07-01 00:00:00+02"),
        ("1.7.26 08:30", "2026-07-01 08:30:00+02"),
        ("01/07/2026", "2026-07-01 00:00:00+02"),
        ("01/Jul/26 3:04 PM", "2026-07-01 15:04:00+02"),
        ("01/Jul/26 12:04 AM", "2026-07-01 00:04:00+02"),
        ("01/Okt/26 3:04 PM", "2026-10-01 15:04:00+02"),
        ("Jul 1, 2026", "2026-07-01 00:00:00+02"),
        ("July 1st, 2026 3:04:05 pm", "2026-07-01 15:04:05+02"),
        ("1. Juli 2026", "2026-07-01 00:00:00+02"),
        ("3. Mai 2026", "2026-05-03 00:00:00+02"),
        ("Wed, 01 Jul 2026 08:30:00 +0200", "2026-07-01 08:30:00+02"),
        ("Sat Mar 15 00:20:02 UTC 2014", "2014-03-15 01:20:02+01"),
        ("20260701", "2026-07-01 00:00:00+02"),
        ("2026/7/1 8:05", "2026-07-01 08:05:00+02"),
        ("1751328000", "2025-07-01 02:00:00+02"),
        ("1751328000123", "2025-07-01 02:00:00.123+02"),
        ("01/févr./26 9:12 AM", "2026-02-01 09:12:00+01"),
        ("01/fe\u0301vr./26", "2026-02-01 00:00:00+01"),
        ("13/août/25 3:14\u202fPM", "2025-08-13 15:14:00+02"),
        ("1er juin 2026", "2026-06-01 00:00:00+02"),
        ("14 juil. 2026 20:00", "2026-07-14 20:00:00+02"),
        ("mercredi 31 décembre 2025", "2025-12-31 00:00:00+01"),
        ("12/ago/26 3:14 p.\u00a0m.", "2026-08-12 15:14:00+02"),
        ("12 de diciembre de 2025", "2025-12-12 00:00:00+01"),
        ("miércoles, 01 ene 2025", "2025-01-01 00:00:00+01"),
        ("3 mrt 2026", "2026-03-03 00:00:00+01"),
        ("12/out/25 08:00", "2025-10-12 08:00:00+02"),
        ("46204", "2026-07-01 00:00:00+02"),
        ("46204.5", "2026-07-01 12:00:00+02"),
    ],
)
def test_a_date_in_any_usual_form(text: str, moment: str) -> None:
    assert read(text) == (moment, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-31", "impossible date"), ("31/02/2026", "impossible date"), ("31.04.2026", "impossible date"),
        ("2026-13-01", "impossible date"), ("2026-07-01 25:00", "impossible date"),
        ("0202-01-01", "date out of bounds"), ("1900-01-01", "date out of bounds"),
        ("9999-12-31", "date out of bounds"), ("29.02.2025", "impossible date"),
        ("31/févr./26", "impossible date"), ("12/foo/26", "impossible date"), ("12 de 2026", "date not understood"),
        ("soon", "date not understood"), ("", "date not understood"), ("13:00", "date not understood"),
        ("infinity", "date not understood"), ("now", "date not understood"), ("42", "date not understood"),
    ],
)  # fmt: skip
def test_a_date_that_is_none_is_refused_with_a_reason(text: str, reason: str) -> None:
    assert read(text) == (None, reason)


def test_the_order_of_day_and_month_is_an_argument() -> None:
    assert read("1/7/2026", True)[0] == "2026-07-01 00:00:00+02"
    assert read("1/7/2026", False)[0] == "2026-01-07 00:00:00+01"
    assert read("1.7.2026", False)[0] == "2026-07-01 00:00:00+02"


@settings(max_examples=60, deadline=None)
@given(
    day=st.dates(dt.date(1990, 1, 2), dt.date(2068, 12, 31)),
    form=st.sampled_from(
        [
            "%Y-%m-%d",
            "%d.%m.%Y",
            "%d/%m/%Y",
            "%d-%m-%Y",
            "%d %b %Y",
            "%B %d, %Y",
            "%Y%m%d",
            "%d/%b/%y",
        ]
    ),
)
def test_every_form_agrees_with_python(day: dt.date, form: str) -> None:
    if "%y" in form and day.year < 2000:
        return
    moment, reason = read(day.strftime(form))
    assert reason is None
    assert moment is not None and moment[:10] == day.isoformat()


@settings(max_examples=60, deadline=None)
@given(
    moment=st.datetimes(dt.datetime(1995, 1, 1), dt.datetime(2037, 1, 1)),
    hours=st.integers(-11, 12),
)
def test_offsets_are_honoured(moment: dt.datetime, hours: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=dt.timezone(dt.timedelta(hours=hours)))
    sql = any_date_sql("SELECT $1::VARCHAR AS x", True, "1990-01-01", "2100-12-31")
    row = CON.execute(
        f"SELECT timezone('UTC', moment) FROM ({sql})", [moment.strftime("%Y-%m-%dT%H:%M:%S%z")]
    ).fetchone()
    assert row == (moment.astimezone(dt.UTC).replace(tzinfo=None),)
