"""What a source is given for a sync, and what of it a proof is given."""

from __future__ import annotations

import threading
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import httpx

from mainstem.sources.remote import Meter, Watch


def other_than_by_default() -> dict[str, Any]:
    return {
        "at": datetime(2026, 11, 23, tzinfo=UTC), "known": lambda: {"1": "ABC-1"}, "progress": lambda done, total, words: None,
        "stop": threading.Event(), "meter": Meter(requests=9), "folder": "clones/tracker",
        "transport": httpx.MockTransport(lambda asked: httpx.Response(204)),
        "allow": lambda url: None, "stems": lambda prefix: ("time 1",), "is_hasty": True,
    }  # fmt: skip


def test_a_proof_is_given_all_that_the_sync_was_given_and_counts_of_its_own():
    given = other_than_by_default()
    assert set(given) == {one.name for one in fields(Watch)}, "a field is missing here"
    watch = Watch(**given)
    for_proof = watch.with_own_meter()
    for_proof.meter.add(requests=1)
    for name in given.keys() - {"meter"}:
        assert getattr(for_proof, name) is given[name], name
    assert (for_proof.meter.requests, watch.meter.requests) == (1, 9)
