"""What administrators, owners and leads do on pages, done by programs: values, tokens, second steps, agendas."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstem.ledger.observations import land_observations
from mainstem.services.people.tokens import actor_of_token
from mainstem.sources.observing import Observed
from mainstem.store.models import AuditLine
from tests.server.api_caller import V1, caller, token_of
from tests.server.factories import NOW, TODAY

DAY = TODAY - timedelta(days=1)
VALUES = "/metrics/starts/values"


@pytest.fixture
def as_program(ground, cast):
    return lambda name: caller(name, ground, cast)


def by_day(program) -> dict:
    return {v["on"]: (v["value"], v["source"]) for v in program.get(VALUES).json()["items"]}


def test_a_program_adds_corrects_and_takes_back_values_of_a_metric(as_program, ground):
    seen = [Observed("starts", DAY, 93.7)]
    land_observations(ground.shelf.ledger(make=True), "warehouse", seen, at=NOW)
    owen, day = as_program("owen"), f"{DAY}"
    assert by_day(owen)[day] == (93.7, "warehouse")
    kept = owen.post(VALUES, {"values": [{"on": day, "value": 91.5}]})
    assert kept.status_code == 201 and kept.json() == {"new": 1, "corrected": 0, "unchanged": 0}
    assert by_day(owen)[day] == (91.5, "by hand")
    again = owen.post(VALUES, {"values": [{"on": day, "value": 92.0}]}).json()
    assert again == {"new": 0, "corrected": 1, "unchanged": 0}
    (shown,) = owen.get(f"{VALUES}?since={day}").json()["items"]
    assert (shown["value"], shown["was_corrected"], shown["is_disputed"]) == (92.0, True, True)
    assert owen.delete(f"{VALUES}/{day}").status_code == 204
    assert by_day(owen)[day] == (93.7, "warehouse")
    # what a source says is not theirs to take back
    assert owen.delete(f"{VALUES}/{day}").status_code == 404
    assert AuditLine.objects.filter(action="metric.values").count() == 3


def test_values_are_kept_all_or_none_and_only_by_who_may_change_the_metric(as_program):
    owen, before = as_program("owen"), by_day(as_program("owen"))
    wrong = [{"on": f"{DAY}", "value": 1}, {"on": "2031-01-01", "value": 2}]
    answer = owen.post(VALUES, {"values": wrong})
    assert answer.status_code == 400 and "2031-01-01" in answer.json()["error"]["message"]
    one = {"values": [{"on": f"{DAY}", "value": 1}]}
    assert as_program("carl").post(VALUES, one).status_code == 403
    assert owen.post("/metrics/nothing/values", one).status_code == 404
    assert by_day(owen) == before


def upload(program, content: bytes):
    return program.client.post(
        V1 + VALUES + "/upload", {"file": SimpleUploadedFile("v.csv", content, "text/csv")},
        headers={"Authorization": f"Bearer {program.token}"},
    )  # fmt: skip


def test_a_program_uploads_values_as_csv_whole_or_not_at_all(as_program):
    owen = as_program("owen")
    content = b"day;value\n2026-10-05;88,1\n2026-10-12;88,4\n"
    assert upload(owen, content).json() == {"new": 2, "corrected": 0, "unchanged": 0}
    assert upload(owen, content).json() == {"new": 0, "corrected": 0, "unchanged": 2}
    refused = upload(owen, b"day,value\n2026-10-06,1\nsoon,3\n")
    assert refused.status_code == 400 and "soon" in refused.json()["error"]["message"]
    assert upload(owen, b"day,value\n" + b"\n" * 2_000_000).status_code == 413
    assert f"{date(2026, 10, 6)}" not in by_day(owen)


def test_the_values_come_in_pages(as_program):
    owen = as_program("owen")
    many = [{"on": f"2025-01-0{n}", "value": n} for n in range(9, 0, -1)]
    owen.post(VALUES, {"values": many})
    first = owen.get(f"{VALUES}?since=2025-01-03&limit=3").json()
    after = owen.get(f"{VALUES}?since=2025-01-03&limit=4&after={first['next']}").json()
    assert [v["value"] for v in (*first["items"], *after["items"])] == [3, 4, 5, 6, 7, 8, 9]


def test_an_administrator_sees_and_takes_back_somebodys_tokens(as_program, ground, cast):
    text = token_of("carl", ground, cast)
    ada, person = as_program("ada"), cast["carl"].pk
    (shown,) = ada.get(f"/people/{person}/tokens").json()["items"]
    assert text.startswith(shown["prefix"]) and shown["revoked_at"] is None
    assert "text" not in shown
    other = f"/people/{cast['vera'].pk}/tokens/{shown['id']}"
    assert ada.delete(other).status_code == 404
    assert ada.delete(f"/people/{person}/tokens/{shown['id']}").json()["revoked_at"]
    assert actor_of_token(text, NOW) is None
    assert AuditLine.objects.filter(action="token.revoke").count() == 1


def test_an_administrator_removes_a_lost_second_step(as_program, cast):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast["vera"], type="totp", data={"secret": "x"})
    path = f"/people/{cast['vera'].pk}/second-steps"
    assert as_program("petra").delete(path).status_code == 403
    assert as_program("ada").delete(path).status_code == 204
    assert not Authenticator.objects.exists()
    assert AuditLine.objects.filter(action="second-step.remove").count() == 1


OURS = """agenda: our-hour
title: Our hour
length: an hour
purpose: For a start.
steps:
  - kind: talk
    title: Talk
    minutes: 60
"""


def test_a_lead_keeps_changes_and_removes_an_agenda(as_program):
    lena, carl = as_program("lena"), as_program("carl")
    assert carl.post("/agendas", {"text": OURS}).status_code == 403
    made = lena.post("/agendas", {"text": OURS})
    assert made.status_code == 201 and made.json()["name"] == "our-hour"
    assert lena.post("/agendas", {"text": OURS}).status_code == 409
    names = {a["name"]: a for a in carl.get("/agendas").json()["items"]}
    assert names["day"]["is_shipped"] and not names["our-hour"]["is_yours"]
    longer = OURS.replace("60", "75")
    assert lena.patch("/agendas/our-hour", {"text": longer}).json()["minutes"] == 75
    assert carl.get("/agendas/our-hour").json()["text"] == longer
    renamed = lena.patch("/agendas/our-hour", {"text": OURS.replace("our-hour", "another")})
    assert renamed.status_code == 400 and renamed.json()["error"]["field"] == "text"
    assert as_program("owen").patch("/agendas/our-hour", {"text": OURS}).status_code == 403
    assert lena.post("/workshops", {"title": "W", "agenda": "our-hour"}).status_code == 201
    assert lena.delete("/agendas/our-hour").status_code == 204
    assert lena.get("/agendas/our-hour").status_code == 404


def test_the_programs_own_agendas_stay_and_faults_are_told_with_their_lines(as_program):
    lena = as_program("lena")
    text = lena.get("/agendas/day").json()["text"]
    assert lena.patch("/agendas/day", {"text": text}).status_code == 403
    assert lena.delete("/agendas/day").status_code == 403
    wrong = OURS.replace("kind: talk", "kind: nothing").replace("60", "many")
    told = lena.post("/agendas", {"text": wrong})
    assert told.status_code == 400
    assert [f["line"] for f in told.json()["error"]["details"]["faults"]] == [6, 8]


@pytest.mark.parametrize("path", ["/plan", "/items", "/openapi.json"])
def test_a_head_request_answers_as_get_without_a_body(as_program, path):
    ada = as_program("ada")
    asked, short = ada.get(path), ada.ask("head", path)
    assert (short.status_code, short.content) == (200, b"")
    assert short["Content-Type"] == asked["Content-Type"]
    assert short["ETag"] == asked["ETag"]
    assert ada.ask("head", path, If_None_Match=asked["ETag"]).status_code == 304


def test_a_head_request_is_refused_as_get_is(as_program):
    assert as_program("vera").ask("head", "/people").status_code == 403
    assert as_program("vera").ask("head", "/nothing").status_code == 404
    assert as_program("vera").ask("head", "/cycle-steps").status_code == 405


def test_a_metric_with_a_slash_in_its_identifier_is_reached_like_any_other(as_program):
    petra = as_program("petra")
    petra.post("/plan/rename", {"subject": "metrics/starts", "new_id": "play/starts"})
    path = "/metrics/play%2Fstarts"
    assert (
        petra.post(f"{path}/values", {"values": [{"on": f"{DAY}", "value": 1}]}).status_code == 201
    )
    assert petra.delete(f"{path}/values/{DAY}").status_code == 204
    assert petra.get(f"{path}/values").status_code == 200
    assert petra.get(f"{path}/card").json()["metric"] == "play/starts"
