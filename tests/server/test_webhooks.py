"""Webhooks out: who is told, how it is signed, what happens when nobody answers, where it must not go."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mainstem.errors import Absent, Forbidden, Invalid
from mainstem.plan.changes import Changed
from mainstem.services.plans.editing import change_plan
from mainstem.services.server.reaching import check_address, networks
from mainstem.services.telling.hooks import (
    WAITS,
    add_hook,
    change_hook,
    deliver_again,
    deliver_due,
    deliveries,
    hooks,
    remove_hook,
)
from mainstem.store.models import AuditLine, Delivery, Hook
from tests.server.cast import actor
from tests.server.factories import NOW


class Listener(ThreadingHTTPServer):
    """Somebody's server on loopback: keeps what it got and answers what it is told to."""

    def __init__(self):
        self.got: list[tuple[dict, bytes]] = []
        self.answers: list[tuple[int, dict]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/told"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        status, headers = self.server.answers.pop(0) if self.server.answers else (200, {})
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "2"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        pass


@pytest.fixture
def listener(monkeypatch):
    monkeypatch.setenv("MAINSTEM_HOOK_NETWORKS", "127.0.0.0/8")
    server = Listener()
    yield server
    server.shutdown()


@pytest.fixture
def hook(ground, cast, listener):
    return add_hook("Chat", listener.url, ["plan"], actor("ada", cast), at=NOW)


def change(ground, cast, text="released", was=None):
    note = Changed("initiatives/warm-start", ("note",), was, text)
    return change_plan([note], ground, actor("lena", cast), at=NOW)


def test_an_event_arrives_signed_so_that_the_receiver_can_prove_it(ground, cast, listener, hook):
    change(ground, cast)
    assert deliver_due(at=NOW) == 1
    (headers, body) = listener.got[0]
    moment = headers["Mainstem-Signature"].split(",")[0].removeprefix("t=")
    wanted = hmac.new(hook[1].encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["Mainstem-Signature"] == f"t={moment},v1={wanted}"
    told = json.loads(body)
    assert told["event"] == "plan"
    assert told["subjects"] == ["initiatives/warm-start"]
    assert "released" in told["sentence"]
    assert deliver_due(at=NOW) == 0


def test_what_was_rolled_back_is_told_to_nobody(ground, cast, listener, hook):
    from mainstem.store.together import together

    with pytest.raises(RuntimeError), together():
        change(ground, cast)
        raise RuntimeError("something later fails")
    assert not Delivery.objects.exists()
    assert deliver_due(at=NOW) == 0


def test_it_is_tried_again_with_growing_waits_and_then_given_up(ground, cast, listener, hook):
    change(ground, cast)
    listener.answers = [(500, {})] * 10
    at = NOW
    for wait in WAITS:
        assert deliver_due(at=at) == 0
        assert deliver_due(at=at + wait - timedelta(seconds=1)) == 0
        at += wait
    deliver_due(at=at)
    assert len(listener.got) == len(WAITS) + 1
    (row,) = deliveries(hook[0].id, actor("ada", cast))
    assert (row.status, row.answer) == ("given up", "500 ok")
    listener.answers = []
    deliver_again(row.id, actor("ada", cast), at=at)
    assert deliver_due(at=at) == 1
    assert deliveries(hook[0].id, actor("ada", cast))[0].status == "taken"


def test_nobody_at_home_is_no_crash(ground, cast, listener, hook):
    listener.shutdown()
    listener.server_close()
    change(ground, cast)
    assert deliver_due(at=NOW) == 0
    assert "did not answer" in deliveries(hook[0].id, actor("ada", cast))[0].answer


def test_a_redirect_is_not_followed(ground, cast, listener, hook):
    listener.answers = [(302, {"Location": "http://169.254.169.254/latest"})]
    change(ground, cast)
    deliver_due(at=NOW)
    assert len(listener.got) == 1
    assert deliveries(hook[0].id, actor("ada", cast))[0].answer.startswith("302")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.8/",
        "https://192.168.1.1/x", "https://169.254.169.254/latest/meta-data", "https://[::1]/",
        "https://[::ffff:127.0.0.1]/", "https://[fd00::1]/", "https://0.0.0.0/", "https://2130706433/",
        "https://0x7f.1/", "https://user:pass@1.1.1.1/", "http://1.1.1.1/", "ftp://1.1.1.1/",
        "file:///etc/passwd", "https://", "https://1.1.1.1:99999/", "https://224.0.0.1/",
        "https://[64:ff9b::7f00:1]/", "https://[64:ff9b:1::7f00:1]/", "https://[::7f00:1]/",
        "https://[::ffff:0:7f00:1]/",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused(url):
    with pytest.raises(Invalid):
        check_address(url, ())


def test_an_address_inside_is_taken_where_the_settings_allow_its_network():
    assert check_address("http://127.0.0.1:8080/x", networks(["127.0.0.0/8"]))[:2] == (
        "127.0.0.1",
        8080,
    )


def test_an_address_that_moves_inside_later_is_refused_when_it_is_used(
    ground, cast, listener, hook, monkeypatch
):
    change(ground, cast)
    monkeypatch.setenv("MAINSTEM_HOOK_NETWORKS", "")
    deliver_due(at=NOW)
    assert not listener.got
    assert "not a public address" in deliveries(hook[0].id, actor("ada", cast))[0].answer


def test_only_administrators_have_to_do_with_webhooks(ground, cast, listener):
    for name in ("petra", "vera"):
        with pytest.raises(Forbidden):
            add_hook("Chat", listener.url, ["plan"], actor(name, cast), at=NOW)
        with pytest.raises(Forbidden):
            hooks(actor(name, cast))
    with pytest.raises(Absent):
        hooks(actor("otto", cast))


def test_the_secret_is_kept_sealed_and_in_no_log(ground, cast, hook):
    row = Hook.objects.get()
    assert hook[1] not in row.secret
    assert all(hook[1] not in str(line.__dict__) for line in AuditLine.objects.all())


def test_a_webhook_is_changed_turned_off_and_removed(ground, cast, listener, hook):
    ada = actor("ada", cast)
    change_hook(hook[0].id, ada, at=NOW, is_on=False)
    change(ground, cast)
    assert not Delivery.objects.exists()
    with pytest.raises(Invalid):
        change_hook(hook[0].id, ada, at=NOW, events=["none"])
    remove_hook(hook[0].id, ada, at=NOW)
    assert hooks(ada) == ()


def test_an_administrator_adds_looks_after_and_removes_one_by_page(as_, ground, cast, listener):
    ada = as_("ada")
    told = {"name": "Chat", "url": listener.url, "events": ["plan"]}
    page = ada.post("/settings/hooks/", told).content.decode()
    row = Hook.objects.get()
    assert "whs_" in page
    assert "whs_" not in ada.get("/settings/hooks/").content.decode()
    change(ground, cast)
    listener.answers = [(500, {})]
    deliver_due(at=NOW)
    log = ada.get(f"/settings/hooks/{row.pk}/").content.decode()
    assert "the plan was changed" in log
    assert "500 ok" in log
    ada.post(f"/settings/hooks/{row.pk}/switch", {"on": "no"})
    assert "off</span>" in ada.get("/settings/hooks/").content.decode()
    ada.post(f"/settings/hooks/{row.pk}/remove")
    assert not Hook.objects.exists()


def test_an_address_that_may_not_be_reached_is_told_beside_its_field(as_):
    told = {"name": "Chat", "url": "https://169.254.169.254/", "events": ["plan"]}
    answer = as_("ada").post("/settings/hooks/", told)
    assert answer.status_code == 400
    assert "not a public address" in answer.content.decode()
