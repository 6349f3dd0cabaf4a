"""Finding anything, watching, being told, saying something."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from mainstem.plan.changes import Changed
from mainstem.plan.directory import directory_of
from mainstem.services.plans.editing import change_plan
from mainstem.services.telling.digesting import send_digests
from mainstem.store.models import Notice, Remark
from tests.server.cast import actor
from tests.server.factories import NOW, land_some_work, small_plan


def text(response):
    return response.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("start", "start-fast"), ("FRAME", "start-fast"), ("sign-up breath", "sign-up"),
        ("edge", "edge-prefetch"), ("growth", "growth"), ("tile", "tiles"), ("2026 q4", "2026-q4"),
    ],
)  # fmt: skip
def test_anything_is_found_by_a_few_letters_of_its_name(words, first):
    assert directory_of(small_plan()).find(words)[0].ident == first


def test_letters_with_and_without_accents_are_the_same():
    plan = small_plan(objectives={"ole": {"name": "Olé für alle"}, **{
        k: v.model_dump(exclude_defaults=True) for k, v in small_plan().objectives.items()
    }})  # fmt: skip
    assert directory_of(plan).find("ole fur")[0].ident == "ole"


def test_nothing_is_found_for_nothing():
    assert directory_of(small_plan()).find("  ") == ()


def test_the_palette_offers_the_plan_work_items_and_what_one_may_do(as_, ground):
    land_some_work(ground)
    page = text(as_("vera").get("/find?q=PLAY-1", headers={"HX-Request": "true"}))
    assert page.lstrip().startswith("<section>")
    assert "PLAY-1" in page
    assert "work item" in page
    assert "Invite somebody" not in text(as_("petra").get("/find?q=invite"))
    assert "Invite somebody" in text(as_("ada").get("/find?q=invite"))


def test_what_is_asked_is_shown_and_never_run(as_):
    page = text(as_("vera").get("/find", {"q": "<script>alert(1)</script>"}))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_things_looked_at_lately_come_first(as_):
    vera = as_("vera")
    vera.get("/key-results/kr-start")
    vera.get("/key-results/kr-sign-up")
    page = text(vera.get("/find"))
    assert page.index("30 % of visitors") < page.index("92 % of sessions")


def test_a_foreign_cookie_shows_nothing(as_):
    vera = as_("vera")
    vera.cookies["mainstem_recent"] = "streams/none|evil/x|streams/<b>"
    assert "Lately" not in text(vera.get("/find"))


def test_who_watches_is_told_of_what_others_do_but_not_of_their_own(as_, ground, cast):
    vera, lena = as_("vera"), as_("lena")
    for browser in (vera, lena):
        browser.post("/watch", {"subject": "initiatives/warm-start"})
    note = Changed("initiatives/warm-start", ("note",), None, "released")
    change_plan([note], ground, actor("lena", cast), at=NOW)
    assert "1 thing you have not read" in text(vera.get("/notices/"))
    assert "You have read everything" in text(lena.get("/notices/"))
    told = Notice.objects.get()
    done = vera.post("/notices/read", {"notice": told.pk, "next": told.address})
    assert done.headers["Location"] == "/plan/revisions/2"
    assert "You have read everything" in text(vera.get("/notices/"))


def test_a_notice_never_leads_away_from_here(as_):
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        done = as_("vera").post("/notices/read", {"next": wanted})
        assert done.headers["Location"] == "/notices/"


def test_who_stops_watching_is_not_told(as_, ground, cast):
    vera = as_("vera")
    vera.post("/watch", {"subject": "initiatives/warm-start"})
    vera.post("/unwatch", {"subject": "initiatives/warm-start"})
    note = Changed("initiatives/warm-start", ("note",), None, "released")
    change_plan([note], ground, actor("lena", cast), at=NOW)
    assert not Notice.objects.exists()


def test_a_digest_tells_once_what_was_not_read(ground, cast):
    for n in range(45):
        Notice.objects.create(
            user=cast["vera"], at=NOW, subject="streams/x", sentence=f"Thing {n}", address="/a"
        )
    later = NOW + timedelta(hours=1)
    assert send_digests(ground, at=later, public_url="https://m.example") == 1
    (sent,) = mail.outbox
    assert sent.to == ["vera@example.org"]
    assert "45 things happened" in sent.subject
    assert "https://m.example/a" in sent.body
    assert "and 5 more" in sent.body
    assert send_digests(ground, at=later + timedelta(days=2), public_url="") == 0
    Notice.objects.create(
        user=cast["vera"], at=NOW, subject="streams/x", sentence="New", address="/a"
    )
    assert send_digests(ground, at=later + timedelta(hours=2), public_url="") == 0
    assert send_digests(ground, at=later + timedelta(days=1), public_url="") == 1


def test_who_wants_no_digest_gets_none(ground, cast):
    cast["vera"].digest = "never"
    cast["vera"].save()
    Notice.objects.create(
        user=cast["vera"], at=NOW, subject="streams/x", sentence="New", address="/a"
    )
    assert send_digests(ground, at=NOW, public_url="") == 0


def test_people_talk_about_a_thing_on_its_page(as_):
    as_("carl").post(
        "/remarks", {"subject": "key_results/kr-start", "text": "The <b>cache</b> is cold"}
    )
    page = text(as_("vera").get("/key-results/kr-start"))
    assert "The &lt;b&gt;cache&lt;/b&gt; is cold" in page
    assert "Withdraw" not in page
    number = Remark.objects.get().pk
    assert as_("lena").post(f"/remarks/{number}/withdraw").status_code == 403
    as_("carl").post(f"/remarks/{number}/withdraw")
    assert "is cold" not in text(as_("vera").get("/key-results/kr-start"))


def test_nothing_said_is_refused(as_):
    assert (
        as_("carl").post("/remarks", {"subject": "key_results/kr-start", "text": "  "}).status_code
        == 400
    )
