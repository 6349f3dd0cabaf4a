"""Carl says that work was counted wrongly; Lena, who leads the team, or Owen, who owns the stream, answers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.services.server.deriving import derive
from mainstem.services.work import contesting
from mainstem.services.work.sharing import links_of
from mainstem.store.models import AuditLine, Contest, Notice, Watch
from tests.server.cast import actor
from tests.server.factories import NOW, land_some_work

pytestmark = pytest.mark.django_db
FORM = {
    "source": "tracker",
    "key": "PLAY-2",
    "wanted": "stream:sign-up",
    "why": "It was for the form.",
}


@pytest.fixture
def worked(ground, cast):
    land_some_work(ground)
    return ground


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def test_carl_contests_lena_agrees_and_after_the_next_derivation_it_counts(as_, worked, cast):
    carl, lena = as_("carl"), as_("lena")
    assert "Contest what it counts for" in text(carl.get("/items/tracker/PLAY-2"))
    sent = carl.post("/items/contest", FORM, follow=True)
    assert "should count for" in text(sent)
    contest = Contest.objects.get()
    assert (contest.now, contest.wanted, contest.state) == (
        "stream:start-fast",
        "stream:sign-up",
        "open",
    )

    page = text(lena.get("/items/contests/"))
    assert "It was for the form." in page
    assert "Agree and set it" in page
    lena.post(f"/items/contests/{contest.pk}/agree", {"answer": "True, sorry."})
    contest.refresh_from_db()
    assert (contest.state, contest.answered_by_name) == ("agreed", "Lena")
    (link,) = links_of("PLAY-2", worked.plans.head().plan)
    assert (link.stream, link.why) == ("sign-up", "True, sorry.")

    page = text(carl.get("/items/tracker/PLAY-2"))
    assert "By hand it was set to Sign-up in one breath" in page
    assert "will count from the next derivation" in page
    assert "PLAY-2 counts for Start to first frame" in page
    derive(worked, at=NOW)
    page = text(carl.get("/items/tracker/PLAY-2"))
    assert "PLAY-2 counts for Sign-up in one breath" in page
    assert "set by hand: True, sorry." in page
    assert "next derivation" not in page
    assert AuditLine.objects.filter(action="contest.agreed").count() == 1


def test_who_answers_is_told_and_so_is_who_contested(worked, cast):
    Watch.objects.create(user=cast["owen"], subject="streams/start-fast", at=NOW)
    number = contesting.contest_item("tracker", "PLAY-1", "kind:debt", "Old code", worked,
                                     actor("carl", cast), at=NOW)  # fmt: skip
    assert "Old code" in Notice.objects.get(user=cast["owen"]).sentence
    contesting.decline(number, "It was new code.", worked, actor("owen", cast), at=NOW)
    assert "It was new code." in Notice.objects.get(user=cast["carl"]).sentence


def test_declining_needs_a_reason_and_leaves_the_plan_as_it_was(as_, worked, cast):
    as_("carl").post("/items/contest", FORM)
    number, before = Contest.objects.get().pk, worked.plans.head()
    assert (
        as_("petra").post(f"/items/contests/{number}/decline", {"answer": " "}).status_code == 400
    )
    as_("petra").post(f"/items/contests/{number}/decline", {"answer": "No."})
    assert Contest.objects.get().state == "declined"
    assert worked.plans.head() == before


def test_an_owner_answers_about_their_stream_but_cannot_take_from_another(as_, worked, cast):
    owen = actor("owen", cast)
    mine = contesting.contest_item("tracker", "OPS-2", "stream:start-fast", "Ours", worked,
                                   actor("carl", cast), at=NOW)  # fmt: skip
    theirs = contesting.contest_item("tracker", "GRO-1", "stream:start-fast", "Ours too", worked,
                                     actor("carl", cast), at=NOW)  # fmt: skip
    (row,) = [r for r in contesting.contests(worked, owen)[0] if r.number == theirs]
    assert (row.may_answer, row.may_agree) == (True, False)
    with pytest.raises(Forbidden):
        contesting.agree(theirs, "", worked, owen, at=NOW)
    assert Contest.objects.get(pk=theirs).state == "open"
    contesting.agree(mine, "", worked, owen, at=NOW)
    assert links_of("OPS-2", worked.plans.head().plan)[0].stream == "start-fast"


def test_nobody_else_may_answer_and_a_contest_is_answered_once(worked, cast):
    number = contesting.contest_item("tracker", "GRO-1", "kind:support", "Calls", worked,
                                     actor("carl", cast), at=NOW)  # fmt: skip
    for name in ("carl", "lena", "owen"):
        with pytest.raises(Forbidden):
            contesting.decline(number, "no", worked, actor(name, cast), at=NOW)
    contesting.decline(number, "no", worked, actor("petra", cast), at=NOW)
    with pytest.raises(Conflict, match="declined by Petra"):
        contesting.agree(number, "", worked, actor("ada", cast), at=NOW)


def test_only_its_author_withdraws_a_contest_and_has_one_open_at_a_time(worked, cast):
    carl = actor("carl", cast)
    number = contesting.contest_item(
        "tracker", "GRO-1", "kind:support", "Calls", worked, carl, at=NOW
    )
    with pytest.raises(Conflict):
        contesting.contest_item("tracker", "GRO-1", "kind:debt", "Again", worked, carl, at=NOW)
    with pytest.raises(Forbidden):
        contesting.withdraw(number, worked, actor("petra", cast), at=NOW)
    contesting.withdraw(number, worked, carl, at=NOW)
    contesting.contest_item("tracker", "GRO-1", "kind:debt", "Again", worked, carl, at=NOW)


def test_a_contest_without_a_reason_or_for_what_it_is_already_is_told_beside_the_field(as_, worked):
    carl = as_("carl")
    response = carl.post("/items/contest", {**FORM, "why": ""})
    assert response.status_code == 400
    assert "Not sent yet" in text(response)
    response = carl.post("/items/contest", {**FORM, "wanted": "stream:start-fast"})
    assert "counts for start-fast already" in text(response)


def test_an_item_that_the_ledger_does_not_have_cannot_be_contested(worked, cast):
    with pytest.raises(Invalid, match="no item 'NO-1'"):
        contesting.contest_item(
            "tracker", "NO-1", "kind:debt", "x", worked, actor("carl", cast), at=NOW
        )


def test_the_menu_counts_what_waits_and_contested_items_can_be_asked_for(as_, worked):
    # what was seen before nothing was contested must not be seen again
    assert "on 1 item" not in text(as_("vera").get("/items/?q=is:contested"))
    as_("carl").post("/items/contest", FORM)
    page = text(as_("vera").get("/items/?q=is:contested"))
    assert "4 hours on 1 item" in page
    assert "1 open contest" in page


def test_anyone_who_may_read_may_say_so_and_nobody_learns_how_to_answer_by_it(as_, worked, cast):
    vera = as_("vera")
    assert "Contest what it counts for" in text(vera.get("/items/tracker/PLAY-2"))
    vera.post("/items/contest", FORM)
    contest = Contest.objects.get()
    assert contest.author_name == "Vera"
    assert vera.post(f"/items/contests/{contest.pk}/agree").status_code == 403
    assert "Agree and set it" not in text(vera.get("/items/contests/"))
    with pytest.raises(Forbidden):
        contesting.contest_item("tracker", "PLAY-1", "kind:debt", "x", worked,
                                actor("vera", cast, may_write=False), at=NOW)  # fmt: skip
    assert as_("otto").post("/items/contest", FORM).status_code == 404


def test_twice_the_contests_take_the_same_number_of_queries(worked, cast):
    carl = actor("carl", cast)

    def queries(keys: tuple[str, ...], why: str) -> int:
        for key in keys:
            contesting.contest_item("tracker", key, f"kind:{why}", "x", worked, carl, at=NOW)
        with CaptureQueriesContext(connection) as seen:
            contesting.contests(worked, carl)
        return len(seen)

    assert queries(("PLAY-1", "GRO-1"), "debt") == queries(("PLAY-2", "OPS-2"), "support")


def test_what_has_no_name_is_watched_by_its_number_and_leads_to_its_page(as_, worked):
    as_("carl").post("/items/contest", FORM)
    as_("carl").post("/watch", {"subject": "streams/start-fast", "next": "/"})
    number = Contest.objects.get().pk
    page = text(as_("carl").get("/notices/"))
    assert f'<a href="/items/contests/"><bdi>Contest {number}</bdi></a>' in page
    assert "Start to first frame" in page
