"""What a query can ask for: every field, what its values are, and an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mainstem.plan.model import RestKind, Unit


class Kind(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    PATH = "path"
    NAME = "name"
    CHOICE = "choice"
    DAY = "day"
    AMOUNT = "amount"


class States(StrEnum):
    """What ``is:`` can ask for."""

    UNCLAIMED = "unclaimed"
    CLAIMED = "claimed"
    LINKED = "linked"
    INHERITED = "inherited"
    SHARED = "shared"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        kind: What its values are.
        about: What it asks for, for the documentation and for completion.
        example: A term that asks for it.
        choices: All values there are, for a choice.
    """

    kind: Kind
    about: str
    example: str
    choices: tuple[str, ...] = ()

    @property
    def is_compared(self) -> bool:
        """Whether ``>``, ``>=``, ``<``, ``<=`` and ranges may be used."""
        return self.kind in (Kind.DAY, Kind.AMOUNT)


_KINDS = tuple(RestKind)
_UNITS = tuple(Unit)

FIELDS: Mapping[str, Field] = {
    "stream": Field(Kind.NAME, "effort that counts for a stream; `*` for any stream", "stream:start-fast"),
    "kind": Field(Kind.CHOICE, "effort of a kind of the rest", "kind:debt", _KINDS),
    "team": Field(Kind.NAME, "effort of a team and of the teams in it", "team:playback"),
    "unit": Field(Kind.CHOICE, "the unit in which effort is counted; once, and for the whole query",
                  "unit:hour", _UNITS),
    "is": Field(Kind.CHOICE, "how effort came to count for what it counts", "is:unclaimed", tuple(States)),
    "key": Field(Kind.TEXT, "the item's key", "key:PLAY-12"),
    "title": Field(Kind.TEXT, "the whole title; a word alone looks inside titles", "title:*banner*"),
    "type": Field(Kind.TEXT, "the item's type", "type:bug"),
    "state": Field(Kind.TEXT, "the item's state", "state:done"),
    "project": Field(Kind.TEXT, "the project that the item is in", "project:PLAY"),
    "label": Field(Kind.TEXT, "one of the item's labels", 'label:"start time"'),
    "component": Field(Kind.TEXT, "one of the item's components", "component:Player"),
    "epic": Field(Kind.TEXT, "the epic that the item is in, by its key or name", "epic:PLAY-1"),
    "parent": Field(Kind.TEXT, "the item that this one is part of", "parent:PLAY-3"),
    "path": Field(Kind.PATH, "a changed path, by a pattern as in claims", "path:player/**"),
    "source": Field(Kind.TEXT, "the source that the item came from", "source:tracker"),
    "created": Field(Kind.DAY, "the day on which the item was made", "created>=2026-09-01"),
    "started": Field(Kind.DAY, "the day on which work on it began", "started:2026-10"),
    "done": Field(Kind.DAY, "the day on which it was done", "done:2026-10-01..2026-10-15"),
    "updated": Field(Kind.DAY, "the last day with effort on the item, within the period", "updated>2026-10-01"),
    "effort": Field(Kind.AMOUNT, "all effort on the item within the period, in the unit", "effort>=3"),
}  # fmt: skip
