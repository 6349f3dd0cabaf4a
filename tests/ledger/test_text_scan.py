"""Text rules over many titles find what each pattern, tried on each title by itself, finds."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mainstem.ledger.attribute import Rule
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.text_scan import scan_titles
from mainstem.plan.model import Condition
from mainstem.work.text_patterns import compiled_text, folded, pattern_fault

WORDS = ["pay", "payer", "late", "fee", "straße", "größer", "x", "9", "ÉCOLE", "a.b", "c++"]
GAPS = [" ", "  ", "\t", "-", ",", "/", "", "_"]
PATTERNS = [
    "pay*late", "*pay", "pay *", "late  fee", "Pay Late", "payer-late", "a.b", "c++", "école", "GRÖSSER", "x 9",
    "/pay|late/", "/late (fee|pay)s? by/", "/^pay/", "/fee$/", "/pay+er/", "/(?:late )?fee x/", "/stra.e/", "/p.*e/",
    "/late\\s+fee/", "/[px]ay late/", "/É/", "/pay (?i:LATE)/", "/a\\.b/",
]  # fmt: skip

titles = st.lists(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=6).map(
        lambda parts: "".join(w + g for w, g in parts)
    ),
    max_size=12,
)
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
patterns = st.lists(st.one_of(st.sampled_from(PATTERNS), phrases), min_size=1, max_size=2)


def scanned(found: Sequence[str], asked: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    con = duckdb.connect()
    rows = [(n, title) for n, title in enumerate(found)]
    put_small(con, "given", Small({"item": "BIGINT", "title": "VARCHAR"}, rows))
    con.execute("CREATE TABLE open_item AS SELECT item, lower(title) AS title FROM given")
    con.execute("CREATE TABLE into_ (item BIGINT, rule INTEGER, rank INTEGER)")
    rules = [
        Rule(n, 0, 0, 0, 0, False, Condition(text=tuple(text))) for n, text in enumerate(asked)
    ]
    scan_titles(con, rules, "into_", 500)
    out = con.execute("SELECT item, rule, rank FROM into_").fetchall()
    con.close()
    assert {rank for _, _, rank in out} <= {500}
    assert len(out) == len(set(out)), "each rule once for each item"
    return {(one, rule) for one, rule, _ in out}


def one_by_one(found: Sequence[str], asked: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    return {
        (i, n)
        for n, text in enumerate(asked)
        for made in [[compiled_text(p) for p in text]]
        for i, title in enumerate(found)
        if any(m and m.search(folded(title)) for m in made)
    }


@settings(max_examples=60, deadline=None)
@given(titles, st.lists(patterns, min_size=1, max_size=8))
@example(["pay by the late fee", "x"], [["pay*late"], ["late fee", "/^x$/"]])
def test_many_rules_at_once_find_what_each_finds_alone(
    found: list[str], asked: list[list[str]]
) -> None:
    asked = [[p for p in text if not pattern_fault(p)] or ["pay"] for text in asked]
    assert scanned(found, asked) == one_by_one(found, asked)


def test_rules_beyond_one_pass_and_words_beyond_one_number_are_found_as_well() -> None:
    found = [f"word{n} then word{n + 1} of {n}" for n in range(300)]
    asked = [[f"word{n} then word{n + 1}"] for n in range(0, 300, 2)]
    assert scanned(found, asked) == {(2 * n, n) for n in range(150)}
