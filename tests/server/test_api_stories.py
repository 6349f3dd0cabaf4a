"""What a page can do a program can do: the plan, proposals, cycles, check-ins, work, people, webhooks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstem.store.models import AuditLine, Delivery, Invitation, Job
from tests.server.api_caller import caller
from tests.server.factories import NOW, TODAY, land_some_work


@pytest.fixture
def as_program(ground, cast):
    held = {}

    def made(name):
        return held.setdefault(name, caller(name, ground, cast))

    return made


def test_a_planner_adds_changes_renames_and_removes_a_team(as_program, ground):
    petra = as_program("petra")
    wanted = {"value": {"name": "Live edge (EU)", "in": "playback", "size": 3}}
    dry = petra.post("/plan/teams", {**wanted, "dry_run": True}).json()
    assert (dry["id"], dry["done"], dry["refused"]) == ("live-edge-eu", None, [])
    assert "Live edge (EU)" in dry["sentences"][0]
    assert isinstance(dry["findings"], list)
    assert ground.plans.head().number == 1
    added = petra.post("/plan/teams", {**wanted, "why": "They grew"}).json()
    assert added["done"]["revision"] == "r2"
    path = f"/plan/teams/{added['id']}"
    assert petra.get(path).json()["value"] == {
        "name": "Live edge (EU)",
        "in": "playback",
        "size": 3,
    }
    petra.patch(path, {"value": {"size": None, "owns": ["@live"]}})
    assert petra.get(path).json()["value"] == {
        "name": "Live edge (EU)",
        "in": "playback",
        "owns": ["@live"],
    }
    renamed = petra.post(
        "/plan/rename", {"subject": "teams/live-edge-eu", "new_id": "edge/eu"}
    ).json()
    assert renamed["sentence"]
    assert petra.get("/plan/teams/edge%2Feu").json()["id"] == "edge/eu"
    assert petra.delete("/plan/teams/edge%2Feu?why=Merged").status_code == 200
    told = petra.get("/revisions?subject=teams/edge/eu").json()["items"]
    assert [r["origin"] for r in told] == ["api"] * len(told)
    assert told[0]["why"] == "Merged"
    undone = petra.post(f"/revisions/{told[0]['number']}/undo", {"why": "Not yet"}).json()
    assert petra.get(f"/revisions/{undone['number']}").json()["undoes"] == told[0]["number"]
    assert petra.get("/plan/teams/edge%2Feu").status_code == 200


def test_merging_goes_into_mappings_and_null_takes_away(as_program):
    petra = as_program("petra")
    path = "/plan/streams/start-fast"
    petra.patch(path, {"value": {"teams": {"growth": "10%", "platform": None}, "note": "More"}})
    teams = petra.get(path).json()["value"]["teams"]
    assert teams == {"player-core": {"share": 0.6}, "growth": {"share": 0.1}}


def test_removing_says_first_what_would_forget_it(as_program, ground):
    petra = as_program("petra")
    told = petra.get("/plan/references?subject=metrics/starts").json()["named_by"]
    assert set(told) == {"streams/start-fast", "key_results/kr-start"}
    dry = petra.delete("/plan/metrics/starts?dry_run=true").json()
    assert len(dry["sentences"]) == 3
    assert ground.plans.head().number == 1


def test_the_plan_goes_out_as_values_and_as_text_and_back_in_as_changes(as_program):
    petra = as_program("petra")
    whole = petra.get("/plan").json()
    assert whole["plan"]["teams"]["player-core"]["in"] == "playback"
    text = petra.get("/plan?form=yaml")
    assert text["Content-Type"].startswith("application/yaml")
    assert "start-fast:" in text.content.decode()
    petra.patch("/plan/streams/sign-up", {"value": {"owner": "Olga"}})
    difference = petra.get("/plan/compare?old=r1").json()
    assert len(difference["changes"]) == 1
    back = petra.post("/revisions/2/undo").json()
    assert back["revision"] == "r3"
    again = petra.post(
        "/plan/changes", {"changes": difference["changes"], "base": "r1", "why": "After all"}
    )
    assert again.json()["sentences"] == difference["sentences"]
    assert petra.get("/plan?at=r1").json()["plan"] == whole["plan"]
    assert petra.get("/plan/streams/sign-up?revision=r1").json()["value"].get("owner") is None


def test_who_may_not_change_may_see_what_it_would_take_and_propose_it(as_program):
    carl, lena = as_program("carl"), as_program("lena")
    change = {"kind": "changed", "subject": "initiatives/warm-start", "path": ["note"], "old": None,
              "new": "Slower"}  # fmt: skip
    dry = carl.post("/plan/changes", {"changes": [change], "dry_run": True}).json()
    assert len(dry["refused"]) == 1
    assert carl.post("/plan/changes", {"changes": [change]}).status_code == 403
    made = carl.post(
        "/proposals", {"title": "Say so", "changes": [change], "is_draft": True}
    ).json()
    path = f"/proposals/{made['number']}"
    assert lena.get(path).status_code == 404
    carl.post(f"{path}/open")
    more = {"kind": "changed", "subject": "initiatives/warm-start", "path": ["stop_rule"],
            "old": "No movement four weeks after release", "new": "Two weeks"}  # fmt: skip
    assert carl.post(f"{path}/changes", {"changes": [more], "version": 2}).json()["count"] == 2
    assert carl.post(f"{path}/changes", {"changes": [more], "version": 1}).status_code == 409
    lena.post("/remarks", {"subject": f"proposal/{made['number']}", "text": "Good"})
    told = carl.get(f"/remarks?subject=proposal/{made['number']}").json()["items"]
    assert [r["text"] for r in told] == ["Good"]
    seen = lena.get(path).json()
    assert (len(seen["fitting"]), seen["refused"], seen["meetings"]) == (2, [], [])
    lena.patch("/plan/initiatives/warm-start", {"value": {"note": "Faster"}})
    (met,) = lena.get(path).json()["meetings"]
    assert (met["now"], met["wanted"]) == ("Faster", "Slower")
    assert lena.post(f"{path}/apply").status_code == 409
    done = lena.post(f"{path}/apply", {"choices": {met["key"]: "now"}})
    assert done.status_code == 200
    assert lena.get(path).json()["applied_as"] == done.json()["number"]
    assert [p["state"] for p in carl.get("/proposals?state=applied").json()["items"]] == ["applied"]


def test_a_draft_and_what_is_said_about_it_are_its_authors_own(as_program):
    change = {
        "kind": "changed",
        "subject": "initiatives/warm-start",
        "path": ["note"],
        "old": None,
        "new": "?",
    }
    made = (
        as_program("carl")
        .post("/proposals", {"title": "T", "changes": [change], "is_draft": True})
        .json()
    )
    subject = f"proposal/{made['number']}"
    assert (
        as_program("carl").post("/remarks", {"subject": subject, "text": "Mine"}).status_code == 201
    )
    assert as_program("lena").get(f"/remarks?subject={subject}").status_code == 404
    assert as_program("lena").post("/remarks", {"subject": subject, "text": "?"}).status_code == 404


def test_a_cycle_is_closed_and_the_next_prepared(as_program):
    petra = as_program("petra")
    petra.post("/scores", {"key_result": "kr-start", "score": 0.8, "note": "Nearly"})
    step = petra.post("/cycle-steps", {"cycle": "2026-q4", "state": "closed"})
    assert step.status_code == 200
    life = petra.get("/cycles/2026-q4").json()
    assert (life["state"], life["scores"]) == ("closed", {"kr-start": 0.8})
    assert [s["state"] for s in life["steps"]] == ["closed"]
    made = petra.post("/next-cycles", {"cycle": "2026-q4"}).json()
    assert made["state"] == "draft"
    assert [c["state"] for c in petra.get("/cycles").json()["items"]] == ["closed", "closed"]
    assert (
        as_program("lena").post("/cycle-steps", {"cycle": "2026-q4", "state": "open"}).status_code
        == 403
    )


def test_a_week_of_key_results(as_program):
    carl = as_program("carl")
    due = carl.get("/key-results?cycle=2026-q4&team=player-core").json()["items"]
    assert [k["id"] for k in due] == ["kr-start"]
    first = carl.post(
        "/check-ins", {"key_result": "kr-start", "value": 88.0, "confidence": 0.5}
    ).json()
    carl.post("/check-ins", {"key_result": "kr-start", "value": 89.0, "corrects": first["number"]})
    told = carl.get("/check-ins?key_result=kr-start").json()["items"]
    assert [(c["value"], c["is_replaced"]) for c in told] == [(89.0, False), (88.0, True)]
    now = carl.get("/key-results/kr-start").json()
    assert (now["value"], now["progress"]) == (89.0, 0.5)
    days = [r["on"] for r in carl.get("/readings?key_result=kr-start").json()["items"]]
    assert days == sorted(days)
    assert len(days) == 4
    assert carl.post("/check-ins", {"key_result": "kr-sign-up", "value": 1.0}).status_code == 403


def test_milestones_are_marked_and_unmarked(as_program):
    petra, carl = as_program("petra"), as_program("carl")
    petra.patch("/plan/key-results/kr-start", {"value": {"milestones": [{"name": "Shipped"}]}})
    mark = {"key_result": "kr-start", "place": 0, "is_reached": True}
    assert carl.post("/milestones", mark).status_code == 200
    assert carl.get("/key-results/kr-start").json()["milestones_reached"] == 1
    carl.post("/milestones", {**mark, "is_reached": False})
    assert carl.get("/key-results/kr-start").json()["milestones_reached"] == 0
    assert carl.post("/milestones", {**mark, "place": 4}).status_code == 404


def test_the_score_adds_up_and_says_what_is_unknown(as_program, ground):
    vera = as_program("vera")
    assert vera.get("/score").json()["notes"] == ["The ledger holds no effort yet."]
    land_some_work(ground)
    told = vera.get("/score?by=team&cycle=2026-q4&unit=hour").json()
    assert told["total"]["units"] == 21
    assert sum(c["units"] for c in told["cells"]) == 21
    score = told["total"]["score"]
    assert score["low"] <= score["point"] <= score["high"]
    assert sum(f["units"] for f in vera.get("/score/flows?unit=hour").json()["flows"]) == 21
    change = vera.get("/score/change?before=2026-10-05&after=2026-10-12&unit=hour").json()
    assert change["total"] == pytest.approx(
        change["within"] + change["mix"] + change["entry"] + change["exit"]
    )
    assert vera.get("/score?cycle=none").status_code == 400
    assert vera.get("/score?team=none").status_code == 400


def test_an_item_is_found_contested_and_set_by_hand(as_program, ground):
    land_some_work(ground)
    carl, petra = as_program("carl"), as_program("petra")
    found = carl.get("/items?q=team:growth&limit=1").json()
    assert (found["count"], len(found["items"])) == (2, 1)
    rest = carl.get(f"/items?q=team:growth&limit=1&after={found['next']}").json()
    keys = [found["items"][0]["key"], rest["items"][0]["key"]]
    assert sorted(keys) == ["GRO-1", "GRO-2"]
    source = found["items"][0]["source"]
    item = carl.get(f"/items/{source}/GRO-2").json()
    made = carl.post("/contests", {"source": source, "key": "GRO-2", "wanted": "stream:sign-up",
                                   "why": "It was the form"})  # fmt: skip
    assert made.status_code == 201, item
    number = made.json()["number"]
    (contest,) = petra.get("/contests").json()["items"]
    assert (contest["number"], contest["may_answer"]) == (number, True)
    assert petra.post(f"/contests/{number}/agree", {"answer": "Right"}).status_code == 204
    assert petra.get("/contests").json()["items"] == []
    assert petra.get(f"/items/{source}/GRO-2").json()["said"][0]["stream"] == "sign-up"
    body = {"keys": ["OPS-2"], "shares": {"kind:debt": 1.0}}
    assert petra.post("/shares/preview", body).json()["keys"] == ["OPS-2"]
    set_by_hand = petra.post("/shares", {**body, "why": "Logs are debt"}).json()
    assert petra.post("/shares/undo", {"number": set_by_hand["number"]}).status_code == 200
    assert petra.get("/items/completions?q=stream:st").json()["items"]


def test_a_file_is_uploaded_and_asked_to_be_read(as_program, ground):
    ada = as_program("ada")
    table = b"key,title,date,hours\nA-1,First,2026-10-05,3\n"
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = ada.client.post(
        "/api/v1/uploads", {"file": SimpleUploadedFile("work.csv", table)},
        headers={"Authorization": f"Bearer {ada.token}"},
    )  # fmt: skip
    assert sent.status_code == 201, sent.content
    upload = sent.json()
    assert (upload["kind"], upload["state"]) == ("csv", "")
    asked = ada.post(f"/uploads/{upload['token']}/read", {"source": "by hand"})
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert Job.objects.filter(pk=asked.json()["job"]).exists()
    land_some_work(ground)
    sources = ada.get("/sources").json()["items"]
    landing = ada.get(f"/landings/{sources[0]['last']['number']}").json()
    assert (
        landing["read"]
        == landing["new"] + landing["changed"] + landing["unchanged"] + landing["rejected"]
    )


def test_somebody_watches_a_stream_and_is_told(as_program):
    vera, petra = as_program("vera"), as_program("petra")
    assert vera.post("/watches", {"subject": "streams/start-fast"}).status_code == 201
    petra.patch("/plan/streams/start-fast", {"value": {"owner": "Olga"}})
    told = vera.get("/notices").json()
    assert told["unread"] == 1
    assert "Olga" in told["items"][0]["sentence"]
    assert vera.post("/notices/read", {"number": told["items"][0]["number"]}).status_code == 204
    assert vera.get("/notices").json()["unread"] == 0
    vera.delete("/watches?subject=streams/start-fast")
    assert vera.get("/watches").json()["items"] == []
    found = vera.get("/find?q=first frame").json()["entities"]
    assert found[0]["ident"] == "start-fast"


def test_an_administrator_sees_to_people(as_program, cast):
    ada = as_program("ada")
    sent = ada.post("/invitations", {"email": "lee@example.org", "role": "lead", "team": "growth"})
    assert sent.status_code == 201
    assert "/invitation/" in sent.json()["link"]
    number = sent.json()["invitation"]["id"]
    assert ada.post(f"/invitations/{number}/resend").json()["link"] != sent.json()["link"]
    assert ada.delete(f"/invitations/{number}").status_code == 204
    assert Invitation.objects.get().withdrawn_at is not None
    otto = cast["otto"].pk
    given = ada.post(f"/people/{otto}/grants", {"role": "viewer"}).json()
    ada.post(f"/people/{otto}/memberships", {"team": "growth", "fraction": 0.5})
    person = ada.get(f"/people/{otto}").json()
    assert person["grants"][0]["id"] == given["id"]
    assert person["memberships"][0]["fraction"] == 0.5
    ended = f"/people/{otto}/memberships/{person['memberships'][0]['id']}?last_day={TODAY + timedelta(9)}"
    assert ada.delete(ended).status_code == 204
    assert ada.delete(f"/people/{otto}/grants/{given['id']}").status_code == 204
    closed = ada.patch(f"/people/{otto}", {"name": "Otto O.", "is_active": False}).json()
    assert (closed["name"], closed["is_active"]) == ("Otto O.", False)
    ada.post(
        "/groups",
        {"name": "leads", "right": {"role": "lead", "team": "growth"}, "member_of": "growth"},
    )
    (group,) = ada.get("/groups").json()["items"]
    assert ada.delete(f"/groups/{group['id']}").status_code == 204
    actions = {line["action"] for line in ada.get("/audit?person=Ada&limit=200").json()["items"]}
    assert {"person.invite", "grant.give", "person.deactivate"} <= actions
    lines = ada.get("/audit/export").getvalue().splitlines()
    assert len(lines) >= 10
    assert AuditLine.objects.filter(action="audit.export").exists()


def test_a_webhook_is_made_looked_at_and_removed(as_program, monkeypatch):
    ada = as_program("ada")
    refused = ada.post("/hooks", {"name": "Chat", "url": "https://10.0.0.8/", "events": ["plan"]})
    assert refused.status_code == 400
    monkeypatch.setenv("MAINSTEM_HOOK_NETWORKS", "10.0.0.0/8")
    made = ada.post(
        "/hooks", {"name": "Chat", "url": "https://10.0.0.8/", "events": ["plan"]}
    ).json()
    assert made["secret"].startswith("whs_")
    number = made["hook"]["id"]
    assert made["secret"] not in ada.get("/hooks").content.decode()
    as_program("petra").patch("/plan/streams/start-fast", {"value": {"owner": "Olga"}})
    (delivery,) = ada.get(f"/hooks/{number}/deliveries").json()["items"]
    assert (delivery["event"], delivery["status"]) == ("plan", "waiting")
    Delivery.objects.update(status="given up")
    assert ada.post(f"/deliveries/{delivery['id']}/again").status_code == 204
    assert ada.patch(f"/hooks/{number}", {"is_on": False}).json()["is_on"] is False
    assert ada.delete(f"/hooks/{number}").status_code == 204


def test_an_administrator_runs_a_job_and_anybody_sees_how_fresh_the_numbers_are(as_program, ground):
    from mainstem.services.server.queueing import settle

    settle({"derive": "Derives"}, at=NOW)
    ada = as_program("ada")
    (job,) = ada.get("/jobs").json()["items"]
    assert ada.post(f"/jobs/{job['id']}/run").status_code == 200
    assert as_program("vera").get("/derivation").json()["derived_revision"] == ""
    land_some_work(ground)
    assert as_program("vera").get("/derivation").json()["is_current"] is True


def test_a_finding_is_accepted_with_a_reason(as_program):
    petra = as_program("petra")
    open_ones = petra.get("/findings?only_open=true&limit=200").json()
    assert open_ones["is_newest"] is True
    of = next(f for f in open_ones["items"] if f["subject"].startswith("streams/"))
    accepted = petra.post("/findings/accept", {"subject": of["subject"], "rule": of["rule"],
                                               "why": "We know"})  # fmt: skip
    assert accepted.status_code == 200
    told = petra.get(f"/findings?subject={of['subject']}").json()["items"]
    assert any(f["rule"] == of["rule"] and f["accepted"] for f in told)


def test_ones_own_settings(as_program):
    vera = as_program("vera")
    assert vera.patch("/me", {"timezone": "Europe/Berlin"}).json()["timezone"] == "Europe/Berlin"
    assert vera.patch("/me", {"timezone": "Nowhere"}).json()["error"]["field"] == "timezone"
    assert vera.get("/sessions").json()["items"] == []


def test_a_file_may_be_as_large_over_the_api_as_on_the_page(ground, cast):
    from django.core.files.uploadedfile import SimpleUploadedFile

    ada = caller("ada", ground, cast)
    large = b"key,title\n" + b"A-1,one of many\n" * 200_000
    for name, status in (("ada", 201), ("carl", 403)):
        answer = ada.client.post(
            "/api/v1/uploads", {"file": SimpleUploadedFile("work.csv", large)},
            headers={"Authorization": f"Bearer {caller(name, ground, cast).token}"},
        )  # fmt: skip
        assert answer.status_code == status
    answer = ada.client.post("/api/v1/uploads", {"file": SimpleUploadedFile("work.csv", large)})
    assert answer.status_code == 401
