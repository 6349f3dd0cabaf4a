"""The pages and the API of connected sources: looked at, tested, saved, watched; no secret comes out."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstem.clock import now
from mainstem.services.sources import connected as sources
from mainstem.services.sources.connected import Wanted
from mainstem.services.sources.rows import hook_secret_of
from mainstem.store.models import AuditLine, Job, SourceConnection
from tests.server.api_caller import caller
from tests.server.cast import actor
from tests.server.factories import NOW
from tests.server.test_connected_sources import connected, due, loop, shown
from tests.server.tiny_tracker import TOKEN

pytestmark = pytest.mark.django_db
ONE = "/sources/connected/tracker/"


def text(response) -> str:
    """What a page says, without its marks."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(plain).replace("\u00a0", " ").replace("\u202f", " ").split())


def form(tiny, **more):
    return {
        "name": "tracker",
        "every": "5 min",
        "o-url": tiny.url,
        "o-token": TOKEN,
        "o-pace": "fast",
        **more,
    }


def test_ada_chooses_a_kind_tests_it_and_saves_it_and_sees_it_synced(ground, cast, tiny, as_):
    ada = as_("ada")
    assert "Connect a source" in text(ada.get("/sources/"))
    kinds = ada.get("/sources/connect/")
    assert "A tiny tracker." in text(kinds) and "/sources/connect/tiny" in kinds.content.decode()
    page = ada.get("/sources/connect/tiny")
    assert "Lets one in." in text(page) and 'type="password"' in page.content.decode()
    tested = ada.post("/sources/connect/tiny", form(tiny, do="test"))
    assert "They are taken." in text(tested) and "could be better" in text(tested)
    assert "Nothing was saved yet." in text(tested) and not SourceConnection.objects.exists()
    body = tested.content.decode()
    assert TOKEN not in body and tested.headers["Cache-Control"] == "no-store"
    # the token need not be typed again
    held = html.unescape(re.search(r'name="held" value="([^"]+)"', body)[1])
    saved = ada.post("/sources/connect/tiny", form(tiny, do="save", held=held, **{"o-token": ""}))
    assert saved.status_code == 302 and saved.headers["Location"] == ONE
    assert "waits for its first sync" in text(ada.get(ONE))
    tiny.put("T-1", hours=3)
    tiny.put("T-2", hours="none")
    loop(ground).run_due()
    page = text(ada.get(ONE))
    for words in (
        "tracker is fresh", "every 5 min", "Read 2", "Rejected 1",
        "hours are no number", "2 items there, 1 here", "What it brought", "kept, and shown to nobody",
    ):  # fmt: skip
        assert words in page, words
    listed = text(ada.get("/sources/"))
    assert "Connected" in listed and "every 5 min" in listed and "requests" in listed
    rows = ada.get(f"{ONE}?format=csv&table=proof").content.decode("utf-8-sig").splitlines()
    assert rows == ["month,type,theirs,ours,difference", "2026-10,,2,1,-1"]


def test_what_was_held_for_one_administrator_and_kind_is_of_no_use_to_others(
    ground, cast, tiny, as_
):
    body = as_("ada").post("/sources/connect/tiny", form(tiny, do="test")).content.decode()
    held = html.unescape(re.search(r'name="held" value="([^"]+)"', body)[1])
    from mainstem.store.models import Grant

    Grant.objects.create(user=cast["petra"], role="administrator", at=NOW)
    given = form(tiny, do="save", held=held, **{"o-token": ""})
    assert as_("petra").post("/sources/connect/tiny", given).status_code == 400
    assert (
        as_("ada").post("/sources/connect/tiny", {**given, "held": "x" + held}).status_code == 400
    )


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(ground, cast, tiny, as_):
    ada = as_("ada")
    page = ada.post("/sources/connect/tiny", form(tiny, do="save", **{"o-url": "http://169.254.169.254/"}))  # fmt: skip
    assert page.status_code == 400 and "own network or cloud" in text(page)
    body = page.content.decode()
    assert (
        'value="http://169.254.169.254/"' in body and "typed already" in body and TOKEN not in body
    )
    page = ada.post(
        "/sources/connect/tiny", form(tiny, do="save", every="never", name="Not A Name")
    )
    assert page.status_code == 400 and ("no time between" in text(page) or "cannot be the name" in text(page))  # fmt: skip
    assert ada.post("/sources/connect/tiny", {}).status_code == 400
    connected(ground, cast, tiny)
    again = ada.post("/sources/connect/tiny", form(tiny, do="save"))
    assert again.status_code == 400 and "already" in text(again)


def test_every_sort_of_option_comes_back_as_it_was_given(ground, cast, tiny, as_):
    ada = as_("ada")
    given = {
        "o-projects": "A\nB, C", "o-groups": "on", "o-pace": "slow", "o-names": "Team: squad\nPoints: 12",
        "o-query": "one\ntwo",
    }  # fmt: skip
    assert ada.post("/sources/connect/tiny", form(tiny, do="save", **given)).status_code == 302
    row = SourceConnection.objects.get()
    assert row.options | {} == {
        "url": tiny.url, "projects": "A\nB\nC", "groups": "yes", "pace": "slow",
        "names": json.dumps({"Team": "squad", "Points": "12"}), "query": "one\ntwo",
    }  # fmt: skip
    body = ada.get(f"{ONE}change").content.decode()
    assert "Team: squad\nPoints: 12</textarea>" in body and "checked" in body and TOKEN not in body
    assert 'value="5 min"' in body
    changed = form(tiny, do="save", **given | {"o-token": "", "o-query": "three"})
    del changed["o-groups"]
    assert ada.post(f"{ONE}change", changed).status_code == 302
    row.refresh_from_db()
    assert row.options["query"] == "three" and row.options["groups"] == "no"
    loop(ground).run_due()
    assert shown(cast).state == "well"
    tested = ada.post(f"{ONE}change", changed | {"do": "test"})
    assert "They are taken." in text(tested)


def test_a_sync_that_runs_shows_how_far_it_is_and_can_be_stopped(ground, cast, tiny, as_):
    from mainstem.services.server import queueing

    ada = as_("ada")
    connected(ground, cast, tiny)
    loop(ground)
    queueing.take(["sync"], "one", at=now())
    SourceConnection.objects.update(
        progress={"done": 30, "total": 120, "words": "issues", "at": ""}
    )
    page = ada.get(ONE)
    body = page.content.decode()
    assert '<progress aria-labelledby="progress" max="120" value="30">' in body
    assert '<meta http-equiv="refresh" content="3">' in body and "30 of 120 issues" in text(page)
    assert "Sync now" not in body and "Stop</button>" in body
    assert "30 of 120 issues" in text(as_("vera").get("/sources/"))
    assert "at its next request" in text(ada.post(f"{ONE}stop", follow=True))
    assert SourceConnection.objects.get().stop_asked
    Job.objects.update(state="waiting")
    assert "No sync of tracker runs." in text(ada.post(f"{ONE}stop", follow=True))
    assert "http-equiv" not in ada.get(ONE).content.decode()


def test_every_button_does_what_it_says(ground, cast, tiny, as_):
    ada = as_("ada")
    connected(ground, cast, tiny)
    jobs = loop(ground)
    jobs.run_due()
    tiny.put("T-1", hours=1)
    assert "is synced next" in text(ada.post(f"{ONE}sync", follow=True))
    jobs.run_due()
    assert shown(cast).report["read"] == 1
    assert "read again as a whole" in text(ada.post(f"{ONE}sync", {"anew": "yes"}, follow=True))
    jobs.run_due()
    assert shown(cast).report["unchanged"] == 1
    ada.post(f"{ONE}test")
    ada.post(f"{ONE}prove")
    jobs.run_due()
    page = text(ada.get(ONE))
    assert "They are taken." in page and "1 items there, 1 here" in page
    assert "asked no more" in text(ada.post(f"{ONE}switch", {"on": "no"}, follow=True))
    assert "tracker is switched off" in text(ada.get(ONE))
    assert "asked again" in text(ada.post(f"{ONE}switch", {"on": "yes"}, follow=True))
    assert "What it brought stays" in text(ada.get(f"{ONE}remove"))
    assert "was removed" in text(ada.post(f"{ONE}remove", follow=True))
    assert ada.get(ONE).status_code == 404
    assert "tracker" in text(ada.get("/sources/"))  # what it brought


def test_a_failure_says_what_to_do_to_administrators_and_only_that_to_others(
    ground, cast, tiny, as_
):
    connected(ground, cast, tiny)
    tiny.token = "another"
    loop(ground).run_due()
    page, listed = text(as_("ada").get(ONE)), text(as_("ada").get("/sources/"))
    assert "tracker can no longer be read" in page and "Make a new token" in page
    assert "tracker could not be read" in listed and "waits for somebody" in listed
    for address in (ONE, "/sources/"):
        seen = text(as_("vera").get(address))
        assert "Make a new token" not in seen and "127.0.0.1" not in seen


def test_who_may_only_read_sees_how_fresh_it_is_and_nothing_of_its_settings(
    ground, cast, tiny, as_
):
    tiny.put("T-1", hours="person Ann")
    connected(ground, cast, tiny)
    loop(ground).run_due()
    body = as_("vera").get(ONE).content.decode()
    row = SourceConnection.objects.get()
    for hidden in (tiny.url, row.hook_token, "hooks/in", "Sync now", "Remove", "person Ann", 'method="post" action="/sources'):  # fmt: skip
        assert hidden not in body, hidden
    assert "hours are no number" in body and "is fresh" in body
    assert as_("otto").get(ONE).status_code == 404


def test_no_secret_is_in_any_answer_log_or_line(ground, cast, tiny, as_, caplog):
    ada, api = as_("ada"), caller("ada", ground, cast)
    ada.post("/sources/connect/tiny", form(tiny, do="save"))
    loop(ground).run_due()
    secrets = [TOKEN, hook_secret_of(SourceConnection.objects.get())]
    told = [ada.get(a).getvalue().decode() for a in ("/sources/", ONE, f"{ONE}change", f"{ONE}remove", "/settings/jobs/", "/audit/", "/audit/?format=csv")]  # fmt: skip
    told += [api.get(f"/connections{a}").content.decode() for a in ("", "/tracker", "/tracker/settings", "/tracker/proof")]  # fmt: skip
    told += [caplog.text, str(list(AuditLine.objects.values())), str(list(Job.objects.values()))]
    told += [repr(Wanted({}, {"token": TOKEN}))]
    assert all(len(one) > 2 for one in told)
    for secret in secrets:
        assert not [one for one in told if secret in one]


def test_the_list_asks_the_same_questions_however_many_sources_there_are(ground, cast, tiny, as_):
    vera = as_("vera")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert vera.get("/sources/").status_code == 200
        return len(seen)

    connected(ground, cast, tiny, "first")
    vera.get("/sources/")
    before = queries()
    for n in range(12):
        connected(ground, cast, tiny, f"source-{n}")
    assert queries() == before


def test_the_pages_run_no_script_of_their_own_and_have_no_style(ground, cast, tiny, as_):
    connected(ground, cast, tiny)
    loop(ground).run_due()
    for address in ("/sources/", ONE, f"{ONE}change", f"{ONE}remove", "/sources/connect/", "/sources/connect/tiny"):  # fmt: skip
        page = as_("ada").get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|javascript:", page, re.I)
        assert page.count("<h1") == 1


def test_a_program_connects_changes_syncs_tests_proves_and_removes(ground, cast, tiny):
    api, jobs = caller("ada", ground, cast), loop(ground)
    kinds = api.get("/connection-kinds").json()["items"]
    assert kinds[0]["name"] == "tiny" and kinds[0]["options"][0]["required"] is True
    body = {
        "name": "tracker", "kind": "tiny", "secrets": {"token": TOKEN}, "every": "1 h",
        "options": {"url": tiny.url, "projects": ["A", "B"], "groups": True, "names": {"Team": "squad"}},
    }  # fmt: skip
    made = api.post("/connections", body, Idempotency_Key="once")
    assert made.status_code == 201, made.content
    assert (
        api.post("/connections", body, Idempotency_Key="once").headers["Idempotent-Replayed"]
        == "true"
    )
    assert api.post("/connections", body).status_code == 409
    told = made.json()
    assert told["secrets"] == ["token"] and told["options"]["projects"] == "A\nB"
    assert told["every_minutes"] == 60 and told["hook"].startswith("/hooks/in/")
    tiny.put("T-1", hours=1)
    jobs.run_due()
    assert api.get("/connections/tracker").json()["state"] == "well"
    assert api.get("/connections").json()["items"][0]["report"]["new"] == 1
    assert api.patch("/connections/tracker", {"options": {"pace": "slow"}}).json()["options"]["url"] == tiny.url  # fmt: skip
    assert api.post("/connections/tracker/sync", {"anew": True}).status_code == 202
    assert api.post("/connections/tracker/test").status_code == 202
    assert api.post("/connections/tracker/prove").status_code == 202
    assert api.post("/connections/tracker/stop").status_code == 400
    jobs.run_due()
    assert api.get("/connections/tracker/settings").json()["tested"][0]["ok"] is True
    proof = api.get("/connections/tracker/proof").json()
    assert proof["rows"] == [{"type": "", "month": "2026-10", "theirs": 1, "ours": 1}]
    assert len(api.post("/connections/tracker/hook-secret").json()["secret"]) > 30
    assert api.patch("/connections/tracker", {"is_on": False}).json()["state"] == "off"
    assert api.delete("/connections/tracker").status_code == 204
    assert api.get("/connections/tracker").status_code == 404
    # a token for reading reads
    reader = caller("ada", ground, cast, "read")
    assert reader.post("/connections", body).status_code == 403


def test_what_a_program_gave_wrongly_is_said_with_its_field(ground, cast, tiny):
    api = caller("ada", ground, cast)
    body = {"name": "tracker", "kind": "tiny", "options": {"url": "http://169.254.169.254"}, "secrets": {"token": TOKEN}}  # fmt: skip
    answer = api.post("/connections", body)
    assert answer.status_code == 400 and TOKEN not in answer.content.decode()
    assert api.post("/connections", {**body, "kind": "jirra"}).status_code == 400
    assert api.post("/connections", {**body, "options": {"url": [["x"]]}}).status_code == 400
    assert api.post("/connections", {**body, "more": 1}).status_code == 400
    assert not SourceConnection.objects.exists()


def test_a_source_that_has_not_been_read_well_for_long_is_late(ground, cast, tiny, as_):
    connected(ground, cast, tiny)
    loop(ground).run_due()
    row = SourceConnection.objects.get()
    old = (now() - timedelta(minutes=40)).isoformat()
    SourceConnection.objects.update(state={**row.state, "well": old})
    due("sync:tracker")
    assert "tracker is late: last read well 40 min ago" in text(as_("vera").get(ONE))
    assert "tracker is late" in text(as_("vera").get("/sources/"))


def test_a_source_of_a_kind_that_is_no_more_can_be_looked_at_and_removed(ground, cast, tiny, as_):
    connected(ground, cast, tiny)
    SourceConnection.objects.update(kind="gone")
    loop(ground).run_due()
    assert "no kind of source" in text(as_("ada").get(ONE))
    sources.remove_source("tracker", actor("ada", cast), at=NOW)
