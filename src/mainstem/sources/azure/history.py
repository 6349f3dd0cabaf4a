"""What the revisions of a work item tell: its states, who had it, and hours that were worked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.sources.azure.lookups import CHANGED, CHANGED_BY
from mainstem.sources.dates import moment
from mainstem.sources.remote import Refused
from mainstem.sources.shape import ident, mapping, number

#: Hours below this are rounding.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """A field got another value in a revision. ``by`` and ``value`` are as the vendor writes them."""

    revision: int
    at: datetime
    by: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Worked:
    """Hours that somebody added in a revision, and that were not taken back."""

    revision: int
    at: datetime
    by: Any
    hours: float


def changes_of(updates: Sequence[Any], name: str, last: int) -> list[Change]:
    """Changes of a field in order, up to a revision.

    Raises:
        Refused: the moment of a change is none.
    """
    out: dict[int, Change] = {}
    for update in map(mapping, updates):
        fields, rev = mapping(update.get("fields")), ident(update.get("rev"))
        if rev is None or rev > last or name not in fields:
            continue
        # `revisedDate` is when the next one came, and of the last one the year 9999
        at = moment(mapping(fields.get(CHANGED)).get("newValue"), "moment of a change")
        if at is None:
            raise Refused("a change has no moment", repr(update)[:200])
        by = mapping(fields.get(CHANGED_BY)).get("newValue") or update.get("revisedBy")
        out[rev] = Change(rev, at, by, mapping(fields[name]).get("newValue"))
    return [out[rev] for rev in sorted(out)]


def worked_of(changes: Iterable[Change]) -> list[Worked]:
    """Each increase of a figure, for whoever made it; a decrease takes back from the latest first."""
    out: list[Worked] = []
    before = 0.0
    for change in changes:
        now = max(number(change.value) or 0.0, 0.0)
        if now > before:
            out.append(Worked(change.revision, change.at, change.by, now - before))
        else:
            _take_back(out, before - now)
        before = now
    return out


def _take_back(worked: list[Worked], hours: float) -> None:
    while worked and hours > _NOTHING:
        last = worked.pop()
        if last.hours > hours + _NOTHING:
            worked.append(Worked(last.revision, last.at, last.by, last.hours - hours))
        hours -= last.hours
