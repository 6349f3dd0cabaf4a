"""Recorded exchanges and rows of third parties, for tests; absent where the data is."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from mainstem.sources.remote import Watch

DATA = Path(__file__).parents[4] / "shared/data"
#: They belong to the wire, and were taken off the bodies.
_WIRE = {"content-encoding", "transfer-encoding", "content-length"}


def _opened(path: Path) -> Any:
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    return gzip.open(path, "rt") if path.suffix == ".gz" else path.open()


def exchanges(name: str, scenario: str) -> list[dict[str, Any]]:
    """The exchanges of a recording, in order."""
    with _opened(DATA / "pygithub-replaydata" / name) as lines:
        found = [e for e in map(json.loads, lines) if e["scenario"] == scenario]
    return sorted(found, key=lambda e: e["seq"])


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a table of DevLake."""
    csv.field_size_limit(10**8)
    with _opened(DATA / "devlake-raw-api/github" / name) as lines:
        return list(csv.DictReader(lines))


def raw(name: str) -> list[dict[str, Any]]:
    """The JSON of each row of a raw table of DevLake."""
    return [json.loads(row["data"]) for row in rows(name)]


def fixture(name: str) -> Any:
    """An answer among Faros' fixtures."""
    with _opened(DATA / "faros-connector-fixtures/github-api" / name) as file:
        return json.load(file)


class Replay(Watch):
    """A watch whose network is a recording: each exchange once, in order. It notes waits and waits not."""

    slept: list[float]
    asked: list[httpx.Request]

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def replay(recorded: list[dict[str, Any]]) -> Replay:
    """A watch for a recording."""
    left: Iterator[dict[str, Any]] = iter(recorded)

    def answer(request: httpx.Request) -> httpx.Response:
        watch.asked.append(request)
        given = next(left)
        assert request.method == given["request"]["method"]
        assert request.url.path == httpx.URL(given["request"]["url"]).path
        response = given["response"]
        headers = [(k, v) for k, v in response["headers"] if k.lower() not in _WIRE]
        return httpx.Response(
            response["status"], headers=headers, content=(response["body"] or "").encode()
        )

    watch = Replay(datetime.now(UTC), transport=httpx.MockTransport(answer))
    watch.slept, watch.asked = [], []
    return watch
