"""What claims decided, and what some items cost, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.item_index import rows_with
from mainstem.ledger.questions import Desk
from mainstem.ledger.sql import text
from mainstem.ledger.store import relation
from mainstem.work.records import UNIT_CODES

#: (number of a reason or an item, Monday, parts).
Weekly = list[tuple[int, date, int]]


def claims_by_week(desk: Desk, unit: str, since: date, until: date) -> Weekly:
    """Parts that each claim decided, by the number of its words."""
    return _ask(desk, "claims_by_week", unit, since, until, None)


def items_by_week(desk: Desk, items: Sequence[int], unit: str, since: date, until: date) -> Weekly:
    """Parts of some items."""
    return _ask(desk, "items_by_week", unit, since, until, items) if items else []


def items_named(desk: Desk, keys: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of all items with one of these keys, in any case."""
    return rows_with(desk, keys) if keys else []


def _ask(
    desk: Desk, question: str, unit: str, since: date, until: date, items: Sequence[int] | None
) -> Weekly:
    months = since.strftime("%Y-%m"), until.strftime("%Y-%m")
    with desk.connection() as con:
        for name, source in (
            ("effort", relation(desk.table("effort"), *months)),
            ("attribution", relation(desk.table("attribution"))),
        ):
            con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")
        if items is not None:
            put_small(con, "wanted", Small({"item": "BIGINT"}, [(i,) for i in items]))
        asked = {"unit": UNIT_CODES[unit], "since": since, "until": until}
        return con.execute(text(question), asked).fetchall()
