"""A connection to the stand-in, and one sync into a fold."""

from __future__ import annotations

from datetime import UTC, datetime

from mainstem.sources.azure.source import AzureSource
from mainstem.sources.remote import Connection, Secret, Watch
from tests.sources.azure.stand_in import TOKEN
from tests.sources.folding import Fold
from tests.standin.server import StandIn

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SOURCE = AzureSource()


def connection(there: StandIn, *, secret: str = TOKEN, **given: str) -> Connection:
    """With the defaults of the options, as the services fill them in."""
    options = {o.name: o.default for o in SOURCE.options if o.kind != "secret"}
    options |= {"url": there.url, **given}
    return Connection("boards", "azure", options, {"token": Secret(secret)})


def sync(of: Connection, fold: Fold | None = None, *, at: datetime = NOW, most: int | None = None) -> tuple[Fold, Watch]:  # fmt: skip
    """One sync into a fold, which goes on where it was."""
    fold = fold or Fold()
    watch = Watch(at, known=fold.known, stems=fold.stems)
    fold.take(SOURCE.pull(of, fold.cursor, watch), most)
    return fold, watch
