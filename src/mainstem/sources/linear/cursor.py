"""Where a sync goes on: plain JSON, a few hundred bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mainstem.sources.linear.paging import Window, stamp_of

_TEXTS = ("mark", "top", "low", "high", "rolled", "looked", "began")


@dataclass(slots=True)
class Position:
    """The cursor. Moments are texts; empty: none.

    Attributes:
        mark: Everything that changed before it was read.
        top: When the running reading began; only while one runs.
        low: Where the window begins that is left of it.
        high: Where it ends.
        rolled: When the last roll call was made.
        looked: Day on which what is in progress was read last.
        began: When the first sync began.
        teams: The teams that were read; others are read from the beginning.
        seen: Stable id → change, of issues at or after the mark that were read.
    """

    mark: str = ""
    top: str = ""
    low: str = ""
    high: str = ""
    rolled: str = ""
    looked: str = ""
    began: str = ""
    teams: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def left(self) -> Window:
        """The window that is left of a reading that did not come to its end."""
        return Window(read_moment(self.low), read_moment(self.high))

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        told: dict[str, Any] = {name: getattr(self, name) for name in _TEXTS}
        told |= {"teams": list(self.teams), "seen": dict(self.seen)}
        return {name: value for name, value in told.items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Position:
        """What ``as_json`` gave; what is damaged counts as nothing."""
        texts = {name: str(kept.get(name) or "") for name in _TEXTS}
        teams, seen = kept.get("teams"), kept.get("seen")
        return cls(
            **texts,
            teams=[str(team) for team in teams] if isinstance(teams, list) else [],
            seen={str(k): str(v) for k, v in seen.items()} if isinstance(seen, dict) else {},
        )


def read_moment(text: str) -> datetime | None:
    """A moment of the cursor; ``None`` for none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def write_moment(at: datetime | None) -> str:
    """A moment for the cursor."""
    return "" if at is None else stamp_of(at)
