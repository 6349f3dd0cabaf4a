"""A connection to a stand-in, and the small ledger that its batches land in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mainstem.sources.gitlab.source import GitLabSource
from mainstem.sources.remote import Batch, Connection, Secret
from tests.sources import folding
from tests.standin.gitlab import TOKEN


def connection(
    url: str, projects: str = "shop/*", token: str = TOKEN, **options: str
) -> Connection:
    given = {"url": url, "projects": projects, **options}
    return Connection("tracker", "gitlab", given, {"token": Secret(token)})


class Fold(folding.Fold):
    """A small ledger, told in the words of the stand-in."""

    def shown(self) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
        """In the words of the stand-in's ``truth``."""
        items = {
            key: {
                "id": item["fields"]["id"],
                "state": item["state"],
                "done": item["done"],
                "title": item["title"],
            }
            for key, item in self.items.items()
        }
        return items, {key: record["amount"] for key, record in self.records.items()}


def pull(of: Connection, fold: Fold, **given: Any) -> bool:
    """As ``folding.pull_into``."""
    return folding.pull_into(fold, GitLabSource(), of, **given)


def pull_through(of: Connection, fold: Fold, most: int | None, at: datetime) -> None:
    """As ``folding.pull_through``."""
    folding.pull_through(fold, GitLabSource(), of, most, at)


def known_of(batches: Iterable[Batch]) -> Fold:
    """A ledger that holds these alone."""
    fold = Fold()
    for batch in batches:
        fold.add(batch)
    return fold
