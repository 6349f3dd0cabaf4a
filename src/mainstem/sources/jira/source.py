"""The kind of source ``jira``: Jira Cloud and Jira Data Center, with hours of their own or of Tempo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from typing import ClassVar

from mainstem.sources.answering import Answering
from mainstem.sources.jira import counting, hook, testing
from mainstem.sources.jira.client import Client
from mainstem.sources.jira.fetching import fetch
from mainstem.sources.jira.kept_logs import KeptLogs
from mainstem.sources.jira.making import Maker
from mainstem.sources.jira.options import OPTIONS, digest_of, has_tempo
from mainstem.sources.jira.people import People
from mainstem.sources.jira.setup import ask_setup, kept_setup
from mainstem.sources.jira.state import Standing, standing_of
from mainstem.sources.jira.sync import Sync
from mainstem.sources.jira.tempo import TempoClient, TempoSync
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


class JiraSource:
    """Jira. Holds no state."""

    kind: ClassVar[str] = "jira"
    words: ClassVar[str] = (
        "Jira Cloud or Data Center: issues with their history and work logs; Tempo"
    )
    options: ClassVar[tuple[Option, ...]] = OPTIONS

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """As ``Connected.test``."""
        with Client(of, watch) as client:
            yield from testing.test(client, of, watch)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        """As ``Connected.pull``."""
        standing = standing_of(cursor, digest_of(of))
        with ExitStack() as open_:
            client = open_.enter_context(Client(of, watch))
            maker = _maker(of, watch, client, standing)
            open_.callback(maker.kept.close)
            tempo = None
            if has_tempo(of):
                found = open_.enter_context(TempoClient(of, watch))
                tempo = TempoSync(found, maker, dict(watch.known()))
            yield from Sync(maker, client, standing, tempo).run()

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        """As ``Connected.count``."""
        with Client(of, watch) as client:
            return counting.count(client, of, watch)

    def read_hook(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Touched:
        """As ``Hooked.read_hook``."""
        return hook.read_hook(headers, body, secret, at)

    def fetch(self, of: Connection, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
        """As ``Hooked.fetch``; keys or ids of issues."""
        with ExitStack() as open_:
            client = open_.enter_context(Client(of, watch))
            maker = _maker(of, watch, client, Standing(digest_of(of)))
            open_.callback(maker.kept.close)
            asked = list(dict.fromkeys(keys))
            tempo = has_tempo(of)
            known = watch.known() if tempo or any(k.isdecimal() for k in asked) else {}
            yield from fetch(maker, asked, known, {})
            moved = [i for i, key in maker.keys.items() if known.get(i) != key] if tempo else []
            if moved:
                found = open_.enter_context(TempoClient(of, watch))
                yield from TempoSync(found, maker, known).of_issues(moved)

    def answering(self, of: Connection, watch: Watch) -> AbstractContextManager[Answering]:
        """Comments; see ``answering.py``."""
        from mainstem.sources.jira.answering import answering

        return answering(of, watch)


def _maker(of: Connection, watch: Watch, client: Client, standing: Standing) -> Maker:
    setup = kept_setup(standing.setup, watch.at)
    if setup is None:
        setup = ask_setup(client, of, watch.at)
    client.cloud = setup.cloud
    kept = KeptLogs(watch.folder, standing.kept)
    people = People(of.words("bots"))
    tempo = has_tempo(of)
    return Maker(of, watch, client, setup, kept, not tempo, people, all_keys=tempo)
