"""A source's host is asked at the addresses that were found well, not at what its name says a moment later."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from mainstem.errors import SourceError
from mainstem.sources import calls as calls_module
from mainstem.sources.calls import Calls
from mainstem.sources.pinned import Pinned
from mainstem.sources.remote import Watch
from tests.standin.server import Asked, Reply, StandIn

NOW = datetime(2026, 10, 21, tzinfo=UTC)
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


class Tracker(StandIn):
    """Answers with a cookie and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Asked] = []

    def answer(self, asked: Asked) -> Reply:
        self.seen.append(asked)
        return Reply({"ok": True}, headers={"Set-Cookie": "sticky=1"})


@pytest.fixture
def tracker(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    # no name leads anywhere but to where it may not
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, *a, **k: real("169.254.169.254" if host == "tracker.example" else host, *a, **k),
    )  # fmt: skip
    with Tracker() as made:
        yield made


def asking(tracker: Tracker, *addresses: str) -> Calls:
    port = urlsplit(tracker.url).port
    watch = Watch(NOW, allow=lambda url: addresses, is_hasty=True)
    return Calls(f"http://tracker.example:{port}/", watch, name="x")


def test_the_address_that_was_allowed_is_asked_and_the_name_stays_that_of_the_host(tracker):
    with asking(tracker, "127.0.0.1") as calls:
        answer = calls.get("a?b=1")
        again = calls.get("a")
    assert answer.status == 200 and answer.url.startswith("http://tracker.example:")
    asked = tracker.seen[-1]
    assert asked.headers["host"].startswith("tracker.example:") and again.status == 200
    # cookies are those of the host
    assert asked.headers["cookie"] == "sticky=1"


def test_the_next_address_is_asked_where_nothing_listens_at_the_first(tracker):
    with asking(tracker, "::1", "127.0.0.1") as calls:
        assert calls.get("a").status == 200


def test_a_host_without_an_address_is_asked_nowhere_and_later_again(tracker, monkeypatch):
    monkeypatch.setattr(calls_module, "FIRST_WAIT", 0.0)
    with asking(tracker) as calls, pytest.raises(SourceError) as error:
        calls.get("a")
    assert not error.value.permanent and "no host of this name" in error.value.message
    assert not tracker.seen


def test_a_certificate_is_looked_at_for_the_name_and_not_for_the_address():
    import httpx

    from mainstem.sources.pinned import ADDRESSES, _sent_to

    asked = httpx.Request("GET", "https://tracker.example/a", extensions={ADDRESSES: ("10.0.0.1",)})
    sent = _sent_to("2001:db8::1", asked)
    assert str(sent.url) == "https://[2001:db8::1]/a"
    assert sent.headers["host"] == sent.extensions["sni_hostname"] == "tracker.example"


def test_where_a_proxy_is_set_it_finds_the_addresses(monkeypatch):
    import httpx

    limits = httpx.Limits()
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    assert isinstance(calls_module._network(limits), Pinned)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert calls_module._network(limits) is None
