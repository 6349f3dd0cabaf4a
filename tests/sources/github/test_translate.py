"""What an issue and a pull request become."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mainstem.sources.github.translate import Reading, issue_of
from mainstem.sources.remote import Refused

SAMPLES = Path(__file__).parents[3] / "src/mainstem/sources/github/sample"


def sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_issue_says_what_it_is_and_what_it_is_part_of() -> None:
    issue = issue_of(sample("issue"), Reading())
    assert (issue.ident, issue.key, issue.project) == ("I_kwA1", "acme/shop#12", "acme/shop")
    assert (issue.type, issue.state, issue.labels) == (
        "Bug",
        "closed",
        ("ui", "team: blue", "points: 2"),
    )
    assert (issue.parent, issue.epic) == ("acme/shop#7", "acme/plans#1")
    assert (issue.person, issue.bot) == ("ada", False)
    assert issue.fields == {
        "milestone": "1.2", "author": "helper[bot]", "assignees": "ada, bo", "resolution": "completed",
        "pull requests": "acme/shop#13", "status": "Done", "sprint": "Sprint 4", "priority": "High",
    }  # fmt: skip


def test_an_issue_without_a_status_is_in_progress_while_it_is_assigned_and_open() -> None:
    issue = issue_of(sample("issue"), Reading())
    assert [(s.person, s.since, s.until) for s in issue.stretches] == [
        ("ada", at("2026-03-02T09:00:00"), at("2026-03-03T09:00:00")),
        ("ada", at("2026-03-05T09:00:00"), at("2026-03-09T09:00:00")),
        ("bo", at("2026-03-05T09:00:00"), at("2026-03-09T09:00:00")),
    ]
    assert issue.started == at("2026-03-02T09:00:00")
    assert issue.done == at("2026-03-09T09:00:00")


def test_with_words_for_in_progress_only_that_status_counts() -> None:
    issue = issue_of(sample("issue"), Reading(in_progress=frozenset({"in progress"})))
    assert [(s.person, s.since, s.until) for s in issue.stretches] == [
        ("ada", at("2026-03-05T12:00:00"), at("2026-03-09T09:00:00")),
        ("bo", at("2026-03-05T12:00:00"), at("2026-03-09T09:00:00")),
    ]
    assert issue.started == at("2026-03-05T12:00:00")


def test_an_issue_that_is_reopened_is_not_done() -> None:
    found = {**sample("issue"), "state": "OPEN", "closedAt": None, "stateReason": "REOPENED"}
    issue = issue_of(found, Reading())
    assert (issue.state, issue.done) == ("open", None)
    assert issue.fields["resolution"] == "reopened"


@pytest.mark.parametrize(
    ("reason", "state"), [("NOT_PLANNED", "not planned"), ("DUPLICATE", "duplicate")]
)
def test_an_issue_that_was_given_up_is_closed_and_not_done(reason: str, state: str) -> None:
    issue = issue_of({**sample("issue"), "stateReason": reason}, Reading())
    assert (issue.state, issue.done) == (state, None)


def test_a_merged_pull_request_is_done_and_has_its_paths_and_reviews() -> None:
    pull = issue_of(sample("pull"), Reading())
    assert (pull.type, pull.state, pull.done) == (
        "pull request",
        "merged",
        at("2026-03-08T10:00:00"),
    )
    assert pull.paths == ("src/a.py", "docs/b.md")
    assert [(m.ident, m.person, m.bot) for m in pull.moves] == [
        ("opened", "bo", False), ("review:PRR_1", "ada", False), ("review:PRR_2", "checker[bot]", True),
        ("merged", "ada", False),
    ]  # fmt: skip
    assert pull.fields["closes"] == "acme/shop#12"
    assert pull.stretches == ()


def test_a_pull_request_that_is_closed_without_a_merge_is_not_done() -> None:
    pull = issue_of(
        {**sample("pull"), "mergedAt": None, "mergedBy": None, "pullState": "CLOSED"}, Reading()
    )
    assert (pull.state, pull.done) == ("closed", None)
    assert [m.ident for m in pull.moves][-1] != "merged"


def test_a_program_is_known_by_github_by_its_suffix_and_by_the_settings() -> None:
    for author, bots in (
        ({"__typename": "Bot", "login": "dependabot"}, ()),
        ({"__typename": "User", "login": "renovate[bot]"}, ()),
        ({"__typename": "User", "login": "Release-Robot"}, ("release-robot",)),
    ):
        pull = issue_of({**sample("pull"), "author": author}, Reading(bots=frozenset(bots)))
        assert pull.bot
    assert not issue_of(sample("pull"), Reading()).bot


def test_an_account_that_was_deleted_leaves_nobody() -> None:
    pull = issue_of({**sample("pull"), "author": None}, Reading())
    assert (pull.person, pull.bot) == (None, False)


def test_points_come_from_a_number_of_a_project_else_from_a_label() -> None:
    pattern = re.compile(r"^points: (\d+)$")
    assert issue_of(sample("issue"), Reading(points="estimate")).points == 5.0
    assert issue_of(sample("issue"), Reading(points="None", points_label=pattern)).points == 2.0
    assert issue_of(sample("issue"), Reading()).points is None


def test_of_two_fields_of_one_name_the_number_counts() -> None:
    found = sample("issue")
    values = found["projectItems"]["nodes"][0]["fieldValues"]["nodes"]
    text = {
        "__typename": "ProjectV2ItemFieldTextValue",
        "text": "much",
        "field": {"id": "F9", "name": "Estimate"},
    }
    values.insert(0, text)
    assert issue_of(found, Reading(points="Estimate")).points == 5.0


def test_a_team_is_a_field_a_beginning_of_labels_or_the_group_of_whoever_has_it() -> None:
    assert issue_of(sample("issue"), Reading(team="Squad")).team == "Red"
    assert issue_of(sample("issue"), Reading(team="team:")).team == "blue"
    assert issue_of(sample("issue"), Reading(groups={"ada": "core"})).team == "core"


def test_named_fields_of_projects_become_fields() -> None:
    assert issue_of(sample("issue"), Reading(fields=("Squad", "absent"))).fields["Squad"] == "Red"


def test_an_address_is_the_person_where_it_is_shown() -> None:
    author = {"__typename": "User", "login": "bo", "email": "bo@example.org"}
    assert issue_of({**sample("pull"), "author": author}, Reading()).person == "bo@example.org"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"__typename": "Discussion"}, "it is neither an issue nor a pull request"),
        ({"id": None}, "the id is missing"),
        ({"number": "12"}, "the number is no number of an issue"),
        ({"repository": None}, "the repository is no object"),
        ({"closedAt": "yesterday"}, "the moment of closing is no date"),
        ({"labels": []}, "the labels is no object"),
        ({"title": ["x"]}, "the title is no text"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as caught:
        issue_of({**sample("issue"), **change}, Reading())
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("given", "shown"), [(1_234_567, "1234567"), (0.1, "0.1"), (3.0, "3"), (12.345678, "12.345678")]
)
def test_a_number_field_of_a_project_is_shown_as_people_wrote_it(given: float, shown: str) -> None:
    value = {"__typename": "ProjectV2ItemFieldNumberValue", "number": given,
             "field": {"id": "F", "name": "Budget"}}  # fmt: skip
    items = {"nodes": [{"id": "I", "fieldValues": {"nodes": [value]}}]}
    issue = issue_of({**sample("issue"), "projectItems": items}, Reading(fields=("budget",)))
    assert issue.fields["budget"] == shown
