from __future__ import annotations

import contextlib
import copy
import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.issue import Stretch, work_of
from mainstem.sources.linear.cursor import Position
from mainstem.sources.linear.hook import read_hook
from mainstem.sources.linear.names import Names, names_of
from mainstem.sources.linear.settings import Settings
from mainstem.sources.linear.translate import Read, read_issue
from mainstem.sources.remote import Connection, Refused, Secret

AT = datetime(2026, 4, 1, tzinfo=UTC)


def sample(name: str) -> Any:
    text = (files("mainstem.sources.linear") / "sample" / "acme.json").read_text("utf-8")
    return copy.deepcopy(json.loads(text)[name])


def names() -> Names:
    return names_of(sample("users"), sample("workflowStates"), sample("issueLabels"))


def read(row: Any, entries: Any = (), **options: str) -> Read:
    of = Connection("tracker", "linear", options, {"token": Secret("lin_api_x")})
    return read_issue(row, entries, names(), Settings.of(of))


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_an_issue_keeps_what_a_claim_may_ask_for() -> None:
    issue = read(sample("issue"), sample("history")).issue
    assert (issue.ident, issue.key) == ("6c6a2f0e-0000-4000-8000-000000000012", "ENG-12")
    assert (issue.project, issue.epic, issue.parent) == ("ENG", "Checkout", "ENG-3")
    assert (issue.state, issue.type, issue.team) == ("Done", "issue", "Engineering")
    assert (issue.person, issue.points, issue.bot) == ("ada@example.org", 3.0, False)
    assert (issue.created, issue.started, issue.done) == (at(2, 8), at(3), at(6, 15))
    assert issue.labels == ("bug", "red", "5")
    assert issue.fields == {
        "Squad": "red", "Size": "5", "state_type": "completed", "priority": "High", "cycle": "4",
        "milestone": "Beta", "linear_team": "Engineering", "due": "2026-03-10",
        "author": "bo@example.org",
    }  # fmt: skip


def test_a_label_group_may_name_the_team_or_the_points() -> None:
    issue = read(sample("issue"), team_field="Squad", points="Size").issue
    assert (issue.team, issue.points) == ("red", 5.0)


def test_changes_of_state_by_people_are_moves_and_those_by_automations_are_not() -> None:
    issue = read(sample("issue"), sample("history")).issue
    assert [(m.ident, m.at, m.person) for m in issue.moves] == [
        ("h2", at(3), "ada@example.org"), ("h5", at(6, 15), "ada@example.org"),
    ]  # fmt: skip


def test_who_had_it_while_it_was_started() -> None:
    """Made unstarted by bo; started by ada on the 3rd, given to bo on the 4th and back on the 5th."""
    assert read(sample("issue"), sample("history")).issue.stretches == (
        Stretch("ada@example.org", at(3), at(4)),
        Stretch("bo@example.org", at(4), at(5)),
        Stretch("ada@example.org", at(5), at(6, 15)),
    )


def test_an_issue_that_was_never_touched_is_what_it_is_now() -> None:
    row = {**sample("issue"), "completedAt": None}
    row["state"] = {"id": "s2", "name": "Doing", "type": "started"}
    assert read(row).issue.stretches == (Stretch("ada@example.org", at(2, 8), None),)


@pytest.mark.parametrize("kind", ["canceled", "duplicate", "started"])
def test_what_was_cancelled_or_opened_again_is_not_done(kind: str) -> None:
    row = {**sample("issue"), "state": {"id": "s9", "name": "Other", "type": kind}}
    assert read(row).issue.done is None


def test_a_cancelled_issue_is_no_longer_in_progress() -> None:
    row = {**sample("issue"), "completedAt": None, "canceledAt": "2026-03-04T12:00:00.000Z"}
    row["state"] = {"id": "s4", "name": "Canceled", "type": "canceled"}
    assert read(row, sample("history")[:3]).issue.stretches[-1].until == at(4, 12)


def test_programs_are_known_from_linear_and_from_the_settings() -> None:
    row = {**sample("issue"), "assignee": {"id": "u3"}}
    assert read(row).issue.bot
    assert read(sample("issue"), bots="ada@*").issue.bot


def test_a_person_or_a_label_that_is_not_told_keeps_its_id() -> None:
    row = {**sample("issue"), "assignee": {"id": "u-gone"}, "labelIds": ["l-gone"]}
    issue = read(row).issue
    assert (issue.person, issue.labels) == ("u-gone", ("l-gone",))


def test_a_state_that_is_not_told_any_more_is_refused_by_itself() -> None:
    entry = {
        "id": "h9",
        "createdAt": "2026-03-05T10:00:00Z",
        "fromStateId": "s-gone",
        "toStateId": "s2",
    }
    found = read(sample("issue"), [*sample("history"), entry, {"id": "h8"}])
    assert len(found.issue.moves) == 2
    assert {reject.reason for reject in found.rejects} == {
        "a state of its history is unknown", "an entry of its history has no id or moment",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"id": None}, "no id"), ({"identifier": " "}, "no identifier"), ({"state": {}}, "no state"),
     ({"createdAt": "soon"}, "no date"), ({"estimate": "L"}, "no number"),
     ({"estimate": 10**400}, "no number of points")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_reason(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read({**sample("issue"), **change})


# whatever comes

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["2026-03-01T10:00:00Z", "s2", "u1", "#", 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        inner = list(value.items())
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    return [path, *(p for name, one in inner for p in places(one, (*path, name)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(value[path[0]], path[1:], new)
    return copied


@st.composite
def damaged(draw: st.DrawFn, name: str) -> Any:
    value = sample(name)
    for _ in range(draw(st.integers(0, 3))):
        value = put(value, draw(st.sampled_from(places(value))), draw(json_values))
    return value


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) else []


@settings(max_examples=200)
@given(
    damaged("issue"), damaged("history"), damaged("users"), damaged("workflowStates"),
    damaged("issueLabels"),
)  # fmt: skip
def test_any_issue_is_read_or_refused(
    row: Any, entries: Any, users: Any, states: Any, labels: Any
) -> None:
    known = names_of(as_list(users), as_list(states), as_list(labels))
    of = Connection("tracker", "linear", {"points": "Size"}, {"token": Secret("x")})
    for given_settings in (Settings.of(of), Settings.of(Connection("t", "linear", {}, {}))):
        with contextlib.suppress(Refused):
            found = read_issue(row, as_list(entries), known, given_settings)
            work = work_of(found.issue, ZoneInfo("Asia/Tokyo"), AT)
            assert "#" not in found.issue.ident
            for record in work.records:
                assert 0 <= record["amount"] < 2**63
            json.dumps([work.item, work.records], ensure_ascii=False).encode()


@settings(max_examples=200)
@given(json_values)
def test_any_message_and_any_cursor(value: Any) -> None:
    with contextlib.suppress(SourceError):
        read_hook({"linear-signature": "x"}, json.dumps(value).encode(), "s", AT)
    if isinstance(value, dict):
        json.dumps(Position.of({"seen": value, "teams": value, **value}).as_json())
