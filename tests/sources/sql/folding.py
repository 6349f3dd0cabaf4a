"""A database as a source, and the small ledger that its batches land in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mainstem.sources.remote import Batch, Connected, Connection, Secret, Watch
from mainstem.sources.sql.settings import OPTIONS
from mainstem.sources.sql.source import SqlSource
from tests.sources import folding

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


class Held(folding.Fold):
    """The shared small ledger; refused rows as (place, reason).

    ``new`` counts the rows that came with the last sync.
    """

    # of time entries alone only the keys of their items are known, and entries may come one by one
    may_lack = True

    def __init__(self) -> None:
        super().__init__()
        self.new = 0

    def add(self, batch: Batch) -> None:
        """As the shared one."""
        had = len(self.rejects)
        super().add(batch)
        self.rejects[had:] = [(r.place, r.reason) for r in batch.rejects]
        self.new += len(batch.items) + len(batch.records)

    def amounts_in(self, unit: int) -> dict[str | None, float]:
        """Item → amount in its unit."""
        out: dict[str | None, float] = {}
        for row in self.records.values():
            if row["unit"] == unit:
                out[row["item_key"]] = out.get(row["item_key"], 0) + row["amount"] / 10**6
        return out


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
    held.take((source or SqlSource()).pull(of, held.cursor, watch(held, folder, at)))
    return held
