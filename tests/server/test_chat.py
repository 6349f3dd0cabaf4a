"""Somebody asks in the chat whether work qualifies: signed, once, answered to them alone, nothing written."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

import pytest
from django.test import Client

from mainstem.challenge.decisions import Step, Work
from mainstem.clock import now
from mainstem.services.decisions import chat
from mainstem.services.sources import inbound
from mainstem.store.models import AskedWork, AuditLine, ChatMessage, StatementAnswer
from tests.server.cast import actor

pytestmark = pytest.mark.django_db
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture(autouse=True)
def _slack(ground, cast, monkeypatch, settings):
    inbound.RATE.clear()
    settings.PUBLIC_URL = "https://mainstem.example"
    monkeypatch.setenv("MAINSTEM_CHAT_SECRET", SECRET)


def body_of(words: str, **more: str) -> bytes:
    """As Slack sends it."""
    told = {
        "token": "old",
        "team_id": "T1",
        "user_id": "U1",
        "user_name": "ann",
        "command": "/mainstem",
    }
    return urlencode({**told, "text": words, "trigger_id": "1.2.x", **more}).encode()


def post(body: bytes, heads: dict[str, str]):
    return Client(enforce_csrf_checks=True).post(
        "/hooks/chat/", data=body, content_type="application/x-www-form-urlencoded", headers=heads
    )


def slack(words: str, *, secret: str = SECRET, ago: int = 0, **more: str):
    """A command of Slack, signed as it signs."""
    body, stamp = body_of(words, **more), str(int(now().timestamp()) - ago)
    made = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return post(body, {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"})


def test_the_command_is_answered_to_whoever_asked_with_reasons_and_a_link():
    answer = slack("Cache the first frame label:start-time")
    assert answer.status_code == 200
    told = answer.json()
    assert told["response_type"] == "ephemeral"
    assert "Qualifies for Start to first frame" in told["text"]
    assert (
        "<https://mainstem.example/qualify?title=Cache+the+first+frame&label=start-time|"
        in told["text"]
    )
    assert "no-store" in answer.headers["Cache-Control"]
    assert not AskedWork.objects.exists() and not StatementAnswer.objects.exists()
    assert not AuditLine.objects.filter(face="hook").exists()


def test_slacks_own_example_of_a_signature_is_taken():
    """https://api.slack.com/authentication/verifying-requests-from-slack"""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    heads = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    from datetime import UTC, datetime

    assert chat.receive(heads, body, at=datetime.fromtimestamp(1531420700, UTC)).words == ""


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"ago": 400}, {"ago": -400}])
def test_what_is_forged_or_not_of_now_is_refused_without_a_word(wrong):
    answer = slack("anything", **wrong)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1e9", "9" * 40, "٣"])
def test_a_moment_that_is_none_is_refused(stamp):
    heads = {"x-slack-request-timestamp": stamp, "x-slack-signature": "v0=" + "0" * 64}
    with pytest.raises(chat.Refused):
        chat.receive(heads, body_of("x"), at=now())


def test_the_same_message_is_answered_once(settings):
    body, stamp = body_of("Something"), str(int(now().timestamp()))
    made = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    heads = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}
    assert [post(body, heads).status_code for _ in range(3)] == [200, 401, 401]
    assert ChatMessage.objects.count() == 1


def test_old_messages_are_cleared_away():
    from datetime import timedelta

    from mainstem.services.server.cleaning import clean_up

    slack("Something")
    clean_up(at=now() + timedelta(hours=2))
    assert not ChatMessage.objects.exists()


def test_without_a_secret_there_is_no_such_address(monkeypatch, as_):
    monkeypatch.delenv("MAINSTEM_CHAT_SECRET")
    assert slack("x").status_code == 404
    assert as_("ada").get("/hooks/chat/").status_code == 404


def test_mattermost_proves_itself_by_its_token(monkeypatch):
    monkeypatch.setenv("MAINSTEM_CHAT", "mattermost")
    words = "Cache *it* @channel label:start-time"
    assert post(body_of(words), {}).status_code == 401
    assert post(body_of(words, token=""), {"Authorization": "Token x"}).status_code == 401
    answer = post(body_of(words), {"Authorization": f"Token {SECRET}"})
    assert "**Qualifies for Start to first frame" in answer.json()["text"]
    assert post(body_of(words, token=SECRET), {}).status_code == 200
    # the same again, by its trigger
    assert post(body_of(words, token=SECRET), {}).status_code == 401
    # the secret of one kind opens not the other
    monkeypatch.setenv("MAINSTEM_CHAT", "slack")
    assert (
        post(body_of(words, token=SECRET), {"Authorization": f"Token {SECRET}"}).status_code == 401
    )


@pytest.mark.parametrize("words", ["", "help", "  Help "])
def test_whoever_says_nothing_is_told_how(words):
    assert "/mainstem" in slack(words).json()["text"]


def test_only_labels_and_no_title_is_told_what_is_missing():
    assert "What is to be done?" in slack("label:start-time").json()["text"]


def test_titles_call_nobody_and_mark_nothing_up(ground, cast):
    """Also those of others that are shown as alike."""
    from mainstem.services.decisions.deciding import ask, decide
    from mainstem.services.decisions.desks import server_desk

    desk, petra = server_desk(ground), actor("petra", cast)
    title = "Rewrite the <!channel> billing @here *engine* <https://x|y> & more"
    chain = ask(Work(title), desk, petra, at=ground.now())
    decide(chain.number, Step.REFUSE, "No <!everyone>", desk, petra, at=ground.now(), after=0)
    told = slack(title).json()["text"]
    assert "Alike: Rewrite" in told
    shown = told[: told.rindex("<https://mainstem.example")]
    assert "<" not in shown and ">" not in shown
    assert "@here" not in shown.replace("\u200b@\u200b", "") and "*engine*" not in shown


def test_too_many_messages_are_told_to_wait(monkeypatch):
    monkeypatch.setattr(chat, "MOST_IN_A_MINUTE", 1)
    monkeypatch.setattr(chat, "MOST_FORGED", 1)
    assert [slack(f"x {n}").status_code for n in range(2)] == [200, 429]
    assert [slack("x", secret="no").status_code for _ in range(2)] == [401, 429]


def test_a_message_that_is_too_long_is_refused_and_odd_ones_are_survived():
    assert slack("x" * 70_000).status_code == 413
    stamp = str(int(now().timestamp()))
    for body in (b"\xff\xfe", b"text=" + b"%ff" * 9, b"&".join([b"a=1"] * 100)):
        made = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        heads = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}
        assert post(body, heads).status_code == 200
