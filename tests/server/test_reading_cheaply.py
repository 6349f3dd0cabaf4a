"""What every page asks is asked once, and is right when it changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mainstem.plan.changes import Changed
from mainstem.plan.standing import Signature
from mainstem.services.plans.plans import HeldPlans
from mainstem.store.check_ins import CheckInBook
from mainstem.store.models import CheckIn, Remark, Watch
from mainstem.store.session_store import SessionStore
from mainstem.web import tidying
from tests.server.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def rename(plans, name: str) -> None:
    was = plans.head().plan.organisation.name
    plans.write([Changed("", ("organisation", "name"), was, name)], Signature(NOW, None, "Petra"))


def test_a_page_is_of_one_revision_and_the_next_page_of_the_next(ground, cast):
    held = HeldPlans(ground.plans)
    first = held.head()
    rename(ground.plans, "Another")
    assert held.head() is first
    assert held.at(first.revision) is first
    assert HeldPlans(ground.plans).head().plan.organisation.name == "Another"


def test_who_writes_through_held_plans_reads_what_they_wrote(ground, cast):
    held = HeldPlans(ground.plans)
    held.head()
    rename(held, "Mine")
    assert held.head().plan.organisation.name == "Mine"


def test_a_reading_page_asks_for_the_newest_revision_once(as_, cast):
    browser = as_("vera")
    browser.get("/")
    with CaptureQueriesContext(connection) as caught:
        assert browser.get("/").status_code == 200
    assert sum("store_head" in q["sql"] for q in caught) == 1


def test_a_session_that_ended_or_never_was_holds_nothing(db):
    made = SessionStore()
    made["who"] = 7
    made.create()
    assert SessionStore(made.session_key)["who"] == 7
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    gone = SessionStore(made.session_key)
    assert gone.get("who") is None
    assert gone.session_key is None
    assert SessionStore("x" * 32).get("who") is None


def test_all_forms_of_a_page_bear_one_mask_and_each_page_another(as_, cast):
    browser = as_("vera")

    def masks() -> set[str]:
        page = browser.get("/account/").content.decode()
        return {part.partition('"')[0] for part in page.split('csrfmiddlewaretoken" value="')[1:]}

    one, other = masks(), masks()
    assert len(one) == len(other) == 1
    assert one != other


def said(key: str, number: int | None = None, value: float = 1.0) -> CheckIn:
    return CheckIn.objects.create(
        pk=number, key_result=key, on=TODAY, value=value, by_name="Ann", at=NOW
    )


def values(book: CheckInBook) -> dict[str, list[float | None]]:
    return {key: [r.value for r in found] for key, found in book.readings().items() if found}


def test_check_ins_are_followed_row_by_row_also_where_a_lower_number_comes_later(db):
    book = CheckInBook()
    said("a", 10)
    assert values(book) == {"a": [1.0]}
    said("b", 20, value=2.0)
    assert values(book) == {"a": [1.0], "b": [2.0]}
    # its transaction took longer than that of a higher number
    said("c", 15, value=3.0)
    assert values(book) == {"a": [1.0], "b": [2.0], "c": [3.0]}
    new = said("a", 21, value=4.0)
    CheckIn.objects.filter(pk=10).update(replaced_by=new)
    assert values(book) == {"a": [4.0], "b": [2.0], "c": [3.0]}


def test_new_check_ins_are_read_without_reading_older_ones_again(db):
    book = CheckInBook()
    for n in range(50):
        said(f"k{n}")
    book.readings()
    said("k7", value=5.0)
    with CaptureQueriesContext(connection) as caught:
        assert values(book)["k7"] == [1.0, 5.0]
    assert not any("k8" in q["sql"] for q in caught)


def test_whether_a_thing_is_watched_and_what_was_said_shows_at_once(as_, cast, ground):
    browser, stream = as_("vera"), next(iter(ground.plans.head().plan.streams))
    subject = f"streams/{stream}"
    assert "Stop watching" not in browser.get(f"/{subject}").content.decode()
    Watch.objects.create(user=cast["vera"], subject=subject, at=NOW)
    remark = Remark.objects.create(subject=subject, author_name="Ann", at=NOW, text="A word of Ann")
    page = browser.get(f"/{subject}").content.decode()
    assert "Stop watching" in page
    assert "A word of Ann" in page
    Remark.objects.filter(pk=remark.pk).update(withdrawn_at=NOW)
    assert "A word of Ann" not in browser.get(f"/{subject}").content.decode()


def test_a_check_in_shows_at_once_on_every_page_that_shows_its_key_result(as_, ground):
    browser = as_("vera")
    pages = ("/streams/start-fast", "/teams/player-core", "/objectives/every-ball")
    before = [browser.get(page).content.decode() for page in pages]
    CheckIn.objects.create(
        key_result="kr-start", on=ground.today(), value=1.125, by_name="Ann", at=NOW
    )
    for page, old in zip(pages, before, strict=True):
        new = browser.get(page).content.decode()
        assert "kr-start" in old
        assert "1.13" in new and "1.13" not in old, page


def test_memory_can_be_given_back_or_nobody_says_it_was():
    assert tidying.own_memory() >= 0
    assert tidying.give_back() in (True, False)
