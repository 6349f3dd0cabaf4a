"""The history of an issue: its changes of state and of who has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.jira.values import text
from mainstem.sources.remote import Refused
from mainstem.sources.shape import listing, mapping

#: A moment as a number above this is in milliseconds.
_MILLISECONDS = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state: ids and names of states, and the account that made it."""

    at: datetime
    ident: str
    author: Any
    before: str
    before_name: str
    after: str
    after_name: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """From ``at`` on the account ``after`` had it; ``None``: nobody."""

    at: datetime
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class History:
    """What of a history matters, in order of time.

    Attributes:
        told: Whether Jira gave a history at all.
        cut: Whether it has more than it gave.
        removed: Ids of work logs that were deleted.
    """

    transitions: tuple[Transition, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    removed: tuple[str, ...] = ()
    told: bool = False
    cut: bool = False


def history_of(issue: Mapping[str, Any]) -> History:
    """The history that came with an issue.

    Raises:
        Refused: it has another shape.
    """
    log = issue.get("changelog")
    if log is None:
        return History()
    entries = mapping(log).get("histories")
    if not isinstance(entries, list):
        raise Refused("the history is no list of changes", log)
    total = mapping(log).get("total")
    cut = isinstance(total, int) and total > len(entries)
    return read_history(entries, cut=cut)


def read_history(entries: Sequence[Any], *, cut: bool = False) -> History:
    """A history out of its entries, in whatever order they came.

    Raises:
        Refused: a change of state or of assignee cannot be read.
    """
    transitions: list[Transition] = []
    assignments: list[tuple[tuple[int, str], Assignment]] = []
    removed: list[str] = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise Refused("the history is no list of changes", entry)
        for item in listing(entry.get("items")):
            what = _what(item)
            if what == "status":
                transitions.append(_transition(entry, item, len(transitions)))
            elif what == "assignee":
                before, after = text(item.get("from")), text(item.get("to"))
                order = _order(_ident(entry, len(assignments)))
                assignments.append((order, Assignment(_moment(entry), before, after)))
            elif what == "WorklogId" and (gone := text(item.get("from"))):
                removed.append(gone)
    transitions.sort(key=lambda t: (t.at, _order(t.ident)))
    assignments.sort(key=lambda a: (a[1].at, a[0]))
    had = tuple(a for _, a in assignments)
    return History(tuple(transitions), had, tuple(removed), True, cut)


def _what(item: Any) -> str:
    if not isinstance(item, dict):
        raise Refused("a change in the history has no fields", item)
    name = item.get("fieldId") or item.get("field")
    if name not in ("status", "assignee", "WorklogId"):
        return ""
    # somebody may call a field of their own so
    return "" if item.get("fieldtype") == "custom" else str(name)


def _transition(entry: Mapping[str, Any], item: Mapping[str, Any], nth: int) -> Transition:
    return Transition(
        _moment(entry), _ident(entry, nth), entry.get("author"),
        text(item.get("from")) or "", text(item.get("fromString")) or "",
        text(item.get("to")) or "", text(item.get("toString")) or "",
    )  # fmt: skip


def _ident(entry: Mapping[str, Any], nth: int) -> str:
    ident = entry.get("id")
    return str(ident) if isinstance(ident, str | int) and ident else f"n{nth}"


def _moment(entry: Mapping[str, Any]) -> datetime:
    given = entry.get("created")
    if isinstance(given, int | float) and not isinstance(given, bool):
        # the bulk answer of Cloud counts milliseconds since 1970
        seconds = given / 1000 if given > _MILLISECONDS else given
        try:
            given = datetime.fromtimestamp(seconds, UTC).isoformat()
        except (ValueError, OverflowError, OSError):
            raise Refused("the moment of a change is an impossible day", given) from None
    found = moment(given, "moment of a change")
    if found is None:
        raise Refused("a change in the history has no moment", entry.get("id", ""))
    return found


def _order(ident: str) -> tuple[int, str]:
    return (int(ident), "") if ident.isdecimal() and len(ident) < 19 else (0, ident)
