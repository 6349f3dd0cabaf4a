"""The teams of items, as the words by which a claim may name them, for one question over the ledger.

Which team has most effort on an item is worked out once for each derivation of effort and kept beside the
ledger; the rest is quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mainstem.ledger.cube_files import Put, kept_or_made
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.store import relation

if TYPE_CHECKING:
    import duckdb

    from mainstem.ledger.questions import Desk

#: The team with most effort on an item; days without a trace tell nothing. As in ``item_words.sql``.
_MOSTLY = """
SELECT item, min_by(team, (-amount, team)) AS team FROM (
  SELECT item, team, sum(CASE unit WHEN 4 THEN 0 ELSE amount END) AS amount
  FROM {effort} WHERE team > 0 AND item > 0 GROUP BY item, team)
GROUP BY item ORDER BY item
"""


def put_item_words(
    con: duckdb.DuckDBPyConnection,
    desk: Desk,
    team_line: Sequence[tuple[int, list[str]]],
    team_words: Sequence[tuple[str, int]],
) -> None:
    """Makes ``item_words(item, words)``; empty without ``team_line``, for a plan that asks for no team.

    Needs on the connection: items.

    Args:
        con: Where.
        desk: The ledger.
        team_line: (team number, words by which a claim may name it).
        team_words: (word of an item for a team, team number).
    """
    if not team_line:
        con.execute("CREATE OR REPLACE TEMP TABLE item_words (item BIGINT, words VARCHAR[])")
        return
    put_small(con, "team_line", Small({"team": "INTEGER", "words": "VARCHAR[]"}, team_line))
    put_small(con, "owned_word", Small({"word": "VARCHAR", "team": "INTEGER"}, team_words))
    con.register("mostly", _mostly(con, desk))
    try:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE item_words AS WITH own AS (SELECT i.item, w.team FROM "
            "(SELECT item, lower(ltrim(trim(team), '@')) AS word FROM items WHERE team IS NOT NULL) i "
            "JOIN owned_word w USING (word)) "
            "SELECT coalesce(t.item, m.item) AS item, l.words FROM own t "
            "FULL JOIN mostly m ON m.item = t.item JOIN team_line l ON l.team = coalesce(t.team, m.team)"
        )
    finally:
        con.unregister("mostly")


def _mostly(con: duckdb.DuckDBPyConnection, desk: Desk) -> dict[str, Any]:
    """(item, team) as arrays."""
    effort = desk.table("effort")

    def make(put: Put) -> dict[str, Any]:
        found = con.execute(_MOSTLY.format(effort=relation(effort))).fetchnumpy()
        for name in ("item", "team"):
            if len(found[name]):
                put(name, np.asarray(found[name]))
        return {}

    folder = desk.kept_in
    if folder is None:
        found = con.execute(_MOSTLY.format(effort=relation(effort))).fetchnumpy()
        return {n: np.asarray(found[n]) for n in ("item", "team")}
    kept = kept_or_made(folder, "mostly", effort, make)
    # nothing is kept of a ledger without effort: an empty array cannot be mapped
    return {
        "item": kept.arrays.get("item", np.zeros(0, np.int64)),
        "team": kept.arrays.get("team", np.zeros(0, np.int32)),
    }
