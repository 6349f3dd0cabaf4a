"""Any JSON gives an issue or a reasoned refusal, never another failure."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.sources.issue import work_of
from mainstem.sources.jira.fields import found_fields, known_fields
from mainstem.sources.jira.making import raws_of
from mainstem.sources.jira.state import standing_of
from mainstem.sources.jira.states import states_of
from mainstem.sources.jira.tempo import read_tempo
from mainstem.sources.jira.translate import translate
from mainstem.sources.remote import Refused
from tests.sources.jira.folding import connection
from tests.sources.jira.samples import AT, reader, sample

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["10002", "2026-05-04T10:00:00.000+0200", "9999-12-31T23:59:59+0000", "\0", "#"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
SAMPLES = ("cloud-issue", "data-center-issue")


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    out = [path]
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, child in children:
        out += places(child, (*path, key))
    return out


def put(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    inner = node
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return node


@st.composite
def changed(draw: st.DrawFn, names: tuple[str, ...]) -> Any:
    node = copy.deepcopy(sample(draw(st.sampled_from(names))))
    for _ in range(draw(st.integers(1, 4))):
        node = put(node, draw(st.sampled_from(places(node))), draw(ANY))
    return node


@settings(max_examples=300, deadline=None)
@given(changed(SAMPLES))
def test_any_issue_is_translated_or_refused(raw: Any) -> None:
    raws, rejects = raws_of([raw])
    assert len(raws) + len(rejects) == 1
    for one in raws:
        try:
            found = translate(one.data, one.history, reader(fields="Area"))
        except Refused as refused:
            assert refused.reason and len(refused.sample) <= 200
            continue
        assert found.read >= len(found.rejects)
        work = work_of(found.issue, ZoneInfo("Pacific/Apia"), AT)
        assert all(row["amount"] >= 0 and row["amount"] < 2**63 for row in work.records)
        assert all(isinstance(value, str) for value in work.item["fields"].values())
        datetime.fromisoformat(work.item["created"] or "2026-01-01")


@settings(max_examples=150, deadline=None)
@given(changed(("tempo-log",)))
def test_any_work_log_of_tempo_is_read_or_refused(raw: Any) -> None:
    try:
        assert read_tempo(raw, "Team").seconds >= 0
    except Refused as refused:
        assert refused.reason


@settings(max_examples=150, deadline=None)
@given(changed(("fields",)), changed(("states",)))
def test_any_list_of_fields_and_states_is_read(fields: Any, states: Any) -> None:
    found_fields(known_fields(fields), connection("https://x", points="Area", fields="Area"))
    states_of(states)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["version", "digest", "mark", "logs", "setup", "called"]), ANY)
)
def test_any_cursor_is_read_or_begins_anew(cursor: Any) -> None:
    assert standing_of({**cursor, "version": 1, "digest": "d"}, "d").digest == "d"
