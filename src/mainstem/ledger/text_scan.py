"""Text rules over many titles at once.

To look for every word of every rule in every title would cost most of an attribution. So each distinct
word of the titles is looked at once, each title becomes a few whole numbers with one bit for each word
that rules need, and an expression is tried only where all the words that it needs are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mainstem.ledger.claims_sql import predicate, quote
from mainstem.ledger.engine import Small, put_small
from mainstem.plan.model import Condition
from mainstem.work.text_patterns import required_words

if TYPE_CHECKING:
    import duckdb

    from mainstem.ledger.attribute import Rule

#: Rules tried in one pass.
AT_ONCE = 128
#: Words in one whole number.
_BITS = 62

#: Of the alternatives of a rule's text, the words that each needs.
Needed = tuple[tuple[str, ...], ...]


def scan_titles(
    con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], into: str, rank: int
) -> None:
    """Adds to ``into(item, rule, rank)`` which of the rules match which items in ``open_item``."""
    by_words: list[tuple[Rule, Needed]] = []
    others: list[Rule] = []
    for r in rules:
        needed = needed_words(r.condition)
        if needed:
            by_words.append((r, needed))
        else:
            others.append(r)
    for r in others:
        con.execute(
            f"INSERT INTO {into} SELECT item, {r.number}, {rank} FROM open_item "
            f"WHERE {predicate(r.condition)}"
        )
    for start in range(0, len(by_words), AT_ONCE):
        _scan_by_words(con, by_words[start : start + AT_ONCE], into, rank)


def needed_words(condition: Condition) -> Needed:
    """Of the alternatives of a condition's text, the words that each needs; empty if nothing is known."""
    found = tuple(required_words(pattern) for pattern in condition.text)
    return found if all(found) else ()


def _scan_by_words(
    con: duckdb.DuckDBPyConnection, rules: Sequence[tuple[Rule, Needed]], into: str, rank: int
) -> None:
    places = {
        w: n for n, w in enumerate(dict.fromkeys(w for _, ways in rules for p in ways for w in p))
    }
    _mark_titles(con, places)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE hinted AS "
        + " UNION ALL ".join(
            f"SELECT item, {r.number} AS rule FROM marked WHERE "
            + " OR ".join(_has_all(words, places) for words in ways)
            for r, ways in rules
        )
    )
    seen = {n for (n,) in con.execute("SELECT DISTINCT rule FROM hinted").fetchall()}
    tests = [f"WHEN {r.number} THEN {predicate(r.condition)}" for r, _ in rules if r.number in seen]
    if tests:
        con.execute(
            f"INSERT INTO {into} SELECT item, rule, {rank} FROM hinted JOIN open_item USING (item) "
            f"WHERE CASE rule {' '.join(tests)} ELSE false END"
        )


def _mark_titles(con: duckdb.DuckDBPyConnection, places: Mapping[str, int]) -> None:
    """Makes ``marked(item, m0, m1 …)``: items with any of the words in their titles, a bit for each."""
    masks = [f"m{n}" for n in range(len(places) // _BITS + 1)]
    rows = [
        (word, *(1 << at % _BITS if n == at // _BITS else 0 for n in range(len(masks))))
        for word, at in places.items()
    ]
    put_small(con, "needed_word", Small({"word": "VARCHAR"} | dict.fromkeys(masks, "BIGINT"), rows))
    any_word = quote("|".join(re.escape(word) for word in places))
    combined = ", ".join(f"bit_or({m}) AS {m}" for m in masks)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE title_word AS SELECT word FROM "
        "(SELECT DISTINCT unnest(string_split(title, ' ')) AS word FROM open_item) "
        f"WHERE regexp_matches(word, {any_word}, 's')"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE marked_word AS SELECT t.word, {combined} "
        "FROM title_word t JOIN needed_word n ON contains(t.word, n.word) GROUP BY t.word"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE marked AS SELECT item, {combined} "
        "FROM (SELECT item, unnest(string_split(title, ' ')) AS word FROM open_item) "
        "JOIN marked_word USING (word) GROUP BY item"
    )


def _has_all(words: Sequence[str], places: Mapping[str, int]) -> str:
    """Whether the bits of all the words are set."""
    masks: dict[int, int] = {}
    for word in words:
        number, bit = divmod(places[word], _BITS)
        masks[number] = masks.get(number, 0) | 1 << bit
    return "(" + " AND ".join(f"m{n} & {mask} = {mask}" for n, mask in masks.items()) + ")"
