"""Linear as a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from mainstem.sources.linear.settings import OPTIONS, Settings
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


class LinearSource:
    """Issues of Linear with their history."""

    kind: ClassVar[str] = "linear"
    words: ClassVar[str] = "Linear: issues with their history"
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """As ``Connected.test``."""
        from mainstem.sources.linear.client import Linear
        from mainstem.sources.linear.testing import checks

        settings = Settings.of(of)
        linear = Linear(of, settings.url, watch)
        with linear.calls:
            yield from checks(linear, settings, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """As ``Connected.pull``."""
        from mainstem.sources.linear.client import Linear
        from mainstem.sources.linear.cursor import Position
        from mainstem.sources.linear.reading import Sync

        settings = Settings.of(of)
        linear = Linear(of, settings.url, watch)
        with linear.calls:
            yield from Sync(linear, settings, Position.of(cursor), watch).run()

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """As ``Connected.count``."""
        from mainstem.sources.linear.client import Linear
        from mainstem.sources.linear.counting import count

        settings = Settings.of(of)
        linear = Linear(of, settings.url, watch)
        with linear.calls:
            return count(linear, settings, watch)

    def read_hook(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Touched:
        """As ``Hooked.read_hook``."""
        from mainstem.sources.linear.hook import read_hook

        return read_hook(headers, body, secret, at)

    def fetch(self, of: Connection, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
        """As ``Hooked.fetch``; ``keys`` are Linear's own ids, as ``read_hook`` gives them."""
        from mainstem.sources.linear.client import Linear
        from mainstem.sources.linear.fetching import fetch

        settings = Settings.of(of)
        linear = Linear(of, settings.url, watch)
        with linear.calls:
            yield from fetch(linear, settings, keys, watch)
