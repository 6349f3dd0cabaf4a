"""What labels and other fields say of an issue; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from mainstem.sources.gitlab.spent import clean
from mainstem.sources.remote import Refused

#: More points than this are a slip.
MOST_POINTS = 1_000_000
_MOST_NUMBER = 10**18
_BOTS = ("project_*_bot*", "group_*_bot*", "service_account_*", "*[[]bot[]]", "*-bot", "*_bot")


def names_of(labels: object) -> tuple[str, ...]:
    """Names of labels, given as texts or with their details."""
    if not isinstance(labels, list):
        return ()
    found = [clean(one.get("name") if isinstance(one, dict) else one) for one in labels]
    return tuple(dict.fromkeys(name for name in found if name))


def scoped(labels: Sequence[str]) -> dict[str, str]:
    """Scope → value, out of labels such as ``status::doing``."""
    out: dict[str, str] = {}
    for label in labels:
        scope, mark, value = label.rpartition("::")
        if mark and scope.strip() and value.strip():
            out[scope.strip()] = value.strip()
    return out


def points_of(raw: Mapping[str, Any], scopes: Mapping[str, str], name: str) -> float | None:
    """Points: a number of the issue itself, else the value of a scoped label.

    Raises:
        Refused: the weight is no number of points.
    """
    value = raw.get(name)
    if value is None:
        label = scopes.get(name)
        try:
            value = float(label) if label else None
        except ValueError:
            return None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused(f"{name} is no number", value)
    if not 0 <= value <= MOST_POINTS:
        raise Refused(f"{name} is no number of points", value)
    return float(value)


def fields_of(raw: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, str]:
    """Milestone, iteration, health and the like, and what the settings ask for."""
    found = {
        "milestone": _title(raw.get("milestone")),
        "iteration": _iteration(raw.get("iteration")),
        "health": clean(raw.get("health_status")),
        "severity": _known(clean(raw.get("severity"))),
        "due": clean(raw.get("due_date")),
        "author": _username(raw.get("author")),
        "target_branch": clean(raw.get("target_branch")),
        "assignees": ", ".join(people_of(raw)[1:] and people_of(raw)),
    }
    return {name: value for name, value in {**found, **_wanted(raw, wanted)}.items() if value}


def people_of(raw: Mapping[str, Any]) -> list[str]:
    """Accounts of all assignees, the first of them first."""
    listed = raw.get("assignees")
    rows = listed if isinstance(listed, list) and listed else [raw.get("assignee")]
    names = [_username(row) for row in rows]
    spoken = raw.get("assignee_usernames")
    names += [clean(name) for name in spoken] if isinstance(spoken, list) else []
    return list(dict.fromkeys(name for name in names if name))


def username_of(user: object) -> str | None:
    """The account of a person as issues show them."""
    return _username(user)


def is_bot(username: str | None, patterns: Sequence[str]) -> bool:
    """Whether an account is a program: by GitLab's own names for them, or by the settings."""
    if not username:
        return False
    name = username.casefold()
    return any(fnmatchcase(name, pattern) for pattern in (*_BOTS, *patterns))


def _username(user: object) -> str | None:
    return clean(user.get("username")) if isinstance(user, dict) else None


def _title(thing: object) -> str | None:
    return clean(thing.get("title")) if isinstance(thing, dict) else None


def _iteration(thing: object) -> str | None:
    """Its title; iterations of a cadence have none, so their days."""
    if not isinstance(thing, dict):
        return None
    first, last = clean(thing.get("start_date")), clean(thing.get("due_date"))
    return clean(thing.get("title")) or (f"{first} to {last}" if first and last else None)


def _known(severity: str | None) -> str | None:
    return None if severity in (None, "UNKNOWN", "unknown") else severity


def _wanted(raw: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    out = {}
    for name in names:
        value = raw.get(name)
        if isinstance(value, bool):
            out[name] = "yes" if value else "no"
        elif isinstance(value, (int, float)) and abs(value) < _MOST_NUMBER:
            out[name] = str(value)
        else:
            out[name] = clean(value) or _title(value) or ""
    return out
