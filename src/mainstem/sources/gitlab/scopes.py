"""What is read: single projects, and groups with everything below them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from mainstem.errors import SourceError

#: Kinds of work, and the mark that stands before their number in a key.
MARKS = {"issues": "#", "merge_requests": "!", "epics": "&"}
_KEY = re.compile(r"^(?P<path>[^#!&\s]+)(?P<mark>[#!&])(?P<iid>\d{1,18})$")


@dataclass(frozen=True, slots=True)
class Scope:
    """A project, or a group with its subgroups. ``path`` is as it was configured."""

    path: str
    is_group: bool

    @property
    def word(self) -> str:
        """As it is written in the settings."""
        return f"{self.path}/*" if self.is_group else self.path

    @property
    def home(self) -> str:
        """Where the API has it: ``projects`` or ``groups``."""
        return "groups" if self.is_group else "projects"

    def covers(self, path: str) -> bool:
        """Whether a project or group of this path belongs to it."""
        mine, theirs = self.path.casefold(), path.casefold()
        return theirs == mine or (self.is_group and theirs.startswith(mine + "/"))


@dataclass(frozen=True, slots=True)
class Place:
    """What a key says: the path of a project or group, the kind of work, its number there."""

    path: str
    kind: str
    iid: int

    @property
    def address(self) -> str:
        """Where the API has it."""
        home = "groups" if self.kind == "epics" else "projects"
        return f"{home}/{encoded(self.path)}/{self.kind}/{self.iid}"


def encoded(path: str | int) -> str:
    """A path or number as a part of an address."""
    return quote(str(path), safe="")


def place_of(key: str) -> Place | None:
    """What a key such as ``shop/web#12`` says; ``None`` if it is none."""
    found = _KEY.match(key)
    if found is None:
        return None
    kind = next(kind for kind, mark in MARKS.items() if mark == found["mark"])
    return Place(found["path"], kind, int(found["iid"]))


def scopes_of(words: Iterable[str], name: str) -> tuple[Scope, ...]:
    """The scopes that were configured; what another one covers is left out.

    Raises:
        SourceError: there is none.
    """
    found: dict[str, Scope] = {}
    for word in words:
        is_group = word.endswith("/*")
        path = word.removesuffix("/*").strip().strip("/")
        if path:
            found.setdefault(f"{path.casefold()}{is_group}", Scope(path, is_group))
    if not found:
        raise SourceError(
            f"The source {name} names no project.",
            "Write paths such as `shop/web` into `projects`, or `shop/*` for a whole group.",
            code="source.settings",
        )
    groups = [scope for scope in found.values() if scope.is_group]
    return tuple(
        scope
        for scope in found.values()
        if not any(other is not scope and other.covers(scope.path) for other in groups)
    )
