"""When the items that a query of work picks were made, begun and done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mainstem.ledger.sql import text
from mainstem.ledger.store import relation

if TYPE_CHECKING:
    from mainstem.ledger.browsing_conditions import Condition
    from mainstem.ledger.questions import Desk


@dataclass(frozen=True, slots=True)
class ItemDays:
    """Moments of an item in UTC; ``labels`` in small letters."""

    created: datetime | None
    started: datetime | None
    done: datetime | None
    labels: frozenset[str]


def item_days(desk: Desk, condition: Condition, since: datetime) -> list[ItemDays]:
    """Items, with effort or without, that a condition holds for and that were made or done since.

    The condition is held against every team and every target of an item's effort, whenever it was; one
    that fits is enough. Items of bots, and keys that are known from effort alone, are left out.

    Args:
        condition: May look at items, teams and targets; not at amounts of effort.
        since: UTC.
    """
    view = desk.view
    sql = text("item_days").replace("bool_or(true)", f"bool_or({condition.sql})")
    with desk.connection() as con:
        for name, source in (
            ("items", relation(view.table("items"))),
            ("attribution", relation(view.table("attribution"))),
            ("worked", f"(SELECT DISTINCT item, team FROM {relation(view.table('effort'))})"),
            ("source_name",
             f"(SELECT no, name FROM {relation(view.table('names'))} WHERE kind = 'source')"),
        ):  # fmt: skip
            con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")
        rows = con.execute(
            sql, {"since": since.astimezone(UTC).replace(tzinfo=None), **condition.values}
        ).fetchall()
    return [
        ItemDays(_utc(created), _utc(started), _utc(done), frozenset(x.lower() for x in labels or ()))
        for _, created, started, done, labels in rows
    ]  # fmt: skip


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
