"""A small ledger: what is in it after batches landed, as the real one does it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mainstem.sources.remote import Batch, Connection, Secret, Watch


@dataclass
class Fold:
    """Items by key, records by row key, the cursor of the last batch."""

    items: dict[str, Any] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    rejects: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cursor: Any = field(default_factory=dict)
    read: int = 0

    def land(self, batches: Iterable[Batch], most: int = 1_000_000) -> int:
        """Lands so many batches at most, and says how many."""
        count = 0
        for batch in batches:
            self._land(batch)
            count += 1
            if count >= most:
                break
        return count

    def _land(self, batch: Batch) -> None:
        keys = [item["key"] for item in batch.items]
        rows = [record["row_key"] for record in batch.records]
        assert len(set(keys)) == len(keys) and len(set(rows)) == len(rows)
        assert batch.read == len(batch.items) + len(batch.rejects)
        stems = set(batch.stems)
        assert {row.partition("#")[0] for row in rows} <= stems
        self.records = {k: r for k, r in self.records.items() if k.partition("#")[0] not in stems}
        for item in batch.items:
            ident = item["fields"]["id"]
            for key in [k for k, i in self.items.items() if i["fields"]["id"] == ident]:
                del self.items[key]
        for key in batch.gone:
            gone = self.items.pop(key, None)
            if gone is not None:
                stem = gone["fields"]["id"]
                self.records = {
                    k: r for k, r in self.records.items() if k.partition("#")[0] != stem
                }
        for item in batch.items:
            before = self.items.get(item["key"])
            if before is not None:  # another thing had this key
                stem = before["fields"]["id"]
                self.records = {
                    k: r for k, r in self.records.items() if k.partition("#")[0] != stem
                }
            self.items[item["key"]] = item
        self.records |= {record["row_key"]: record for record in batch.records}
        self.rejects += batch.rejects
        self.notes += batch.notes
        self.read += batch.read
        self.cursor = batch.cursor

    def known(self) -> dict[str, str]:
        """Stable ids and keys of what stands."""
        return {item["fields"]["id"]: key for key, item in self.items.items()}

    def states(self) -> dict[str, str]:
        """Key → state."""
        return {key: item["state"] for key, item in self.items.items()}

    def amounts(self) -> dict[str, int]:
        """Row key → amount."""
        return {key: record["amount"] for key, record in self.records.items()}

    def watch(self, at: datetime | None = None) -> Watch:
        """What a sync into this ledger is given."""
        return Watch(at or datetime.now(UTC), known=self.known)


def connection(url: str, **options: str) -> Connection:
    """A source, with the options' defaults."""
    from mainstem.sources.github.settings import OPTIONS

    secrets = {n: Secret(options.pop(n)) for n in ("token", "private_key") if n in options}
    defaults = {o.name: o.default for o in OPTIONS if o.kind != "secret"}
    given = {**defaults, "repositories": "acme/shop", **options, "url": url}
    return Connection("gh", "github", given, secrets or {"token": Secret("let-me-in")})
