"""GitLab as a source: gitlab.com and self-managed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import ClassVar

from mainstem.sources.answering import Answering, for_writing, is_answering
from mainstem.sources.gitlab.cursor import Position
from mainstem.sources.gitlab.settings import OPTIONS, Settings
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


class GitLabSource:
    """Issues, merge requests and epics of GitLab, with the time spent on them."""

    kind: ClassVar[str] = "gitlab"
    words: ClassVar[str] = "GitLab, on gitlab.com or self-managed"
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """As ``Connected.test``."""
        from mainstem.sources.gitlab.client import open_gitlab
        from mainstem.sources.gitlab.testing import answering_checks, checks

        settings = Settings.of(of)
        gitlab = open_gitlab(of, settings.url, watch)
        with gitlab.calls:
            yield from checks(gitlab, settings, watch)
        if is_answering(of.options):
            writes = open_gitlab(for_writing(of), settings.url, watch)
            with writes.calls:
                yield from answering_checks(writes)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """As ``Connected.pull``."""
        from mainstem.sources.gitlab.client import open_gitlab
        from mainstem.sources.gitlab.reading import Sync

        settings = Settings.of(of)
        gitlab = open_gitlab(of, settings.url, watch)
        with gitlab.calls:
            yield from Sync(gitlab, settings, Position.of(cursor), watch).run()

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """As ``Connected.count``."""
        from mainstem.sources.gitlab.client import open_gitlab
        from mainstem.sources.gitlab.counting import count

        settings = Settings.of(of)
        gitlab = open_gitlab(of, settings.url, watch)
        with gitlab.calls:
            return count(gitlab, settings, watch)

    def read_hook(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Touched:
        """As ``Hooked.read_hook``."""
        from mainstem.sources.gitlab.hook import read_hook

        return read_hook(headers, body, secret, at)

    def fetch(self, of: Connection, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
        """As ``Hooked.fetch``; ``keys`` are keys of items, such as ``shop/web#12``."""
        from mainstem.sources.gitlab.client import open_gitlab
        from mainstem.sources.gitlab.fetching import fetch

        settings = Settings.of(of)
        gitlab = open_gitlab(of, settings.url, watch)
        with gitlab.calls:
            yield from fetch(gitlab, settings, keys, watch)

    def answering(self, of: Connection, watch: Watch) -> AbstractContextManager[Answering]:
        """Notes and statuses; see ``answering.py``."""
        from mainstem.sources.gitlab.answering import answering

        return answering(of, watch)
