"""A connection to a stand-in, and the small ledger that its batches land in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from mainstem.sources.remote import Batch, Connection, Secret, Watch
from tests.sources import folding


class Fold(folding.Fold):
    """The shared small ledger, for GitHub."""

    def land(self, batches: Iterable[Batch], most: int = 1_000_000) -> int:
        """Lands so many batches at most, and says how many."""
        count = 0
        for batch in batches:
            self.add(batch)
            count += 1
            if count >= most:
                break
        return count

    def add(self, batch: Batch) -> None:
        """As the shared one; each thing that was read became an item or was refused."""
        assert batch.read == len(batch.items) + len(batch.rejects)
        super().add(batch)

    def states(self) -> dict[str, str]:
        """Key → state."""
        return {key: item["state"] for key, item in self.items.items()}

    def micros(self) -> dict[str, int]:
        """Row key → amount, in millionths."""
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
