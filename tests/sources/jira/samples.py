"""Hand-made issues for tests, out of the samples beside the source."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import mainstem.sources.jira as package
from mainstem.sources.jira.fields import Fields, found_fields, known_fields
from mainstem.sources.jira.history import history_of
from mainstem.sources.jira.people import People
from mainstem.sources.jira.states import states_of
from mainstem.sources.jira.translate import Reader, Translated, translate
from tests.sources.jira.folding import connection

FOLDER = Path(package.__file__).parent / "sample"
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def sample(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def fields(**options: str) -> Fields:
    return found_fields(known_fields(sample("fields")), connection("https://x", **options))


def reader(*bots: str, zone: str = "Europe/Berlin", time: bool = True, **options: str) -> Reader:
    return Reader(
        fields(**options), states_of(sample("states")), People(bots), ZoneInfo(zone),
        "https://example.atlassian.net", time,
    )  # fmt: skip


def issue(name: str = "cloud-issue", **changed: Any) -> Any:
    """A sample with some of its fields changed."""
    found = copy.deepcopy(sample(name))
    found["fields"].update(changed)
    return found


def made(raw: Any, by: Reader | None = None) -> Translated:
    return translate(raw, history_of(raw), by or reader())
