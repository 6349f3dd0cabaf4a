"""Where a sync stands: the cursor, which is kept with what landed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.remote import Refused

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A cursor.

    Attributes:
        digest: Of the settings it was made under.
        mark: Everything changed before it has landed; ``None``: nothing has.
        begun: The mark that an unfinished pass over many pages began with.
        whole: Whether the unfinished pass is over everything.
        day: Day of the last look at what is in progress.
        called: Last roll call, by Jira's clock.
        logs: Moment since which changed work logs are asked for, milliseconds since 1970.
        again: Work logs were deleted nobody knows where: everything is read again with the next roll call.
        kept: Name of the file of kept work logs that belongs to this cursor.
        setup: What was asked of Jira once a day; see ``setup.py``.
        tempo: Day since which Tempo is asked.
        moved: Ids of issues that came or changed their key, and whose hours of Tempo were not sent since.
        tempo_called: Last roll call of Tempo.
    """

    digest: str
    mark: datetime | None = None
    begun: datetime | None = None
    whole: bool = False
    day: str = ""
    called: datetime | None = None
    logs: int = 0
    again: bool = False
    kept: str = ""
    setup: Mapping[str, Any] | None = None
    tempo: str = ""
    moved: tuple[str, ...] = ()
    tempo_called: datetime | None = None

    def as_cursor(self) -> dict[str, Any]:
        """As plain JSON, without what says nothing."""
        found = {
            "version": _VERSION, "digest": self.digest, "mark": _text(self.mark),
            "begun": _text(self.begun), "whole": self.whole, "day": self.day,
            "called": _text(self.called), "logs": self.logs, "again": self.again,
            "kept": self.kept, "setup": self.setup, "tempo": self.tempo,
            "moved": list(self.moved), "tempo_called": _text(self.tempo_called),
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


def standing_of(cursor: Mapping[str, Any], digest: str) -> Standing:
    """Out of a cursor; from the beginning where there is none, or it was made under other settings."""
    fresh = Standing(digest, whole=True)
    if cursor.get("version") != _VERSION:
        return fresh
    if cursor.get("digest") != digest:
        return fresh
    try:
        return replace(
            fresh, mark=_moment(cursor.get("mark")), begun=_moment(cursor.get("begun")),
            whole=bool(cursor.get("whole", False)), day=str(cursor.get("day", "")),
            called=_moment(cursor.get("called")), logs=int(cursor.get("logs", 0)),
            again=bool(cursor.get("again", False)), kept=str(cursor.get("kept", "")),
            setup=cursor.get("setup"), tempo=str(cursor.get("tempo", "")),
            moved=tuple(str(i) for i in cursor.get("moved", ())),
            tempo_called=_moment(cursor.get("tempo_called")),
        )  # fmt: skip
    except (Refused, ValueError, TypeError):
        return fresh


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _moment(value: Any) -> datetime | None:
    return moment(value, "cursor")
