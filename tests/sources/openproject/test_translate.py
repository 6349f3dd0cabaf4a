"""What a work package and a time entry of OpenProject become, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.sources.issue import work_of
from mainstem.sources.making import Made
from mainstem.sources.openproject.durations import seconds_of
from mainstem.sources.openproject.history import changes_of
from mainstem.sources.openproject.lookups import Lookups, Person, called_of, statuses_of
from mainstem.sources.openproject.translate import (
    entry_row,
    issue_of,
    package_in,
    people_in,
    project_item,
    was_worked_on,
)
from mainstem.sources.remote import Connection, Refused
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS
from tests.sources.mutating import mutated

SAMPLES = files("mainstem.sources.openproject") / "sample"
PACKAGE, PAST, ENTRY = (
    json.loads((SAMPLES / f"{name}.json").read_text())
    for name in ("work_package", "activities", "time_entry")
)
NOW = datetime(2026, 11, 2, tzinfo=UTC)
ROWS = [{"id": 1, "name": "New", "isClosed": False, "isDefault": True},
        {"id": 7, "name": "In progress", "isClosed": False, "isDefault": False},
        {"id": 12, "name": "Closed", "isClosed": True, "isDefault": False}]  # fmt: skip
BY = Lookups(
    statuses_of(Connection("tracker", "openproject", {}), ROWS), {1: "alpha"},
    {"users/4": Person("ann@example.org"), "users/5": Person("ben@example.org")},
    {"Ben Example": "users/5", "Ann Example": "users/4"},
    {"work_packages/schemas/1-1": {"squad": "customField3", "platforms": "customField4"}},
    url="https://o.example.org", points="storyPoints", team_field="Squad", fields=("Platforms",),
)  # fmt: skip


def test_the_sample_becomes_what_it_should():
    issue = issue_of(PACKAGE, BY, PAST)
    assert (issue.key, issue.parent, issue.project, issue.type) == ("#12", "#11", "alpha", "Task")
    assert (issue.points, issue.team, issue.components) == (5.0, "video", ("Player",))
    assert issue.fields["Platforms"] == "web" and issue.fields["fix version"] == "2.0"
    assert issue.started == datetime(2026, 10, 5, 9, tzinfo=UTC)
    assert issue.done == datetime(2026, 10, 8, 15, tzinfo=UTC)
    assert [(s.person, s.since, s.until) for s in issue.stretches] == [
        ("ben@example.org", issue.started, issue.done)
    ]
    assert not issue_of(PACKAGE, BY, PAST, {"users/5"}).stretches


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("PT5H", 18_000), ("P1DT2H", 93_600), ("PT30M", 1_800), ("PT1.5H", 5_400), ("P1W", 604_800),
     ("PT0S", 0), ("P", None), ("PT", None), ("P1M", None), ("5", None), (5, None), (None, None), ("-PT5H", None)],
)  # fmt: skip
def test_durations(given, seconds):
    assert seconds_of(given) == seconds


def test_names_that_two_people_bear_lead_nowhere():
    def person(nr: int, name: str) -> dict[str, object]:
        return {"name": name, "_links": {"self": {"href": f"/api/v3/users/{nr}"}}}

    rows = [person(1, "Ann"), person(2, "Ann"), person(3, "Ben")]
    assert called_of(rows) == {"Ben": "users/3"}


def test_names_with_signs_are_read_out_of_histories():
    shown = "<strong>Assignee</strong> changed from <i>A &amp; B</i> to <i>C &lt;to&gt; D</i>"
    past = [{"id": 1, "createdAt": "2026-10-01T00:00:00Z", "details": [{"html": shown}]}]
    (change,) = changes_of(past, ["Assignee"])
    assert (change.before, change.after) == ("A & B", "C <to> D")


def test_time_on_no_work_package_is_on_its_project():
    links = {k: v for k, v in ENTRY["_links"].items() if k != "workPackage"}
    bare = {**ENTRY, "_links": {**links, "entity": {"href": "/api/v3/meetings/3"}}}
    assert entry_row(bare, BY)["item_key"] == "alpha" and project_item(bare, BY).title == "Alpha"
    new = {**ENTRY, "_links": {**links, "entity": {"href": "/api/v3/work_packages/12"}}}
    assert package_in(new) == 12 and entry_row(new, BY)["amount"] == 2_500_000


def test_under_a_path_of_its_own_addresses_are_read_alike():
    moved = json.loads(json.dumps(PACKAGE).replace('"/api/v3', '"/openproject/api/v3'))
    assert issue_of(moved, BY, PAST) == issue_of(PACKAGE, BY, PAST)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"hours": "soon"}, "no duration"), ({"hours": "P99999W"}, "more than a year"),
     ({"ongoing": True}, "still running"), ({"spentOn": None}, "no day"), ({"id": "x"}, "no number")],
)  # fmt: skip
def test_time_that_cannot_be_is_refused(change, reason):
    with pytest.raises(Refused, match=reason):
        entry_row({**ENTRY, **change}, BY)


@settings(max_examples=200)
@given(mutated({"row": PACKAGE, "past": PAST}), st.booleans())
def test_any_work_package_becomes_work_or_is_refused(given, has_past):
    given = given if isinstance(given, dict) else {}
    row, past = given.get("row"), given.get("past")
    past = past if isinstance(past, list) else []
    people_in(row, past, BY)
    was_worked_on(row, past, BY)
    try:
        work = work_of(issue_of(row, BY, past if has_past else None), ZoneInfo("Asia/Tokyo"), NOW)
    except Refused as error:
        assert error.reason
        return
    assert work.item.keys() == ITEM_COLUMNS.keys() and work.item["key"].startswith("#")
    json.dumps([work.item, work.records], allow_nan=False, ensure_ascii=False).encode()
    for record in work.records:
        assert record.keys() == RECORD_COLUMNS.keys() and 0 <= record["amount"] < 2**62


@settings(max_examples=200)
@given(mutated(ENTRY))
def test_any_time_entry_becomes_effort_or_is_refused(row):
    package_in(row)
    try:
        record = entry_row(row, BY)
    except Refused as error:
        assert error.reason
        return
    project_item(row, BY)
    json.dumps(record, ensure_ascii=False).encode()
    assert record.keys() == RECORD_COLUMNS.keys() and 0 <= record["amount"] < 2**62


@pytest.mark.parametrize("value", ["1e308", "1e14", "-3", "5,5", "XL", "1_3"])
def test_points_that_cannot_be_are_rejected_and_the_rest_stands(value):
    issue = issue_of({**PACKAGE, "storyPoints": value}, BY, PAST)
    assert issue.points is None
    made_of = Made(ZoneInfo("UTC"), NOW)
    made_of.add("here", lambda: issue)
    batch = made_of.batch({})
    assert [(r.place, r.sample) for r in batch.rejects] == [("here", value)]
    assert batch.read == 2 and len(batch.items) == 1
