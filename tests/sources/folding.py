"""Batches applied to dictionaries as the ledger applies them, for tests of sources without a ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from mainstem.sources.remote import Batch


class Fold:
    """Items by key and records by row key; the cursor of the last batch."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.rejects: list[Any] = []
        self.gone: dict[str, str] = {}
        self.notes: list[str] = []
        self.cursor: Mapping[str, Any] = {}
        self.read = 0

    def take(self, batches: Iterable[Batch], most: int | None = None) -> Fold:
        """Applies them, at most so many."""
        for n, batch in enumerate(batches, 1):
            self._apply(batch)
            if batch.is_last or n == most:
                break
        return self

    def _apply(self, batch: Batch) -> None:
        keys, rows = [i["key"] for i in batch.items], [r["row_key"] for r in batch.records]
        assert not [k for k, n in Counter(keys).items() if n > 1], "an item twice in one batch"
        assert not [k for k, n in Counter(rows).items() if n > 1], "a record twice in one batch"
        assert len(batch.rejects) <= batch.read
        self._follow_moves(batch)
        for key in batch.gone:
            self._remove(key)
        stems = set(batch.stems)
        self.records = {k: r for k, r in self.records.items() if k.split("#")[0] not in stems}
        self.items.update({i["key"]: dict(i) for i in batch.items})
        self.records.update({r["row_key"]: dict(r) for r in batch.records})
        self.rejects += batch.rejects
        self.gone.update(batch.gone)
        self.notes += batch.notes
        self.cursor, self.read = batch.cursor, self.read + batch.read

    def _follow_moves(self, batch: Batch) -> None:
        now = {i["fields"].get("id"): i["key"] for i in batch.items if i["fields"].get("id")}
        for key, item in list(self.items.items()):
            to = now.get(item["fields"].get("id"))
            if to is not None and to != key:
                del self.items[key]
                for record in self.records.values():
                    if record["item_key"] == key:
                        record["item_key"] = to

    def _remove(self, key: str) -> None:
        self.items.pop(key, None)
        self.records = {k: r for k, r in self.records.items() if r["item_key"] != key}

    def known(self) -> dict[str, str]:
        """As ``Watch.known``."""
        return {i["fields"].get("id") or k: k for k, i in self.items.items()}

    def stems(self, prefix: str) -> set[str]:
        """As ``Watch.stems``."""
        return {k.split("#")[0] for k in self.records if k.startswith(prefix)}

    def amounts(self, prefix: str = "") -> dict[str, float]:
        """Row key → amount in whole units."""
        return {k: r["amount"] / 1e6 for k, r in self.records.items() if k.startswith(prefix)}
