"""Triage and previews of claims over the API."""

from __future__ import annotations

import json

import pytest

from tests.server.factories import land_some_work

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def worked(ground, cast):
    land_some_work(ground)
    return ground


def post(client, path, body=None):
    return client.post(V1 + path, json.dumps(body or {}), content_type="application/json")


def test_a_lump_is_read_taken_and_assigned_and_taken_back(as_, worked):
    petra = as_("petra")
    queue = petra.get(f"{V1}/triage").json()
    assert queue["unit"] == "hour" and queue["unknown"] == 4
    gro = queue["lumps"][0]
    assert (gro["claim"], gro["items"], gro["amount"]) == ({"project": ["GRO"]}, 1, 3)
    assert gro["near"] == [{"name": "stream:sign-up", "amount": 5}]
    assert post(petra, f"/triage/{gro['id']}/take").json()["is_yours"] is True
    assert post(as_("ada"), f"/triage/{gro['id']}/take").json()["by"] == "Petra"
    done = post(petra, f"/triage/{gro['id']}/assign",
                {"target": "stream:sign-up", "why": "The banner sells it", "seen": gro["seen"]})  # fmt: skip
    assert done.status_code == 200, done.content
    again = post(
        petra, f"/triage/{gro['id']}/kind", {"kind": "debt", "why": "No", "seen": gro["seen"]}
    )
    assert again.status_code == 409 and "1 were set by hand since" in again.content.decode()
    assert post(petra, "/shares/undo", {"number": done.json()["number"]}).status_code == 200


def test_a_claim_is_tried_and_then_made_and_both_say_the_same(as_, worked):
    owen = as_("owen")
    asked = {"target": "stream:start-fast", "claim": {"label": ["spike"]}}
    told = post(owen, "/claims/preview", asked).json()
    assert (told["items"], told["gained"], told["gained_by_unit"]["hour"]) == (1, 3, 3)
    assert told["before"]["point"] < told["after"]["point"]
    gro = owen.get(f"{V1}/triage").json()["lumps"][0]
    made = post(owen, f"/triage/{gro['id']}/claim", {**asked, "seen": gro["seen"]})
    assert made.status_code == 200, made.content
    undone = post(owen, f"/revisions/{made.json()['number']}/undo", {})
    assert undone.status_code == 200, undone.content


def test_skipping_says_until_when(as_, worked):
    carl = as_("carl")
    lump = carl.get(f"{V1}/triage").json()["lumps"][0]
    assert post(carl, f"/triage/{lump['id']}/skip", {"until": "2026-11-01"}).json() == {
        "until": "2026-11-01"
    }
    marks = carl.get(f"{V1}/triage").json()["lumps"]
    assert [m["state"] for x in marks for m in x["marks"]] == ["skipped"]


def test_a_claim_that_cannot_be_and_a_lump_that_is_not_are_refused(as_, worked):
    owen = as_("owen")
    wrong = post(owen, "/claims/preview", {"target": "stream:start-fast", "claim": {}})
    assert wrong.status_code == 400 and "asks for nothing" in wrong.content.decode()
    assert post(owen, "/triage/nothing/take").status_code == 404
