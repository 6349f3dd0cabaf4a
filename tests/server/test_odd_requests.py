"""What no form of ours would send, in addresses of pages and to outsiders: told in words, never a crash."""

from __future__ import annotations

import re

import pytest

from tests.server.api_caller import caller
from tests.server.factories import land_some_work

PAGES = ["/", "/river", "/map", "/items/", "/streams/", "/teams/", "/teams/playback",
         "/streams/start-fast", "/audit/", "/plan/revisions/"]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    ["since=9999-12-31&until=9999-12-31", "since=0001-01-01&until=9999-12-31", "until=0001-01-01",
     "before=%C2%B2", "person=%C2%B2", "person=" + "9" * 5000],
)  # fmt: skip
def test_days_out_of_reach_and_numbers_that_are_none_are_no_crash(query, as_, ground):
    land_some_work(ground)
    ada = as_("ada")
    for page in PAGES:
        assert ada.get(f"{page}?{query}").status_code in (200, 400, 404), page


@pytest.mark.parametrize("number", ["²", "9" * 5000])
def test_a_form_that_names_no_number_is_no_crash(number, as_):
    petra = as_("petra")
    assert petra.post("/notices/read", {"notice": number}).status_code == 302
    new = "/plan/customers/new"
    assert petra.get(f"{new}?proposal={number}").status_code in (200, 404)
    assert petra.post(new, {"name": "X", "do": "propose", "into": number}).status_code < 500


def said(response):
    """A page without what differs from request to request."""
    return re.sub(r"Request <[^<]*<[^<]*|[\w-]{16}(?=<)", "", response.content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_an_outsider_is_told_the_same_of_a_page_and_of_none(page, as_):
    otto = as_("otto")
    none = otto.get("/there-is-no-such-page/")
    assert none.status_code == 404
    assert said(otto.get(page)) == said(none)
    assert otto.post(page).status_code == 404


def test_a_link_that_stopped_says_so_to_who_is_not_signed_in(client, cast):
    answer = client.get("/invitation/used-up/")
    assert answer.status_code == 404
    assert "This invitation does not work any more" in answer.content.decode()


def test_the_log_names_the_account_of_a_token(ground, cast, caplog):
    caplog.set_level("INFO")
    carl = caller("carl", ground, cast)
    assert carl.get("/me").status_code == 200
    told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert told[-1]["route"] == "/api/v1/me"
    assert told[-1]["person"] == cast["carl"].pk
