"""What programs write into a stand-in: comments with their authors, check runs and statuses of commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.standin.server import Reply


@dataclass
class Comment:
    """A comment. ``edits`` counts how often it was changed."""

    ident: int
    place: str
    body: Any
    author: str
    properties: dict[str, Any] = field(default_factory=dict)
    edits: int = 0


@dataclass
class Written:
    """All that was written.

    Attributes:
        refuses: The status that writing is answered with, if it is to fail.
        loses: How many writings are done and then answered with 502.
        quiet: Places where nobody may comment.
    """

    comments: dict[int, Comment] = field(default_factory=dict)
    checks: dict[int, dict[str, Any]] = field(default_factory=dict)
    statuses: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: int = 0
    loses: int = 0
    quiet: set[str] = field(default_factory=set)
    writes: int = 0
    _last: int = 9_000

    def ident(self) -> int:
        """A new number."""
        self._last += 1
        return self._last

    def at(self, place: str) -> list[Comment]:
        """Comments of a place, oldest first."""
        return [c for c in self.comments.values() if c.place == place]

    def put(self, place: str, body: Any, author: str, properties: Any = None) -> Comment:
        """Somebody comments."""
        made = Comment(self.ident(), place, body, author, properties or {})
        self.comments[made.ident] = made
        return made

    def refusal(self, place: str = "") -> Reply | None:
        """The answer to a writing that is not done."""
        self.writes += 1
        if self.refuses:
            return Reply({"message": "no"}, self.refuses)
        if place in self.quiet:
            return Reply({"message": "You may not comment here"}, 403)
        return None

    def done(self, body: Any, status: int) -> Reply:
        """The answer to one that was done; it may get lost."""
        if self.loses > 0:
            self.loses -= 1
            return Reply({"message": "not well"}, 502)
        return Reply(body, status)
