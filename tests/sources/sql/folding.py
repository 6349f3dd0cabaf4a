"""What a ledger holds after batches: stems replace, gone removes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mainstem.sources.remote import Batch, Connected, Connection, Secret, Watch
from mainstem.sources.sql.settings import OPTIONS
from mainstem.sources.sql.source import SqlSource

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@dataclass
class Held:
    """A ledger in memory, of one source."""

    items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    records: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cursor: Mapping[str, Any] = field(default_factory=dict)
    rejects: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0
    new: int = 0

    def take(self, batches: Iterable[Batch]) -> Held:
        """Applies batches as they come."""
        for batch in batches:
            self.apply(batch)
        return self

    def apply(self, batch: Batch) -> None:
        """Applies one batch."""
        keys = [i["key"] for i in batch.items]
        rows = [r["row_key"] for r in batch.records]
        assert len(keys) == len(set(keys))
        assert len(rows) == len(set(rows))
        stems = set(batch.stems)
        self.records = {k: r for k, r in self.records.items() if k.partition("#")[0] not in stems}
        self.items.update({i["key"]: i for i in batch.items})
        self.records.update({r["row_key"]: r for r in batch.records})
        for key in batch.gone:
            self.items.pop(key, None)
            self.records = {k: r for k, r in self.records.items() if r["item_key"] != key}
        self.rejects += [(r.place, r.reason) for r in batch.rejects]
        self.notes += batch.notes
        self.read += batch.read
        self.new += len(batch.items) + len(batch.records)
        self.cursor = batch.cursor

    def amounts(self, unit: int) -> dict[str | None, float]:
        """Item → amount in its unit."""
        out: dict[str | None, float] = {}
        for row in self.records.values():
            if row["unit"] == unit:
                out[row["item_key"]] = out.get(row["item_key"], 0) + row["amount"] / 10**6
        return out

    def known(self) -> Mapping[str, str]:
        """As ``Watch.known``."""
        return {i["fields"].get("id", k): k for k, i in self.items.items()}


def connection(url: str, own: str = "UTC", **options: str) -> Connection:
    """A connection with the defaults of the kind."""
    told = {o.name: o.default for o in OPTIONS if o.kind != "secret"}
    return Connection("warehouse", "sql", {**told, **options}, {"url": Secret(url)}, own)


def watch(held: Held, folder: Path | str = "", at: datetime = NOW) -> Watch:
    """A watch that knows what is held."""
    return Watch(at, known=held.known, folder=str(folder))


def sync(
    of: Connection, held: Held, folder: Path | str = "", *, at: datetime = NOW,
    source: Connected | None = None,
) -> Held:  # fmt: skip
    """One sync on top of what is held."""
    held.read, held.new, held.notes, held.rejects = 0, 0, [], []
    return held.take((source or SqlSource()).pull(of, held.cursor, watch(held, folder, at)))
