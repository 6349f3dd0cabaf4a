"""What a server tells those who run it: health, metrics, log lines; and its static files."""

from __future__ import annotations

import gzip
import json
import logging

import pytest
from django.conf import settings as django_settings

from mainstem.services.server import health
from mainstem.web import metrics
from mainstem.web.logging import log_config
from tests.server.factories import land_some_work


def test_a_probe_is_answered_whatever_host_it_asks_for(client, ground):
    answer = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client.get("/", headers={"host": "10.1.2.3:8000"}).status_code == 400


def test_a_server_is_ready_when_its_jobs_run_and_its_ledger_can_be_read(
    client, ground, monkeypatch
):
    monkeypatch.setattr(health, "_last_beat", None)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and "no jobs run" in answer.json()["jobs"]
    health.beat()
    assert client.get("/readyz").json() == {
        "ready": True, "database": "it answers", "migrations": "all steps were made",
        "ledger": "there is none yet", "jobs": "they run",
    }  # fmt: skip
    land_some_work(ground)
    assert client.get("/readyz").status_code == 200
    (ground.data / "ledger" / "ledger.json").write_text('{"format": 99}')
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ledger"]) == (503, "it cannot be read")


def test_jobs_that_have_gone_silent_make_a_server_unready(client, ground, monkeypatch):
    health.beat()
    monkeypatch.setattr(health, "_SILENT", -1.0)
    assert client.get("/readyz").json()["jobs"] == "they have stopped"


def test_metrics_are_there_only_where_they_were_asked_for(client, ground, settings, as_):
    assert client.get("/metrics").status_code == 404
    settings.METRICS = True
    land_some_work(ground)
    metrics.count("BREW", "/teapot", 418, 0.2)
    as_("ada").get("/settings/jobs/")
    text = client.get("/metrics").content.decode()
    assert 'mainstem_requests_total{method="other",route="/teapot",status="418"}' in text
    assert 'route="/settings/jobs/",status="200"' in text
    assert 'mainstem_request_seconds_bucket{le="0.1",route="/settings/jobs/"}' in text
    assert "mainstem_ledger_version 2.0" in text and "mainstem_plan_revision 1.0" in text
    assert 'mainstem_jobs{state="failing"} 0.0' in text


class Written(logging.Handler):
    """Lines as they are written: at once, while what went wrong is still at hand."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines():
    """What was logged, as JSON lines are written."""
    from mainstem.web.logging import apply

    root, written = logging.getLogger(), Written()
    before = root.handlers[:]
    apply(log_config("json"))
    written.setFormatter(root.handlers[0].formatter)
    root.handlers[:] = [written]
    yield lambda: written.lines
    apply(django_settings.LOGGING)
    root.handlers[:] = before


def test_a_request_is_one_line_with_its_id_and_without_secrets(lines, as_, cast):
    as_("ada").get("/settings/jobs/?token=abc123", headers={"x-request-id": "from-the-proxy"})
    (line,) = [x for x in lines() if x["event"] == "request"]
    assert line["request"] == "from-the-proxy" and line["person"] == cast["ada"].pk
    assert (line["status"], line["method"], line["route"]) == (200, "GET", "/settings/jobs/")
    assert "abc123" not in json.dumps(line) and "ada" not in json.dumps(line).lower()
    assert line["ms"] > 0 and line["level"] == "info"


def test_an_address_that_is_as_good_as_a_password_is_not_written_down(lines, client, ground):
    client.get("/no/such/page/0123456789abcdef")
    assert "0123456789abcdef" not in json.dumps(lines())


def test_an_unforeseen_error_is_told_without_the_values_at_hand(lines, client, cast, monkeypatch):
    def fails(*_, **given):
        raise RuntimeError("the store is away")

    monkeypatch.setattr("allauth.account.auth_backends.AuthenticationBackend.authenticate", fails)
    client.raise_request_exception = False
    answer = client.post(
        "/account/login/", {"login": "ada@example.org", "password": "correct-horse-9"}
    )
    assert answer.status_code == 500
    (line,) = [x for x in lines() if x["level"] == "error"]
    assert line["exception"][0]["exc_value"] == "the store is away"
    assert "correct-horse-9" not in json.dumps(line) and "ada@" not in json.dumps(line)


def test_probes_and_files_do_not_fill_the_log(lines, client, ground):
    client.get("/healthz")
    client.get("/static/mainstem.css")
    assert [x for x in lines() if x["event"] == "request"] == []


def test_lines_of_libraries_come_in_the_same_form(lines):
    logging.getLogger("some.library").warning("it said %s", "so")
    (line,) = [x for x in lines() if x["logger"] == "some.library"]
    assert (line["event"], line["level"]) == ("it said so", "warning")


def test_files_are_small_and_kept_for_good_under_their_own_address(client, ground):
    from mainstem.web.jinja import asset

    answer = client.get(asset("mainstem.css"), headers={"accept-encoding": "gzip"})
    assert "immutable" in answer["Cache-Control"] and answer["Content-Encoding"] == "gzip"
    plain = client.get("/static/mainstem.css")
    assert "immutable" not in plain["Cache-Control"] and "Content-Encoding" not in plain
    assert gzip.decompress(answer.content) == b"".join(plain)
    assert answer["Vary"] == plain["Vary"] == "Accept-Encoding"
    etag = client.get("/static/mainstem.css")["ETag"] if plain.has_header("ETag") else ""
    assert (
        etag == ""
        or client.get("/static/mainstem.css", headers={"if-none-match": etag}).status_code == 304
    )


def test_several_threads_look_at_the_ledger_at_once(ground):
    from concurrent.futures import ThreadPoolExecutor

    from mainstem.ledger.store import Ledger

    land_some_work(ground)
    ledger = Ledger.open(ground.data / "ledger")
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: len(ledger.landings()), range(60)))
    assert set(found) == {2}
