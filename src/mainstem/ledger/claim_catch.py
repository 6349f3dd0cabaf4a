"""Which items a claim catches, in one pass over the columns that it asks for.

Attribution matches many claims at once and pays for making lists of what to look for. One claim is
quicker the other way round: the values of its strongest field are tested as they are read, and the whole
condition is only held against what that found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mainstem.ledger.attribute import Rule, subject_sql
from mainstem.ledger.claims_sql import (
    MANY,
    SINGLE,
    Anchor,
    anchors,
    is_anchor_only,
    is_pattern,
    path_test,
    predicate,
    quote,
    value_regex,
)

if TYPE_CHECKING:
    import duckdb


def catch(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Makes ``caught(item, rank, by_path)``: the items that any of the rules matches, each once.

    ``rank`` is the strongest with which it is matched, ``by_path`` whether any rule of that rank shares
    by paths. Needs on the connection: items, source_name, item_words.
    """
    con.execute(subject_sql(None))
    con.execute("CREATE OR REPLACE TEMP TABLE hit (item BIGINT, rank INTEGER, by_path BOOLEAN)")
    for rule in rules:
        con.execute(
            f"INSERT INTO hit SELECT item, {rule.rank}, {str(rule.by_path).lower()} "
            f"FROM ({_found(con, rule)})"
        )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE caught AS SELECT item, min(rank) AS rank, "
        "bool_or(by_path AND rank = best) AS by_path FROM "
        "(SELECT *, min(rank) OVER (PARTITION BY item) AS best FROM hit) GROUP BY item"
        if len(rules) > 1
        else "CREATE OR REPLACE TEMP TABLE caught AS SELECT * FROM hit"
    )


def _found(con: duckdb.DuckDBPyConnection, rule: Rule) -> str:
    """SQL of the items that a rule matches."""
    found = anchors(rule.condition)
    if found is None:
        return f"SELECT item FROM subject WHERE {predicate(rule.condition)}"
    near = " UNION ".join(_anchored(a) for a in found)
    if is_anchor_only(rule.condition):
        return near
    con.execute(f"CREATE OR REPLACE TEMP TABLE near_item AS {near}")
    con.execute(subject_sql("near_item", "near_subject"))
    return f"SELECT item FROM near_subject WHERE {predicate(rule.condition)}"


def _anchored(anchor: Anchor) -> str:
    """SQL of the items that have one of an anchor's values."""
    tests = " OR ".join(_test(anchor.field, v) for v in anchor.values)
    if anchor.field in SINGLE:
        return f"SELECT item FROM (SELECT item, {anchor.field} AS v FROM subject) WHERE {tests}"
    if anchor.field.startswith("field:"):
        name = quote(anchor.field.removeprefix("field:"))
        return (
            f"SELECT item FROM (SELECT item, lower(fields[{name}]) AS v FROM subject) WHERE {tests}"
        )
    column = MANY.get(anchor.field, "paths")
    source = column if column == "teams" else f"raw_{column}"
    return (
        f"SELECT DISTINCT item FROM (SELECT item, lower(unnest({source})) AS v FROM subject) "
        f"WHERE {tests}"
    )


def _test(field: str, value: str) -> str:
    if field == "path":
        return path_test("v", value)
    if is_pattern(value):
        return f"regexp_matches(v, {quote(value_regex(value))}, 's')"
    return f"v = {quote(value.lower())}"
