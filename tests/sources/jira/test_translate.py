"""What an issue of Jira becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mainstem.sources.issue import work_of
from mainstem.sources.jira.history import history_of, read_history
from mainstem.sources.jira.tempo import read_tempo
from mainstem.sources.jira.translate import translate
from mainstem.sources.jira.values import sprints, words
from mainstem.sources.remote import Refused
from tests.sources.jira.samples import AT, issue, made, reader, sample


def test_an_issue_of_cloud_keeps_what_claims_ask_for() -> None:
    found = made(issue(), reader(fields="Area")).issue
    assert (found.ident, found.key, found.type, found.state) == (
        "10101",
        "ABC-7",
        "Story",
        "Fertig",
    )
    assert (found.project, found.labels, found.components) == ("ABC", ("web", "gap"), ("player",))
    assert (found.epic, found.parent, found.team) == ("ABC-1", "ABC-1", "Team Player")
    assert found.url == "https://example.atlassian.net/browse/ABC-7"
    assert (found.points, found.person, found.bot) == (3.0, "p2@example.org", False)
    assert found.fields == {
        "priority": "Medium", "resolution": "Done", "fix version": "4.2, 4.3",
        "sprint": "Sprint 4, Sprint 5", "Area": "North",
    }  # fmt: skip


def test_done_started_and_stretches_come_from_the_history() -> None:
    found = made(issue()).issue
    assert found.started == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert found.done == datetime(2026, 5, 8, 14, 30, tzinfo=UTC)
    assert [(s.person, s.since.day, s.until and s.until.day) for s in found.stretches] == [
        ("p1@example.org", 4, 5), ("p2@example.org", 5, 8),
    ]  # fmt: skip


def test_rows_follow_in_the_day_of_the_organisation() -> None:
    rows = work_of(made(issue()).issue, ZoneInfo("Europe/Berlin"), AT).records
    by_key = {r["row_key"]: r for r in rows}
    # 23:30 in New York is the next morning in Berlin
    assert by_key["10101#log:900"]["day"] == "2026-05-05"
    assert by_key["10101#log:900"]["amount"] == 2_000_000
    assert (
        by_key["10101#item"]["day"] == "2026-05-08"
        and by_key["10101#points"]["amount"] == 3_000_000
    )
    # a program moved it and logged time: both are marked
    assert by_key["10101#log:901"]["bot"] and by_key["10101#move:503"]["bot"]
    assert not by_key["10101#move:501"]["bot"]
    assert {k for k in by_key if "#day:" in k} == {
        f"10101#day:p2@example.org:2026-05-0{n}" for n in (5, 6, 7, 8)
    }


def test_an_issue_of_data_center() -> None:
    found = made(issue("data-center-issue")).issue
    assert (found.epic, found.points, found.person) == ("OLD-1", 2.0, "p4@example.org")
    assert found.fields["sprint"] == "May, the second"
    # somebody has a field of their own called status: no change of state
    assert len(found.moves) == 1 and found.done is None
    assert [(s.person, s.since.day, s.until) for s in found.stretches] == [
        ("p4@example.org", 3, None)
    ]
    # time in one figure, and no work log to be seen: on the day of the last change
    assert [(log.ident, log.on, log.seconds) for log in found.logs] == [
        ("spent", date(2026, 3, 3), 5400)
    ]


def test_time_in_one_figure_counts_on_the_day_when_it_was_done() -> None:
    raw = issue(worklog={"total": 0, "worklogs": []})
    assert [(log.ident, log.on) for log in made(raw).issue.logs] == [("spent", date(2026, 5, 8))]


def test_time_in_one_figure_is_left_alone_where_work_logs_are_only_cut() -> None:
    found = made(issue(worklog={"total": 30, "worklogs": []}))
    assert found.issue.logs == () and found.logs_total == 30


def test_hours_of_tempo_replace_all_of_jiras() -> None:
    assert made(issue(), reader(time=False)).issue.logs == ()


def test_what_was_opened_again_is_not_done() -> None:
    raw = issue(status={"id": "3", "name": "In Arbeit", "statusCategory": {"key": "indeterminate"}})
    assert made(raw).issue.done is None


def test_a_step_between_two_final_states_does_not_move_the_day() -> None:
    raw = issue(status={"id": "6", "name": "Geschlossen", "statusCategory": {"key": "done"}})
    raw["changelog"]["histories"].insert(
        0, _step("600", "2026-05-30T10:00:00.000+0200", "10002", "6")
    )
    assert made(raw).issue.done == datetime(2026, 5, 8, 14, 30, tzinfo=UTC)


def test_a_final_state_that_was_deleted_since_is_known_by_the_resolution() -> None:
    raw = issue(resolutiondate="2026-05-08T16:30:00.010+0200")
    raw["changelog"]["histories"][0]["items"][0].update(to="999", toString="Gelöscht")
    raw["changelog"]["histories"].insert(
        0, _step("600", "2026-05-30T10:00:00.000+0200", "999", "10002")
    )
    assert made(raw).issue.done == datetime(2026, 5, 8, 14, 30, tzinfo=UTC)


def test_without_a_history_the_resolution_tells_when() -> None:
    raw = issue()
    del raw["changelog"]
    found = made(raw).issue
    assert found.done == datetime(2026, 5, 8, 14, 30, 0, 10_000, tzinfo=UTC)
    assert (found.moves, found.stretches) == ((), ())


def test_what_was_made_in_a_final_state_is_done_since_then() -> None:
    raw = issue(resolutiondate=None)
    raw["changelog"] = {"total": 0, "histories": []}
    assert made(raw).issue.done == datetime(2026, 5, 3, 8, tzinfo=UTC)


def _step(ident: str, at: str, before: str, after: str) -> dict[str, Any]:
    item = {
        "field": "status",
        "fieldId": "status",
        "fieldtype": "jira",
        "from": before,
        "to": after,
    }
    return {"id": ident, "author": None, "created": at, "items": [item]}


def test_a_bulk_answer_counts_milliseconds() -> None:
    found = read_history([{**_step("1", "", "1", "3"), "created": 1_777_881_600_000}])
    assert found.transitions[0].at == datetime(2026, 5, 4, 8, tzinfo=UTC)


def test_both_orders_of_a_history_say_the_same() -> None:
    raw = issue()
    turned = list(reversed(raw["changelog"]["histories"]))
    assert read_history(turned) == replace(history_of(raw), cut=False)


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ({"id": "1", "started": "2026-05-04T10:00:00Z", "timeSpentSeconds": -60}, "negative"),
        (
            {"id": "1", "started": "2026-05-04T10:00:00Z", "timeSpentSeconds": 10**12},
            "longer than a year",
        ),
        ({"id": "1", "started": "2026-05-04T10:00:00Z", "timeSpentSeconds": "1h"}, "no number"),
        ({"id": "1", "started": "0026-05-04", "timeSpentSeconds": 60}, "impossible day"),
        ({"id": "1", "started": None, "timeSpentSeconds": 60}, "without a day"),
        ({"started": "2026-05-04T10:00:00Z", "timeSpentSeconds": 60}, "without an id"),
        ("1h", "no object"),
    ],
)
def test_a_work_log_that_cannot_be_is_refused_and_its_issue_stands(log: Any, reason: str) -> None:
    raw = issue()
    raw["fields"]["worklog"]["worklogs"].append(log)
    found = made(raw)
    assert len(found.issue.logs) == 2 and found.read == 1 + 3
    assert len(found.rejects) == 1 and reason in found.rejects[0].reason
    assert "of ABC-7" in found.rejects[0].place


def test_impossible_points_are_refused_and_the_issue_stands() -> None:
    found = made(issue(customfield_10016=-1))
    assert found.issue.points is None and found.rejects[0].place == "points of ABC-7"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "without an id"), ({"key": ""}, "without a key"), ({"fields": []}, "without fields"),
        ({"changelog": []}, "no list of changes"), ({"changelog": {"histories": [1]}}, "no list of changes"),
    ],
)  # fmt: skip
def test_what_is_no_issue_is_refused_with_a_reason(change: dict[str, Any], reason: str) -> None:
    raw = {**issue(), **change}
    with pytest.raises(Refused, match=reason):
        made(raw)


def test_points_of_two_fields_of_one_name_are_those_that_are_given() -> None:
    raw = issue(customfield_10016=None, customfield_10028=8)
    assert made(raw).issue.points == 8.0


def test_points_and_team_by_the_names_of_the_settings() -> None:
    raw = issue(customfield_10028=13, customfield_10052="Falcons")
    found = made(raw, reader(points="story points", team_field="Squad")).issue
    assert (found.points, found.team) == (13.0, "Falcons")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"value": "North", "child": {"value": "Hamburg"}}, "North / Hamburg"),
        ([{"value": "a"}, {"name": "b"}, "c", 4, None], "a, b, c, 4"), (2.0, "2"), (2.5, "2.5"),
        (True, "yes"), ("9223372036854775807", None), (9223372036854775807, None), ("  ", None),
        ({"type": "doc", "content": []}, None), ({}, None), ([], None), (float("nan"), None),
        ("a\0b", "ab"),
    ],
)  # fmt: skip
def test_values_of_fields_as_words(value: Any, said: str | None) -> None:
    assert words(value) == said


def test_sprints_keep_their_commas() -> None:
    assert sprints(sample("data-center-issue")["fields"]["customfield_10020"]) == "May, the second"
    assert sprints([{"name": "A"}, {"name": "B"}, {"name": "A"}]) == "A, B"


def test_bots_are_named_by_any_of_their_names() -> None:
    for name in ("Person 2", "P2@example.org", "5d0000000000000000000002"):
        assert made(issue(), reader(name)).issue.bot


def test_a_person_whose_address_is_seen_once_keeps_it() -> None:
    by = reader()
    by.people.met({"accountId": "x", "emailAddress": "x@example.org"})
    assert by.people.by_id("x").name == "x@example.org"
    found = by.people.met({"accountId": "x", "emailAddress": ""})
    assert found is not None and found.name == "x@example.org"


def test_a_work_log_of_tempo() -> None:
    found = read_tempo(sample("tempo-log"), "Team")
    assert (found.ident, found.issue, found.on, found.seconds) == (
        "4711",
        "10101",
        date(2026, 5, 5),
        5400.0,
    )
    assert found.team == "Team Player"
    with pytest.raises(Refused, match="without an issue"):
        read_tempo({**sample("tempo-log"), "issue": None})


def test_translation_does_not_depend_on_the_order_of_what_was_read_before() -> None:
    first, second = issue(), issue("data-center-issue")
    one, other = reader(), reader()
    a = [translate(r, history_of(r), one) for r in (first, second)]
    b = [translate(r, history_of(r), other) for r in (second, first)]
    assert a == b[::-1]


def test_time_that_no_work_log_tells_of_is_rejected_and_not_left_out():
    log = {"id": "1", "started": "2026-05-04T09:00:00.000+0530", "timeSpentSeconds": 3_600}
    found = made(issue(timespent=36_000, worklog={"total": 1, "worklogs": [log]}))
    assert [one.seconds for one in found.issue.logs] == [3_600]
    assert [(r.place, r.sample) for r in found.rejects] == [("time of ABC-7", "32400")]
    # the first twenty alone, or one that was rejected, say nothing of hidden ones
    cut = made(issue(timespent=36_000, worklog={"total": 21, "worklogs": [log]}))
    assert not cut.rejects
