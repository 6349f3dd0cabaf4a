"""Where a sync stands: what the cursor holds, for each repository.

Everything in it is a moment of GitHub's clock, but for page tokens: those are a shortcut on the way, and a
pass whose token is not taken any more begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.remote import Cursor, Refused

VERSION = 1
#: What is read of a repository, and in which order.
ISSUES, PULLS, OPEN = "issues", "pulls", "open"
KINDS = (ISSUES, PULLS, OPEN)


@dataclass(frozen=True, slots=True)
class Stand:
    """How far one kind of things of one repository is read.

    Attributes:
        mark: What changed before this moment is known; ``None``: the first reading is not over.
        began: When the pass that is under way began; ``None``: none is.
        after: Its page token.
        started: Our day (ISO) on which it began.
        day: For ``open``: the last day (ISO) on which what is in progress was read.
    """

    mark: datetime | None = None
    began: datetime | None = None
    after: str = ""
    started: str = ""
    day: str = ""

    def to_json(self) -> dict[str, str]:
        """As JSON; what is empty is left out."""
        out = {
            "mark": self.mark.isoformat() if self.mark else "",
            "began": self.began.isoformat() if self.began else "",
            "after": self.after, "started": self.started, "day": self.day,
        }  # fmt: skip
        return {name: value for name, value in out.items() if value}

    @classmethod
    def from_json(cls, value: object) -> Stand:
        """Out of JSON; a shape that we do not know begins anew."""
        given = value if isinstance(value, Mapping) else {}
        try:
            return cls(
                moment(given.get("mark")), moment(given.get("began")),
                str(given.get("after", "")), str(given.get("started", "")),
                str(given.get("day", "")),
            )  # fmt: skip
        except Refused:
            return cls()


@dataclass(slots=True)
class State:
    """The cursor, opened.

    Attributes:
        stands: Repository id → kind → how far.
        names: Repository id → its name when it was last read.
        etags: Name → ETag of what changed last in it.
        roll: When ids were last compared.
    """

    stands: dict[str, dict[str, Stand]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    roll: datetime | None = None

    def of(self, repository: str, kind: str) -> Stand:
        """How far a kind of things of a repository is read."""
        return self.stands.get(repository, {}).get(kind, Stand())

    def set(self, repository: str, kind: str, stand: Stand) -> None:
        """Notes it."""
        self.stands.setdefault(repository, {})[kind] = stand

    def change(self, repository: str, kind: str, **values: Any) -> None:
        """Notes some of it."""
        self.set(repository, kind, replace(self.of(repository, kind), **values))

    def forget(self, repository: str) -> None:
        """The repository is read from the beginning."""
        self.stands.pop(repository, None)
        self.names.pop(repository, None)

    def is_whole(self, repository: str) -> bool:
        """Whether its first reading is over and no pass is under way."""
        return all(
            self.of(repository, kind).mark and not self.of(repository, kind).began
            for kind in (ISSUES, PULLS)
        ) and not self.of(repository, OPEN).began  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The cursor."""
        repositories = {
            ident: {
                "name": self.names.get(ident, ""),
                **{kind: stand.to_json() for kind, stand in stands.items()},
            }
            for ident, stands in self.stands.items()
        }
        out: dict[str, Any] = {"version": VERSION, "repositories": repositories}
        if self.etags:
            out["etags"] = dict(self.etags)
        if self.roll:
            out["roll"] = self.roll.isoformat()
        return out

    @classmethod
    def from_json(cls, cursor: Cursor) -> State:
        """Opens a cursor; one of another version begins anew."""
        given = cursor.get("repositories")
        if cursor.get("version") != VERSION or not isinstance(given, Mapping):
            return cls()
        out = cls()
        for ident, kinds in given.items():
            if isinstance(kinds, Mapping):
                out.names[ident] = str(kinds.get("name", ""))
                out.stands[ident] = {k: Stand.from_json(kinds[k]) for k in KINDS if k in kinds}
        etags = cursor.get("etags")
        out.etags = {str(k): str(v) for k, v in etags.items()} if isinstance(etags, Mapping) else {}
        try:
            out.roll = moment(cursor.get("roll"))
        except Refused:
            out.roll = None
        return out
