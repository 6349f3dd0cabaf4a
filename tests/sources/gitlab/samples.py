"""The hand-made sample, and what is the same for all issues in tests."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.translate import Details, Given, Read, read_issue
from mainstem.sources.remote import Connection, Secret


def sample(name: str) -> Any:
    text = (files("mainstem.sources.gitlab") / "sample" / "shop.json").read_text("utf-8")
    return copy.deepcopy(json.loads(text)[name])


def settings(timezone: str = "UTC", **options: str) -> Settings:
    given = {"projects": "shop/*", **options}
    return Settings.of(Connection("tracker", "gitlab", given, {"token": Secret("x")}, timezone))


def read(
    row: Any, details: Details | None = None, kind: str = "issues", *, timezone: str = "UTC",
    teams: dict[str, str] | None = None, epics: dict[str, str] | None = None, **options: str,
) -> Read:  # fmt: skip
    given = Given(settings(timezone, **options), teams or {}, epics or {})
    return read_issue(row, kind, details or Details(), given)
