"""Recorded answers of real Jiras, from the shared data: against other people's reading of them where there is one."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mainstem.sources.issue import work_of
from mainstem.sources.jira.fields import Fields
from mainstem.sources.jira.history import history_of, read_history
from mainstem.sources.jira.people import People
from mainstem.sources.jira.states import States, states_of
from mainstem.sources.jira.translate import Reader, read_log, translate

DATA = Path(__file__).parents[4] / "shared" / "data"
APACHE, DEVLAKE, METRICS = (
    DATA / n for n in ("apache-jira-rest", "devlake-raw-api/jira", "jirametrics-cloud-changelog")
)
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there")
UTC_ZONE = ZoneInfo("UTC")


def reader(states: States | None = None, fields: Fields | None = None, *bots: str) -> Reader:
    return Reader(
        fields or Fields(), states or States(), People(bots), UTC_ZONE, "https://jira.example.org"
    )


def rows(path: str) -> list[dict[str, str]]:
    csv.field_size_limit(10**9)
    found = DEVLAKE / path
    with gzip.open(found, "rt") if path.endswith(".gz") else found.open() as file:
        return list(csv.DictReader(file))


def raw(path: str) -> list[Any]:
    return [json.loads(row["data"]) for row in rows(path)]


def moments(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds") if at else ""


# apache-jira-rest: Jira Server, searched without histories


def apache() -> Iterator[Any]:
    for name in ("ActiveMQ", "Zookeeper"):
        with gzip.open(APACHE / f"{name}.jsonl.gz", "rt") as file:
            yield from map(json.loads, file)


def test_every_issue_of_two_large_projects_translates() -> None:
    counted: Counter[str] = Counter()
    fields = Fields(
        extra=(("rank", ("customfield_12310420",)), ("again", ("customfield_12310920",)))
    )
    for issue in apache():
        made = translate(issue, history_of(issue), reader(None, fields, "githubbot"))
        work = work_of(made.issue, UTC_ZONE, datetime(2019, 2, 1, tzinfo=UTC))
        counted["issues"] += 1
        counted["refused"] += len(made.rejects)
        counted["logs"] += len(made.logs)
        counted["short"] += made.logs_total > len(made.logs)
        counted["not there"] += made.logs_total - len(made.logs)
        counted["robots"] += sum(row["bot"] for row in work.records if "#log:" in row["row_key"])
        counted["done"] += made.issue.done is not None
        category = issue["fields"]["status"]["statusCategory"]["key"]
        assert (made.issue.done is not None) == (category == "done")
        assert "9223372036854775807" not in work.item["fields"].values()
    # 618 work logs by Jira's count, 486 in the answers: a sync fetches the rest, this counts what it must
    assert counted == {
        "issues": 6_476, "refused": 0, "logs": 486, "short": 6, "not there": 132, "robots": 486,
        "done": counted["done"],
    }  # fmt: skip
    assert counted["done"] > 5_000


def test_robot_hours_are_only_known_as_such_if_named() -> None:
    robots = [
        row["bot"]
        for issue in apache()
        for row in work_of(
            translate(issue, history_of(issue), reader()).issue, UTC_ZONE, datetime.now(UTC)
        ).records
        if "#log:" in row["row_key"]
    ]
    # Data Center does not say which account is a program: the option `bots` does
    assert len(robots) == 486 and not any(robots)


# devlake-raw-api: Jira Cloud, with the tables that DevLake makes of it


def test_issues_agree_with_devlake() -> None:
    states = states_of(raw("input/_raw_jira_api_status.csv"))
    expected = {row["issue_id"]: row for row in rows("expected/_tool_jira_issues.csv")}
    by = reader(states, Fields(points=("customfield_10024",), sprint=("customfield_10020",)))
    compared = 0
    for issue in raw("input/_raw_jira_api_issues.csv.gz"):
        made = translate(issue, history_of(issue), by).issue
        wanted = expected.get(made.ident)
        if wanted is None:  # an epic of another board, which DevLake keeps elsewhere
            continue
        compared += 1
        assert made.key == wanted["issue_key"] and made.type == wanted["type"]
        assert made.title is not None and made.title.strip() == wanted["summary"].strip("\0 ")
        assert (made.state, made.fields["priority"]) == (
            wanted["status_name"],
            wanted["priority_name"],
        )
        assert moments(made.created) == wanted["created"]
        assert (made.person or "", made.parent or "") == (
            wanted["assignee_account_id"],
            wanted["parent_key"],
        )
        assert (made.epic or "") == wanted["epic_key"]
        assert (made.done is not None) == (wanted["status_key"] == "done")
        # DevLake keeps 0 where no points were given and passes -1 on; we refuse a number below 0
        assert (made.points or 0.0) == max(float(wanted["story_point"]), 0.0)
        if made.done is not None:
            # DevLake takes the resolution date; we take the change of state, which is that moment here
            resolved = datetime.fromisoformat(wanted["resolution_date"])
            assert abs(made.done - resolved) < timedelta(seconds=2)
    assert compared == 30


def test_sprints_agree_with_devlake() -> None:
    names = {row["sprint_id"]: row["name"] for row in rows("expected/_tool_jira_sprints.csv")}
    by = reader(None, Fields(sprint=("customfield_10020",)))
    issues = {i["id"]: i for i in raw("input/_raw_jira_api_issues.csv.gz")}
    checked = 0
    for row in rows("expected/_tool_jira_sprint_issues.csv"):
        issue = issues.get(row["issue_id"])
        if issue is None or row["sprint_id"] not in names:
            continue
        made = translate(issue, history_of(issue), by).issue
        assert names[row["sprint_id"]] in made.fields["sprint"].split(", ")
        checked += 1
    assert checked > 20


def test_work_logs_agree_with_devlake() -> None:
    expected = {row["worklog_id"]: row for row in rows("expected/_tool_jira_worklogs.csv")}
    logs = raw("input/_raw_jira_api_worklogs.csv")
    assert len(logs) == 30
    for log in logs:
        made, wanted = read_log(log, reader()), expected[log["id"]]
        assert made.seconds == float(wanted["time_spent_seconds"])
        assert made.on == datetime.fromisoformat(wanted["started"]).astimezone(UTC).date()
        # DevLake keys people by account id; we prefer the address where Jira shows it
        assert made.person is not None and made.person.partition("@")[0] == wanted["author_id"]


def test_changes_agree_with_devlake() -> None:
    wanted = {
        (row["changelog_id"], row["field_id"]): (row["from_value"], row["to_value"])
        for row in rows("expected/_tool_jira_issue_changelog_items.csv.gz")
        if row["field_id"] in ("status", "assignee")
    }
    when = {
        row["changelog_id"]: row["created"]
        for row in rows("expected/_tool_jira_issue_changelogs.csv.gz")
    }
    ours: dict[tuple[str, str], tuple[str, str]] = {}
    for issue in raw("input/_raw_jira_api_issues.csv.gz"):
        for entry in issue["changelog"]["histories"]:
            found = read_history([entry])
            for step in found.transitions:
                ours[entry["id"], "status"] = (step.before, step.after)
                assert moments(step.at) == when.get(entry["id"], moments(step.at))
            for change in found.assignments:
                ours[entry["id"], "assignee"] = (change.before or "", change.after or "")
    both = set(ours) & set(wanted)
    assert len(both) > 60 and {k: ours[k] for k in both} == {k: wanted[k] for k in both}
    # the issues of other boards are not in DevLake's table; nothing of the table is missing here
    assert {k for k in wanted if k[0] in {i for i, _ in ours}} <= set(ours)


def test_apps_are_programs() -> None:
    people = People()
    users = raw("input/_raw_jira_api_users.csv")
    apps = [u for u in users if u["accountType"] == "app"]
    assert apps and all((p := people.met(u)) is not None and p.bot for u in apps)
    others = [u for u in users if u["accountType"] == "atlassian"]
    assert others and not any((p := people.met(u)) is not None and p.bot for u in others)


# jirametrics-cloud-changelog: Jira Cloud, one person's board


def metrics(path: str) -> Any:
    return json.loads((METRICS / path).read_text("utf-8"))


def test_an_issue_that_came_back_from_done_is_done_when_it_went_in_last() -> None:
    states = states_of(metrics("complete_sample/sample_statuses.json"))
    seen = 0
    for path in sorted((METRICS / "complete_sample/sample_issues").glob("*.json")):
        issue = json.loads(path.read_text("utf-8"))
        history = history_of(issue)
        made = translate(issue, history, reader(states)).issue
        into = [
            t.at for t in history.transitions
            if states.category(t.after) == "done" and states.category(t.before) != "done"
        ]  # fmt: skip
        open_ = issue["fields"]["status"]["statusCategory"]["key"] != "done"
        assert made.done == (None if open_ else into[-1])
        seen += len(into) > 1 or (bool(into) and open_)
        assert len(made.moves) == len(history.transitions)
    assert seen >= 1


def test_stretches_of_work_follow_the_states() -> None:
    states = states_of(metrics("testdata/sample_statuses.json"))
    issue = metrics("testdata/SP-10.json")
    made = translate(issue, history_of(issue), reader(states)).issue
    assert made.started is not None and made.done is not None and made.started < made.done
    assert moments(made.done) == "2021-09-06T04:34:26.239+00:00"
    for stretch in made.stretches:
        assert stretch.until is not None and stretch.until <= made.done
