"""GitHub as a connected source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import ClassVar

from mainstem.sources.answering import Answering
from mainstem.sources.github.settings import OPTIONS
from mainstem.sources.remote import (
    Batch,
    Checked,
    Connection,
    Counted,
    Cursor,
    Option,
    Touched,
    Watch,
)


class GitHubSource:
    """Issues and pull requests of GitHub and of Enterprise Servers. Holds no state."""

    kind: ClassVar[str] = "github"
    words: ClassVar[str] = "GitHub: issues and pull requests, with files, projects and teams"
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """Whether credentials, rights and fields suffice, one by one."""
        from mainstem.sources.github.testing import checks

        yield from checks(of, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """Everything since the cursor, a page at a time.

        Raises:
            SourceError: something could not be had; ``permanent`` tells whether trying again can help.
        """
        from mainstem.sources.github.client import Hub
        from mainstem.sources.github.syncing import Sync

        with Hub(of, watch) as hub:
            yield from Sync(of, hub, watch, cursor).batches()

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """How many issues and pull requests were created in each month, by GitHub's search."""
        from mainstem.sources.github.counting import counted

        return counted(of, watch)

    def read_hook(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Touched:
        """Checks a message's signature and says what was touched; see ``hook.py``."""
        from mainstem.sources.github.hook import read_message

        return read_message(headers, body, secret)

    def fetch(self, of: Connection, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
        """These items anew, or gone."""
        from mainstem.sources.github.client import Hub
        from mainstem.sources.github.syncing import Sync

        with Hub(of, watch) as hub:
            yield from Sync(of, hub, watch, {}).fetch(keys)

    def answering(self, of: Connection, watch: Watch) -> AbstractContextManager[Answering]:
        """Comments, checks and statuses; see ``answering.py``."""
        from mainstem.sources.github.answering import answering

        return answering(of, watch)
