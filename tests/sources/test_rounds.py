"""Options that several sources have: the first day to read, numbers with their bounds, and the digest."""

from __future__ import annotations

import pytest

from mainstem.errors import SourceError
from mainstem.sources.jira import options as jira
from mainstem.sources.remote import Connection, Secret
from mainstem.sources.rounds import digest_of, first_day, first_moment, number_of


def of(**options: str) -> Connection:
    return Connection("tracker", "jira", options, timezone="Europe/Madrid")


def test_the_first_day_begins_at_midnight_where_the_organisation_is() -> None:
    assert first_day(of()) == "" and first_moment(of()) is None
    assert first_day(of(since=" 2026-01-31 ")) == "2026-01-31"
    assert str(first_moment(of(since="2026-01-31"))) == "2026-01-30 23:00:00+00:00"


@pytest.mark.parametrize("given", ["soon", "2026-02-30", "0026-10-01", "9999-12-31", "31.1.2026"])
def test_what_is_no_day_or_an_impossible_one_is_refused_with_the_name_of_its_option(given):
    with pytest.raises(SourceError, match="since") as error:
        first_moment(of(since=given))
    assert error.value.code == "source.settings" and "2026-01-31" in error.value.hint


@pytest.mark.parametrize("given", ["often", "-1", "nan", "inf", "25"])
def test_a_number_outside_of_its_bounds_is_refused(given):
    assert number_of(of(page=" 24 "), "page", 7, most=24) == 24
    assert number_of(of(), "page", 7, most=24) == 7
    with pytest.raises(SourceError, match="page") as error:
        number_of(of(page=given), "page", 7, most=24)
    assert error.value.hint == "Write a number from 0 to 24."


def test_a_digest_stays_the_same_from_version_to_version_so_that_nothing_is_read_again():
    given = of(url="https://jira.example.org", projects="ABC", since="2026-01-31")
    assert digest_of(given, ("url", "projects")) == "1a0ab5735b4b7527"
    assert jira.digest_of(given) == "bf9d4bd985c71fc3"
    with_tempo = Connection(
        given.name, given.kind, given.options, {"tempo_token": Secret("t")}, given.timezone
    )
    assert jira.digest_of(with_tempo) == "280f9bf12016754e"
