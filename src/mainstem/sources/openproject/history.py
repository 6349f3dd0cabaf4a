"""The history of a work package out of its activities. Pure.

Activities tell changes in words of the account's language only. Their HTML marks what is what:
``<strong>Status</strong> changed from <i>New</i> to <i>In progress</i>``; what was taken away is struck out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.openproject.lookups import link
from mainstem.sources.remote import Refused
from mainstem.sources.shape import listing, mapping, text

_LABEL = re.compile(r"<strong>(.{1,200}?)</strong>", re.DOTALL)
_VALUE = re.compile(r"<i(?:\s[^<>]{0,500})?>(.{0,1000}?)</i>", re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,500}>")
_STRUCK = ("<strike", "<del", "<s>")
#: Details that are longer than this are texts that were rewritten.
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Change:
    """A field went from a value to another, by names as people see them; empty: nothing.

    ``user`` is the address of who did it.
    """

    ident: str
    at: datetime
    user: str
    label: str
    before: str
    after: str


def changes_of(activities: Sequence[Any], labels: Sequence[str]) -> list[Change]:
    """Changes of these fields, oldest first.

    Args:
        labels: What the fields are called in the account's language.

    Raises:
        Refused: an activity has no moment.
    """
    found = [c for a in activities for c in _changes(mapping(a), set(labels))]
    return sorted(found, key=lambda c: (c.at, len(c.ident), c.ident))


def _changes(activity: Mapping[str, Any], labels: set[str]) -> list[Change]:
    told = [t for d in listing(activity.get("details")) if (t := _told(d)) and t[0] in labels]
    if not told:
        return []
    at = moment(activity.get("createdAt"), "moment of a change")
    if at is None:
        raise Refused("a change in the history has no moment", repr(activity.get("id")))
    ident, user = text(activity.get("id")) or at.isoformat(), link(activity, "user")[0]
    return [Change(ident, at, user, label, before, after) for label, before, after in told]


def _told(detail: Any) -> tuple[str, str, str] | None:
    """(label, before, after) of a detail."""
    source = mapping(detail).get("html")
    if not isinstance(source, str) or len(source) > _LONGEST:
        return None
    label = _LABEL.search(source)
    if label is None:
        return None
    values = [_plain(v) for v in _VALUE.findall(source[label.end() :])]
    if len(values) >= 2:
        return _plain(label.group(1)), values[0], values[1]
    if len(values) == 1:
        gone = any(mark in source for mark in _STRUCK)
        return _plain(label.group(1)), values[0] if gone else "", "" if gone else values[0]
    return None


def _plain(source: str) -> str:
    return html.unescape(_TAG.sub("", source)).strip()
