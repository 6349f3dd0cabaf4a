"""Which items must be attributed anew: those that changed, those of which the plan now says something
else, and all that inherit from either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.ledger import rules
from mainstem.ledger.attribute import MOST_LEVELS, match_items, subject_sql
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.rules import Said
from mainstem.ledger.sql import statements

if TYPE_CHECKING:
    import duckdb


def pick_changed(
    con: duckdb.DuckDBPyConnection, then: Said, now: Said, landing: int, *, words_moved: bool
) -> None:
    """Makes ``pick(item)``: items that landed after ``landing`` or of which the two do not say the same.

    Needs on the connection: items, source_name, item_words; with ``words_moved`` also words_then, the
    words that items had for their teams.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE touched_item AS SELECT item FROM items WHERE landing > {landing}"
    )
    _touched_by_rules(con, then, now)
    _touched_by_hand(con, then, now)
    if words_moved:
        con.execute(
            "INSERT INTO touched_item SELECT coalesce(o.item, n.item) FROM words_then o "
            "FULL JOIN item_words n ON n.item = o.item WHERE o.words IS DISTINCT FROM n.words"
        )
    con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT DISTINCT item FROM touched_item")
    _add_descendants(con)


def _touched_by_rules(con: duckdb.DuckDBPyConnection, then: Said, now: Said) -> None:
    changed = rules.changed_rules(then, now)
    if changed:
        con.execute(subject_sql(None))
        match_items(con, changed, "matched_item")
        con.execute("INSERT INTO touched_item SELECT item FROM matched_item")


def _touched_by_hand(con: duckdb.DuckDBPyConnection, then: Said, now: Said) -> None:
    """Items whose links changed, in whatever source they are, or whose own shares mean something else."""
    keys = rules.changed_keys(then, now)
    if keys:
        put_small(con, "changed_key", Small({"key": "VARCHAR"}, [(k,) for k in keys]))
        con.execute(
            "INSERT INTO touched_item SELECT i.item FROM (SELECT item, lower(key) AS key FROM items) i "
            "SEMI JOIN changed_key USING (key)"
        )
    words = rules.changed_words(then, now)
    if words:
        put_small(con, "changed_word", Small({"word": "VARCHAR"}, [(w,) for w in words]))
        con.execute(
            "INSERT INTO touched_item SELECT item FROM (SELECT item, unnest(map_keys(shares)) AS word "
            "FROM items WHERE cardinality(shares) > 0) SEMI JOIN changed_word USING (word)"
        )


def _add_descendants(con: duckdb.DuckDBPyConnection) -> None:
    """Adds to ``pick`` what is below the picked items, level by level, as long as there is any."""
    con.execute("CREATE OR REPLACE TEMP TABLE newest AS SELECT item FROM pick")
    for _ in range(MOST_LEVELS):
        for statement in statements("descendants"):
            con.execute(statement)
        row = con.execute("SELECT count(*) FROM newest").fetchone()
        if not row or not row[0]:
            return
