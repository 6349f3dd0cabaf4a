"""Moments in JQL: minutes, in the zone of the account, never later than meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.jira import jql
from tests.sources.jira.folding import connection

ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca",
    ]
)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), ZONES)
def test_a_minute_is_never_after_its_moment_however_jira_reads_it(at: datetime, name: str) -> None:
    zone, moment = ZoneInfo(name), at.replace(tzinfo=UTC)
    said = datetime.strptime(jql.minute(moment, zone), "%Y-%m-%d %H:%M")
    for fold in (0, 1):
        read = said.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        assert read <= moment < read + timedelta(hours=3)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), ZONES)
def test_an_unknown_zone_is_taken_as_the_most_western(at: datetime, name: str) -> None:
    moment = at.replace(tzinfo=UTC)
    said = datetime.strptime(jql.minute(moment, None), "%Y-%m-%d %H:%M")
    assert said.replace(tzinfo=ZoneInfo(name)).astimezone(UTC) <= moment


def test_the_hour_that_comes_twice_is_gone_back_before() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for hour in (0, 1):
        assert (
            jql.minute(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), berlin) <= "2026-10-25 01:30"
        )


def test_words_of_the_settings_cannot_break_out_of_a_query() -> None:
    of = connection("https://x", projects='A"B\n) OR (1=1', since="2026-02-01", jql="labels = web")
    first, further, since = jql.scope(of, ZoneInfo("Asia/Kolkata"))
    assert first == r'project in ("A\"B", ") OR (1=1")'
    assert (further, since) == ("(labels = web)", 'updated >= "2026-02-01 05:30"')


def test_a_day_that_is_none_is_named() -> None:
    with pytest.raises(SourceError, match="since: '1 May'"):
        jql.scope(connection("https://x", since="1 May"), None)
