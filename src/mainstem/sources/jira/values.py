"""Values of Jira's fields as words. Pure, and at peace with any JSON."""

from __future__ import annotations

import math
import re
from typing import Any

#: Longest value that is kept of a field.
MOST = 500
#: Jira's largest number stands for "no rank"; it says nothing.
_NOTHING = {"9223372036854775807"}
#: More story points than this are a slip, or another number.
MOST_POINTS = 100_000.0
_NAMES = ("value", "name", "displayName", "title", "key", "id")
# Data Center prints its sprint objects: `…Sprint@1f[id=7,rapidViewId=2,state=CLOSED,name=May, 2,startDate=…]`
_SPRINT = re.compile(
    r"[\[,]name=(.*?)(?=,(?:goal|startDate|endDate|completeDate|activatedDate|sequence|rapidViewId"
    r"|state|id|autoStartStop|synced|incompleteIssuesDestinationId)=|\]$)",
    re.DOTALL,
)


def text(value: Any) -> str | None:
    """A text that says something, else ``None``."""
    if not isinstance(value, str):
        return None
    found = value.strip()
    if "\0" in found:
        found = found.replace("\0", "").strip()
    return found or None


def words(value: Any) -> str | None:
    """What a field says, whatever its type: texts, numbers, options, people, lists of them.

    Formatted documents say nothing that a claim could ask for: ``None``.
    """
    if isinstance(value, list):
        found = dict.fromkeys(w for w in map(_single, value[:100]) if w)
        return ", ".join(found)[:MOST] or None
    return _single(value)


def _single(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        if "greenhopper.service.sprint" in value:
            return sprint_name(value)
        found = value.replace("\0", "").strip()[:MOST]
        return found if found and found not in _NOTHING else None
    if isinstance(value, int | float):
        return _number_words(value)
    if not isinstance(value, dict) or value.get("type") == "doc":
        return None
    first = next((w for n in _NAMES if (w := _plain(value.get(n)))), None)
    child = value.get("child")
    below = _plain(child.get("value")) if isinstance(child, dict) else None
    return f"{first} / {below}"[:MOST] if first and below else first


def _plain(value: Any) -> str | None:
    return None if isinstance(value, dict | list) else _single(value)


def _number_words(value: float) -> str | None:
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if value.is_integer() and abs(value) < 1e15:
            value = int(value)
    found = str(value) if abs(value) < 1e100 else ""
    return found if found and found not in _NOTHING else None


def names(value: Any) -> tuple[str, ...]:
    """Names of a list of texts or of objects with a name, each once."""
    if not value or not isinstance(value, list):
        return ()
    found = {w[:MOST]: None for one in value[:1_000] if (w := text(one) or named(one))}
    return tuple(found)


def named(value: Any, what: str = "name") -> str | None:
    """A text of an object that says something, usually its name; ``None`` where there is none."""
    return text(value.get(what)) if isinstance(value, dict) else None


def sprint_name(value: Any) -> str | None:
    """The name of a sprint: an object of Cloud, or the text that Data Center prints."""
    if isinstance(value, str):
        match = _SPRINT.search(value)
        return text(match.group(1)) if match else None
    return named(value)


def sprints(value: Any) -> str | None:
    """Names of the sprints that an issue was in, oldest first, separated by commas."""
    if not value:
        return None
    given = value if isinstance(value, list) else [value]
    found = dict.fromkeys(n[:MOST] for n in map(sprint_name, given[:100]) if n)
    return ", ".join(found)[:MOST] or None
