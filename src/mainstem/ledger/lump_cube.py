"""Lumps of unattributed work by what items share, worked out once for each derivation and kept beside it.

Lumps are taken greedily, the one with most effort among what is left first; a sharper kind of likeness
wins unless it holds much less than a blunter one (``biggest_lump.sql`` says the same for a question that
is asked once). What a lump holds only gets less while others are taken, so a heap finds the next one
without looking at all of them again.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.cube_files import Kept, Put, content_of, kept_or_made
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.sql import statements
from mainstem.ledger.store import relation
from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    import duckdb

    from mainstem.ledger.questions import Desk

Array = NDArray[Any]
#: Lumps that are kept.
MOST = 60
#: How much a kind of likeness says; the same as in ``biggest_lump.sql``.
WEIGHTS: Mapping[str, float] = {
    "epic": 1.25, "component": 1.25, "label": 1.2, "parent": 1.2, "path": 1.1, "project": 0.9, "text": 0.6,
    "type": 0.3,
}  # fmt: skip
#: Streams and kinds named that have other work of the same likeness.
NEAR = 4
#: Items of a lump of which key and title are kept; by them one may say by hand what they count for.
MOST_KEYS = 500


@dataclass(frozen=True, slots=True)
class LumpFound:
    """A lump. All amounts are in parts.

    Attributes:
        kind: What its items share: ``label``, ``text`` …
        value: Which.
        parts: Effort that nothing speaks for.
        items: How many items.
        keyed: (item, key, title, source number, parts) of those with most, at most ``MOST_KEYS``.
        by_team: Number of a team → parts.
        by_month: ``2026-10`` → parts.
        near: (target, parts) of other work that shares it, the most first.
    """

    kind: str
    value: str
    parts: int
    items: int
    keyed: tuple[tuple[int, str, str, int, int], ...]
    by_team: Mapping[int, int]
    by_month: Mapping[str, int]
    near: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class LumpsFound:
    """All lumps of some days, the parts on no item, and the parts on items that share nothing."""

    lumps: tuple[LumpFound, ...]
    no_item: int
    left: int


def lumps_of(desk: Desk, unit: str, first: date, last: date) -> LumpsFound:
    """What is kept of some days, made if nobody has asked about them before."""
    asked = (UNIT_CODES[unit], first, last)
    if desk.kept_in is None:
        with desk.connection() as con:
            return _read(_make(con, desk, asked))
    made_of = f"{content_of(desk.table('attribution'))}{content_of(desk.table('items'))}"
    kind = f"lumps{asked[0]}x{first:%Y%m%d}x{last:%Y%m%d}x{made_of}"

    def make(put: Put) -> dict[str, Any]:
        with desk.connection() as con:
            return _make(con, desk, asked)

    kept: Kept = kept_or_made(desk.kept_in / "lumps", kind, desk.table("effort"), make)
    return _read(kept.facts)


def _read(facts: Mapping[str, Any]) -> LumpsFound:
    return LumpsFound(
        tuple(
            LumpFound(
                one["kind"], one["value"], one["parts"], one["items"],
                tuple((i, k, t, s, p) for i, k, t, s, p in one["keyed"]),
                {int(team): parts for team, parts in one["by_team"].items()}, one["by_month"],
                tuple((t, p) for t, p in one["near"]),
            )
            for one in facts["lumps"]
        ),
        facts["no_item"], facts["left"],
    )  # fmt: skip


def _make(
    con: duckdb.DuckDBPyConnection, desk: Desk, asked: tuple[int, date, date]
) -> dict[str, Any]:
    """The lumps as JSON knows them."""
    unit, first, last = asked
    _put_inputs(con, desk, first, last)
    for name in ("unknown_items", "lump_parts"):
        for statement in statements(name):
            con.execute(statement.replace("$unit", str(unit)))
    item, amount = (np.asarray(c) for c in con.execute(
        "SELECT item, amount FROM unknown_item ORDER BY item").fetchnumpy().values())  # fmt: skip
    picked = list(_picked(_features(con), item, amount))
    found = [
        _described(con, n, kind, value, members, item, amount)
        for n, (kind, value, members) in enumerate(picked)
    ]
    for lump, near in zip(found, _near(con, found, unit), strict=True):
        lump["near"] = near
    in_lumps = np.concatenate([m for _, _, m in picked]) if picked else np.zeros(0, np.int64)
    on_none = int(amount[item <= 0].sum())
    left = int(amount.sum()) - on_none - int(amount[in_lumps].sum())
    for name in (
        "unknown_item",
        "unknown_part",
        "featured",
        "spent",
        "feature",
        "feature_name",
        "member",
    ):
        con.execute(f"DROP TABLE IF EXISTS {name}")
    return {"lumps": found, "no_item": on_none, "left": left}


def _put_inputs(con: duckdb.DuckDBPyConnection, desk: Desk, first: date, last: date) -> None:
    months = first.strftime("%Y-%m"), last.strftime("%Y-%m")
    for name, source in (
        ("effort", relation(desk.table("effort"), *months)),
        ("attribution", relation(desk.table("attribution"))),
        ("items", relation(desk.table("items"))),
    ):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")
    days = [(first + timedelta(days=n), 0) for n in range((last - first).days + 1)]
    put_small(con, "calendar", Small({"day": "DATE", "period": "INTEGER"}, days))
    teams = [(n, 0) for n in (0, *desk.names("team_id"))]
    put_small(con, "scope", Small({"team": "INTEGER", "cell": "INTEGER"}, teams))


@dataclass(frozen=True, slots=True)
class _Features:
    """What items share.

    Attributes:
        names: (kind, value) of each, in order.
        begins: Where each begins in ``items``; one more than there are, the last is the end.
        items: Numbers of the items that share it, one after the other.
    """

    names: list[tuple[str, str]]
    begins: Array
    items: Array


def _features(con: duckdb.DuckDBPyConnection) -> _Features:
    # words are many and long: they go by number, so that only each once is held in memory
    con.execute(
        "CREATE OR REPLACE TEMP TABLE feature_name AS SELECT kind, value, count(*) AS items, "
        "row_number() OVER (ORDER BY kind, value) AS no FROM feature GROUP BY kind, value"
    )
    rows = con.execute("SELECT kind, value, items FROM feature_name ORDER BY no").fetchall()
    items = con.execute(
        "SELECT f.item FROM feature f JOIN feature_name n USING (kind, value) ORDER BY n.no, f.item"
    ).fetchnumpy()["item"]
    begins = np.cumsum([0, *(r[2] for r in rows)])
    return _Features([(r[0], r[1]) for r in rows], begins, np.asarray(items))


def _picked(features: _Features, item: Array, amount: Array) -> Iterator[tuple[str, str, Array]]:
    """The lumps: kind, value and places of the items in ``item``, the biggest first, each item in one."""
    members = np.searchsorted(item, features.items)
    is_taken = np.zeros(len(item), bool)

    def left(number: int) -> Array:
        own: Array = members[features.begins[number] : features.begins[number + 1]]
        return own[~is_taken[own]]

    def worth(number: int, own: Array) -> float:
        return -float(amount[own].sum()) * WEIGHTS[features.names[number][0]]

    heap = [(worth(n, left(n)), *name, n) for n, name in enumerate(features.names)]
    heapq.heapify(heap)
    count = 0
    while heap and count < MOST:
        known, kind, value, number = heapq.heappop(heap)
        own = left(number)
        now = worth(number, own)
        if not now:
            continue
        if now > known:
            heapq.heappush(heap, (now, kind, value, number))
            continue
        is_taken[own] = True
        count += 1
        yield kind, value, own


def _described(
    con: duckdb.DuckDBPyConnection, number: int, kind: str, value: str, members: Array, item: Array,
    amount: Array,
) -> dict[str, Any]:  # fmt: skip
    con.register("lump_item", {"item": item[members]})
    try:
        con.execute("CREATE OR REPLACE TEMP TABLE member AS SELECT item FROM lump_item")
    finally:
        con.unregister("lump_item")
    teams, months = (
        dict(con.execute(
            f"SELECT {by}, CAST(sum(amount) AS BIGINT) FROM unknown_part SEMI JOIN member USING (item) "
            f"GROUP BY {by} ORDER BY {by}"
        ).fetchall())
        for by in ("team", "month")
    )  # fmt: skip
    keyed = con.execute(
        "SELECT i.item, i.key, left(coalesce(i.title, ''), 200), coalesce(i.source, 0), u.amount "
        "FROM items i SEMI JOIN member USING (item) JOIN unknown_item u USING (item) "
        "WHERE i.key <> '' ORDER BY u.amount DESC, i.key, i.item LIMIT ?",
        [MOST_KEYS],
    ).fetchall()
    return {
        "number": number, "kind": kind, "value": value, "parts": int(amount[members].sum()),
        "items": len(members), "keyed": keyed, "by_team": teams, "by_month": months,
    }  # fmt: skip


def _near(
    con: duckdb.DuckDBPyConnection, found: list[dict[str, Any]], unit: int
) -> list[list[tuple[int, int]]]:
    """Of each lump what other work counts for that shares the same."""
    rows = [(one["number"], one["kind"], one["value"]) for one in found]
    put_small(
        con, "wanted", Small({"lump": "INTEGER", "kind": "VARCHAR", "value": "VARCHAR"}, rows)
    )
    out: list[list[tuple[int, int]]] = [[] for _ in found]
    if not rows:
        return out
    for statement in statements("lump_near"):
        con.execute(statement.replace("$unit", str(unit)))
    for lump, target, parts in con.fetchall():
        if len(out[lump]) < NEAR:
            out[lump].append((target, int(parts)))
    return out
