"""What one more claim would change, without changing anything.

The same precedence as attribution, and the same code wherever a case is not plain. An item that a claim
catches is plain when what it has now says all: no claim had it, or claims of another rank, or of the same
(then it is shared as the policy says). Where shares follow paths, and for what inherits from an item that
changes, the item is attributed anew as a refresh would do it, over a view of the ledger in which the plain
ones have changed already. A test holds the outcome against really saving the claim and deriving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.attribute import MOST_LEVELS, Plain, Rule, attribute
from mainstem.ledger.claim_catch import catch
from mainstem.ledger.claim_ground import ancestors, doubtful_paths, put_narrow_items
from mainstem.ledger.claim_words import put_item_words
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.questions import Desk
from mainstem.ledger.sql import statements
from mainstem.ledger.store import relation

if TYPE_CHECKING:
    import duckdb

Array = NDArray[Any]
#: How a caught item stands, in the order of ``HOW``.
HOW = ("hand", "stronger", "own", "tie", "taken", "free")
_TEMPORARY = (
    "caught", "hit", "held", "said_of", "doubtful", "standing", "sure_share", "moved_item", "old_share", "new_share",
    "pick", "newest", "fresh_attribution", "item_words", "near_item",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """A claim, or a rule for a kind of the rest, to be tried.

    Attributes:
        plain: What the plan would say with it.
        rules: The alternatives of the claim, or the one rule; a rule comes after all others.
        is_rest: Whether it is a rule for a kind of the rest.
        team_line: (team number, words by which a claim may name it); only where a claim asks for teams.
        team_words: (word of an item for a team, team number).
    """

    plain: Plain
    rules: Sequence[Rule]
    is_rest: bool
    team_line: Sequence[tuple[int, list[str]]] = ()
    team_words: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a trial changes, as arrays.

    Attributes:
        caught: Numbers of the items that it matches, sorted; ``how`` (place in ``HOW``) is of its shape.
        how: How each stands.
        item: Items whose shares change; ``target`` and ``delta`` are of its shape, a row per target.
        target: What they count for.
        delta: By how many ten-thousandths more.
        rival_item: Items that claims of others hold, of the caught ones; with ``rival``, their targets.
        rival: What these count for now.
    """

    caught: Array
    how: Array
    item: Array
    target: Array
    delta: Array
    rival_item: Array
    rival: Array


def effect_of(desk: Desk, trial: Trial) -> Effect:
    """Tries a claim on the ledger at its pinned view."""
    with desk.connection() as con:
        _put_views(con, desk)
        put_item_words(con, desk, trial.team_line, trial.team_words)
        try:
            catch(con, trial.rules)
            if trial.is_rest:
                _try_rest(con, trial)
            else:
                _try_claim(con, desk, trial)
            return _effect(con)
        finally:
            for name in _TEMPORARY:
                con.execute(f"DROP TABLE IF EXISTS {name}")


def _put_views(con: duckdb.DuckDBPyConnection, desk: Desk) -> None:
    for name, source in (
        ("items", relation(desk.table("items"))),
        ("ledger_attribution", relation(desk.table("attribution"))),
        ("attribution", relation(desk.table("attribution"))),
    ):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {source}")
    sources = Small({"no": "INTEGER", "name": "VARCHAR"}, sorted(desk.names("source").items()))
    # other questions have a view of that name on the same connection
    con.execute("DROP VIEW IF EXISTS source_name")
    put_small(con, "source_name_kept", sources)
    con.execute("CREATE OR REPLACE TEMP VIEW source_name AS SELECT * FROM source_name_kept")


def _try_rest(con: duckdb.DuckDBPyConnection, trial: Trial) -> None:
    """A rule that comes last has what nothing speaks for, and only that."""
    target = trial.rules[0].target
    con.execute(
        "CREATE OR REPLACE TEMP TABLE held AS "
        "SELECT a.item, a.target, a.share, a.rank FROM attribution a SEMI JOIN caught USING (item)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE standing AS SELECT c.item, CASE WHEN h.item IS NULL THEN 'free' "
        "WHEN h.strongest <= 2 THEN 'hand' WHEN h.left_over > 0 THEN 'free' ELSE 'stronger' END AS how, "
        "coalesce(h.left_over, 10000) AS left_over FROM caught c LEFT JOIN (SELECT item, "
        "min(rank) AS strongest, coalesce(sum(share) FILTER (rank = 6), 0) AS left_over "
        "FROM held GROUP BY item) h USING (item)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE old_share AS SELECT item, 0 AS target, left_over AS share "
        "FROM standing WHERE left_over > 0"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE new_share AS SELECT item, {target} AS target, share FROM old_share"
    )


def _try_claim(con: duckdb.DuckDBPyConnection, desk: Desk, trial: Trial) -> None:
    relevant = _stand(con, desk, trial)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE moved_item AS "
        "SELECT item, known FROM standing WHERE NOT known OR is_whole OR how = 'tie'"
    )
    _pick(con, desk)
    row = con.execute("SELECT count(*) FROM pick").fetchone()
    old = "SELECT item, target, share FROM held SEMI JOIN sure_share USING (item)"
    new = "SELECT item, target, share FROM sure_share"
    if row and row[0]:
        plain = replace(trial.plain, claims=relevant)
        _attribute_picked(con, desk, plain, trial.rules[0].reason)
        old += " UNION ALL SELECT item, target, share FROM ledger_attribution SEMI JOIN pick USING (item)"
        new += " UNION ALL SELECT item, target, share FROM fresh_attribution"
    con.execute(f"CREATE OR REPLACE TEMP TABLE old_share AS {old}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_share AS {new}")


def _attribute_picked(
    con: duckdb.DuckDBPyConnection, desk: Desk, plain: Plain, reason: int
) -> None:
    """Attributes what is picked anew, where the plain cases have changed already."""
    con.execute(
        "CREATE OR REPLACE TEMP VIEW attribution AS SELECT item, target, share, rank, reason "
        "FROM ledger_attribution ANTI JOIN sure_share USING (item) UNION ALL "
        f"SELECT item, target, share, 3 AS rank, {reason} AS reason FROM sure_share"
    )
    put_narrow_items(con, desk, [r.condition for r in (*plain.claims, *plain.rest)])
    attribute(con, plain)


def _stand(con: duckdb.DuckDBPyConnection, desk: Desk, trial: Trial) -> list[Rule]:
    """Makes ``standing`` and ``sure_share``.

    Returns:
        The claims that can matter for what is not plain: others of it are known to be weaker, or not there.
    """
    plain, own = trial.plain, trial.rules[0]
    ranks: dict[int, set[tuple[int, bool]]] = {}
    for r in plain.claims:
        ranks.setdefault(r.reason, set()).add((r.rank, r.by_path))
    # a reason that is used twice does not say which claim it was: such items are attributed anew
    rows = [(reason, *one) for reason, found in ranks.items() if len(found) == 1 for one in found]
    put_small(
        con, "reason_rank",
        Small({"reason": "INTEGER", "rank": "INTEGER", "by_path": "BOOLEAN"}, rows),
    )  # fmt: skip
    places = {r.target: r.order for r in plain.claims} | {own.target: own.order}
    put_small(
        con, "place", Small({"target": "INTEGER", "place": "INTEGER"}, sorted(places.items()))
    )
    _put_doubtful(con, desk, trial)
    for statement in statements("claim_standing"):
        con.execute(_given(statement, plain, own.target))
    tried = {r.rank for r in trial.rules}
    if len(rows) < len(ranks):
        return list(plain.claims)
    return [r for r in plain.claims if r.rank in tried or (r.by_path and r.rank <= max(tried))]


def _given(statement: str, plain: Plain, own: int) -> str:
    given = {
        "$own": str(own),
        "$paths_rank": str(_paths_rank(plain)),
        "$equal_split": str(plain.equal_split).lower(),
    }
    for name, value in given.items():
        statement = statement.replace(name, value)
    return statement


def _paths_rank(plain: Plain) -> int:
    """The strongest rank of a claim that shares by paths."""
    return min((r.rank for r in plain.claims if r.by_path), default=2**31 - 1)


def _put_doubtful(con: duckdb.DuckDBPyConnection, desk: Desk, trial: Trial) -> None:
    """Makes ``doubtful(item)``, where it can matter."""
    found = np.zeros(0, np.int64)
    if max(r.rank for r in trial.rules) >= _paths_rank(trial.plain):
        targets = len({r.target for r in trial.plain.claims if r.by_path})
        found = doubtful_paths(con, desk, trial.plain.ignored_paths, targets)
    con.register("doubtful_item", {"item": found})
    try:
        con.execute("CREATE OR REPLACE TEMP TABLE doubtful AS SELECT item FROM doubtful_item")
    finally:
        con.unregister("doubtful_item")


def _pick(con: duckdb.DuckDBPyConnection, desk: Desk) -> None:
    """Makes ``pick(item)``: what must be attributed anew, with all that may inherit from what changes."""
    con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM moved_item WHERE NOT known")
    moved = np.asarray(con.execute("SELECT item FROM moved_item").fetchnumpy()["item"])
    known = ancestors(con, desk)
    above = known[is_among(known, np.sort(moved))] if len(known) else known
    if not len(above):
        return
    con.register("above_item", {"item": above})
    try:
        con.execute("CREATE OR REPLACE TEMP TABLE newest AS SELECT item FROM above_item")
    finally:
        con.unregister("above_item")
    for _ in range(MOST_LEVELS):
        for statement in statements("descendants"):
            con.execute(statement)
        row = con.execute("SELECT count(*) FROM newest").fetchone()
        if not row or not row[0]:
            break
    # a claim of its own, or what is said of it by hand, keeps an item from inheriting
    con.execute(
        "DELETE FROM pick WHERE item IN (SELECT item FROM moved_item WHERE known) OR "
        "(item NOT IN (SELECT item FROM moved_item) AND item IN "
        "(SELECT item FROM ledger_attribution SEMI JOIN pick USING (item) WHERE rank <= 3))"
    )


def is_among(items: Array, known: Array) -> NDArray[np.bool_]:
    """Of each item whether it is among the known ones, which are sorted."""
    if not len(known):
        return np.zeros(len(items), bool)
    at = np.minimum(np.searchsorted(known, items), len(known) - 1)
    found: NDArray[np.bool_] = known[at] == items
    return found


def _effect(con: duckdb.DuckDBPyConnection) -> Effect:
    cases = " ".join(f"WHEN '{how}' THEN {n}" for n, how in enumerate(HOW))
    caught = con.execute(
        f"SELECT item, CAST(CASE how {cases} END AS TINYINT) AS how FROM standing ORDER BY item"
    ).fetchnumpy()
    # what has no row is wholly unknown
    moved = con.execute(
        "WITH told AS (SELECT item, target, share FROM new_share UNION ALL "
        "SELECT item, target, -share FROM old_share), summed AS (SELECT item, sum(share) AS whole FROM told "
        "GROUP BY item) SELECT item, target, CAST(sum(share) AS INTEGER) AS delta FROM ("
        "SELECT * FROM told UNION ALL SELECT item, 0, -whole FROM summed WHERE whole <> 0) "
        "GROUP BY item, target HAVING sum(share) <> 0 ORDER BY item, target"
    ).fetchnumpy()
    rivals = con.execute(
        "SELECT DISTINCT h.item, h.target FROM held h JOIN standing s USING (item) "
        "WHERE s.how IN ('hand', 'stronger', 'tie', 'taken') AND h.rank <= 5 ORDER BY ALL"
    ).fetchnumpy()
    plain = (np.asarray(a) for a in (*caught.values(), *moved.values(), *rivals.values()))
    return Effect(*plain)
