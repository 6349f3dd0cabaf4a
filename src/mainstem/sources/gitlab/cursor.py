"""Where a sync goes on: plain JSON, a few hundred bytes for each configured path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mainstem.sources.gitlab.paging import Spot, stamp_of
from mainstem.sources.shape import mapping

#: Rows near the mark that are remembered, so that reading them again does nothing.
MOST_SEEN = 200


@dataclass(slots=True)
class Stream:
    """One list of one scope.

    Attributes:
        mark: Everything that changed before it was read; empty: nothing was.
        made: Of what changed in that one moment, what was made before this was read; mostly empty.
        etag: Of the first page from the mark on.
        seen: Stable id → change, of rows at or after the mark that were read.
        is_whole: Whether it was read to its end once.
    """

    mark: str = ""
    made: str = ""
    etag: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    is_whole: bool = False

    def spot(self, since: datetime | None) -> Spot:
        """Where to go on; from a first day, where nothing was read yet."""
        made = read_moment(self.made)
        return Spot(read_moment(self.mark) or since, made is not None, made)


@dataclass(slots=True)
class Kept:
    """A scope: the number and the path that GitLab has for it, and its streams."""

    number: int = 0
    path: str = ""
    streams: dict[str, Stream] = field(default_factory=dict)


@dataclass(slots=True)
class Position:
    """The cursor.

    Attributes:
        scopes: By the word of the settings.
        rolled: When the last roll call was made.
        looked: Day on which what is in progress was read last.
        began: When the first sync began.
    """

    scopes: dict[str, Kept] = field(default_factory=dict)
    rolled: str = ""
    looked: str = ""
    began: str = ""

    def stream(self, word: str, kind: str) -> Stream:
        """The stream of a scope; a new one where there was none."""
        return self.scopes.setdefault(word, Kept()).streams.setdefault(kind, Stream())

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        scopes = {
            word: {
                "number": kept.number,
                "path": kept.path,
                "streams": {kind: _of_stream(stream) for kind, stream in kept.streams.items()},
            }
            for word, kept in self.scopes.items()
        }
        told = {"rolled": self.rolled, "looked": self.looked, "began": self.began}
        return {"scopes": scopes, **{name: text for name, text in told.items() if text}}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Position:
        """What ``as_json`` gave; whatever is damaged is read again."""
        scopes = {word: _kept(mapping(one)) for word, one in mapping(kept.get("scopes")).items()}
        told = {name: str(kept.get(name) or "") for name in ("rolled", "looked", "began")}
        return cls(scopes, **told)


def read_moment(text: str) -> datetime | None:
    """A moment of the cursor; ``None`` for none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def write_moment(at: datetime) -> str:
    """A moment for the cursor."""
    return stamp_of(at)


def _of_stream(stream: Stream) -> dict[str, Any]:
    out: dict[str, Any] = {"mark": stream.mark, "whole": stream.is_whole}
    if stream.made:
        out["made"] = stream.made
    if stream.etag:
        out["etag"] = stream.etag
    if stream.seen:
        out["seen"] = dict(stream.seen)
    return out


def _kept(one: Mapping[str, Any]) -> Kept:
    number, streams = one.get("number"), mapping(one.get("streams"))
    return Kept(
        number if isinstance(number, int) else 0,
        str(one.get("path") or ""),
        {kind: _stream(mapping(stream)) for kind, stream in streams.items()},
    )


def _stream(kept: Mapping[str, Any]) -> Stream:
    seen = {str(k): str(v) for k, v in mapping(kept.get("seen")).items()}
    mark, made, etag = (str(kept.get(name) or "") for name in ("mark", "made", "etag"))
    return Stream(mark, made, etag, seen, bool(kept.get("whole")))
