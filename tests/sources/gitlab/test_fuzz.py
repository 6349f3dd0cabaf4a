"""Whatever GitLab sends, it becomes an issue and rows, or is refused; nothing else happens."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.gitlab.cursor import Position
from mainstem.sources.gitlab.hook import read_hook
from mainstem.sources.gitlab.translate import Details
from mainstem.sources.issue import work_of
from mainstem.sources.remote import Refused
from tests.sources.gitlab.samples import read, sample

AT = datetime(2026, 4, 1, tzinfo=UTC)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["2026-03-01T10:00:00Z", "a/b#1", "gid://gitlab/Timelog/1", "@", "::", 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
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
    return value if isinstance(value, list) else None


@settings(max_examples=200)
@given(
    damaged("issue"), damaged("states"), damaged("labels"), damaged("notes"), damaged("timelogs"),
    st.booleans(),
)  # fmt: skip
def test_any_issue(
    row: Any, states: Any, labels: Any, notes: Any, timelogs: Any, by_notes: bool
) -> None:
    details = Details(
        as_list(states), as_list(labels), as_list(notes), None if by_notes else as_list(timelogs)
    )
    with contextlib.suppress(Refused):
        found = read(row, details, in_progress="workflow::doing", fields="epic\nweight\ntime_stats")
        work = work_of(found.issue, ZoneInfo("Asia/Tokyo"), AT)
        assert work.item["key"] and work.item["fields"]["id"] == found.issue.ident
        assert "#" not in found.issue.ident
        for record in work.records:
            assert 0 <= record["amount"] < 2**63
            assert record["row_key"].startswith(f"{found.issue.ident}#")
        # what cannot be written down cannot be landed
        json.dumps([work.item, work.records], ensure_ascii=False).encode()


@settings(max_examples=200)
@given(damaged("merge_request"), damaged("diffs"), damaged("epic"))
def test_any_merge_request_and_epic(row: Any, diffs: Any, epic: Any) -> None:
    with contextlib.suppress(Refused):
        found = read(row, Details(changed=as_list(diffs) or ()), "merge_requests")
        assert work_of(found.issue, ZoneInfo("UTC"), AT).item["type"] == "merge_request"
    with contextlib.suppress(Refused):
        assert read(epic, kind="epics").issue.type == "epic"


@settings(max_examples=200)
@given(json_values)
def test_any_message_of_a_webhook(body: Any) -> None:
    with contextlib.suppress(SourceError):
        touched = read_hook({"x-gitlab-token": "s"}, json.dumps(body).encode(), "s", AT)
        assert touched.delivery


@settings(max_examples=200)
@given(st.data())
def test_any_cursor_is_a_position(data: st.DataObject) -> None:
    stream = {"mark": "2026-03-01T10:00:00.000Z", "made": "", "etag": "x", "seen": {"1": "2"}}
    kept = {"scopes": {"shop/*": {"number": 1, "path": "shop", "streams": {"issues": stream}}}}
    damaged = put(kept, data.draw(st.sampled_from(places(kept))), data.draw(json_values))
    if isinstance(damaged, dict):
        position = Position.of(damaged)
        position.stream("shop/*", "issues").spot(None)
        json.dumps(position.as_json())
