"""One commit, as any log tells it."""

from __future__ import annotations

from typing import NamedTuple


class Commit(NamedTuple):
    """A commit, decoded and not yet judged.

    Attributes:
        sha: Full name.
        parents: How many; two or more make a merge.
        author: Name of the author, as ``.mailmap`` wants it where git told the log.
        mail: Address of the author; empty where the log gives none.
        authored: Seconds since 1970, or ``None`` where the date cannot be read.
        committed: The same for the day it was committed.
        subject: First paragraph of the message.
        body: The rest of the message.
        paths: Changed paths, both of a rename, each once.
        said: The author date as the log wrote it.
    """

    sha: str
    parents: int
    author: str
    mail: str
    authored: int | None
    committed: int | None
    subject: str
    body: str
    paths: tuple[str, ...]
    said: str
