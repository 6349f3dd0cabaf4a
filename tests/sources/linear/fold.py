"""A connection to a stand-in, and the small ledger that its batches land in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mainstem.sources.linear.source import LinearSource
from mainstem.sources.remote import Connection, Secret
from tests.sources import folding
from tests.sources.linear.stand_in import KEY


def connection(url: str, token: str = KEY, **options: str) -> Connection:
    given = {"url": f"{url}/graphql", **options}
    return Connection("tracker", "linear", given, {"token": Secret(token)})


class Fold(folding.Fold):
    """A small ledger, told in the words of the stand-in."""

    def shown(self) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """In the words of the stand-in's ``truth``."""
        names = ("state", "title", "project", "done", "started")
        items = {
            key: {"id": item["fields"]["id"], **{name: item[name] for name in names}}
            for key, item in self.items.items()
        }
        return items, {key: record["amount"] for key, record in self.records.items()}


def pull(of: Connection, fold: Fold, **given: Any) -> bool:
    """As ``folding.pull_into``."""
    return folding.pull_into(fold, LinearSource(), of, **given)


def pull_through(of: Connection, fold: Fold, most: int | None, at: datetime) -> None:
    """As ``folding.pull_through``."""
    folding.pull_through(fold, LinearSource(), of, most, at)
