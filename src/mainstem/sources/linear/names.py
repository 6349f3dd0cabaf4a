"""Who and what the ids of Linear stand for: people, states, labels. Looked up once for each sync."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mainstem.sources.linear.client import Linear
from mainstem.sources.linear.queries import NAMES, names_query


@dataclass(frozen=True, slots=True)
class Names:
    """Ids → what they stand for.

    Attributes:
        people: Address, or the display name of who shows none; programs are in ``programs``.
        states: Type of a state: ``started``, ``completed``, …
        labels: Group of the label (empty: none) and its name.
    """

    people: Mapping[str, str] = field(default_factory=dict)
    programs: frozenset[str] = frozenset()
    states: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def ask_names(linear: Linear) -> Names:
    """Asks for all of them, at once.

    Raises:
        SourceError: as ``Linear.page``.
    """
    lists = linear.calls.each(lambda what: list(linear.all(names_query(what), what)), NAMES)
    return names_of(*lists)


def names_of(users: Iterable[Any], states: Iterable[Any], labels: Iterable[Any]) -> Names:
    """The same, out of the lists as they came."""
    people = dict(_by_id(users))
    return Names(
        {i: clean(u.get("email")) or clean(u.get("displayName")) or i for i, u in people.items()},
        frozenset(i for i, u in people.items() if u.get("app") is True),
        {i: clean(s.get("type")) or "" for i, s in _by_id(states)},
        {i: (_group(label), clean(label.get("name")) or "") for i, label in _by_id(labels)},
    )


def clean(value: object) -> str | None:
    """A text that can be kept everywhere; ``None`` for anything else, and for an empty one."""
    if not isinstance(value, str):
        return None
    text = value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()
    return text or None


def _group(label: Mapping[str, Any]) -> str:
    parent = label.get("parent")
    return (clean(parent.get("name")) or "") if isinstance(parent, dict) else ""


def _by_id(rows: Iterable[Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for row in rows:
        ident = clean(row.get("id")) if isinstance(row, dict) else None
        if ident:
            yield ident, row
