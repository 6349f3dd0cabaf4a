"""Attribution in bulk: which share of each item counts for what, and because of what.

Follows the precedence of ``mainstem.work.attribution``, which says the same for one item in plain
Python and is what the tests hold this against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.ledger.claims_sql import (
    MANY,
    SINGLE,
    anchors,
    is_anchor_only,
    is_pattern,
    path_test,
    predicate,
    quote,
    value_regex,
)
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.sql import statements
from mainstem.ledger.tables import CHUNK
from mainstem.ledger.text_scan import scan_titles
from mainstem.plan.model import Condition
from mainstem.work.records import WHOLE

if TYPE_CHECKING:
    import duckdb


#: How many ancestors of an item are looked at.
MOST_LEVELS = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """One alternative of a claim, or a rule for a kind of the rest, ready to be matched.

    Attributes:
        number: Place among the rules of this run, from 1.
        reason: Number of its words in ``names``.
        target: Number of the stream or kind in ``names``.
        order: Place of the stream in the plan; decides who gets an odd ten-thousandth.
        rank: Lower wins.
        by_path: Shares follow the number of paths.
        condition: When it holds.
    """

    number: int
    reason: int
    target: int
    order: int
    rank: int
    by_path: bool
    condition: Condition


@dataclass(frozen=True, slots=True)
class Plain:
    """What a plan says about attribution, in numbers that the ledger understands."""

    claims: Sequence[Rule]
    rest: Sequence[Rule]
    links: Sequence[tuple[str, int, int, int]]  # key (lower case), target, parts, reason
    target_of_share: Mapping[str, int]  # word in an item's own shares -> target
    own_share_reason: int
    inherited_reason: int
    equal_split: bool
    majority: int  # parts of 10,000
    ignored_paths: Sequence[str]


def subject_sql(pick: str | None, name: str = "subject", *, source: str = "items") -> str:
    """SQL that makes the view ``name`` of the items in ``source`` that are in the table ``pick``, or of
    all of them."""
    made = statements("subject")[0].replace("VIEW subject", f"VIEW {name}")
    join = f"SEMI JOIN {pick} USING (item)" if pick else ""
    return made.replace("SEMI JOIN pick USING (item)", join).replace("FROM items", f"FROM {source}")


def attribute(con: duckdb.DuckDBPyConnection, plain: Plain, *, whole: bool = False) -> None:
    """Makes the table ``fresh_attribution`` for the items in ``pick``; ``whole``: that is all of them.

    Needs on the connection: items, pick, source_name, item_words, attribution (as it was).
    """
    source = "items" if whole else _picked(con)
    con.execute(subject_sql(None, source=source))
    _explicit(con, plain)
    _match(con, plain.claims, "claimed", source)
    _claim_shares(con, plain)
    _inherit(con, plain, "items" if whole else _lines(con))
    _rest(con, plain, source)


def _picked(con: duckdb.DuckDBPyConnection) -> str:
    """The picked items, read once, because many steps look at them."""
    chunks = con.execute(f"SELECT DISTINCT item // {CHUNK} FROM pick").fetchall()
    listed = ", ".join(str(c) for (c,) in chunks) or "-1"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE picked AS "
        f"SELECT i.* FROM items i SEMI JOIN pick USING (item) WHERE i.chunk IN ({listed})"
    )
    return "picked"


def _lines(con: duckdb.DuckDBPyConnection) -> str:
    """The picked items that are part of something, and all that is above them."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lines AS SELECT item, source, key, parent, epic, 0 AS level "
        "FROM picked WHERE parent IS NOT NULL OR epic IS NOT NULL"
    )
    for _ in range(MOST_LEVELS):
        row = con.execute(statements("ancestors")[0]).fetchone()
        if not row or not row[0]:
            break
    return "lines"


def match_items(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], into: str) -> None:
    """Makes the table ``into(item)`` of all items in ``subject`` that any of the rules matches."""
    _match(con, [Rule(r.number, r.reason, r.target, r.order, 0, r.by_path, r.condition) for r in rules],
           "touched_rules", "items")  # fmt: skip
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT DISTINCT item FROM touched_rules")


def _match(con: duckdb.DuckDBPyConnection, rules: Sequence[Rule], into: str, source: str) -> None:
    """Makes ``into(item, rule)``: per item the rules of its strongest rank that match.

    ``source`` is what ``subject`` is a view of.
    """
    put_small(
        con,
        "rule",
        Small(
            {"number": "INTEGER", "reason": "INTEGER", "target": "INTEGER", "place": "INTEGER",
             "rank": "INTEGER", "by_path": "BOOLEAN"},
            [(r.number, r.reason, r.target, r.order, r.rank, r.by_path) for r in rules],
        ),
    )  # fmt: skip
    by_anchor: dict[str, list[tuple[str, int]]] = defaultdict(list)
    scans: list[Rule] = []
    checks: list[Rule] = []
    for r in rules:
        found = anchors(r.condition)
        if found is None:
            scans.append(r)
            continue
        for a in found:
            by_anchor[a.field] += [(v, r.number) for v in a.values]
        if not is_anchor_only(r.condition):
            checks.append(r)
    _anchored(con, by_anchor)
    _check(con, checks, source)
    _scan(con, scans, into)


def _anchored(
    con: duckdb.DuckDBPyConnection, by_anchor: Mapping[str, Sequence[tuple[str, int]]]
) -> None:
    """Makes ``candidate(item, rule)`` from joins on the values of each anchored field."""
    parts = []
    for number, (field, wanted) in enumerate(by_anchor.items()):
        rows, distinct = _field_values(field)
        name = f"value_map_{number}"
        plain = sorted({(v.lower(), r) for v, r in wanted if field != "path" and not is_pattern(v)})
        put_small(con, name, Small({"value": "VARCHAR", "rule": "INTEGER"}, plain))
        patterns = [(v, r) for v, r in wanted if field == "path" or is_pattern(v)]
        if patterns:
            con.execute(f"CREATE OR REPLACE TEMP TABLE seen_value AS {distinct}")
            tests = [
                f"SELECT value, {r} AS rule FROM seen_value WHERE "
                + (path_test("value", v) if field == "path" else
                   f"regexp_matches(value, {quote(value_regex(v))}, 's')")
                for v, r in patterns
            ]  # fmt: skip
            for start in range(0, len(tests), 50):
                con.execute(f"INSERT INTO {name} " + " UNION ALL ".join(tests[start : start + 50]))
        parts.append(
            f"SELECT {'DISTINCT' if field in (*MANY, 'path') else ''} f.item, m.rule "
            f"FROM ({rows}) f JOIN (SELECT DISTINCT value, rule FROM {name}) m ON m.value = f.value"
        )
    union = (
        " UNION ALL ".join(parts)
        or "SELECT NULL::BIGINT AS item, NULL::INTEGER AS rule WHERE false"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE candidate AS {union}")


def _field_values(field: str) -> tuple[str, str]:
    """SQL for (item, value) of a field, and for its distinct values."""
    if field in SINGLE:
        rows = f"SELECT item, {field} AS value FROM subject WHERE {field} IS NOT NULL"
    elif field == "path" or field in MANY:
        column = MANY.get(field, "paths")
        source = column if column == "teams" else f"raw_{column}"
        rows = f"SELECT item, lower(unnest({source})) AS value FROM subject"
    else:
        name = quote(field.removeprefix("field:"))
        rows = f"SELECT item, lower(fields[{name}]) AS value FROM subject"
    return rows, f"SELECT DISTINCT value FROM ({rows}) WHERE value IS NOT NULL"


def _check(con: duckdb.DuckDBPyConnection, checks: Sequence[Rule], source: str) -> None:
    """Keeps candidates of rules that ask for more than their anchor only where all of it holds."""
    if not checks:
        return
    cases = " ".join(f"WHEN {r.number} THEN {predicate(r.condition)}" for r in checks)
    listed = ", ".join(str(r.number) for r in checks)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE check_item AS "
        f"SELECT DISTINCT item FROM candidate WHERE rule IN ({listed})"
    )
    con.execute(subject_sql("check_item", "checked", source=source))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE candidate AS "
        f"SELECT item, rule FROM candidate WHERE rule NOT IN ({listed}) UNION ALL "
        f"SELECT DISTINCT c.item, c.rule FROM candidate c JOIN checked USING (item) "
        f"WHERE c.rule IN ({listed}) AND CASE c.rule {cases} ELSE false END"
    )


def _scan(con: duckdb.DuckDBPyConnection, scans: Sequence[Rule], into: str) -> None:
    """Rules without an anchor (text), only on items that no stronger rule won; then the strongest."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS "
        "SELECT c.item, c.rule, r.rank FROM candidate c JOIN rule r ON r.number = c.rule "
        "QUALIFY r.rank = min(r.rank) OVER (PARTITION BY c.item)"
    )
    by_rank: dict[int, list[Rule]] = defaultdict(list)
    for r in scans:
        by_rank[r.rank].append(r)
    for rank, group in sorted(by_rank.items()):
        columns = "s.item, s.title" if all(_is_text_only(r.condition) for r in group) else "s.*"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE open_item AS SELECT {columns} FROM subject s "
            f"ANTI JOIN (SELECT item FROM {into} WHERE rank < {rank}) w USING (item)"
        )
        scan_titles(con, group, into, rank)
        con.execute(
            f"DELETE FROM {into} WHERE rank > {rank} AND item IN "
            f"(SELECT item FROM {into} WHERE rank = {rank})"
        )


def _is_text_only(condition: Condition) -> bool:
    others = (*SINGLE, *MANY, "path", "field", "all", "any", "not_")
    return not any(getattr(condition, name) for name in others)


def _explicit(con: duckdb.DuckDBPyConnection, plain: Plain) -> None:
    """Makes ``explicit(item, target, share, reason)``: links in the plan, else the item's own shares."""
    put_small(
        con,
        "link",
        Small({"key": "VARCHAR", "target": "INTEGER", "share": "INTEGER", "reason": "INTEGER"},
              plain.links),
    )  # fmt: skip
    put_small(
        con,
        "share_word",
        Small({"word": "VARCHAR", "target": "INTEGER"}, list(plain.target_of_share.items())),
    )
    for statement in statements("explicit"):
        con.execute(statement.replace("$own_share_reason", str(plain.own_share_reason)))


def _claim_shares(con: duckdb.DuckDBPyConnection, plain: Plain) -> None:
    """Makes ``by_claim(item, target, share, reason)`` out of ``claimed``."""
    _path_counts(con, plain)
    for statement in statements("claim_shares"):
        con.execute(
            statement.replace("$equal_split", str(plain.equal_split).lower()).replace(
                "$majority", str(plain.majority)
            )
        )


def _path_counts(con: duckdb.DuckDBPyConnection, plain: Plain) -> None:
    """Makes ``path_count(item, target, weight, whole)`` for items won by path."""
    rules = [r for r in plain.claims if r.by_path]
    if not rules:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE path_count "
            "(item BIGINT, target INTEGER, weight BIGINT, whole BIGINT)"
        )
        return
    ignored = quote("|".join(f"(?:{p})" for p in plain.ignored_paths) or "$^.")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE path_item AS SELECT item, lower(unnest(raw_paths)) AS value FROM subject "
        "WHERE item IN (SELECT c.item FROM claimed c JOIN rule r ON r.number = c.rule WHERE r.by_path)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE seen_path AS SELECT DISTINCT value FROM path_item")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE telling_path AS SELECT value FROM seen_path "
        f"WHERE NOT coalesce(regexp_matches(value, {ignored}, 'is'), false)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE path_rule (value VARCHAR, target INTEGER, rule INTEGER)"
    )
    tests = [
        f"SELECT value, {r.target}, {r.number} FROM seen_path WHERE "
        + "(" + " OR ".join(path_test("value", p) for p in r.condition.path) + ")"
        for r in rules
    ]  # fmt: skip
    for start in range(0, len(tests), 50):
        con.execute("INSERT INTO path_rule " + " UNION ALL ".join(tests[start : start + 50]))
    for statement in statements("path_counts"):
        con.execute(statement)


def _inherit(con: duckdb.DuckDBPyConnection, plain: Plain, lines: str) -> None:
    """Makes ``settled_shares(item, target, share, rank, reason)``: ranks 1 to 4.

    ``lines`` has all items that an item may inherit through.
    """
    asked = f"SEMI JOIN {lines} USING (item) ANTI JOIN pick USING (item)"
    none = "" if lines == "lines" else "AND false"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE known AS SELECT item, target, share, rank "
        f"FROM attribution {asked} WHERE rank IN (1, 3) {none}"
    )
    inherited = str(plain.inherited_reason)
    for statement in statements("settle"):
        con.execute(statement.replace("$inherited_reason", inherited).replace("$lines", lines))


def _rest(con: duckdb.DuckDBPyConnection, plain: Plain, source: str) -> None:
    """Adds kinds of the rest to what is left and makes ``fresh_attribution``."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE left_over AS "
        f"SELECT item, {WHOLE} AS share FROM subject ANTI JOIN settled_shares USING (item) UNION ALL "
        f"SELECT item, {WHOLE} - sum(share) FROM settled_shares GROUP BY item HAVING sum(share) < {WHOLE}"
    )
    con.execute(subject_sql("left_over", source=source))
    _match(con, plain.rest, "kinds", source)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE fresh_attribution AS "
        "SELECT item, target, share::INTEGER AS share, rank, reason FROM settled_shares "
        "UNION ALL SELECT l.item, any_value(r.target), any_value(l.share)::INTEGER, 5, any_value(r.reason) "
        "FROM left_over l JOIN kinds k USING (item) JOIN rule r ON r.number = k.rule GROUP BY l.item "
        # what is partly known keeps its unknown part in sight; what is wholly unknown needs no row
        "UNION ALL SELECT l.item, 0, l.share::INTEGER, 6, 0 FROM left_over l ANTI JOIN kinds USING (item) "
        f"WHERE l.share < {WHOLE}"
    )
