"""A real server over real HTTP: requests at once, a generated client, a server that is killed."""

from __future__ import annotations

import importlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.server.api_server import ROOT, Server, running_server

pytestmark = pytest.mark.slow
SAID = {"key_result": "kr-start", "value": 88.9, "note": "sent at once"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def test_of_many_at_once_one_is_done(server):
    def send(_: int):
        return server.ask("carl", "POST", "/check-ins", SAID, Idempotency_Key="at once")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {a.status_code for a in answers} <= {201, 409}
    bodies = {a.text for a in answers if a.status_code == 201}
    assert len(bodies) == 1
    assert server.ask("carl", "POST", "/check-ins", SAID, Idempotency_Key="at once").text in bodies
    told = server.ask("carl", "GET", "/check-ins?key_result=kr-start&limit=200").json()["items"]
    assert [c["note"] for c in told].count("sent at once") == 1


def test_two_who_write_at_once_both_keep_their_words(server):
    def write(n: int):
        patch = (
            {"value": {"gaming": [f"way {n}"]}, "why": f"{n}"}
            if n % 2
            else {"value": {"owner": f"{n}"}}
        )
        return server.ask("petra", "PATCH", "/plan/metrics/crashes", patch)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(write, range(8)))
    assert {a.status_code for a in answers} == {200}
    revisions = {a.json()["done"]["revision"] for a in answers}
    assert len(revisions) == 8
    value = server.ask("petra", "GET", "/plan/metrics/crashes").json()["value"]
    assert value["owner"]
    assert value["gaming"]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A Python client made from the committed document by a generator of others."""
    folder = tmp_path_factory.mktemp("generated")
    name = "generated_client"
    generator = [sys.executable, "-m", "openapi_python_generator", str(ROOT / "docs/openapi.json")]
    subprocess.run([*generator, str(folder / name)], check=True, capture_output=True, timeout=300)
    sys.path.insert(0, str(folder))
    yield importlib.import_module(name)
    sys.path.remove(str(folder))


def test_a_generated_client_does_a_week(server, client):
    from generated_client.api_config import APIConfig, HTTPException
    from generated_client.models import NewCheckIn, NewProposal, Patch, Reason
    from generated_client.services import (
        key_results_service,
        me_service,
        plan_service,
        proposals_service,
        score_service,
    )

    def config(name: str) -> APIConfig:
        return APIConfig(base_path=server.url, access_token=server.tokens[name])

    lena, vera = config("lena"), config("vera")
    assert me_service.get_me(lena).name == "Lena"
    score = score_service.get_score(lena, by="team", since="2026-10-01", until="2026-10-31")
    assert sum(cell.units for cell in score.cells) == pytest.approx(score.total.units) == 21
    said = NewCheckIn(key_result="kr-start", on="2026-10-20", value=88.6, confidence=0.6, note="From a client",
                   corrects=None)  # fmt: skip
    number = key_results_service.check_in(lena, data=said).number
    listed = key_results_service.list_check_ins(lena, key_result="kr-start").items
    assert listed[0].number == number
    patch = Patch(value={"note": "By a client"}, base="", why="A client wanted it", dry_run=False)
    done = plan_service.change_initiative(lena, ident="warm-start", data=patch)
    assert "By a client" in done.sentences[0]
    held = plan_service.get_initiative(vera, ident="warm-start")
    assert held.value.note == "By a client"
    with pytest.raises(HTTPException) as refused:
        plan_service.change_initiative(vera, ident="warm-start", data=patch)
    assert refused.value.status_code == 403
    change = {
        "kind": "changed",
        "subject": "streams/sign-up",
        "path": ["owner"],
        "old": None,
        "new": "Lena",
    }
    wanted = NewProposal(
        title="An owner", changes=[change], why="It has none", base="", is_draft=False
    )
    made = proposals_service.create_proposal(lena, data=wanted)
    assert made.state == "open"
    declined = proposals_service.decline_proposal(
        config("petra"), number=made.number, data=Reason(reason="Growth owns it")
    )
    assert (declined.state, declined.decision) == ("declined", "Growth owns it")


def test_a_server_that_is_killed_in_the_middle_loses_nothing_and_repeats_nothing(tmp_path: Path):
    sent = [{**SAID, "note": f"before the crash {n}"} for n in range(80)]
    with running_server(tmp_path) as first, ThreadPoolExecutor(4) as pool:
        tokens = first.tokens
        waiting = [
            pool.submit(first.ask, "carl", "POST", "/check-ins", body, Idempotency_Key=body["note"])
            for body in sent
        ]
        answered = [w.result().json()["number"] for w in waiting[:2]]
        first.kill()
    lost = [body for body, w in zip(sent, waiting, strict=True) if w.exception() is not None]
    # how many answers are lost is a matter of speed; none is lost for good, however many
    with running_server(tmp_path, tokens) as second:
        before = _kept(second)
        assert set(answered) <= set(before.values())
        for body in sent[:2]:
            again = second.ask("carl", "POST", "/check-ins", body, Idempotency_Key=body["note"])
            assert again.json()["number"] == before[body["note"]]
        for body in lost:
            # done and answered before, not done yet, or still held by the one that died
            again = second.ask("carl", "POST", "/check-ins", body, Idempotency_Key=body["note"])
            assert again.status_code in (201, 409)
            if body["note"] in before:
                assert again.json()["number"] == before[body["note"]]
        _kept(second)


def _kept(server: Server) -> dict[str, int]:
    """Note → number of the check-ins that are there; none is there twice."""
    told = server.ask("carl", "GET", "/check-ins?key_result=kr-start&limit=200").json()["items"]
    mine = [c for c in told if c["note"].startswith("before the crash")]
    assert len({c["note"] for c in mine}) == len(mine)
    return {c["note"]: c["number"] for c in mine}


def test_a_head_request_sends_no_body_and_the_connection_goes_on(server):
    import httpx

    headers = {"Authorization": f"Bearer {server.tokens['petra']}"}
    with httpx.Client(headers=headers) as client:
        for path in ("/plan", "/items", "/plan/nothings"):
            short = client.head(f"{server.url}/api/v1{path}")
            whole = client.get(f"{server.url}/api/v1{path}")
            assert (short.content, short.status_code) == (b"", whole.status_code)
            assert short.headers.get("ETag") == whole.headers.get("ETag")
