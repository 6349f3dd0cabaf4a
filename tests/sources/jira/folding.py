"""A ledger in two dictionaries: batches are applied as the real one lands them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mainstem.sources.jira.source import JiraSource
from mainstem.sources.remote import Batch, Connection, Secret, Watch


@dataclass
class Folded:
    """What stands: items by key, effort by row key; and the cursor that landed with it."""

    items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    stems: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    cursor: Mapping[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rejects: list[Any] = field(default_factory=list)
    read: int = 0

    def known(self) -> dict[str, str]:
        return {str(i["fields"].get("id", k)): k for k, i in self.items.items()}

    def land(self, batch: Batch, *, keeps: bool = True) -> None:
        assert len({i["key"] for i in batch.items}) == len(batch.items)
        assert len({r["row_key"] for r in batch.records}) == len(batch.records)
        self.read += batch.read
        stems = set(batch.stems)
        assert all(r["row_key"].partition("#")[0] in stems for r in batch.records)
        for stem in stems:
            self.stems.pop(stem, None)
        by_id = self.known()
        for item in batch.items:
            before = by_id.get(item["fields"]["id"])
            if before is not None and before != item["key"]:
                self._drop(before)
            self.items[item["key"]] = item
        for record in batch.records:
            self.stems.setdefault(record["row_key"].partition("#")[0], {})[record["row_key"]] = (
                record
            )
        fresh = {i["key"] for i in batch.items}
        for key in batch.gone:
            if key not in fresh:
                self._drop(key)
        self.notes += batch.notes
        self.rejects += batch.rejects
        if keeps:
            self.cursor = batch.cursor

    def _drop(self, key: str) -> None:
        self.items.pop(key, None)
        for stem, rows in self.stems.items():
            self.stems[stem] = {k: r for k, r in rows.items() if r["item_key"] != key}

    @property
    def rows(self) -> dict[str, Mapping[str, Any]]:
        return {k: r for rows in self.stems.values() for k, r in rows.items()}

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

    def amounts(self) -> dict[str, int]:
        return {k: int(r["amount"]) for k, r in self.rows.items()}


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
    ours = folded.amounts()
    assert {k: v for k, v in ours.items() if rows.get(k) != v} == {}
    assert {k: v for k, v in rows.items() if ours.get(k) != v} == {}
    for row in folded.rows.values():
        assert row["item_key"] in folded.items


def replace_zone(at: datetime) -> str:
    from datetime import UTC

    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
