from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mainstem.sources.gitlab.translate import Details
from mainstem.sources.issue import Move, Stretch
from mainstem.sources.remote import Refused
from tests.sources.gitlab.samples import read, sample

FAROS = Path("../shared/data/faros-connector-fixtures")
needs_faros = pytest.mark.skipif(not FAROS.exists(), reason="no ../shared/data")


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def whole() -> Details:
    return Details(sample("states"), sample("labels"), sample("notes"), sample("timelogs"))


def test_an_issue_keeps_what_a_claim_may_ask_for() -> None:
    issue = read(sample("issue")).issue
    assert (issue.ident, issue.key, issue.project) == ("issue:501", "shop/web#12", "shop/web")
    assert (issue.type, issue.title, issue.state) == ("incident", "Pay by card", "closed")
    assert issue.labels == ("team::red", "priority::1", "bug", "workflow::doing")
    assert (issue.team, issue.epic, issue.points) == ("red", "shop&3", 5.0)
    assert (issue.person, issue.done, issue.created) == ("ada", at(12, 15), at(2, 8))
    assert issue.fields == {
        "team": "red", "priority": "1", "workflow": "doing", "milestone": "Spring",
        "iteration": "2026-03-02 to 2026-03-15", "health": "on_track", "due": "2026-03-20",
        "author": "cy", "assignees": "ada, bo",
    }  # fmt: skip


def test_options_name_points_team_and_further_fields() -> None:
    row = {**sample("issue"), "labels": ["squad::blue", "effort::8"]}
    issue = read(row, points="effort", team_field="squad", fields="confidential\nweight").issue
    assert (issue.team, issue.points) == ("blue", 8.0)
    assert (issue.fields["confidential"], issue.fields["weight"]) == ("no", "5")


def test_a_reopened_issue_is_not_done() -> None:
    row = {**sample("issue"), "state": "opened", "closed_at": None, "closed_by": None}
    assert read(row, Details(states=sample("states")[:2])).issue.done is None


def test_every_closing_and_reopening_is_a_move_of_whoever_did_it() -> None:
    assert [(m.at, m.person) for m in read(sample("issue"), whole()).issue.moves] == [
        (at(9), "bo"), (at(10), "cy"), (at(12, 15), "bo"),
    ]  # fmt: skip


def test_without_history_the_last_closing_is_still_known() -> None:
    assert read(sample("issue")).issue.moves == (Move("closed", at(12, 15), "bo"),)


def test_a_closed_issue_without_a_moment_takes_it_from_its_history() -> None:
    row = {**sample("issue"), "closed_at": None}
    assert read(row, Details(states=sample("states"))).issue.done == at(12, 15)
    assert read(row).issue.done == at(12, 15)  # its last change


def test_no_label_in_the_settings_means_that_nothing_is_known_to_be_in_progress() -> None:
    issue = read(sample("issue"), whole()).issue
    assert issue.started is None and issue.stretches == ()


def test_each_assignee_has_it_while_it_has_the_label_and_is_open() -> None:
    issue = read(sample("issue"), whole(), in_progress="Workflow::Doing").issue
    assert issue.started == at(4)
    assert set(issue.stretches) == {
        Stretch("ada", at(4), at(6)), Stretch("bo", at(6), at(9)), Stretch("bo", at(10), at(12, 15)),
        Stretch("ada", at(11), at(12, 15)),
    }  # fmt: skip


def test_who_was_there_from_the_beginning_follows_from_who_is_there_now() -> None:
    row = {**sample("issue"), "state": "opened", "closed_at": None}
    issue = read(row, Details(labels=[]), in_progress="workflow::doing").issue
    assert set(issue.stretches) == {Stretch("ada", at(2, 8), None), Stretch("bo", at(2, 8), None)}


def test_time_is_netted_and_dated_in_the_zone_of_the_organisation() -> None:
    logs = read(sample("issue"), whole(), timezone="Europe/Berlin").issue.logs
    # a day without a time of day stays that day; 30 minutes were taken back a day later
    assert [(log.ident, log.on, log.seconds) for log in logs] == [
        ("ada:2026-03-04", date(2026, 3, 4), 9_000)
    ]


def test_where_graphql_is_closed_system_notes_tell_the_time() -> None:
    logs = read(sample("issue"), Details(notes=sample("notes"))).issue.logs
    assert [(log.person, log.on, log.seconds) for log in logs] == [("ada", date(2026, 3, 4), 9_000)]


def test_where_notes_are_closed_too_all_of_it_stands_on_the_day_it_was_done() -> None:
    logs = read(sample("issue")).issue.logs
    assert [(log.person, log.on, log.seconds) for log in logs] == [
        ("ada", date(2026, 3, 12), 9_000)
    ]


def test_time_may_be_left_out() -> None:
    assert read(sample("issue"), whole(), time="no").issue.logs == ()


def test_a_moved_issue_counts_where_it_is_now() -> None:
    issue = read({**sample("issue"), "moved_to_id": 777}, whole()).issue
    assert (issue.state, issue.done, issue.points, issue.logs) == ("moved", None, None, ())
    assert issue.fields["moved_to"] == "issue:777"


def test_a_merge_request_is_its_authors_and_done_when_merged() -> None:
    found = read(sample("merge_request"), Details(changed=sample("diffs")), "merge_requests").issue
    assert (found.ident, found.key, found.type) == ("mr:601", "shop/web!7", "merge_request")
    assert (found.person, found.done, found.team) == ("ada", at(5, 10), "red")
    assert found.paths == ("src/card.py", "src/form.py", "src/pay.py")
    assert [(m.ident, m.person) for m in found.moves] == [("opened", "ada"), ("merged", "bo")]
    assert found.fields["target_branch"] == "main"


def test_a_merge_request_that_was_closed_unmerged_is_not_done() -> None:
    row = {**sample("merge_request"), "state": "closed", "merged_at": None}
    row |= {
        "closed_at": "2026-03-06T10:00:00Z",
        "closed_by": {"username": "bo"},
        "merge_user": None,
    }
    found = read(row, kind="merge_requests").issue
    assert found.done is None and found.moves[-1].ident == "closed"


def test_an_epic_knows_its_parent_where_that_was_read() -> None:
    epic = read(sample("epic"), kind="epics", epics={"epic:28": "shop&1"}).issue
    assert (epic.ident, epic.key, epic.type, epic.parent) == ("epic:29", "shop&3", "epic", "shop&1")


def test_teams_come_from_groups_where_no_label_names_one() -> None:
    teams = {"ada": "Red", "bo": "Blue"}
    issue = read({**sample("issue"), "labels": []}, whole(), teams=teams).issue
    assert issue.team == "Red" and [log.team for log in issue.logs] == ["Red"]
    request = {**sample("merge_request"), "labels": []}
    assert read(request, kind="merge_requests", teams=teams).issue.team == "Red"


@pytest.mark.parametrize(
    ("name", "is_bot"),
    [("project_7_bot_ab12", True), ("group_3_bot1", True), ("dependabot[bot]", True),
     ("support-bot", True), ("robin", True), ("ada", False), ("abbot", False)],
)  # fmt: skip
def test_programs_are_known_by_gitlabs_names_and_by_the_settings(name: str, is_bot: bool) -> None:
    row = {**sample("issue"), "assignees": [{"username": name}]}
    assert read(row, bots="rob*").issue.bot is is_bot


def test_a_key_is_found_in_the_address_where_references_are_missing() -> None:
    row = {**sample("issue"), "web_url": "https://example.org/git/shop/web/-/work_items/12"}
    del row["references"]
    assert read(row, url="https://example.org/git").issue.key == "shop/web#12"


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"id": None}, "no id"), ({"state": 3}, "no state"), ({"created_at": "soon"}, "no date"),
     ({"weight": "much"}, "no number"), ({"weight": 10**400}, "no number of points"),
     ({"references": None, "web_url": None}, "no reference")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_reason(
    change: dict[str, object], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        read({**sample("issue"), **change})


def test_a_damaged_part_is_refused_by_itself() -> None:
    broken = [*sample("timelogs"), {"id": "gid://gitlab/Timelog/9", "timeSpent": "1h"}]
    events = [*sample("states"), {"id": 9, "created_at": "never"}]
    found = read(sample("issue"), Details(states=events, timelogs=broken))
    assert found.issue.logs and len(found.issue.moves) == 3
    assert [(r.place, r.reason) for r in found.rejects] == [
        ("shop/web#12", "time spent is no number of seconds"),
        ("shop/web#12", "an event of its history has no moment"),
    ]


@needs_faros
def test_recorded_issues_of_gitlab_are_read() -> None:
    rows = json.loads((FAROS / "gitlab-api/issues/issues.json").read_text("utf-8"))
    found = [read(row, Details(states=row["state_events"])).issue for row in rows]
    assert [issue.key for issue in found] == ["test-group/faros-test#1", "test-group/faros-test#2"]
    assert found[0].ident == "issue:79927767" and found[0].points == 5.0
    assert found[0].labels == ("Enhancement", "Project Setup")
    assert found[0].person == rows[0]["assignee_usernames"][0]
    assert found[0].done is None  # closed, and reopened a day later
    assert found[0].epic == "&1001"


@needs_faros
def test_recorded_epics_are_read() -> None:
    rows = json.loads((FAROS / "gitlab-api/epics/epics.json").read_text("utf-8"))
    found = [read(row, kind="epics").issue for row in rows]
    assert found[0].key == "test-group&1" and found[0].ident == "epic:1001"


@needs_faros
def test_records_of_a_whole_project_are_read_without_a_reject() -> None:
    lines = (FAROS / "records/gitlab.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    for kind, keys in (
        ("issues", {"test5726/test#2", "test5726/test#3"}),
        ("merge_requests", {f"test5726/test!{n}" for n in range(2, 8)}),
    ):
        found = [read(row["data"], kind=kind) for row in rows if row["stream"] == kind]
        assert {one.issue.key for one in found} == keys
        assert not any(one.rejects for one in found)


def test_time_that_no_entry_tells_of_is_rejected_and_not_left_out() -> None:
    told = [{"id": "gid://gitlab/Timelog/1", "spentAt": "2026-03-04", "timeSpent": 5_400,
             "user": {"username": "ada"}}]  # fmt: skip
    found = read(sample("issue"), Details(timelogs=told))
    assert sum(log.seconds for log in found.issue.logs) == 5_400
    assert [(r.place, r.sample) for r in found.rejects] == [("shop/web#12", "3600")]


@pytest.mark.parametrize(
    ("more", "on", "person"),
    [({}, date(2026, 3, 12), "ada"),
     ({"assignees": [], "assignee": None}, date(2026, 3, 12), None),
     ({"state": "opened", "closed_at": None, "updated_at": "2026-03-13T15:00:00Z"}, date(2026, 3, 13), "ada")],
)  # fmt: skip
def test_time_in_one_figure_counts_also_where_nobody_has_the_issue_or_it_is_open(
    more: dict[str, object], on: date, person: str | None
) -> None:
    found = read({**sample("issue"), **more})
    assert [(log.on, log.seconds, log.person) for log in found.issue.logs] == [(on, 9_000, person)]


def test_an_impossible_time_in_one_figure_is_rejected() -> None:
    found = read({**sample("issue"), "time_stats": {"total_time_spent": 10**12}})
    assert not found.issue.logs and [r.sample for r in found.rejects] == [str(10**12)]
