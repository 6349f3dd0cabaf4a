"""What a column of a query means: told by its name, never guessed from its values. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from mainstem.errors import SourceError

#: What a column may be called where a row is a work item → what it means.
ISSUE: dict[str, str] = {
    "key": "what people call the item",
    "id": "its stable id, where keys may change",
    "title": "its title",
    "type": "its type",
    "state": "its state",
    "project": "its project",
    "labels": "its labels: an array, or a text with commas",
    "components": "its components, likewise",
    "epic": "the epic's key or name",
    "parent": "the parent's key",
    "paths": "changed paths, a list",
    "team": "the item's own word for the team",
    "person": "who has it",
    "url": "its address",
    "created": "when it was made",
    "started": "when work on it began",
    "done": "when it was done; null while it is open",
    "updated": "when it last changed",
    "points": "its points",
    "hours": "time spent on it in all: hours, or an interval",
    "bot": "whether it is a program's",
}
#: Where a row is a time entry.
TIME: dict[str, str] = {
    "row_id": "the entry's own id",
    "day": "the day it is for",
    "hours": "time spent: hours, or an interval",
    "points": "points, where there are no hours",
    "person": "who did it",
    "note": "what was done; tells equal entries apart",
    **{name: ISSUE[name] for name in (
        "key", "title", "type", "state", "project", "labels", "components", "epic", "parent", "paths",
        "team", "url", "bot",
    )},
}  # fmt: skip
_PREFIX = "field_"
#: Fields that mean something to the ledger; a column of that name keeps its prefix.
_TAKEN = ("id", "gone")
#: Other names of a role: ``key`` is a reserved word in MySQL, ``type`` and ``state`` elsewhere.
_ALSO = {"item_key": "key", "item_type": "type", "item_state": "state", "item_id": "id"}


@dataclass(frozen=True, slots=True)
class Shape:
    """Which column means what.

    Attributes:
        is_time: Whether a row is a time entry; else it is a work item.
        names: Columns as the database calls them.
        places: Role → place.
        fields: Name of a field → place.
    """

    is_time: bool
    names: tuple[str, ...]
    places: Mapping[str, int]
    fields: Mapping[str, int] = field(default_factory=dict)

    def has(self, role: str) -> bool:
        """Whether a column means ``role``."""
        return role in self.places

    def place_of(self, column: str) -> int:
        """Where a column is, by its name in any case.

        Raises:
            SourceError: there is none; the columns that there are are named.
        """
        low = [name.lower() for name in self.names]
        if column.lower() in low:
            return low.index(column.lower())
        raise missing(column, self.names)


def bind(names: Sequence[str], rows: str, given: Mapping[str, str]) -> Shape:
    """Says what the columns of a query mean.

    Args:
        rows: ``issue``, ``time`` or empty: time where there are ``day`` and ``hours``.
        given: Role → column, for columns that are called otherwise.

    Raises:
        SourceError: two columns have one name, or one that is needed is missing.
    """
    low = [name.lower() for name in names]
    twice = sorted({name for name in low if low.count(name) > 1})
    if twice:
        raise SourceError(
            f"Two columns of the query are called {', '.join(twice)}.",
            "Give each column a name of its own with AS.", code="source.no_column",
        )  # fmt: skip
    called = {_ALSO.get(name, name): name for name in low if _ALSO.get(name) not in low}
    called |= _given(given, low, names)
    is_time = rows == "time" or (not rows and "day" in called and "hours" in called)
    roles = TIME if is_time else ISSUE
    places = {role: low.index(called[role]) for role in roles if role in called}
    _check(is_time, places, names)
    taken = set(places.values())
    fields = {_field(name): place for place, name in enumerate(low) if place not in taken}
    return Shape(is_time, tuple(names), places, fields)


def _field(column: str) -> str:
    name = column.removeprefix(_PREFIX)
    return f"{_PREFIX}{name}" if name in _TAKEN or not name else name


def _given(given: Mapping[str, str], low: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    known = {*ISSUE, *TIME}
    for role, column in given.items():
        if role not in known:
            near = get_close_matches(role, known, 1)
            raise SourceError(
                f"The option columns names {role!r}, which means nothing."
                + (f" Did you mean {near[0]!r}?" if near else ""),
                f"It may name {', '.join(sorted(known))}.", code="source.option",
            )  # fmt: skip
        if column.lower() not in low:
            raise missing(column, names)
    return {role: column.lower() for role, column in given.items()}


def _check(is_time: bool, places: Mapping[str, int], names: Sequence[str]) -> None:
    needed = [("day",), ("hours", "points")] if is_time else [("key",)]
    for either in needed:
        if not any(role in places for role in either):
            raise missing(" or ".join(either), names)


def missing(column: str, names: Sequence[str]) -> SourceError:
    """The error for a column that is not there: the nearest one is guessed, all are named."""
    near = get_close_matches(column.lower(), [n.lower() for n in names], 1, 0.6)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(names[:60]) + (f" and {len(names) - 60} more" if len(names) > 60 else "")
    return SourceError(
        f"The query has no column {column}.{guess}",
        f"It has {shown or 'none'}. Name the one that is meant with AS {column.split(' ')[0]},"
        " or in the option columns.",
        code="source.no_column",
    )
