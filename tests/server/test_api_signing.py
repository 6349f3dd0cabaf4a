"""Who may call the API: tokens with their scope and end, sessions with their CSRF token, nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from mainstem.services.people.people import deactivate
from mainstem.services.people.tokens import create_token, revoke_token
from mainstem.store.models import ApiToken, AuditLine
from tests.server.api_caller import V1, Caller, caller, token_of
from tests.server.cast import PASSWORD, actor
from tests.server.factories import NOW, TODAY

NOTE = {"value": {"note": "By a program"}}
WARM = "/plan/initiatives/warm-start"


def test_a_program_acts_for_the_owner_of_its_token(ground, cast):
    lena = caller("lena", ground, cast)
    me = lena.get("/me").json()
    assert (me["name"], me["may_write"], me["teams"]) == ("Lena", True, ["playback"])
    assert me["rights"] == [{"role": "lead", "team": "playback", "stream": ""}]
    assert lena.patch(WARM, NOTE).status_code == 200
    line = AuditLine.objects.filter(action="plan.api").get()
    assert (line.by_name, line.face) == ("Lena", "api")


def test_a_token_for_reading_writes_nothing_and_the_attempt_is_noted(ground, cast):
    reader = caller("ada", ground, cast, scope="read")
    assert reader.get("/plan").status_code == 200
    assert reader.get("/audit").status_code == 200
    for answer in (
        reader.patch(WARM, NOTE),
        reader.patch("/me", {"theme": "dark"}),
        reader.post("/watches", {"subject": "streams/start-fast"}),
        reader.post("/notices/read"),
        reader.post("/plan/changes", {"changes": [{}], "dry_run": True}),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "access.scope"
    assert AuditLine.objects.filter(outcome="refused", face="api", by_name="Ada").count() == 5
    assert ground.plans.head().number == 1


def test_a_token_stops_when_it_ends_when_it_is_taken_back_and_with_its_account(ground, cast):
    callers = [caller("carl", ground, cast) for _ in range(3)]
    assert all(c.get("/me").status_code == 200 for c in callers)
    ended, taken_back, _ = ApiToken.objects.order_by("pk")
    ApiToken.objects.filter(pk=ended.pk).update(ends_at=NOW - timedelta(days=1))
    revoke_token(taken_back.pk, actor("carl", cast), at=NOW)
    assert [c.get("/me").status_code for c in callers] == [401, 401, 200]
    deactivate(cast["carl"].pk, actor("ada", cast), at=NOW)
    assert callers[2].get("/me").status_code == 401


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ms_wrong", "Basic dmVyYTp4", "ms_wrong", "Bearer\t"]
)
def test_whoever_has_no_token_learns_nothing(ground, cast, given):
    client = Client()
    headers = {"Authorization": given} if given else {}
    told = []
    for path in ("/api/v1/plan", "/api/v1/plan/streams/start-fast", "/api/v1/nothing", "/api/v9"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        told.append({**answer.json()["error"], "request": ""})
    assert all(t == told[0] for t in told)


def test_a_wrong_token_is_not_made_up_for_by_a_session(as_):
    assert as_("ada").get("/api/v1/me", headers={"Authorization": "Bearer ms_x"}).status_code == 401


def test_an_outsider_finds_nothing_with_a_token_they_had_from_better_days(ground, cast):
    vera = caller("vera", ground, cast)
    cast["vera"].grants.all().delete()
    for path in ("/plan", "/me", "/nothing", "/openapi.json"):
        answer = vera.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["message"] == "There is no such page."


def test_a_token_makes_no_tokens_but_its_owner_does(ground, cast, as_):
    wanted = {"name": "release", "scope": "read", "last_day": f"{TODAY + timedelta(days=9)}"}
    refused = caller("vera", ground, cast).post("/tokens", wanted)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "access.forbidden")
    made = as_("vera").post("/api/v1/tokens", wanted, content_type="application/json")
    assert made.status_code == 201
    again = Caller(made.json()["text"])
    assert again.get("/me").json()["may_write"] is False
    listed = again.get("/tokens").json()["items"]
    assert listed[0]["prefix"] == made.json()["text"][:11]
    assert "text" not in listed[0]


def test_a_browser_needs_its_csrf_token_to_write_and_nothing_more_to_read(ground, cast):
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/account/login/")
    sent = {"login": "lena@example.org", "password": PASSWORD,
            "csrfmiddlewaretoken": browser.cookies["mainstem_csrf"].value}  # fmt: skip
    assert browser.post("/account/login/", sent).status_code == 302, page.content
    assert browser.get(f"{V1}/me").json()["name"] == "Lena"

    def write(**headers: str):
        return browser.patch(V1 + WARM, NOTE, content_type="application/json", headers=headers)

    for refused in (write(), write(**{"X-CSRFToken": "a" * 32})):
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "access.csrf")
    token = browser.cookies["mainstem_csrf"].value
    assert write(**{"X-CSRFToken": token}).status_code == 200


def test_use_of_a_token_is_seen_by_its_owner_to_the_minute(ground, cast):
    vera = caller("vera", ground, cast)
    vera.get("/me")
    first = ApiToken.objects.get().used_at
    assert first is not None
    vera.get("/me")
    assert ApiToken.objects.get().used_at == first
    assert token_of("vera", ground, cast) != vera.token


def test_a_token_is_in_no_log_and_no_audit_line(ground, cast, capfd):
    made = create_token("x", "write", TODAY, ground, actor("lena", cast), at=NOW)
    lena = Caller(made.text)
    lena.patch(WARM, NOTE)
    lena.delete("/plan/streams/start-fast")
    assert made.text not in "".join(capfd.readouterr())
    assert all(made.text not in str(line.__dict__) for line in AuditLine.objects.all())


def test_a_token_for_reading_reads_the_settings_of_an_administrator_and_of_nobody_else(
    ground, cast
):
    paths = ("/people", "/groups", "/invitations", "/hooks", "/jobs", f"/people/{cast['carl'].pk}")
    reader = caller("ada", ground, cast, scope="read")
    assert {reader.get(path).status_code for path in paths} == {200}
    assert reader.post("/groups", {"name": "g", "member_of": "growth"}).status_code == 403
    petra = caller("petra", ground, cast, scope="read")
    told = [petra.get(path) for path in paths]
    assert {answer.status_code for answer in told} == {403}
    # no token of more scope would help
    assert {answer.json()["error"]["code"] for answer in told} == {"access.forbidden"}
