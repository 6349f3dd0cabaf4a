"""Jira's syncs into the small ledger of tests, and what it must hold then."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mainstem.sources.jira.source import JiraSource
from mainstem.sources.remote import Batch, Connection, Secret, Watch
from tests.sources import folding


class Folded(folding.Fold):
    """The shared small ledger, and Jira's syncs into it."""

    def land(self, batch: Batch, *, keeps: bool = True) -> None:
        """Applies a batch; without its cursor where it only brings single issues."""
        before = self.cursor
        self.add(batch)
        if not keeps:
            self.cursor = before

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        return self.records

    def sync(self, of: Connection, watch: Watch) -> Folded:
        """A whole sync; lands as it goes."""
        batches = list(self._pull(of, watch))
        assert batches[-1].is_last and not any(b.is_last for b in batches[:-1])
        return self

    def _pull(self, of: Connection, watch: Watch) -> Iterable[Batch]:
        watch.known = self.known
        for batch in JiraSource().pull(of, self.cursor, watch):
            self.land(batch)
            yield batch

    def sync_until(self, of: Connection, watch: Watch, rng: random.Random, most: int) -> bool:
        """A sync that lands now and then, and dies after so many batches. Whether it came to its end."""
        watch.known = self.known
        waiting: list[Batch] = []
        for n, batch in enumerate(JiraSource().pull(of, self.cursor, watch)):
            waiting.append(batch)
            if n >= most:
                return False
            if batch.is_last or rng.random() < 0.4:
                for one in waiting:
                    self.land(one)
                waiting.clear()
        return True

    def micros(self) -> dict[str, int]:
        """Row key → amount, in millionths."""
        return {k: int(r["amount"]) for k, r in self.records.items()}


def connection(url: str, *, secrets: Mapping[str, str] | None = None, **options: str) -> Connection:
    """A connection with the defaults of every option."""
    given = {o.name: o.default for o in JiraSource.options if o.kind != "secret"}
    words = {k: v for k, v in options.items() if k != "timezone"}
    found = {"token": "secret", **(secrets or {})}
    return Connection(
        "tracker", "jira", {**given, "url": url, **words}, {k: Secret(v) for k, v in found.items()},
        options.get("timezone", "Europe/Berlin"),
    )  # fmt: skip


def compared(folded: Folded, truth: tuple[dict[str, dict[str, Any]], dict[str, int]]) -> None:
    """Nothing lost, nothing twice, nothing stale."""
    items, rows = truth
    assert set(folded.items) == set(items)
    for key, wanted in items.items():
        had = folded.items[key]
        done = wanted["done"]
        said = replace_zone(done) if done else None
        assert (had["title"], had["state"], had["done"], had["epic"], had["team"]) == (
            wanted["title"], wanted["state"], said, wanted["epic"], wanted["team"],
        ), key  # fmt: skip
    ours = folded.micros()
    assert {k: v for k, v in ours.items() if rows.get(k) != v} == {}
    assert {k: v for k, v in rows.items() if ours.get(k) != v} == {}
    for row in folded.rows.values():
        assert row["item_key"] in folded.items


def replace_zone(at: datetime) -> str:
    from datetime import UTC

    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
