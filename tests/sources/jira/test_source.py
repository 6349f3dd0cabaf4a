"""What a person sees of the source: tests of a connection, counts, and what goes wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from mainstem.errors import SourceError
from mainstem.sources.jira.source import JiraSource
from mainstem.sources.remote import Checked, Watch
from tests.sources.jira.folding import Folded, compared, connection
from tests.standin.jira import JiraStandIn

ZONE = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 6, 1, tzinfo=UTC)
Handler = Callable[[httpx.Request], httpx.Response]


def recorded(answers: dict[str, Any], *, status: int = 200, **headers: str) -> Watch:
    """A Jira that answers these paths, by how they end."""

    def answer(request: httpx.Request) -> httpx.Response:
        for path, body in answers.items():
            if request.url.path.endswith(path):
                if isinstance(body, httpx.Response):
                    return body
                return httpx.Response(status, json=body, headers=headers)
        return httpx.Response(404, json={"errorMessages": ["dead link"]})

    return Watch(AT, transport=httpx.MockTransport(answer))


BASE: dict[str, Any] = {
    "serverInfo": {"deploymentType": "Cloud", "version": "1001", "baseUrl": "https://x"},
    "myself": {"accountId": "a", "timeZone": "Asia/Tokyo"}, "field": [], "status": [],
}  # fmt: skip


def failure(answers: dict[str, Any], **options: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        list(JiraSource().pull(connection("https://x", **options), {}, recorded(answers)))
    return caught.value


def refusal(status: int, words: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"errorMessages": [words], "errors": {}}, headers=headers)


# failures are explained


def test_a_captcha_is_named_with_what_to_do() -> None:
    headers = {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}
    error = failure({**BASE, "myself": httpx.Response(403, text="<html>", headers=headers)})
    assert error.permanent and "CAPTCHA" in error.message and "browser" in error.hint


def test_a_stranger_s_empty_answer_is_not_taken_for_an_empty_jira() -> None:
    headers = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    empty = httpx.Response(200, json={"issues": [], "isLast": True}, headers=headers)
    error = failure({**BASE, "search/jql": empty, "approximate-count": {"count": 0}})
    assert (error.permanent, error.code) == (True, "source.credentials")


def test_a_project_that_is_not_there_is_named() -> None:
    said = refusal(400, "The value 'NOPE' does not exist for the field 'project'.")
    error = failure(
        {**BASE, "search/jql": said, "approximate-count": {"count": 0}}, projects="NOPE"
    )
    assert error.permanent and "'NOPE'" in error.message and "Browse Projects" in error.hint


def test_a_wrong_condition_is_named() -> None:
    said = refusal(400, "Error in the JQL Query: Expecting operator but got 'web'.")
    error = failure({**BASE, "search/jql": said, "approximate-count": said}, jql="labels web")
    assert error.permanent and error.code == "source.settings" and "labels" not in error.hint


def test_a_field_of_the_settings_that_is_not_there_stops_before_anything_is_read() -> None:
    error = failure(BASE, fields="Colour", points="Size")
    assert "Colour, points" in error.message and "customfield_" in error.hint


def test_an_answer_of_another_shape_is_no_empty_page() -> None:
    error = failure({**BASE, "search/jql": {"unknown": 1}, "approximate-count": {"count": 0}})
    assert not error.permanent and "no list of issues" in error.message


def test_no_secret_is_in_any_failure() -> None:
    error = failure({**BASE, "myself": refusal(401, "Client must be authenticated.")})
    assert "secret" not in f"{error.message} {error.hint} {error!r}"


def test_a_limit_is_obeyed_and_the_sync_goes_on() -> None:
    answers = iter(
        [httpx.Response(429, headers={"Retry-After": "0"}), httpx.Response(200, json=[])]
    )

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/field"):
            return next(answers)
        for path, body in {**BASE, "search/jql": {"issues": []}, "count": {"count": 0}}.items():
            if request.url.path.endswith(path):
                return httpx.Response(200, json=body)
        return httpx.Response(404)

    watch = Watch(AT, transport=httpx.MockTransport(answer))
    assert list(JiraSource().pull(connection("https://x"), {}, watch))[-1].is_last
    assert watch.meter.retried == 1


def test_a_page_token_that_comes_twice_ends_the_sync_for_now() -> None:
    page = {"issues": [], "nextPageToken": "again", "isLast": False}
    error = failure({**BASE, "search/jql": page, "approximate-count": {"count": 1}})
    assert not error.permanent and "twice" in error.message


def test_what_cannot_be_read_is_rejected_with_its_place_and_counted() -> None:
    issues = [{"id": "1"}, {"id": "2", "key": "A-2", "fields": {"created": "soon"}}, 7]
    issues.append({"id": "3", "key": "A-3", "fields": {"summary": "fine"}})
    answers = {**BASE, "search/jql": {"issues": issues}, "approximate-count": {"count": 4}}
    batches = list(JiraSource().pull(connection("https://x"), {}, recorded(answers)))
    rejects = [r for b in batches for r in b.rejects]
    assert {(r.place, r.reason) for r in rejects} == {
        ("issue 1", "an issue without a key"), ("A-2", "the creation is no date"),
        ("an issue", "an issue is no object"),
    }  # fmt: skip
    assert sum(b.read for b in batches) == 4 and [i["key"] for b in batches for i in b.items] == [
        "A-3"
    ]


def test_work_logs_that_may_not_be_read_are_said() -> None:
    with JiraStandIn(issues=500) as jira:
        assert isinstance(jira, JiraStandIn)
        jira._worklogs = lambda asked, ident: _no()  # type: ignore[method-assign]
        folded = Folded().sync(connection(jira.url), Watch(jira.now()))
    assert "did not give all work logs" in folded.notes[0]
    assert len(folded.items) == 500


def _no() -> Any:
    from tests.standin.jira import refusal as refused

    return refused(403, "You do not have permission to see work logs.")


# how it signs in


@pytest.mark.parametrize(
    ("user", "header"),
    [("me@example.org", "Basic bWVAZXhhbXBsZS5vcmc6c2VjcmV0"), ("", "Bearer secret")],
)
def test_who_has_a_user_signs_in_with_both_else_with_the_token_alone(
    user: str, header: str
) -> None:
    with JiraStandIn(issues=30, authorization=header) as jira:
        assert len(Folded().sync(connection(jira.url, user=user), Watch(AT)).items) == 30


# tests of a connection


def checks(jira: JiraStandIn, **options: str) -> dict[str, Checked]:
    return {c.what: c for c in JiraSource().test(connection(jira.url, **options), Watch(AT))}


@pytest.mark.parametrize("cloud", [True, False])
def test_a_good_connection_passes_in_a_few_requests(cloud: bool) -> None:
    with JiraStandIn(cloud=cloud, issues=60) as jira:
        assert isinstance(jira, JiraStandIn)
        found = checks(jira, projects="ABC\nOPS", fields="Area")
        assert all(c.ok for c in found.values()), found
        assert found["right to browse ABC"].said == "granted"
        assert sum(jira.asked.values()) <= 10


def test_each_thing_that_is_missing_is_named_with_what_to_do() -> None:
    with JiraStandIn(issues=60) as jira:
        assert isinstance(jira, JiraStandIn)
        found = checks(
            jira, projects="ABC\nNOPE", fields="Colour", team_field="Squad", points="Size"
        )
        wrong = {what for what, c in found.items() if not c.ok}
        assert wrong >= {"right to browse NOPE", "field Colour", "field team", "field story points"}
        assert all(found[what].hint for what in wrong)


def test_where_answers_are_asked_for_the_right_to_write_them_is_tested_too() -> None:
    with JiraStandIn(issues=10) as jira:
        assert isinstance(jira, JiraStandIn)
        assert "right to comment in ABC" not in checks(jira, projects="ABC")
        assert checks(jira, answers="comment")["right to comment"].ok
        jira.denied = {"EDIT_OWN_COMMENTS"}
        found = checks(jira, projects="ABC\nOPS", answers="comment")
    assert not found["right to comment in OPS"].ok
    assert found["right to comment in ABC"].said.endswith("lacks Edit Own Comments.")
    assert "turn `answers` off" in found["right to comment in ABC"].hint


def test_two_fields_of_one_name_are_told() -> None:
    with JiraStandIn(issues=10) as jira:
        assert isinstance(jira, JiraStandIn)
        said = checks(jira, points="story point estimate")["field story points"].said
        assert "2 fields fit" in said and said.index("10016") < said.index("10099")


def test_wrong_credentials_end_the_test_at_once() -> None:
    with JiraStandIn(issues=10, authorization="Bearer other") as jira:
        assert isinstance(jira, JiraStandIn)
        found = checks(jira)
        assert [c.ok for c in found.values()] == [False] and next(iter(found.values())).hint


def test_a_clock_that_is_off_is_told_and_does_not_stop_anything() -> None:
    with JiraStandIn(issues=10) as jira:
        assert isinstance(jira, JiraStandIn)
        jira.faults.clock = -3.0
        clock = checks(jira)["clock"]
        assert (clock.ok, clock.optional) == (False, True) and "behind" in clock.said


def test_something_that_is_no_jira_is_told() -> None:
    watch = recorded({"serverInfo": {"hello": "world"}, "myself": {}})
    first = next(iter(JiraSource().test(connection("https://x"), watch)))
    assert not first.ok and "not Jira" in first.said


# counts


@pytest.mark.parametrize("cloud", [True, False])
def test_counts_by_type_and_month_add_up(cloud: bool) -> None:
    with JiraStandIn(cloud=cloud, issues=400) as jira:
        assert isinstance(jira, JiraStandIn)
        watch = Watch(jira.now())
        counted = JiraSource().count(connection(jira.url, projects="ABC"), watch)
        items = [i for i in jira.world.items.values() if i.project == "ABC"]
    assert counted is not None and counted.is_estimate == cloud
    wanted = Counter(f"{i.created.astimezone(UTC):%Y-%m}" for i in items)
    ours: Counter[str] = Counter()
    for one in counted.counts:
        ours[one.month] += one.count
    assert ours == wanted and watch.meter.requests < 80
    assert {c.type for c in counted.counts} == {"Story", "Bug", "Sub-task", "Epic"}


# Tempo


def test_hours_of_tempo_are_added_changed_moved_and_withdrawn(tmp_path: Any) -> None:
    with JiraStandIn(issues=140, tempo=True) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(
            jira.url, roll_call="0", tempo_url=f"{jira.url}/tempo/4", projects="ABC",
            secrets={"tempo_token": "t"},
        )  # fmt: skip
        folded = Folded().sync(of, Watch(jira.now(), folder=str(tmp_path)))
        compared(folded, jira.truth(jira.now(), ZONE, ("ABC",)))
        assert "issues that this source does not read" in folded.notes[0]
        logs = [g for g in jira.world.tempo.values() if jira.world.items[g.issue].project == "ABC"]
        del jira.world.tempo[logs[0].ident]
        logs[1].seconds, logs[1].updated = 60, jira.now()
        # an issue that comes in from elsewhere brings its old work logs along
        other = next(
            i for i in jira.world.items.values()
            if i.project != "ABC" and any(g.issue == i.ident for g in jira.world.tempo.values())
        )  # fmt: skip
        other.project, other.number = "ABC", 7_777
        jira.world.touch(other, jira.now())
        folded.sync(of, Watch(at := jira.now() + timedelta(minutes=10), folder=str(tmp_path)))
        compared(folded, jira.truth(at, ZONE, ("ABC",)))


def test_an_issue_that_moved_keeps_its_hours_of_tempo_even_if_the_sync_dies_in_between() -> None:
    with JiraStandIn(issues=60, tempo=True) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url, tempo_url=f"{jira.url}/tempo/4", secrets={"tempo_token": "t"})
        folded = Folded().sync(of, Watch(AT))
        log = next(g for g in jira.world.tempo.values())
        log.updated -= timedelta(days=30)
        jira._passed += 7_200
        jira.world.move(jira.world.items[log.issue], jira.now())
        for _ in folded._pull(of, Watch(AT)):
            break
        assert folded.cursor["moved"] == [str(log.issue)]
        folded.sync(of, Watch(AT))
        assert f"tempo:{log.ident}#log" in folded.rows and "moved" not in folded.cursor


def test_a_message_of_a_moved_issue_brings_its_hours_of_tempo_along() -> None:
    with JiraStandIn(issues=60, tempo=True) as jira:
        assert isinstance(jira, JiraStandIn)
        of = connection(jira.url, tempo_url=f"{jira.url}/tempo/4", secrets={"tempo_token": "t"})
        folded = Folded().sync(of, Watch(AT))
        item = jira.world.items[next(iter(jira.world.tempo.values())).issue]
        jira.world.move(item, jira.now())
        for batch in JiraSource().fetch(of, [str(item.ident)], Watch(AT, known=folded.known)):
            folded.land(batch, keeps=False)
        moved = [r for k, r in folded.rows.items() if k.startswith("tempo:")]
        assert item.key in {r["item_key"] for r in moved} and len(moved) == len(jira.world.tempo)


def test_without_a_folder_deletions_in_tempo_are_said_to_go_unnoticed() -> None:
    with JiraStandIn(issues=60, tempo=True) as jira:
        of = connection(jira.url, tempo_url=f"{jira.url}/tempo/4", secrets={"tempo_token": "t"})
        folded = Folded().sync(of, Watch(AT))
        assert any("deleted in Tempo" in note for note in folded.notes)


def test_the_cursor_is_small_plain_json_without_secrets() -> None:
    with JiraStandIn(issues=150) as jira:
        folded = Folded().sync(connection(jira.url), Watch(AT))
    said = json.dumps(folded.cursor)
    assert len(said) < 2_000 and "secret" not in said
