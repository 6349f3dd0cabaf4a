"""Rows and answers that others recorded, against what they expect of them, where the meanings agree.

Where they do not: DevLake calls every closed issue done, we leave out those that were given up (none of its
rows was); it takes an issue's type from patterns of labels, we from GitHub's issue types; its lead time has
no word of ours; comments and commits are no work items here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from mainstem.sources.github.translate import Reading, issue_of
from mainstem.sources.issue import Issue, stamp
from tests.sources.github import as_graphql
from tests.sources.github.recorded import exchanges, fixture, raw, rows


def moment(text: str) -> str | None:
    """A moment of an expected table, as the ledger keeps moments."""
    return text[:19].replace("T", " ") or None


def by_id(name: str) -> dict[str, dict[str, str]]:
    return {row["id"].rpartition(":")[2]: row for row in rows(f"expected/{name}")}


def test_issues_of_devlake_become_what_it_expects() -> None:
    expected, labels = by_id("issues.csv"), defaultdict(set)
    for row in rows("expected/issue_labels.csv"):
        labels[row["issue_id"].rpartition(":")[2]].add(row["label_name"])
    found = [r for r in raw("input/_raw_github_api_issues.csv.gz") if not r.get("pull_request")]
    assert {str(r["id"]) for r in found} == set(expected)
    for row in found:
        issue, told = issue_of(as_graphql.issue(row), Reading()), expected[str(row["id"])]
        assert issue.key.rpartition("#")[2] == told["issue_key"]
        assert issue.url == told["url"]
        assert issue.title == (told["title"] or None)
        assert {"DONE": "closed", "TODO": "open"}[told["status"]] == issue.state
        assert stamp(issue.done) == moment(told["resolution_date"])
        assert stamp(issue.created) == moment(told["created_date"])
        assert set(issue.labels) == labels[str(row["id"])]
        assert issue.fields["author"] == told["creator_name"]
        assert (issue.person or "") == told["assignee_name"]


def test_pull_requests_of_devlake_become_what_it_expects() -> None:
    expected = by_id("pull_requests.csv.gz")
    reviews = defaultdict(list)
    for review in raw("input/_raw_github_api_pull_request_reviews.csv"):
        reviews[review["pull_request_url"]].append(review)
    seen: dict[str, Issue] = {}
    for row in raw("input/_raw_github_api_pull_requests.csv.gz"):
        pull = issue_of(as_graphql.pull(row, reviews[row["url"]]), Reading())
        seen[str(row["id"])] = pull
        told = expected[str(row["id"])]
        assert pull.key.rpartition("#")[2] == told["pull_request_key"]
        drafts = {"open", "draft"} if told["status"] == "OPEN" else {told["status"].lower()}
        assert pull.state in drafts
        assert stamp(pull.done) == moment(told["merged_date"])
        assert stamp(pull.created) == moment(told["created_date"])
        assert (pull.person or "") == told["author_name"]
        assert pull.fields["branch"] == told["base_ref"]
    assert set(seen) == set(expected)
    told_reviews = {r["github_id"] for r in rows("expected/_tool_github_pull_request_reviews.csv")
                    if r["pull_request_id"] in seen}  # fmt: skip
    ours = {
        m.ident.partition(":")[2]
        for p in seen.values()
        for m in p.moves
        if m.ident.startswith("review:")
    }
    assert ours == told_reviews


def test_events_of_devlake_give_the_moves_that_it_expects() -> None:
    closed: dict[int, list[Any]] = defaultdict(list)
    for event in raw("input/_raw_github_api_events.csv.gz"):
        closed[event["issue"]["id"]].append((event, event["issue"]))
    told = {r["github_id"]: r for r in rows("expected/_tool_github_issue_events.csv")
            if r["type"] in ("closed", "reopened")}  # fmt: skip
    seen = {}
    for pairs in closed.values():
        events = {e["id"]: {**e, "node_id": str(e["id"])} for e, _ in pairs}
        issue = issue_of(as_graphql.issue(pairs[0][1], events.values()), Reading())
        seen |= {move.ident: move for move in issue.moves}
    assert set(seen) == set(told)
    assert {i: m.person for i, m in seen.items()} == {
        i: r["author_username"] for i, r in told.items()
    }


def test_programs_of_devlake_are_programs() -> None:
    found = [issue_of({**as_graphql.pull({"base": {"ref": "main"}, **row})}, Reading())
             for row in raw("input/_raw_github_api_pull_requests_bot_filter.csv")]  # fmt: skip
    assert {(p.person, p.bot) for p in found if p.person and p.person.endswith("[bot]")} == {
        ("renovate[bot]", True)
    }
    assert any(not p.bot for p in found)


def test_faros_issues_are_read_as_graphql_gave_them() -> None:
    found = fixture("issues/issues.json")["repository"]["issues"]["nodes"]
    nodes = [
        {**node, "__typename": "Issue", "id": f"I_{i}", "number": i + 1,
         "repository": {"nameWithOwner": "acme/shop"}, "author": _typed(node["author"]),
         "timelineItems": {"nodes": [_event(e, f"{i}.{j}") for j, e in enumerate(node["assignments"]["nodes"])]}}
        for i, node in enumerate(found)
    ]  # fmt: skip
    first, second = (issue_of(node, Reading()) for node in nodes)
    assert first.labels == tuple(one["name"] for one in found[0]["labels"]["nodes"])
    assert (first.state, second.state) == ("closed", "open")
    given, taken, again = found[0]["assignments"]["nodes"]
    assert [(s.person, s.since.isoformat()[:19] + "Z") for s in first.stretches] == [
        (given["assignee"]["login"], given["createdAt"]), (again["assignee"]["login"], again["createdAt"]),
    ]  # fmt: skip
    assert [stamp(s.until) for s in first.stretches] == [
        moment(taken["createdAt"]),
        moment(found[0]["closedAt"]),
    ]
    assert second.stretches == ()


def _typed(who: dict[str, Any]) -> dict[str, Any]:
    return {"__typename": who["type"], "login": who["login"]}


def _event(event: dict[str, Any], ident: str) -> dict[str, Any]:
    return {"__typename": event["type"], "id": ident, "createdAt": event["createdAt"],
            "actor": None, "assignee": _typed(event["assignee"])}  # fmt: skip


def test_faros_pull_requests_are_read_as_graphql_gave_them() -> None:
    found = fixture("pull_requests/pull_requests.json")["repository"]["pullRequests"]["nodes"]
    for node in found:
        reviews = [
            {**r, "id": str(r["databaseId"]), "author": _typed(r["author"])}
            for r in node["reviews"]["nodes"]
        ]
        pull = issue_of({
            **node, "__typename": "PullRequest", "pullState": node["state"], "id": f"PR_{node['number']}",
            "author": _typed(node["author"]), "reviews": {"nodes": reviews},
            "repository": {"nameWithOwner": "faros-ai/faros-apps"},
        }, Reading())  # fmt: skip
        assert pull.state == node["state"].lower()
        assert stamp(pull.done) == moment(node["mergedAt"] or "")
        assert pull.paths == tuple(f["path"] for f in node["files"]["nodes"])
        assert len(pull.moves) == 1 + len(reviews) + bool(node["mergedAt"])


def test_sub_issues_that_pygithub_recorded_are_issues_of_ours() -> None:
    (listed,) = exchanges("sub-issues.jsonl.gz", "SubIssue.testListSubIssues")
    found = json.loads(listed["response"]["body"])
    parent = {"id": "I_5", "number": 5, "repository": {"nameWithOwner": "PyGithub/PyGithub"},
              "issueType": {"name": "epic"}}  # fmt: skip
    issues = [issue_of({**as_graphql.issue(row), "parent": parent}, Reading()) for row in found]
    assert [i.key for i in issues] == [f"PyGithub/PyGithub#{row['number']}" for row in found]
    assert {(i.parent, i.epic) for i in issues} == {("PyGithub/PyGithub#5", "PyGithub/PyGithub#5")}


def test_a_timeline_that_pygithub_recorded_gives_who_had_it_when() -> None:
    row = json.loads(exchanges("issues.jsonl.gz", "Issue.setUp")[1]["response"]["body"])
    (told,) = exchanges("issues.jsonl.gz", "Issue.testGetTimeline")
    events = json.loads(told["response"]["body"])
    events = [{"id": i, **event} for i, event in enumerate(events)]
    issue = issue_of(as_graphql.issue(row, events), Reading())
    closed = [e["created_at"] for e in events if e.get("event") == "closed"]
    assert [stamp(m.at) for m in issue.moves] == [moment(at) for at in closed]
    assert issue.started is not None
    # the event of closing was stamped a second after the issue
    assert [stamp(s.until) for s in issue.stretches][:1] == [moment(row["closed_at"])]
