"""What a work item becomes, out of samples made by hand, and that nothing else than work comes of anything."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mainstem.sources.azure
from mainstem.sources.azure.cursor import Place, place_from
from mainstem.sources.azure.history import Change, worked_of
from mainstem.sources.azure.lookups import Lookups, lookups_of, person_of
from mainstem.sources.azure.translate import issue_of, kinds_of
from mainstem.sources.issue import Issue, work_of
from mainstem.sources.remote import Connection, Refused
from tests.sources.mutating import ANYTHING, mutated

SAMPLE = Path(mainstem.sources.azure.__file__).parent / "sample"
ITEM = json.loads((SAMPLE / "work_item.json").read_text())
UPDATES = json.loads((SAMPLE / "updates.json").read_text())["value"]
ZONE = ZoneInfo("Europe/Berlin")
STATES = {"New": "Proposed", "Active": "InProgress", "Resolved": "Resolved", "Closed": "Completed"}
HOURS = "Microsoft.VSTS.Scheduling.CompletedWork"


def by(**more) -> Lookups:
    found = Lookups(hours=HOURS, url="https://dev.azure.com/example", **more)
    rows = [{"name": n, "category": c} for n, c in STATES.items()]
    found.meet("Shop", "User Story", rows)
    return found


def issue(item=ITEM, updates=UPDATES, **more) -> Issue:
    return issue_of(item, by(**more), updates, ZONE)


def changed(**fields) -> dict:
    out = copy.deepcopy(ITEM)
    out["fields"] |= {name.replace("__", "."): value for name, value in fields.items()}
    return out


def test_everything_of_a_work_item_is_translated():
    found = issue()
    assert (found.ident, found.key, found.type, found.state) == (
        "131",
        "131",
        "User Story",
        "Closed",
    )
    assert found.labels == ("checkout", "web") and found.components == ("Shop\\Payment\\Invoices",)
    assert (found.parent, found.points, found.person) == ("97", 5.0, "ann@example.org")
    assert found.url == "https://dev.azure.com/example/Shop/_workitems/edit/131"
    assert found.fields == {
        "priority": "2", "sprint": "Shop\\Sprint 12", "reason": "Acceptance tests pass",
        "value area": "Business",
    }  # fmt: skip
    assert found.started == datetime(2026, 10, 6, 7, 0, 0, 100_000, UTC)
    assert found.done == datetime(2026, 10, 8, 15, 30, 0, 403_000, UTC)


def test_the_last_update_has_its_own_moment_and_not_the_year_9999():
    moves = issue().moves
    assert [(m.ident, m.person, m.bot) for m in moves] == [
        ("2", "EXAMPLE\\ben", False),
        ("5", "Build\\0001", True),
    ]
    assert moves[1].at.year == 2026


def test_hours_that_were_taken_back_are_those_that_came_last():
    logs = issue().logs
    assert [(log.ident, log.on.isoformat(), log.seconds / 3600, log.person) for log in logs] == [
        ("3", "2026-10-07", 6.0, "ann@example.org")
    ]
    assert (
        sum(w.hours for w in worked_of([_change(n, h) for n, h in enumerate((8, None, 3, 1, 5))]))
        == 5
    )


def _change(n: int, hours: object) -> Change:
    return Change(n, datetime(2026, 10, 1 + n, tzinfo=UTC), None, hours)


@given(st.lists(st.none() | st.floats(0, 1e4), max_size=12))
def test_whatever_the_figure_was_the_hours_add_up_to_what_it_is(figures):
    worked = worked_of([_change(n, h) for n, h in enumerate(figures)])
    assert sum(w.hours for w in worked) == pytest.approx((figures or [0])[-1] or 0, abs=1e-6)
    assert all(w.hours > 0 for w in worked)


def test_without_a_history_the_dates_of_the_work_item_count():
    found = issue(updates=None)
    assert found.started and found.done and not found.moves and not found.stretches
    assert [(log.on.isoformat(), log.seconds) for log in found.logs] == [("2026-10-08", 21_600)]
    assert issue(changed(**{"System.State": "Active"}), None).done is None


def test_revisions_that_came_after_the_work_item_was_read_wait():
    earlier = {**changed(**{"System.State": "Active"}), "rev": 3}
    found = issue(earlier)
    assert found.done is None and [log.seconds for log in found.logs] == [28_800]


def test_done_is_the_last_time_that_it_went_in():
    again = copy.deepcopy(UPDATES)
    for rev, state, at in (
        (6, "Active", "2026-10-09T08:00:00Z"),
        (7, "Closed", "2026-10-12T08:00:00Z"),
    ):
        again.append({"rev": rev, "fields": {"System.State": {"newValue": state}, "System.ChangedDate": {"newValue": at}}})  # fmt: skip
    assert issue({**ITEM, "rev": 7}, again).done == datetime(2026, 10, 12, 8, tzinfo=UTC)
    assert issue({**changed(**{"System.State": "Active"}), "rev": 6}, again).done is None


def test_a_state_means_what_it_means_in_the_project_of_its_time():
    moved = copy.deepcopy(UPDATES)
    moved[0]["fields"]["System.TeamProject"] = {"newValue": "Till"}
    moved[0]["fields"]["System.State"] = {"newValue": "Making"}
    moved[1]["fields"]["System.TeamProject"] = {"oldValue": "Till", "newValue": "Shop"}
    known = by()
    known.meet("Till", "User Story", [{"name": "Making", "category": "InProgress"}])
    assert issue_of(ITEM, known, moved, ZONE).started == datetime(2026, 10, 5, 8, tzinfo=UTC)
    assert kinds_of(ITEM, moved) == {("Shop", "User Story"), ("Till", "User Story")}


def test_a_group_is_a_team_and_old_servers_write_names():
    group = {
        "displayName": "[Shop]\\Video",
        "uniqueName": "vstfs:///Classification/1",
        "isContainer": True,
    }
    assert issue(changed(**{"System.AssignedTo": group})).team == "[Shop]\\Video"
    assert person_of("Ann Example <EXAMPLE\\ann>").name == "EXAMPLE\\ann"
    assert person_of({"displayName": "Robot", "uniqueName": "r@example.org"}, {"robot"}).bot


def test_a_slip_of_a_hand_is_refused():
    wild = copy.deepcopy(UPDATES)
    wild[3]["fields"][HOURS]["newValue"] = 99_999
    with pytest.raises(Refused, match="more than a year"):
        issue(updates=wild)


def test_of_two_fields_of_a_name_the_one_of_numbers_counts():
    rows = [{"name": "Size", "referenceName": "Custom.Words", "type": "string"},
            {"name": "Size", "referenceName": "Custom.Number", "type": "double"}]  # fmt: skip
    assert lookups_of(Connection("b", "azure", {"points": "size"}), rows).points == (
        "Custom.Number",
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(ITEM), mutated(UPDATES) | st.none())
def test_whatever_comes_is_work_or_refused(item, updates):
    past = updates if isinstance(updates, list) else None
    try:
        found = issue_of(item, by(), past, ZONE)
    except Refused as refused:
        assert refused.reason
        return
    work = work_of(found, ZONE, datetime(2026, 11, 2, tzinfo=UTC))
    assert all(0 <= r["amount"] < 2**63 for r in work.records)
    json.dumps(work.item).encode()
    assert all(isinstance(p, str) for kind in kinds_of(item, past) for p in kind)


@settings(max_examples=200, deadline=None)
@given(
    mutated(
        Place(
            "d", datetime(2026, 1, 1, tzinfo=UTC), None, 3, {1: 2}, {"Active": None}, "x", "y"
        ).as_cursor()
    )
)
def test_any_cursor_is_a_place_or_none(cursor):
    if isinstance(cursor, dict):
        place = place_from(cursor, "d")
        assert place is None or json.dumps(place.as_cursor())


@settings(max_examples=200, deadline=None)
@given(st.lists(ANYTHING, max_size=4), ANYTHING)
def test_fields_and_types_may_be_anything(rows, types):
    lookups_of(Connection("b", "azure", {}), rows)
    found = by()
    found.meet("Shop", "Bug", types if isinstance(types, list) else [types])
    assert found.category("Shop", "Task", "nowhere at all") == ""


@pytest.mark.parametrize("value", [-3, 1e12])
def test_points_that_cannot_be_are_rejected_and_the_rest_stands(value):
    found = issue(changed(Microsoft__VSTS__Scheduling__StoryPoints=value))
    assert found.points is None and found.key == "131"
    assert [reason for reason, _ in found.refused] == ["the points are an impossible number"]
