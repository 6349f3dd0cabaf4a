"""Batches applied to dictionaries as the ledger applies them, for tests of sources without a ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from mainstem.errors import SourceError
from mainstem.sources.remote import Batch, Connected, Connection, Meter, Watch
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS


class Fold:
    """Items by key and records by row key; the cursor of the last batch.

    Attributes:
        may_lack: Whether items may come without some of their columns, which are empty then, and
            records without the rest of their stem.
    """

    may_lack: ClassVar[bool] = False

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
            self.add(batch)
            if batch.is_last or n == most:
                break
        return self

    def add(self, batch: Batch) -> None:
        """Applies one."""
        keys, rows = [i["key"] for i in batch.items], [r["row_key"] for r in batch.records]
        assert not [k for k, n in Counter(keys).items() if n > 1], "an item twice in one batch"
        assert not [k for k, n in Counter(rows).items() if n > 1], "a record twice in one batch"
        assert len(batch.rejects) <= batch.read
        assert all(set(i) <= set(ITEM_COLUMNS) for i in batch.items)
        assert self.may_lack or all(set(i) == set(ITEM_COLUMNS) for i in batch.items)
        assert all(set(r) == set(RECORD_COLUMNS) and r["amount"] >= 0 for r in batch.records)
        self._follow_moves(batch)
        for key in batch.gone.keys() - set(keys):
            self._remove(key)
        stems = set(batch.stems)
        assert self.may_lack or {k.split("#")[0] for k in rows} <= stems, "no stem of a record"
        self.records = {k: r for k, r in self.records.items() if k.split("#")[0] not in stems}
        self.items.update({i["key"]: dict(i) for i in batch.items})
        self.records.update({r["row_key"]: dict(r) for r in batch.records})
        self.rejects += batch.rejects
        self.gone.update(batch.gone)
        self.notes += batch.notes
        # what is kept is plain JSON
        self.cursor = json.loads(json.dumps(batch.cursor))
        self.read += batch.read

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


def pull_into(
    fold: Fold, source: Connected, of: Connection, *, at: datetime | None = None,
    most: int | None = None, meter: Meter | None = None, folder: str = "",
) -> bool:  # fmt: skip
    """One sync that lands each batch by itself; it may die after some. Whether it came to its end."""
    watch = Watch(
        at or datetime.now(UTC), known=fold.known, stems=fold.stems, meter=meter or Meter(),
        folder=folder,
    )  # fmt: skip
    batches = source.pull(of, fold.cursor, watch)
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


def pull_through(
    fold: Fold, source: Connected, of: Connection, most: int | None, at: datetime
) -> None:
    """Syncs until one comes to its end, as a schedule does; the first few may die on their way."""
    for attempt in range(20):
        try:
            if pull_into(fold, source, of, at=at, most=most if attempt < 4 else None):
                return
        except SourceError as error:
            assert not error.permanent, error
    raise AssertionError("no sync came to its end")
