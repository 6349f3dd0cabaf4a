"""The pages of triage, as Petra, Owen, Carl and Vera see them."""

from __future__ import annotations

import pytest

from mainstem.services.server.deriving import derive
from mainstem.services.work import sharing
from tests.server.factories import NOW, land_some_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(ground, cast):
    land_some_work(ground)
    return ground


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def lump_of(response) -> str:
    return text(response).split("/items/triage/")[1].split("/")[0]


def action_of(response, act: str) -> str:
    found = text(response).split(f'/{act}"')[0].rsplit('"', 1)[1]
    return f"{found}/{act}"


def seen_of(response) -> str:
    return text(response).split('name="seen" value="')[1].split('"')[0]


def test_petra_sees_what_is_unknown_and_the_lump_with_most_effort_in_hand(as_, worked):
    page = text(as_("petra").get("/items/triage/"))
    assert "Nobody knows what 19 % of the effort was for" in page
    assert "project GRO" in page and "3 hours on 1 item, 75 % of what is unknown" in page
    assert "Comes near" in page and "Sign-up in one breath" in page
    assert "How fast the unknown shrinks" in page


def test_the_next_is_offered_to_whoever_comes_second(as_, worked):
    first = as_("petra").get("/items/triage/")
    second = text(as_("ada").get("/items/triage/"))
    assert "Petra looks at it" in second
    assert '<h2 id="lump"><bdi>project OPS</bdi></h2>' in second
    both = text(as_("ada").get(f"/items/triage/?lump={action_of(first, 'skip').split('/')[3]}"))
    assert "Petra looks at it until" in both and "Make a claim" not in both


def test_petra_names_a_kind_by_hand_and_takes_it_back(as_, worked):
    petra = as_("petra")
    page = petra.get("/items/triage/")
    wrong = petra.post(action_of(page, "kind"), {"target": "kind:debt", "seen": seen_of(page)})
    assert wrong.status_code == 400 and "This field is required" in text(wrong)
    done = petra.post(
        action_of(page, "kind"), {"target": "kind:debt", "why": "An old one", "seen": seen_of(page)},
        follow=True,
    )  # fmt: skip
    assert "Set for 1 item" in text(done) and "Undo" in text(done)
    plan = worked.plans.head().plan
    assert sharing.parts_said(sharing.links_of("GRO-2", plan)) == {"kind:debt": 10_000}
    number = worked.plans.head().number
    petra.post(f"/items/shares/{number}/undo")
    assert worked.plans.head().plan.links == ()


def test_owen_tries_a_claim_sees_what_it_would_do_and_makes_it(as_, worked):
    owen = as_("owen")
    page = owen.get("/items/triage/")
    given = {"target": "stream:start-fast", "claim": "label: spike", "seen": seen_of(page)}
    tried = owen.post(action_of(page, "claim"), {**given, "do": "try"})
    shown = text(tried)
    assert "1 item would count more for Start to first frame: 3 hours" in shown
    assert "48 % → 62 %" in shown or "→" in shown
    assert worked.plans.head().number == 1, "trying changes nothing"
    made = owen.post(action_of(page, "claim"), {**given, "do": "make"}, follow=True)
    assert "The claim is made" in text(made)
    assert worked.plans.head().plan.streams["start-fast"].claims[-1].label == ("spike",)
    derive(worked, at=NOW)
    assert "project GRO" not in text(owen.get("/items/triage/"))


@pytest.mark.parametrize("claim", ["spike", "- - x", "label: [", "colour: red", "{}", "text: /(/"])
def test_a_claim_that_cannot_be_read_is_refused_beside_the_form(as_, worked, claim):
    owen = as_("owen")
    page = owen.get("/items/triage/")
    answer = owen.post(
        action_of(page, "claim"), {"target": "stream:start-fast", "claim": claim, "do": "make"}
    )
    assert answer.status_code == 400
    assert "Not done yet" in text(answer)
    assert worked.plans.head().number == 1


def test_carl_puts_a_lump_off_and_may_do_no_more(as_, worked):
    carl = as_("carl")
    page = carl.get("/items/triage/")
    assert "Set it by hand" not in text(page) and "Make a claim" not in text(page)
    done = carl.post(action_of(page, "skip"), {"until": "2026-11-02"}, follow=True)
    assert "Put off until 2026-11-02" in text(done)
    assert "put off until 2 Nov" in text(done)


def test_vera_reads_and_takes_nothing(as_, worked):
    page = text(as_("vera").get("/items/triage/"))
    assert "project GRO" in page and "Put it off" not in page
    assert "Vera looks at it" not in text(as_("petra").get("/items/triage/"))


def test_a_claim_can_be_tried_from_the_page_of_its_stream(as_, worked):
    owen = as_("owen")
    form = text(owen.get("/plan/streams/start-fast/edit"))
    assert "/items/claims/try?target=stream:start-fast" in form
    tried = owen.get(
        "/items/claims/try", {"target": "stream:start-fast", "claim": "component: Signup"}
    )
    shown = text(tried)
    assert "5 hours of it taken from others" in shown or "shared" in shown
    assert text(as_("vera").get("/items/claims/try")).count("Try it") == 1


def test_the_queue_and_the_trend_can_be_downloaded(as_, worked):
    petra = as_("petra")
    rows = petra.get("/items/triage/?format=csv&table=lumps").content.decode()
    assert "project" in rows and "GRO" in rows
    assert (
        "end_of_week"
        in petra.get("/items/triage/?format=csv&table=unknown-by-week").content.decode()
    )


def test_without_work_the_page_says_what_to_do(as_, ground):
    assert "There is no work yet" in text(as_("petra").get("/items/triage/"))
