"""The pages of qualifying and deciding, with script off."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstem.services.decisions import deciding
from mainstem.services.decisions.desks import server_desk
from mainstem.store.models import AskedWork, DoneWork, StatementAnswer
from mainstem.store.models import Decision as Kept
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.services.deciding_desk import work

pytestmark = pytest.mark.django_db
WORK = {"title": "Fewer stalls", "team": "player-core", "label": "start-time"}


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def asked(ground, cast, title="Fewer stalls", **more):
    return deciding.ask(work(title, **more), server_desk(ground), actor("carl", cast), at=NOW)


def test_a_viewer_asks_and_is_answered_and_nothing_is_kept(as_, ground, cast):
    page = text(as_("vera").get("/qualify", WORK))
    assert "Qualifies for Start to first frame: it has label start-time" in page
    assert "Record the decision" not in page
    assert "Ask for a decision" not in page
    assert not AskedWork.objects.exists()


def test_an_answer_has_an_address_that_says_all_of_it(as_, ground, cast):
    page = text(as_("vera").get("/qualify?title=Shorter+sign-up+form"))
    assert "If this were never done, would “Visitors who reach first play”" in page.replace(
        "&#34;", '"'
    )
    page = text(as_("vera").get("/qualify?title=Shorter+sign-up+form&w01=true"))
    assert "What would make it qualify" in page


def test_owen_records_the_decision_where_he_asked(as_, ground, cast):
    owen = as_("owen")
    assert "Accept it" in text(owen.get("/qualify", WORK))
    sent = owen.post(
        "/decisions/new",
        {**WORK, "step": "accept", "why": "Each stall costs a viewer"},
        follow=True,
    )
    page = text(sent)
    assert "Accepted for Start to first frame" in page
    assert "Each stall costs a viewer" in page
    assert AskedWork.objects.get().standing == "accept"


def test_a_decision_without_a_reason_keeps_nothing_and_says_so_beside_the_field(as_, ground, cast):
    sent = as_("owen").post("/decisions/new", {**WORK, "step": "accept"})
    assert sent.status_code == 400
    assert "Not recorded yet" in text(sent)
    assert not AskedWork.objects.exists()


def test_what_is_not_theirs_to_decide_is_kept_neither(as_, ground, cast):
    sent = as_("carl").post("/decisions/new", {**WORK, "step": "accept", "why": "Mine"})
    assert sent.status_code == 403
    assert "You may not decide" in text(sent)
    assert not AskedWork.objects.exists()


def test_carl_asks_owen_refuses_carl_appeals_owen_answers(as_, ground, cast):
    carl, owen = as_("carl"), as_("owen")
    given = {
        "title": "Xyzzy",
        "stream": "start-fast",
        "w01": "false",
        "how": "It saves a round trip",
    }
    number = carl.post("/decisions/new", given, follow=True).redirect_chain[-1][0].split("/")[-2]
    said = StatementAnswer.objects.get()
    assert (said.statement, said.answer, said.evidence) == (
        "D-W01",
        "false",
        "It saves a round trip",
    )
    here = f"/decisions/{number}/"
    page = text(owen.get(here))
    assert "it saves a round trip" in page.lower()
    owen.post(
        f"{here}steps",
        {"step": "refuse", "why": "Not on phones", "after": "0", "target": "stream:start-fast"},
    )
    page = text(carl.get(here))
    assert "Refused in the name of Start to first frame" in page
    assert "What would make it qualify" in page
    carl.post(f"{here}steps", {"step": "appeal", "why": "On phones most of all", "after": "1"})
    assert "with an appeal to answer" in text(owen.get("/decisions/?appealed=yes"))
    assert "It stays as it is" in text(owen.get(here))
    owen.post(f"{here}steps", {"step": "answer", "why": "Then show it", "after": "2"})
    page = text(carl.get(here))
    for words in ("Not on phones", "On phones most of all", "Then show it", "Owen, stream owner"):
        assert words in page
    assert Kept.objects.count() == 3


def test_somebody_who_was_slower_is_told_and_nothing_is_lost(as_, ground, cast):
    chain = asked(ground, cast, label="start-time")
    owen, here = as_("owen"), f"/decisions/{chain.number}/steps"
    owen.post(here, {"step": "accept", "why": "Yes", "after": "0"})
    sent = as_("petra").post(here, {"step": "defer", "why": "My own words", "after": "0"})
    assert sent.status_code == 400
    assert "Somebody has said something" in text(sent)
    assert "My own words" in text(sent)


def test_work_that_may_have_been_done_is_confirmed_on_the_page(as_, ground, cast):
    chain = asked(ground, cast)
    desk = server_desk(ground)
    deciding.decide(
        chain.number, "refuse", "No", desk, actor("petra", cast), at=NOW, stream="sign-up"
    )
    DoneWork.objects.create(asked_id=chain.number, item="tracker/GRO-1", title="Fewer stalls at all", how="likeness",
                            likeness=0.7, first_day=(NOW + timedelta(days=5)).date(), found_at=NOW)  # fmt: skip
    here = f"/decisions/{chain.number}/"
    assert "It is the same work" not in text(as_("vera").get(here))
    petra = as_("petra")
    assert "It is the same work" in text(petra.get(here))
    petra.post(f"{here}done", {"item": "tracker/GRO-1", "same": "yes"})
    assert "refused and then done anyway" in text(as_("vera").get(here))


def test_the_list_is_filtered_by_its_address(as_, ground, cast):
    one = asked(ground, cast, "Warm start", label="start-time", team="player-core")
    asked(ground, cast, "Cold start", team="growth")
    deciding.decide(one.number, "accept", "Yes", server_desk(ground), actor("owen", cast), at=NOW)
    vera = as_("vera")
    assert "2 pieces of work asked about" in text(vera.get("/decisions/"))
    for query, title, other in (
        ("standing=accepted", "Warm start", "Cold start"), ("standing=open", "Cold start", "Warm start"),
        ("stream=start-fast", "Warm start", "Cold start"), ("team=growth", "Cold start", "Warm start"),
        ("words=cold", "Cold start", "Warm start"),
    ):  # fmt: skip
        page = text(vera.get(f"/decisions/?{query}"))
        assert title in page
        assert other not in page
    assert "Nothing fits" in text(vera.get("/decisions/?words=nothing"))


def test_an_empty_list_says_what_to_do_next(as_, ground, cast):
    page = text(as_("vera").get("/decisions/"))
    assert "Nobody has asked yet" in page
    assert "/qualify" in page


def test_the_csv_runs_in_no_spreadsheet(as_, ground, cast):
    asked(ground, cast, '=HYPERLINK("http://bad.example")', team="growth")
    sent = as_("vera").get("/decisions/?format=csv&table=decisions")
    rows = list(csv.DictReader(io.StringIO(sent.content.decode("utf-8-sig"))))
    assert not rows[0]["title"].startswith("=")
    assert rows[0]["team"] == "growth"


def test_twice_the_decisions_cost_the_same_number_of_queries(as_, ground, cast):
    vera = as_("vera")

    def queries(address: str) -> int:
        vera.get(address)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert vera.get(address).status_code == 200
        return len(found)

    chain = asked(ground, cast, "Warm start", label="start-time")
    deciding.decide(chain.number, "accept", "Yes", server_desk(ground), actor("owen", cast), at=NOW)
    before = queries("/decisions/"), queries(f"/decisions/{chain.number}/")
    for n in range(6):
        other = asked(ground, cast, f"Other {n}", label="start-time")
        deciding.decide(
            other.number, "accept", "Yes", server_desk(ground), actor("owen", cast), at=NOW
        )
    assert (queries("/decisions/"), queries(f"/decisions/{chain.number}/")) == before
