"""Messages of a tracker: signed ones bring what they touched, all others learn nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from mainstem.clock import now
from mainstem.services.sources import connected as sources
from mainstem.services.sources import inbound
from mainstem.services.sources import showing as source_showing
from mainstem.services.sources.rows import hook_secret_of
from mainstem.store.models import AuditLine, Job, ReceivedHook, SourceConnection
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.test_connected_sources import connected, due, loop, shown
from tests.server.tiny_tracker import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rates():
    inbound.RATE.clear()
    inbound._LAST_UNKNOWN.clear()


@pytest.fixture
def synced(ground, cast, tiny):
    """A tracker with one issue, synced; its jobs."""
    tiny.put("T-1", hours=3)
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    return jobs


def address() -> str:
    return f"/hooks/in/{SourceConnection.objects.get().hook_token}"


def send(message: Message, secret: str | None = None, to: str = "", **more):
    """As the tracker does: without a session, a token of a form, or a cookie."""
    key = hook_secret_of(SourceConnection.objects.get()) if secret is None else secret
    return Client(enforce_csrf_checks=True).post(
        to or address(), data=message.body(), content_type="application/json",
        headers=message.heads(key), **more,
    )  # fmt: skip


def hours(ground) -> str:
    """The hours of the year, as the page of work counts them."""
    from mainstem.score.values import Question, Unit
    from mainstem.services.scores.scoring import value_score

    return str(value_score(Question(unit=Unit.HOUR), ground.book()).total.all)


def test_a_change_that_the_tracker_tells_of_is_in_the_numbers_after_one_round(ground, cast, tiny, as_, synced):  # fmt: skip
    page = as_("vera").get("/items/").content.decode()
    assert "3 hours" in page.replace("\u00a0", " ").replace("\u202f", " ")
    tiny.put("T-1", hours=8)
    answer = send(Message(["T-1"], now()))
    assert (answer.status_code, answer.content) == (200, b"")
    # it waits a second for others that come with it
    assert Job.objects.get(key="fetch:tracker").next_at <= now() + timedelta(seconds=1)
    due("fetch:tracker")
    asked = tiny.asked["GET /issues"]
    synced.run_due()
    due("derive")
    synced.run_due()
    page = as_("vera").get("/items/").content.decode()
    assert "8 hours" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert tiny.asked["GET /one"] == 1 and tiny.asked["GET /issues"] == asked
    assert not ReceivedHook.objects.filter(is_open=True).exists()
    # the cursor was not moved: the next sync sees the change as well, and nothing is counted twice
    due("sync:tracker")
    synced.run_due()
    assert shown(cast).report["unchanged"] == 1 == shown(cast).report["read"]


def test_many_messages_are_followed_up_together(ground, cast, tiny, synced):
    for n in range(5):
        tiny.put(f"T-{n}", hours=1)
        assert send(Message([f"T-{n}", "T-0"], now(), f"d-{n}")).status_code == 200
    due("fetch:tracker")
    assert synced.run_due("fetching") == 1
    assert tiny.asked["GET /one"] == 5


def test_a_message_that_comes_while_others_are_fetched_is_fetched_after_them(ground, cast, tiny, synced):  # fmt: skip
    from mainstem.services.server import queueing

    send(Message(["T-1"], now(), "d-1"))
    due("fetch:tracker")
    task = queueing.take(["fetch"], "one", at=now())
    send(Message(["T-2"], now(), "d-2"))
    queueing.done(task, "one", "", next_at=now() + timedelta(hours=6), at=now())
    assert Job.objects.get(key="fetch:tracker").next_at <= now() + timedelta(seconds=1)


def test_an_issue_that_is_gone_is_gone_after_the_message(ground, cast, tiny, synced):
    del tiny.issues["T-1"]
    send(Message(["T-1"], now()))
    due("fetch:tracker")
    synced.run_due()
    assert Job.objects.get(key="fetch:tracker").said == "tracker told of 1: 2 changed."


def test_the_same_message_again_does_nothing(ground, cast, tiny, synced):
    message = Message(["T-1"], now())
    assert send(message).status_code == 200
    due("fetch:tracker")
    synced.run_due("fetching")
    assert send(message).status_code == 200
    assert ReceivedHook.objects.count() == 1
    due("fetch:tracker")
    synced.run_due("fetching")
    assert tiny.asked["GET /one"] == 1


def test_a_ping_is_answered_and_brings_nothing(ground, cast, tiny, synced):
    assert send(Message([], now())).status_code == 200
    assert not ReceivedHook.objects.filter(is_open=True).exists()


@pytest.mark.parametrize("wrong", ["secret", "old", "unreadable", "nothing"])
def test_a_message_that_is_forged_old_or_unreadable_is_refused_without_a_word(ground, cast, tiny, synced, wrong):  # fmt: skip
    message = Message(["T-1"], now() - timedelta(hours=wrong == "old"))
    if wrong == "unreadable":
        message = Message(["T-1"], now(), more={"at": 7})
    secret = {"secret": "another secret", "nothing": ""}.get(wrong)
    for _ in range(3):
        answer = send(message, secret)
        assert (answer.status_code, answer.content) == (401, b"")
    assert not ReceivedHook.objects.exists()
    lines = AuditLine.objects.filter(action="source.hook", outcome="refused")
    assert [line.subject for line in lines] == ["sources/tracker"]
    row = SourceConnection.objects.get()
    told = "".join(str(vars(line)) for line in lines)
    assert row.hook_token not in told and hook_secret_of(row) not in told
    # a minute later it is told of again
    SourceConnection.objects.update(refused_at=now() - timedelta(seconds=61))
    send(message, secret)
    assert lines.all().count() == 2


@pytest.mark.parametrize(
    "odd", ["", "x", "-" * 43, "almost", "almost not", "%00", "../x", "ü" * 30]
)
def test_an_address_that_there_is_not_is_like_any_other(ground, cast, tiny, synced, odd):
    real = SourceConnection.objects.get().hook_token
    token = {"almost": real[:-1], "almost not": real[:8] + "A" * 35}.get(odd, odd)
    message = Message(["T-1"], now())
    answer = send(message, to=f"/hooks/in/{token}")
    unknown = Client().get("/hooks/in/never-was")
    assert answer.status_code in (404, 302)
    assert answer.status_code == 404 or token in ("", "../x")
    assert b"tracker" not in answer.content and unknown.status_code == 302
    # the real address does not show itself either way but to a signed message
    assert Client().get(address()).status_code == 302
    assert AuditLine.objects.filter(action="source.hook").count() <= 1


def test_a_message_that_is_too_long_is_refused_and_a_long_one_is_not(ground, cast, tiny, synced):
    message = Message(["T-1"], now(), more={"pad": "x" * 3_000_000})
    assert send(message).status_code == 200
    too_long = Message(["T-1"], now(), "d-2", more={"pad": "x" * 5_000_000})
    assert send(too_long).status_code == 413


def test_too_many_messages_in_a_minute_are_told_to_wait(ground, cast, tiny, synced, monkeypatch):
    monkeypatch.setattr(inbound, "MOST_OF_ONE", 2)
    monkeypatch.setattr(inbound, "MOST_UNKNOWN", 1)
    statuses = [send(Message([], now(), f"d-{n}")).status_code for n in range(3)]
    assert statuses == [200, 200, 429]
    assert [send(Message([], now()), to="/hooks/in/nothing").status_code for _ in range(2)] == [404, 429]  # fmt: skip


def test_a_message_that_touches_a_great_deal_brings_the_next_sync_forward(
    ground, cast, tiny, synced
):
    keys = [f"T-{n}" for n in range(inbound.MOST_KEYS + 1)]
    assert send(Message(keys, now())).status_code == 200
    assert Job.objects.get(key="sync:tracker").next_at <= now()
    assert not ReceivedHook.objects.filter(is_open=True).exists()


def test_a_source_that_is_off_takes_no_message_in(ground, cast, tiny, synced):
    sources.switch_source("tracker", False, actor("ada", cast), at=NOW)
    assert send(Message(["T-1"], now())).status_code == 200
    assert not ReceivedHook.objects.exists()


def test_what_could_not_be_fetched_stays_to_be_fetched(ground, cast, tiny, synced, monkeypatch):
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)
    tiny.put("T-1", hours=5)
    send(Message(["T-1"], now()))
    tiny.status = 500
    due("fetch:tracker")
    synced.run_due("fetching")
    ada = actor("ada", cast)
    assert source_showing.settings_of("tracker", ada).waiting == 1
    assert "500" in Job.objects.get(key="fetch:tracker").reason
    tiny.status = 0
    due("fetch:tracker")
    synced.run_due("fetching")
    assert source_showing.settings_of("tracker", ada).waiting == 0


def test_a_new_secret_ends_the_one_before_and_is_shown_once(ground, cast, tiny, as_, synced):
    before = hook_secret_of(SourceConnection.objects.get())
    answer = as_("ada").post("/sources/connected/tracker/secret")
    made = hook_secret_of(SourceConnection.objects.get())
    assert made != before and made in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert made not in as_("ada").get("/sources/connected/tracker/").content.decode()
    assert send(Message([], now()), before).status_code == 401
    assert send(Message([], now()), made).status_code == 200
    # a tracker may have one of its own
    as_("ada").post("/sources/connected/tracker/secret", {"secret": "chosen by the tracker"})
    assert send(Message([], now(), "d-2"), "chosen by the tracker").status_code == 200


def test_old_messages_are_cleared_away_and_open_ones_are_not(ground, cast, tiny, synced):
    from mainstem.services.server.cleaning import clean_up

    send(Message([], now(), "d-1"))
    send(Message(["T-1"], now(), "d-2"))
    clean_up(at=now() + timedelta(days=15))
    assert [m.delivery for m in ReceivedHook.objects.all()] == ["d-2"]
