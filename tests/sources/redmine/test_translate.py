"""What an issue and a time entry of Redmine become, and what is refused."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from mainstem.sources.issue import work_of
from mainstem.sources.making import Made
from mainstem.sources.redmine.lookups import Lookups, Person, Statuses, statuses_of
from mainstem.sources.redmine.translate import (
    changes_of,
    entry_row,
    issue_of,
    people_in,
    project_item,
    was_worked_on,
)
from mainstem.sources.remote import Connection, Refused
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS
from tests.sources.mutating import mutated

SAMPLES = files("mainstem.sources.redmine") / "sample"
ISSUE = json.loads((SAMPLES / "issue.json").read_text())
ENTRY = json.loads((SAMPLES / "time_entry.json").read_text())
NOW = datetime(2026, 11, 2, tzinfo=UTC)
BY = Lookups(
    Statuses(frozenset({5, 6}), frozenset({5}), frozenset({2})), {1: "alpha"},
    {6: Person("ann@example.org"), 7: Person("ben@example.org"), 13: Person(None, team="Crew")},
    url="https://r.example.org", points="story points", team_field="Squad", fields=("Platforms",),
)  # fmt: skip
STATUSES = [
    {"id": 1, "name": "New", "is_closed": False}, {"id": 2, "name": "Doing", "is_closed": False},
    {"id": 3, "name": "Review", "is_closed": False}, {"id": 5, "name": "Closed", "is_closed": True},
]  # fmt: skip


def settings_of(**options: str) -> Connection:
    return Connection("tracker", "redmine", options)


def test_the_sample_becomes_what_it_should():
    issue = issue_of(ISSUE, BY)
    assert (issue.key, issue.ident, issue.parent, issue.project) == ("#12", "12", "#11", "alpha")
    assert (issue.points, issue.team, issue.labels) == (5.0, "video", ("quality",))
    assert issue.fields["Platforms"] == "web, ios" and issue.fields["done ratio"] == "100"
    assert issue.url == "https://r.example.org/issues/12"
    assert issue.started == datetime(2026, 10, 5, 9, tzinfo=UTC)
    assert issue.done == datetime(2026, 10, 8, 15, tzinfo=UTC)
    assert [(m.ident, m.person) for m in issue.moves] == [("101", "ann@example.org"), ("102", "ben@example.org")]  # fmt: skip
    assert [(s.person, s.since.date(), s.until.date()) for s in issue.stretches if s.until] == [
        ("ben@example.org", date(2026, 10, 5), date(2026, 10, 8))
    ]
    assert not issue_of(ISSUE, BY, {7}).stretches


def test_journals_come_in_either_order():
    turned = {**ISSUE, "journals": ISSUE["journals"][::-1]}
    assert issue_of(turned, BY) == issue_of(ISSUE, BY)
    assert [c.journal for c in changes_of(ISSUE)] == [101, 101, 102]


def test_from_closed_to_closed_is_not_done_again():
    again = {"id": 103, "created_on": "2026-10-20T09:00:00Z", "user": {"id": 7},
             "details": [{"property": "attr", "name": "status_id", "old_value": "5", "new_value": "8"}]}  # fmt: skip
    by = replace(BY, statuses=Statuses(frozenset({5, 8}), frozenset({5, 8}), frozenset({2})))
    moved = {
        **ISSUE,
        "status": {"id": 8, "name": "Released"},
        "journals": [*ISSUE["journals"], again],
    }
    assert issue_of(moved, by).done == datetime(2026, 10, 8, 15, tzinfo=UTC)


def test_a_status_that_is_closed_without_a_history_is_done_on_the_day_of_closing():
    bare = {k: v for k, v in ISSUE.items() if k != "journals"}
    issue = issue_of(bare, BY)
    assert (
        issue.done == datetime(2026, 10, 8, 15, tzinfo=UTC)
        and not issue.stretches
        and not issue.moves
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"hours": -1}, "less than none"), ({"hours": "much"}, "no number of hours"),
     ({"hours": 1e9}, "more than a year"), ({"spent_on": "soon"}, "no date"),
     ({"spent_on": None}, "no day"), ({"id": None}, "no number"), ({"spent_on": "0026-10-01"}, "impossible day")],
)  # fmt: skip
def test_time_that_cannot_be_is_refused(change, reason):
    with pytest.raises(Refused, match=reason):
        entry_row({**ENTRY, **change}, BY)


def test_time_on_no_issue_is_on_its_project():
    bare = {k: v for k, v in ENTRY.items() if k != "issue"}
    assert entry_row(bare, BY)["item_key"] == "alpha" and project_item(bare, BY).title == "Alpha"
    assert project_item(ENTRY, BY) is None and entry_row(ENTRY, BY)["item_key"] == "#12"


def test_where_no_status_is_called_in_progress_those_after_the_first_are():
    trackers = [{"id": 1, "default_status": {"id": 1, "name": "New"}}]
    assert statuses_of(settings_of(), STATUSES, trackers).working == {2, 3}
    assert statuses_of(settings_of(in_progress="review"), STATUSES, trackers).working == {3}
    assert statuses_of(settings_of(not_done="closed"), STATUSES, trackers).done == frozenset()


@settings(max_examples=200)
@given(mutated(ISSUE))
def test_any_issue_becomes_work_or_is_refused(row):
    people_in(row if isinstance(row, dict) else {})
    was_worked_on(row if isinstance(row, dict) else {}, BY)
    try:
        work = work_of(issue_of(row, BY), ZoneInfo("Europe/Berlin"), NOW)
    except Refused as error:
        assert error.reason
        return
    assert work.item.keys() == ITEM_COLUMNS.keys() and work.item["key"].startswith("#")
    json.dumps(work.item, allow_nan=False, ensure_ascii=False).encode()
    for record in work.records:
        assert record.keys() == RECORD_COLUMNS.keys() and 0 <= record["amount"] < 2**62


@settings(max_examples=200)
@given(mutated(ENTRY))
def test_any_time_entry_becomes_effort_or_is_refused(row):
    try:
        record = entry_row(row, BY)
    except Refused as error:
        assert error.reason
        return
    project_item(row, BY)
    assert record.keys() == RECORD_COLUMNS.keys()
    assert 0 <= record["amount"] < 2**62 and record["row_key"].startswith("time:")


@pytest.mark.parametrize("value", ["1e308", "1e14", "-3", "5,5", "XL", "1_3"])
def test_points_that_cannot_be_are_rejected_and_the_rest_stands(value):
    made = copy.deepcopy(ISSUE)
    for one in made["custom_fields"]:
        if one["name"].casefold() == "story points":
            one["value"] = value
    issue = issue_of(made, BY)
    assert issue.points is None
    made_of = Made(ZoneInfo("UTC"), NOW)
    made_of.add("here", lambda: issue)
    batch = made_of.batch({})
    assert [(r.place, r.sample) for r in batch.rejects] == [("here", value)]
    assert batch.read == 2 and len(batch.items) == 1
