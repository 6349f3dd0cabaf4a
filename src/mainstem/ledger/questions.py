"""Questions as the services ask them: which tables each needs, and what comes back, typed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from mainstem.errors import LedgerError
from mainstem.ledger import item_index, reason_cube
from mainstem.ledger.cube import Cube, Sums, open_cube
from mainstem.ledger.cube_files import kept_or_made
from mainstem.ledger.cube_heads import Heads, open_heads
from mainstem.ledger.engine import Big, Connections, DuckDBEngine, Engine, Small, put_small
from mainstem.ledger.item_index_made import KINDS, Piece, pieces
from mainstem.ledger.sql import statements, text
from mainstem.ledger.store import Ledger, View, relation
from mainstem.ledger.tables import Table
from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    import duckdb

Days = Sequence[tuple[date, int]]
Scope = Sequence[tuple[int, int]]
Places = Sequence[tuple[int, int]]

#: Sums must stay below this to be exact.
LIMIT = 2**63
#: Head counts kept of so many stretches of days.
MOST_COUNTS = 64


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
    """Asks questions of the ledger at one pinned view; keep it to ask again quickly.

    Safe to use from several threads.

    Args:
        ledger: Where the tables are.
        view: The versions that count.
        engine: Where SQL runs; ``None``: here.
        cube: Answer from the cube what it can answer, else all by SQL. Another engine has no cube.
    """

    def __init__(
        self, ledger: Ledger, view: View, engine: Engine | None = None, *, cube: bool = True
    ) -> None:
        self.view = view
        self._connections = Connections(ledger.connect())
        self._engine = engine or DuckDBEngine(self._connections)
        self._has_cube = cube and engine is None
        self._folder = ledger.root / "cache"
        self._tables: dict[str, Table] = {}
        self._pieces: dict[str, tuple[Piece, ...]] = {}
        self._names: dict[str, dict[int, str]] = {}
        self._spans: list[tuple[str, date, date, int]] | None = None
        self._lock = Lock()
        self._cubes: list[Cube] = []
        self._heads: list[Heads | None] = []
        self._counted: dict[tuple[date, date], dict[int, int]] = {}

    @property
    def kept_in(self) -> Path | None:
        """Where arrays worked out of the tables are kept; ``None`` if all is to be answered by SQL."""
        return self._folder if self._has_cube else None

    def close(self) -> None:
        """Lets the database go; questions that are being answered still get their answer."""
        self._connections.close()

    def table(self, name: str) -> Table:
        """A pinned table; kept, as finding out its files takes a while."""
        return self._tables.setdefault(name, self.view.table(name))

    def connection(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A connection that nobody else uses meanwhile, for a question of several steps."""
        return self._connections.one()

    def names(self, kind: str) -> dict[int, str]:
        """Number -> word, of one kind."""
        if kind not in self._names:
            rows = self._fetch(
                f"SELECT no, name FROM {relation(self.table('names'))} WHERE kind = ? ORDER BY no",
                [kind],
            )
            self._names[kind] = {r[0]: r[1] for r in rows}
        return self._names[kind]

    def amounts(
        self, days: Days, scope: Scope, places: Places, unit: str, *, raw: bool = False
    ) -> Sums:
        """Parts by period, team cell and place; from the cube or the roll-up unless ``raw``."""
        if not days:
            return Sums.of_rows([])
        found = None
        if self._has_cube and not raw:
            found = self._cube().ask(UNIT_CODES[unit], days, scope, places)
        return self._amounts(days, scope, places, unit, raw=raw) if found is None else found

    def _amounts(self, days: Days, scope: Scope, places: Places, unit: str, *, raw: bool) -> Sums:
        low, high = _months(days)
        small = _dimensions(days, scope, places)
        params = {"unit": UNIT_CODES[unit]}
        if raw:
            big = {
                "effort": Big(self.table("effort"), low, high),
                "attribution": Big(self.table("attribution")),
            }
            rows = self._engine.ask("value_score", big=big, small=small, params=params)
        else:
            big = {"rollup": Big(self.table("rollup"), low, high)}
            rows = self._engine.ask("value_score_rollup", big=big, small=small, params=params)
        return Sums.of_rows(rows)

    def _cube(self) -> Cube:
        if not self._cubes:
            with self._lock:
                if not self._cubes:
                    with self._connections.one() as con:
                        self._cubes.append(open_cube(con, self.table("rollup"), self._folder))
        return self._cubes[0]

    def spans(self) -> list[tuple[str, date, date, int]]:
        """Unit, first and last day of effort, and how much of it.

        Raises:
            LedgerError: if there is more effort than whole numbers of 64 bits can count.
        """
        if self._spans is None:
            codes = {v: k for k, v in UNIT_CODES.items()}
            if self._has_cube:
                rows: Sequence[tuple[Any, ...]] = self._cube().spans
            else:
                rows = self._engine.ask("spans", big={"rollup": Big(self.table("rollup"))}, small={})  # fmt: skip
            for code, _, _, parts in rows:
                if parts >= LIMIT:
                    raise LedgerError(
                        f"The ledger holds more {codes[code]}s than can be counted exactly.",
                        "Amounts of that size are usually given in a wrong unit: look at the imports.",
                        code="ledger.overflow",
                    )
            self._spans = [(codes[r[0]], r[1], r[2], int(r[3])) for r in rows]
        return self._spans

    def heads(self, days: Days) -> dict[int, int]:
        """People behind each team's effort in the days."""
        if not days:
            return {}
        if not _is_one_stretch(days):
            return self._count_heads(days)
        first, last = days[0][0], days[-1][0]
        found = self._counted.get((first, last))
        if found is None:
            if len(self._counted) >= MOST_COUNTS:
                self._counted = {}
            found = self._counted[first, last] = self._count_heads(days)
        return found

    def _count_heads(self, days: Days) -> dict[int, int]:
        known = self._seen() if self._has_cube else None
        if known is not None:
            return known.count(days)
        low, high = _months(days)
        rows = self._engine.ask(
            "heads",
            big={"effort": Big(self.table("effort"), low, high)},
            small={"calendar": _calendar(days)},
        )
        return {r[0]: int(r[1]) for r in rows}

    def _seen(self) -> Heads | None:
        if not self._heads:
            with self._lock:
                if not self._heads:
                    with self._connections.one() as con:
                        self._heads.append(open_heads(con, self.table("effort"), self._folder))
        return self._heads[0]

    def _fetch(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._connections.one() as con:
            return con.execute(sql, list(values)).fetchall()

    def items_of(
        self, days: Days, scope: Scope, places: Places, unit: str, *, most: int
    ) -> list[ItemRow]:
        """The items behind a cell, largest first."""
        low, high = _months(days)
        big = {
            "effort": Big(self.table("effort"), low, high),
            "attribution": Big(self.table("attribution")),
            "items": Big(self.table("items")),
        }
        small = _dimensions(days, scope, places)
        small["reasons"] = Small(
            {"no": "INTEGER", "name": "VARCHAR"}, sorted(self.names("reason").items())
        )
        rows = self._engine.ask(
            "items_of", big=big, small=small, params={"unit": UNIT_CODES[unit], "most": most}
        )
        return [ItemRow(r[0], r[1], r[2], r[3], r[4], r[5], r[6], int(r[7])) for r in rows]

    def reasons(
        self, days: Days, scope: Scope, places: Places, unit: str
    ) -> list[tuple[int, int, int, int, int]]:
        """(cell, place, rank, reason, parts): because of what effort counts where it counts.

        The reason is the number of a claim's words; 0 for what is not by claim.
        """
        if not days:
            return []
        if _is_one_stretch(days):
            first, last = days[0][0], days[-1][0]
            found = reason_cube.ask(self, UNIT_CODES[unit], first, last, scope, places)
            if found is not None:
                return found
        low, high = _months(days)
        big = {
            "effort": Big(self.table("effort"), low, high),
            "attribution": Big(self.table("attribution")),
        }
        rows = self._engine.ask(
            "reasons_of", big=big, small=_dimensions(days, scope, places),
            params={"unit": UNIT_CODES[unit]},
        )  # fmt: skip
        return [(r[0], r[1], r[2], r[3], int(r[4])) for r in rows]

    def suspicious(self) -> list[tuple[Any, ...]]:
        """Rows of ``suspicious.sql``; kept beside the ledger, as it looks at every record."""
        if self.kept_in is None:
            return self._suspicious()
        kept = kept_or_made(
            self.kept_in,
            "suspicious",
            self.table("records"),
            lambda _: {"rows": [[*r[:4], *map(int, r[4:7]), r[7]] for r in self._suspicious()]},
        )
        return [tuple(r) for r in kept.facts["rows"]]

    def _suspicious(self) -> list[tuple[Any, ...]]:
        return self._engine.ask(
            "suspicious",
            big={"records": Big(self.table("records"))},
            small={
                "people": Small(
                    {"no": "INTEGER", "name": "VARCHAR"}, sorted(self.names("person").items())
                ),
                "sources": Small(
                    {"no": "INTEGER", "name": "VARCHAR"}, sorted(self.names("source").items())
                ),
            },
        )

    def shared_items(self, targets: Sequence[int]) -> list[tuple[int, int, int]]:
        """(target, other target, items that count for both); a target with itself: all of its items."""
        rows = self._engine.ask(
            "shared_items",
            big={"attribution": Big(self.table("attribution"))},
            small={"wanted": Small({"target": "INTEGER"}, [(no,) for no in targets])},
        )
        return [(r[0], r[1], int(r[2])) for r in rows]

    def lumps(
        self, days: Days, scope: Scope, unit: str, *, most: int
    ) -> tuple[list[LumpRow], int, int]:
        """Unattributed effort in lumps by what items share, biggest first, each item in one lump.

        Returns:
            The lumps, the parts on no item at all, and the parts in no lump.
        """
        if not days:
            return [], 0, 0
        low, high = _months(days)
        with self._connections.one() as con:
            for name, view in (
                ("effort", relation(self.table("effort"), low, high)),
                ("attribution", relation(self.table("attribution"))),
                ("items", relation(self.table("items"))),
            ):
                con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {view}")
            put_small(con, "calendar", _calendar(days))
            put_small(con, "scope", _scope(scope))
            for statement in statements("unknown_items"):
                con.execute(statement.replace("$unit", str(UNIT_CODES[unit])))
            con.execute("CREATE OR REPLACE TEMP TABLE taken (item BIGINT)")
            out = [row for row in (self._next_lump(con) for _ in range(most)) if row is not None]
            left = con.execute(
                "SELECT coalesce(sum(amount) FILTER (item = 0), 0), coalesce(sum(amount) FILTER "
                "(item > 0 AND item NOT IN (SELECT item FROM taken)), 0) FROM unknown_item"
            ).fetchone()
        assert left is not None
        return out, int(left[0]), int(left[1])

    def _next_lump(self, con: duckdb.DuckDBPyConnection) -> LumpRow | None:
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

    def pieces(self, kind: str) -> tuple[Piece, ...]:
        """The parts of a table that one kind of the index of items is made of; kept as tables are."""
        found = self._pieces.get(kind)
        if found is None:
            found = self._pieces[kind] = pieces(self.table(KINDS[kind]), kind)
        return found

    def item(self, key: str) -> list[dict[str, Any]]:
        """Every item with this key (of any source), as columns."""
        return item_index.rows_with(self, [key])

    def near_keys(self, key: str) -> list[str]:
        """Keys that begin alike, for a hint."""
        rows = self._fetch(
            f"SELECT key FROM {relation(self.table('items'))} "
            "WHERE starts_with(lower(key), lower(?)) ORDER BY length(key), key LIMIT 5",
            [key],
        )
        return [r[0] for r in rows]

    def effort_of(self, item: int) -> list[tuple[Any, ...]]:
        """Day-free effort of one item: (team, unit, micro-units, first day, last day)."""
        return self._fetch(
            "SELECT team, unit, CAST(sum(amount) AS BIGINT), min(day), max(day) "
            f"FROM {relation(self.table('effort'))} WHERE item = ? GROUP BY team, unit ORDER BY unit, team",
            [item],
        )

    def attribution_of(self, item: int) -> list[tuple[int, int, int, int]]:
        """(target, share, rank, reason) rows of one item."""
        return [row[1:] for row in item_index.shares(self, [item])]

    def corrections_of(self, item: int) -> list[tuple[date, int, int, int, int]]:
        """(day, unit, micro-units, landed by, replaced by) of superseded rows of one item."""
        return item_index.corrections(self, item)


def _is_one_stretch(days: Days) -> bool:
    """Whether the days, which are in order, follow one another."""
    return (days[-1][0] - days[0][0]).days + 1 == len(days)


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
