"""Questions as the services ask them: which tables each needs, and what comes back, typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mainstem.ledger.engine import Big, DuckDBEngine, Engine, Small, put_small
from mainstem.ledger.sql import statements, text
from mainstem.ledger.store import Ledger, View, relation
from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    import duckdb

Days = Sequence[tuple[date, int]]
Scope = Sequence[tuple[int, int]]
Places = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a cell."""

    key: str
    title: str
    type: str
    url: str
    target: int
    reason: str
    share: int
    amount: int


@dataclass(frozen=True, slots=True)
class LumpRow:
    """Unattributed items that share something."""

    kind: str
    value: str
    amount: int
    items: int
    examples: tuple[tuple[str, str], ...]


class Desk:
    """Asks questions of the ledger at one pinned view; keep it to ask again quickly."""

    def __init__(self, ledger: Ledger, view: View, engine: Engine | None = None) -> None:
        self.view = view
        self._con = ledger.connect()
        self._engine = engine or DuckDBEngine(self._con)
        self._names: dict[str, dict[int, str]] = {}
        self._spans: list[tuple[str, date, date, int]] | None = None

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The embedded engine's connection, for steps that only it does."""
        return self._con

    def close(self) -> None:
        """Lets the connection go."""
        self._con.close()

    def names(self, kind: str) -> dict[int, str]:
        """Number -> word, of one kind."""
        if kind not in self._names:
            rows = self._con.execute(
                f"SELECT no, name FROM {relation(self.view.table('names'))} WHERE kind = ?",
                [kind],
            ).fetchall()
            self._names[kind] = {r[0]: r[1] for r in rows}
        return self._names[kind]

    def amounts(
        self, days: Days, scope: Scope, places: Places, unit: str, *, raw: bool = False
    ) -> list[tuple[int, int, int, int]]:
        """(period, team cell, place, parts) rows; from the roll-up unless ``raw``."""
        if not days:
            return []
        low, high = _months(days)
        small = _dimensions(days, scope, places)
        params = {"unit": UNIT_CODES[unit]}
        if raw:
            big = {
                "effort": Big(self.view.table("effort"), low, high),
                "attribution": Big(self.view.table("attribution")),
            }
            rows = self._engine.ask("value_score", big=big, small=small, params=params)
        else:
            big = {"rollup": Big(self.view.table("rollup"), low, high)}
            rows = self._engine.ask("value_score_rollup", big=big, small=small, params=params)
        return rows

    def spans(self) -> list[tuple[str, date, date, int]]:
        """Unit, first and last day of effort, and how much of it."""
        if self._spans is None:
            codes = {v: k for k, v in UNIT_CODES.items()}
            big = {"rollup": Big(self.view.table("rollup"))}
            rows = self._engine.ask("spans", big=big, small={})
            self._spans = [(codes[r[0]], r[1], r[2], int(r[3])) for r in rows]
        return self._spans

    def heads(self, days: Days) -> dict[int, int]:
        """People behind each team's effort in the days."""
        if not days:
            return {}
        low, high = _months(days)
        rows = self._engine.ask(
            "heads",
            big={"effort": Big(self.view.table("effort"), low, high)},
            small={"calendar": _calendar(days)},
        )
        return {r[0]: int(r[1]) for r in rows}

    def items_of(
        self, days: Days, scope: Scope, places: Places, unit: str, *, most: int
    ) -> list[ItemRow]:
        """The items behind a cell, largest first."""
        low, high = _months(days)
        big = {
            "effort": Big(self.view.table("effort"), low, high),
            "attribution": Big(self.view.table("attribution")),
            "items": Big(self.view.table("items")),
        }
        small = _dimensions(days, scope, places)
        small["reasons"] = Small(
            {"no": "INTEGER", "name": "VARCHAR"}, sorted(self.names("reason").items())
        )
        rows = self._engine.ask(
            "items_of", big=big, small=small, params={"unit": UNIT_CODES[unit], "most": most}
        )
        return [ItemRow(r[0], r[1], r[2], r[3], r[4], r[5], r[6], int(r[7])) for r in rows]

    def suspicious(self) -> list[tuple[Any, ...]]:
        """Rows of ``suspicious.sql``."""
        return self._engine.ask(
            "suspicious",
            big={"records": Big(self.view.table("records"))},
            small={
                "people": Small(
                    {"no": "INTEGER", "name": "VARCHAR"}, sorted(self.names("person").items())
                ),
                "sources": Small(
                    {"no": "INTEGER", "name": "VARCHAR"}, sorted(self.names("source").items())
                ),
            },
        )

    def lumps(
        self, days: Days, scope: Scope, unit: str, *, most: int
    ) -> tuple[list[LumpRow], int, int]:
        """Unattributed effort in lumps by what items share, biggest first, each item in one lump.

        Returns:
            The lumps, the parts on no item at all, and the parts in no lump.
        """
        if not days:
            return [], 0, 0
        con, (low, high) = self._con, _months(days)
        for name, view in (
            ("effort", relation(self.view.table("effort"), low, high)),
            ("attribution", relation(self.view.table("attribution"))),
            ("items", relation(self.view.table("items"))),
        ):
            con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {view}")
        put_small(con, "calendar", _calendar(days))
        put_small(con, "scope", _scope(scope))
        for statement in statements("unknown_items"):
            con.execute(statement.replace("$unit", str(UNIT_CODES[unit])))
        con.execute("CREATE OR REPLACE TEMP TABLE taken (item BIGINT)")
        out = [row for row in (self._next_lump() for _ in range(most)) if row is not None]
        left = con.execute(
            "SELECT coalesce(sum(amount) FILTER (item = 0), 0), coalesce(sum(amount) FILTER "
            "(item > 0 AND item NOT IN (SELECT item FROM taken)), 0) FROM unknown_item"
        ).fetchone()
        assert left is not None
        return out, int(left[0]), int(left[1])

    def _next_lump(self) -> LumpRow | None:
        con = self._con
        row = con.execute(text("biggest_lump")).fetchone()
        if row is None:
            return None
        kind, value, amount, items = row
        examples = con.execute(
            "SELECT i.key, coalesce(i.title, '') FROM items i JOIN unknown_item u USING (item) "
            "JOIN feature f USING (item) WHERE f.kind = ? AND f.value = ? "
            "AND i.item NOT IN (SELECT item FROM taken) ORDER BY u.amount DESC, i.key LIMIT 3",
            [kind, value],
        ).fetchall()
        con.execute("INSERT INTO taken SELECT item FROM feature WHERE kind = ? AND value = ? "
                    "AND item NOT IN (SELECT item FROM taken)", [kind, value])  # fmt: skip
        return LumpRow(kind, value, int(amount), int(items), tuple((e[0], e[1]) for e in examples))

    def item(self, key: str) -> list[dict[str, Any]]:
        """Every item with this key (of any source), as columns."""
        cursor = self._con.execute(
            f"SELECT i.*, n.name AS source_name FROM {relation(self.view.table('items'))} i "
            f"LEFT JOIN (SELECT no, name FROM {relation(self.view.table('names'))} WHERE kind = 'source') n "
            "ON n.no = i.source WHERE lower(i.key) = lower(?) ORDER BY item",
            [key],
        )
        columns = [d[0] for d in cursor.description or ()]
        return [dict(zip(columns, r, strict=True)) for r in cursor.fetchall()]

    def near_keys(self, key: str) -> list[str]:
        """Keys that begin alike, for a hint."""
        rows = self._con.execute(
            f"SELECT key FROM {relation(self.view.table('items'))} "
            "WHERE starts_with(lower(key), lower(?)) ORDER BY length(key), key LIMIT 5",
            [key],
        ).fetchall()
        return [r[0] for r in rows]

    def effort_of(self, item: int) -> list[tuple[Any, ...]]:
        """Day-free effort of one item: (team, unit, micro-units, first day, last day)."""
        return self._con.execute(
            "SELECT team, unit, CAST(sum(amount) AS BIGINT), min(day), max(day) "
            f"FROM {relation(self.view.table('effort'))} WHERE item = ? GROUP BY team, unit ORDER BY unit, team",
            [item],
        ).fetchall()

    def attribution_of(self, item: int) -> list[tuple[Any, ...]]:
        """(target, share, rank, reason) rows of one item."""
        return self._con.execute(
            f"SELECT target, share, rank, reason FROM {relation(self.view.table('attribution'))} "
            "WHERE item = ? ORDER BY share DESC, target",
            [item],
        ).fetchall()

    def corrections_of(self, item: int) -> list[tuple[Any, ...]]:
        """(day, unit, micro-units, landed by, replaced by) of superseded rows of one item."""
        return self._con.execute(
            "SELECT day, unit, amount, landing, replaced_by "
            f"FROM {relation(self.view.table('superseded'))} WHERE item = ? ORDER BY replaced_by, day",
            [item],
        ).fetchall()


def _months(days: Days) -> tuple[str, str]:
    return min(d for d, _ in days).strftime("%Y-%m"), max(d for d, _ in days).strftime("%Y-%m")


def _calendar(days: Days) -> Small:
    return Small({"day": "DATE", "period": "INTEGER"}, list(days))


def _scope(scope: Scope) -> Small:
    return Small({"team": "INTEGER", "cell": "INTEGER"}, list(scope))


def _dimensions(days: Days, scope: Scope, places: Places) -> dict[str, Small]:
    return {
        "calendar": _calendar(days),
        "scope": _scope(scope),
        "place": Small({"target": "INTEGER", "place": "INTEGER"}, list(places)),
    }


__all__: Sequence[str] = ("Desk", "ItemRow", "LumpRow")
