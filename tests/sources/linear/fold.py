"""Batches folded into dictionaries, as the ledger does it, and a connection to a stand-in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.linear.source import LinearSource
from mainstem.sources.remote import Batch, Connection, Meter, Secret, Watch
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS
from tests.sources.linear.stand_in import KEY


def connection(url: str, token: str = KEY, **options: str) -> Connection:
    given = {"url": f"{url}/graphql", **options}
    return Connection("tracker", "linear", given, {"token": Secret(token)})


@dataclass
class Fold:
    """A small ledger: items by key, records by row key, and the cursor that landed with them."""

    items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    records: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cursor: Mapping[str, Any] = field(default_factory=dict)
    rejects: list[Any] = field(default_factory=list)
    gone: dict[str, str] = field(default_factory=dict)
    read: int = 0

    def known(self) -> dict[str, str]:
        return {item["fields"]["id"]: key for key, item in self.items.items()}

    def add(self, batch: Batch) -> None:
        keys = [item["key"] for item in batch.items]
        rows = [record["row_key"] for record in batch.records]
        assert len(keys) == len(set(keys)) and len(rows) == len(set(rows))
        assert batch.read >= len(batch.rejects)
        assert all(set(item) == set(ITEM_COLUMNS) for item in batch.items)
        for record in batch.records:
            assert set(record) == set(RECORD_COLUMNS) and record["amount"] >= 0
            assert record["row_key"].partition("#")[0] in batch.stems
        for key in batch.gone:
            self.items.pop(key, None)
            self.records = {k: r for k, r in self.records.items() if r["item_key"] != key}
        stems = set(batch.stems)
        self.records = {k: r for k, r in self.records.items() if k.partition("#")[0] not in stems}
        known = self.known()
        for item in batch.items:
            before = known.get(item["fields"]["id"])
            if before is not None and before != item["key"]:
                self.items.pop(before, None)
        self.items |= {item["key"]: item for item in batch.items}
        self.records |= {record["row_key"]: record for record in batch.records}
        self.cursor = json.loads(json.dumps(batch.cursor))
        self.rejects += batch.rejects
        self.gone |= batch.gone
        self.read += batch.read

    def shown(self) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """In the words of the stand-in's ``truth``."""
        names = ("state", "title", "project", "done", "started")
        items = {
            key: {"id": item["fields"]["id"], **{name: item[name] for name in names}}
            for key, item in self.items.items()
        }
        return items, {key: record["amount"] for key, record in self.records.items()}


def pull(
    of: Connection, fold: Fold, *, at: datetime | None = None, most: int | None = None,
    meter: Meter | None = None,
) -> bool:  # fmt: skip
    """One sync that lands each batch by itself; it may die after some. Whether it came to its end."""
    watch = Watch(at or datetime.now(UTC), known=fold.known, meter=meter or Meter())
    batches = LinearSource().pull(of, fold.cursor, watch)
    try:
        for count, batch in enumerate(batches, 1):
            fold.add(batch)
            if batch.is_last:
                return True
            if most is not None and count >= most:
                return False
    finally:
        batches.close()  # type: ignore[attr-defined]
    return False


def pull_through(of: Connection, fold: Fold, most: int | None, at: datetime) -> None:
    """Syncs until one comes to its end, as a schedule does; the first few may die on their way."""
    for attempt in range(20):
        try:
            if pull(of, fold, at=at, most=most if attempt < 4 else None):
                return
        except SourceError as error:
            assert not error.permanent, error
    raise AssertionError("no sync came to its end")
