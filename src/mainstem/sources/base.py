"""What every source of work looks like from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mainstem.work.records import Staged

#: Called with (done, total or None, words) while a source reads.
Progress = Callable[[int, int | None, str], None]


def silent(done: int, total: int | None, words: str) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What a source is asked to read.

    Attributes:
        path: File, folder or repository.
        into: An empty folder for the staged files.
        timezone: IANA name; stamps without an offset are in it, and days are cut in it.
        source: Name to land under, or ``None`` for the source's own choice.
        options: Source-specific choices, already as text.
        progress: Called now and then.
        borrows: The engine of the source may come with what was read, see ``Staged.engine``; ``into`` then
            outlives it.
    """

    path: Path
    into: Path
    timezone: str = "UTC"
    source: str | None = None
    options: dict[str, str] | None = None
    progress: Progress = silent
    borrows: bool = False


class Source(Protocol):
    """Reads work from one kind of place."""

    name: str

    def recognises(self, path: Path) -> bool:
        """Whether this source can read ``path`` without being told so."""
        ...

    def read(self, request: ReadRequest) -> Staged:
        """Reads everything into staged files.

        Raises:
            SourceError: if nothing at all can be read; bad rows are rejected with a reason instead.
        """
        ...
