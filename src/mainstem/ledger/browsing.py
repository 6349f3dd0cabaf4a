"""Browsing work: what a query picks of the effort of some days, as a page of items and as totals.

A query is held against every part of effort: an item's effort by one team for one stream or kind. So
``team:a stream:b`` picks what team ``a`` spent on ``b``, and sums agree with every other answer about
the same teams, streams and days. Every value of a query is a parameter of the SQL, never part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.ledger import item_cube_pages, item_index
from mainstem.ledger.browsing_values import (
    Cursor,
    FoundItem,
    FoundPage,
    Order,
    Part,
    Sought,
    Totals,
    cursor_at,
)
from mainstem.ledger.questions import Desk
from mainstem.ledger.sql import text
from mainstem.ledger.store import relation

if TYPE_CHECKING:
    import duckdb


#: Columns whose values can be listed, as SQL.
VALUES: Mapping[str, str] = {
    "labels": "unnest(labels)", "components": "unnest(components)", "type": "type", "state": "state",
    "project": "project", "epic": "epic",
}  # fmt: skip
#: How far down those are followed that are part of an item, and the rank of what is said by hand.
DEPTH, BY_HAND = 8, 1
#: Values listed of one column.
MOST_VALUES = 2_000


def browse(
    desk: Desk, sought: Sought, *, order: Order, cursor: Cursor | None, most: int
) -> tuple[Totals, FoundPage]:
    """Totals and one page of what a query picks: from what is kept of the days, else by SQL."""
    kept = item_cube_pages.browse(desk, sought, order=order, cursor=cursor, most=most)
    if kept is not None:
        return kept
    with desk.connection() as con:
        _pick(con, desk, sought)
        return _totals(con), _page(con, desk, order, cursor, most)


def keys_of(desk: Desk, sought: Sought, *, most: int) -> list[tuple[int, str]]:
    """Number and key of every item that a query picks and that has a key, at most ``most`` of them."""
    kept = item_cube_pages.keys_of(desk, sought, most=most)
    if kept is not None:
        return kept
    with desk.connection() as con:
        _pick(con, desk, sought)
        return con.execute(
            "SELECT i.item, i.key FROM items i SEMI JOIN picked p ON p.item = i.item "
            "WHERE i.key <> '' ORDER BY i.item LIMIT ?",
            [most],
        ).fetchall()


@dataclass(frozen=True, slots=True)
class ItemShares:
    """What an item counts for (target → share) and which teams have effort on it.

    ``is_below``: it was not asked for itself, but is part of one that was and follows what is said of it.
    """

    key: str
    shares: Mapping[int, int]
    teams: frozenset[int]
    is_below: bool


def shares_of(desk: Desk, keys: Sequence[str], *, below: bool = True) -> list[ItemShares]:
    """Every item with one of these keys, in any case, and all that follow what is said of them.

    Those that follow are part of them (by their parent, else their epic), unless something is said of
    them by hand; ``below``: find these too.
    """
    found = item_index.items_with(desk, keys)
    own = set(found)
    shares = _by_item(desk, list(found))
    latest = list(found.values())
    for _ in range(DEPTH if below else 0):
        parts = item_index.below(desk, latest) if latest else {}
        new = {item: key for item, key in parts.items() if item not in found}
        of_new = _by_item(desk, list(new))
        new = {i: k for i, k in new.items() if not any(rank == BY_HAND for _, _, rank in of_new[i])}
        found, shares, latest = found | new, shares | of_new, list(new.values())
    teams = _teams(desk, list(found))
    return [
        ItemShares(found[item], _summed(shares[item]), frozenset(teams[item]), item not in own)
        for item in sorted(found)
    ]


def _by_item(desk: Desk, items: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
    """(target, share, rank) of each item, by target."""
    out: dict[int, list[tuple[int, int, int]]] = {item: [] for item in items}
    for item, target, share, rank, _ in item_index.shares(desk, items):
        out[item].append((target, share, rank))
    return {item: sorted(rows) for item, rows in out.items()}


def _summed(rows: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    out: dict[int, int] = {}
    for target, share, _ in rows:
        out[target] = out.get(target, 0) + share
    return out


def _teams(desk: Desk, items: Sequence[int]) -> dict[int, set[int]]:
    """The teams with effort on each item."""
    out: dict[int, set[int]] = {item: set() for item in items}
    for item, _, team, _, _ in item_index.trail(desk, items):
        if team > 0:
            out[item].add(team)
    return out


def effort_by_month(desk: Desk, item: int) -> list[tuple[int, int, str, int]]:
    """(unit, team, month, millionths of the unit) of one item's effort, in order of time."""
    rows = [(u, team, month, parts) for _, u, team, month, parts in item_index.trail(desk, [item])]
    return sorted(rows, key=lambda row: (row[0], row[2], row[1]))


def known_values(desk: Desk, column: str) -> list[str]:
    """The values that most items have in a column, the most frequent first.

    Args:
        column: A key of ``VALUES``.
    """
    each = VALUES[column]
    with desk.connection() as con:
        rows = con.execute(
            f"SELECT value FROM (SELECT {each} AS value FROM {relation(desk.view.table('items'))}) "
            "WHERE value <> '' GROUP BY value ORDER BY count(*) DESC, value LIMIT ?",
            [MOST_VALUES],
        ).fetchall()
    return [r[0] for r in rows]


def _pick(con: duckdb.DuckDBPyConnection, desk: Desk, sought: Sought) -> None:
    low, high = sought.first.strftime("%Y-%m"), sought.last.strftime("%Y-%m")
    view = desk.view
    for name, source in (
        ("effort", relation(view.table("effort"), low, high)),
        ("attribution", relation(view.table("attribution"))),
        ("items", relation(view.table("items"))),
        ("source_name", f"(SELECT no, name FROM {relation(view.table('names'))} WHERE kind = 'source')"),
    ):  # fmt: skip
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")
    sql = text("browse_picked").replace("AND true", f"AND {sought.condition.sql}")
    if not sought.condition.asks_whole:
        sql = sql.replace("LEFT JOIN whole w ON w.item = p.item\n", "")
    if not sought.condition.asks_item:
        sql = sql.replace("LEFT JOIN items i ON i.item = p.item\n", "")
    con.execute(
        sql,
        {
            "unit": sought.unit,
            "first": sought.first,
            "last": sought.last,
            **sought.condition.values,
        },
    )


def _totals(con: duckdb.DuckDBPyConnection) -> Totals:
    rows = con.execute(text("browse_totals")).fetchall()
    whole = next(r for r in rows if r[0] == -1)
    return Totals(whole[1], whole[2], tuple((r[0], r[1], r[2]) for r in rows if r[0] != -1))


def _page(
    con: duckdb.DuckDBPyConnection, desk: Desk, order: Order, cursor: Cursor | None, most: int
) -> FoundPage:
    is_back = cursor is not None and cursor.is_back
    sql, values = _ordered(text("browse_items"), order, cursor)
    rows = con.execute(sql, {"most": most + 1, **values}).fetchall()
    more, rows = len(rows) > most, rows[:most]
    if is_back:
        rows.reverse()
    parts = _parts(con, [r[0] for r in rows])
    items = tuple(
        FoundItem(item, key, source, title, kind, url, amount, last, tuple(parts.get(item, ())))
        for item, key, source, title, kind, url, amount, last in rows
    )
    return FoundPage(items, more or is_back, (more if is_back else cursor is not None))


def _ordered(sql: str, order: Order, cursor: Cursor | None) -> tuple[str, dict[str, Any]]:
    """The question in the order asked for, cut at the cursor; backwards for the page before it."""
    is_back = cursor is not None and cursor.is_back
    if order is Order.UPDATED:
        sql = sql.replace("amount DESC", "last DESC")
    if is_back:
        sql = sql.replace("DESC, x.item", "ASC, x.item DESC").replace(
            "DESC, item", "ASC, item DESC"
        )
    if cursor is None:
        return sql, {}
    by = "sum(parts)" if order is Order.EFFORT else "date_diff('day', DATE '0001-01-01', max(last))"
    value, item = (">", "<") if is_back else ("<", ">")
    test = f"{by} {value} $at OR ({by} = $at AND item {item} $beside)"
    return sql.replace("HAVING true", f"HAVING {test}"), {"at": cursor.value, "beside": cursor.item}


def _parts(con: duckdb.DuckDBPyConnection, items: Sequence[int]) -> dict[int, list[Part]]:
    rows = con.execute(
        "SELECT item, target, rank, reason, share, team, parts FROM picked "
        "WHERE item IN (SELECT unnest(?::BIGINT[])) ORDER BY item, parts DESC, target, team",
        [list(items)],
    ).fetchall()
    out: dict[int, list[Part]] = {}
    for item, *rest in rows:
        out.setdefault(item, []).append(Part(*rest))
    return out


__all__: Sequence[str] = (
    "VALUES",
    "Cursor",
    "FoundItem",
    "FoundPage",
    "ItemShares",
    "Order",
    "Part",
    "Sought",
    "Totals",
    "browse",
    "cursor_at",
    "effort_by_month",
    "keys_of",
    "known_values",
    "shares_of",
)
