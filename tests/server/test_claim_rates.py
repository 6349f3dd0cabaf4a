"""Claims that people contradict: by hand, by an agreed contest, week by week."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from mainstem.services.server.deriving import derive
from mainstem.services.triage.claim_rates import rates_of_claims
from mainstem.services.work import contesting
from mainstem.services.work.sharing import set_shares
from tests.server.cast import actor
from tests.server.factories import NOW, land_some_work

pytestmark = pytest.mark.django_db


def test_an_agreed_contest_counts_against_the_claim_that_would_have_decided(
    as_: Any, ground: Any, cast: Any
) -> None:
    land_some_work(ground)
    carl, lena = actor("carl", cast), actor("lena", cast)
    before = {r.claim: r for r in rates_of_claims(ground, carl)}
    assert all(r.against == 0 for r in before.values())
    number = contesting.contest_item(
        "tracker", "PLAY-1", "stream:sign-up", "For the form", ground, carl, at=NOW
    )
    contesting.agree(number, "", ground, lena, at=NOW)
    # a link that says the same as the claim is no contradiction
    set_shares(
        ["GRO-1"], {"stream:sign-up": 10_000}, "It is so", ground, actor("petra", cast), at=NOW
    )
    derive(ground, at=NOW)
    rates = {r.claim: r for r in rates_of_claims(ground, carl)}
    first = rates_of_claims(ground, carl)[0]
    assert (first.claim, first.items) == ("start-fast/c1", ("PLAY-1",))
    # PLAY-1 was 6 hours; PLAY-2, of 4 hours, is decided by its label
    assert (first.said, first.against) == (6 * 10**10, 6 * 10**10)
    assert first.rate == 1
    assert (rates["sign-up/1"].said, rates["sign-up/1"].against) == (5 * 10**10, 0)
    page = as_("vera").get("/items/contests/rates/").content.decode().replace("\u00a0", " ")
    assert "People said otherwise than 1 of 3 claims" in page
    assert as_("vera").get("/items/contests/rates/?format=csv&table=weeks").status_code == 200
    api = as_("vera").get("/api/v1/claims/rates").json()
    assert api["items"][0]["rate"] == 1.0
    assert len(api["items"][0]["weeks"]) == 26
    one = as_("vera").get("/api/v1/claims/rates?limit=1").json()
    rest = as_("vera").get(f"/api/v1/claims/rates?after={one['next']}").json()
    assert one["items"] + rest["items"] == api["items"]
    assert rest["next"] is None


def test_a_part_of_an_item_that_stays_with_the_stream_is_not_contradicted(
    ground: Any, cast: Any
) -> None:
    land_some_work(ground)
    petra = actor("petra", cast)
    set_shares(
        ["PLAY-1"],
        {"stream:start-fast": 7_500, "kind:debt": 2_500},
        "Partly",
        ground,
        petra,
        at=NOW,
    )
    derive(ground, at=NOW)
    found = {r.claim: r for r in rates_of_claims(ground, petra)}["start-fast/c1"]
    assert found.rate == Fraction(1, 4)


def test_without_work_the_page_says_what_to_do_next(as_: Any, ground: Any, cast: Any) -> None:
    assert (
        "No claim has decided anything yet"
        in as_("vera").get("/items/contests/rates/").content.decode()
    )
