"""Whatever GitHub may send: an item, or a refusal with a reason. Never another error."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.github.batching import rows_of
from mainstem.sources.github.hook import read_message
from mainstem.sources.github.translate import Reading
from mainstem.sources.remote import Forged
from tests.sources.github.test_translate import sample

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["2026-03-01T08:00:00Z", "9999-12-31T23:59:59Z", "Bot", "MERGED", 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
HOW = Reading(
    points="Estimate", points_label=re.compile(r"(\d+)"), team="Squad", fields=("Squad",),
    in_progress=frozenset({"in progress"}), groups={"ada": "core"},
)  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything inside of JSON."""
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [at, *(p for name, one in inside for p in places(one, (*at, name)))]


def changed(value: Any, place: tuple[Any, ...], to: Any) -> Any:
    if not place:
        return to
    value[place[0]] = changed(value[place[0]], place[1:], to)
    return value


@given(st.sampled_from(["issue", "pull"]), st.data())
@settings(max_examples=250, deadline=None)
def test_any_json_becomes_an_item_or_is_refused(name: str, data: st.DataObject) -> None:
    found = copy.deepcopy(sample(name))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(found)[1:]))
        found = changed(found, place, data.draw(ANY))
    rows = rows_of([found], HOW, ZoneInfo("Europe/Berlin"), datetime(2026, 4, 1, tzinfo=UTC))
    assert len(rows.items) + len(rows.rejects) == 1
    assert all(r.reason and len(r.sample) <= 200 for r in rows.rejects)
    assert all(isinstance(r["amount"], int) and 0 <= r["amount"] < 2**63 for r in rows.records)
    for row in rows.items:
        repr(row).encode()


@given(st.sampled_from(["issues", "pull_request", "sub_issues", "projects_v2_item", "other"]), ANY)
@settings(max_examples=200, deadline=None)
def test_any_signed_message_is_read_or_refused(event: str, inside: Any) -> None:
    message = {"repository": {"full_name": "a/b"}, "issue": inside, "projects_v2_item": inside}
    body = json.dumps(message if not isinstance(inside, list) else inside).encode()
    mark = "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest()
    headers = {"x-github-delivery": "1", "x-github-event": event, "x-hub-signature-256": mark}
    try:
        touched = read_message(headers, body, "s")
    except SourceError as error:
        assert not isinstance(error, Forged)
        return
    assert all(isinstance(key, str) for key in touched.keys)
