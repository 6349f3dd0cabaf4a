"""Bringing the derived tables up to the records, the people and the plan: as little as will do.

Whatever was done, effort, attribution and roll-up end equal to what a full run gives (a test proves it
over random sequences of imports, corrections, claim changes and moves).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mainstem.ledger.attribute import Plain, Rule, attribute, match_items
from mainstem.ledger.derive import EffortInputs, derive_effort, month_before
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.sql import statements, text
from mainstem.ledger.store import Change, Ledger, View

#: Above this share of items touched, a full run is cheaper.
FULL_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class RefreshInputs:
    """Everything besides the records that derived tables depend on, with digests to notice change.

    Attributes:
        effort: What turns records into effort.
        plain: What the plan says about attribution.
        rule_digests: Digest of each claim alternative and rest rule -> its reason's number.
        claims_by_team: Whether any rule asks for the team that did the work.
        digests: Digest per kind of input: ``effort``, ``links``, ``settings``.
        plan: Revision of the plan.
    """

    effort: EffortInputs
    plain: Plain
    rule_digests: Mapping[str, int]
    claims_by_team: bool
    digests: Mapping[str, str]
    plan: str


@dataclass(slots=True)
class Work:
    """What a refresh found to do, and did."""

    months: list[str] = field(default_factory=list)
    every_month: bool = False
    every_item: bool = False
    items: int = 0
    effort_rows: int = 0
    rollup_rows: int = 0


def digest(*parts: object) -> str:
    """A short stable digest of values by their ``repr``."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def is_fresh(view: View, inputs: RefreshInputs) -> bool:
    """Whether the derived tables already answer for these records, people and plan."""
    last = view.last("refresh")
    return (
        last is not None
        and last.number == view.version
        and last.report["digests"] == dict(inputs.digests)
        and last.report["rules"] == dict(inputs.rule_digests)
    )


def refresh(ledger: Ledger, inputs: RefreshInputs, change: Change, *, at: datetime) -> Work:
    """Brings the derived tables up to date inside an open change, and commits it."""
    work = Work()
    last = change.before.last("refresh")
    seen = last.number if last else 0
    before: Mapping[str, Any] = last.report if last else {}
    window = _window(change)
    if window is not None:
        _months_to_do(change, inputs, before, seen, window, work)
        all_months = _months(change)
        months = all_months if work.every_month else work.months
        work.effort_rows = derive_effort(
            change, months, inputs.effort, window, full=work.every_month
        )
        _attribution(change, inputs, before, seen, work)
        _rollup(change, work)
    change.commit(
        what="refresh",
        report={
            "digests": dict(inputs.digests),
            "rules": dict(inputs.rule_digests),
            "window": [str(d) for d in window] if window else [],
            "months": "all" if work.every_month else work.months,
            "items": "all" if work.every_item else work.items,
        },
        plan=inputs.plan,
        at=at,
    )
    return work


def _months(change: Change) -> list[str]:
    """Every month that has records."""
    return sorted(m for m in change.before.table("records").by_partition() if m is not None)


def _window(change: Change) -> tuple[date, date] | None:
    """First and last day of any record that counts."""
    row = change.con.execute(
        f"SELECT min(day), max(day) FROM {change.view('records')} WHERE NOT bot"
    ).fetchone()
    return (row[0], row[1]) if row and row[0] is not None else None


def _months_to_do(
    change: Change,
    inputs: RefreshInputs,
    before: Mapping[str, Any],
    seen: int,
    window: tuple[date, date],
    work: Work,
) -> None:
    if not before or before["digests"].get("effort") != inputs.digests["effort"]:
        work.every_month = True
        return
    touched: set[str] = set()
    for landing in change.before.landings:
        if landing.number > seen and landing.what == "import":
            touched |= set(landing.report["months"])
            if landing.report["items"]["changed"]:
                work.every_month = work.every_month or _team_words_changed(change, seen)
    old = before["window"]
    if old and [str(d) for d in window] != old:
        # untraced days of people who were there reach from the first to the last day of the ledger
        edges = sorted({str(d)[:7] for d in window} | {str(d)[:7] for d in old})
        everything = _months(change)
        if inputs.effort.presence:
            low, high = edges[0], edges[-1]
            old_low, old_high = old[0][:7], old[1][:7]
            touched |= {
                m for m in everything if m and (low <= m <= old_low or old_high <= m <= high)
            }
    # work on the first days of a month may count on the last working day of the month before
    touched |= {month_before(m) for m in touched}
    work.months = sorted(touched)


def _team_words_changed(change: Change, seen: int) -> bool:
    """Whether items that changed carry a team word: then their effort may move to another team."""
    row = change.con.execute(
        f"SELECT count(*) FROM {change.view('items')} WHERE landing > ? AND team IS NOT NULL",
        [seen],
    ).fetchone()
    return bool(row and row[0])


def _attribution(
    change: Change, inputs: RefreshInputs, before: Mapping[str, Any], seen: int, work: Work
) -> None:
    con = change.con
    con.execute(f"CREATE OR REPLACE TEMP VIEW items AS SELECT * FROM {change.view('items')}")
    old = change.view("attribution")
    con.execute(f"CREATE OR REPLACE TEMP VIEW attribution AS SELECT * FROM {old}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE source_name AS SELECT no, name FROM "
        f"{change.view('names')} WHERE kind = 'source'"
    )
    _item_words(change, inputs)
    _pick(change, inputs, before, seen, work)
    row = con.execute("SELECT count(*), (SELECT count(*) FROM items) FROM pick").fetchone()
    assert row is not None
    work.items = row[0]
    if not work.every_item and row[0] > FULL_SHARE * row[1]:
        work.every_item = True
        con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items")
    attribute(con, inputs.plain)
    _write_attribution(change, work)


def _write_attribution(change: Change, work: Work) -> None:
    con = change.con
    fresh = "SELECT *, item // 262144 AS chunk FROM fresh_attribution"
    if work.every_item:
        con.execute("CREATE OR REPLACE TEMP TABLE moved AS SELECT NULL::BIGINT AS item WHERE false")
        change.put("attribution", fresh, order="item", replace=["*"])
        return
    for statement in statements("moved_items"):
        con.execute(statement)
    chunks = [
        str(r[0]) for r in con.execute("SELECT DISTINCT item // 262144 FROM moved").fetchall()
    ]
    if chunks:
        change.put(
            "attribution",
            f"SELECT * FROM attribution WHERE chunk IN ({', '.join(chunks)}) "
            f"AND item NOT IN (SELECT item FROM moved) UNION ALL BY NAME {fresh} "
            "WHERE item IN (SELECT item FROM moved)",
            order="item",
            replace=chunks,
        )


def _item_words(change: Change, inputs: RefreshInputs) -> None:
    """Teams of items, as the words by which a claim may name them: a team and all it is part of."""
    con = change.con
    if not inputs.claims_by_team:
        con.execute("CREATE OR REPLACE TEMP TABLE item_words (item BIGINT, words VARCHAR[])")
        return
    teams = inputs.effort.plan.teams
    rows: list[tuple[int, list[str]]] = []
    for team, number in inputs.effort.team_no.items():
        words, at, guard = [], team, 0
        while at and guard < 64:
            words.append(at.lower())
            parent = teams[at].in_ if at in teams else None
            at, guard = parent or "", guard + 1
        rows.append((number, words))
    put_small(con, "team_line", Small({"team": "INTEGER", "words": "VARCHAR[]"}, rows))
    con.execute(f"CREATE OR REPLACE TEMP VIEW effort AS SELECT * FROM {change.view('effort')}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE item_team AS {inputs.effort.item_teams}")
    for statement in statements("item_words"):
        con.execute(statement)


def _pick(
    change: Change, inputs: RefreshInputs, before: Mapping[str, Any], seen: int, work: Work
) -> None:
    """Makes ``pick(item)``: the items whose attribution may have changed."""
    con = change.con
    same = before and all(
        before["digests"].get(k) == inputs.digests[k] for k in ("links", "settings", "targets")
    )
    team_moves = inputs.claims_by_team and (work.every_month or bool(work.months))
    if not same or team_moves or (work.every_month and inputs.claims_by_team):
        work.every_item = True
        con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items")
        return
    old, new = dict(before["rules"]), dict(inputs.rule_digests)
    gone = sorted({reason for d, reason in old.items() if d not in new})
    added = {d for d in new if d not in old}
    con.execute(
        "CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items WHERE landing > ?", [seen]
    )
    if gone:
        listed = ", ".join(map(str, gone))
        con.execute(
            f"INSERT INTO pick SELECT DISTINCT item FROM attribution WHERE reason IN ({listed})"
        )
    if added:
        fresh = [r for r in (*inputs.plain.claims, *inputs.plain.rest) if rule_digest(r) in added]
        con.execute("CREATE OR REPLACE TEMP TABLE changed_pick AS SELECT DISTINCT item FROM pick")
        con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items")
        con.execute(statements("subject")[0].replace("TEMP TABLE subject", "TEMP VIEW subject"))
        match_items(con, fresh, "newly_matched")
        con.execute("DROP VIEW subject")
        con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM changed_pick "
                    "UNION SELECT item FROM newly_matched")  # fmt: skip
    for statement in statements("descendants"):
        con.execute(statement)


def rule_digest(rule: Rule) -> str:
    """What makes a rule the same rule: its condition, target, rank and place."""
    return digest(
        rule.condition.model_dump_json(), rule.target, rule.rank, rule.order, rule.by_path
    )


def _rollup(change: Change, work: Work) -> None:
    """Roll-up of whole months where effort was derived anew, else by difference of moved items."""
    con = change.con
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW old_attribution AS SELECT * FROM {_before(change, 'attribution')}"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW attribution AS SELECT * FROM {change.view('attribution')}"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW effort AS SELECT * FROM {change.view('effort')}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW rollup AS SELECT * FROM {change.view('rollup')}")
    with_month = f"SELECT *, strftime(day, '%Y-%m') AS month FROM ({text('rollup')})"
    if work.every_month or work.every_item:
        work.rollup_rows = change.put("rollup", with_month, order="day, team", replace=["*"])
        return
    if work.months:
        view = change.view("effort", low=work.months[0], high=work.months[-1])
        listed = ", ".join(f"'{m}'" for m in work.months)
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW effort AS SELECT * FROM {view} WHERE month IN ({listed})"
        )
        work.rollup_rows = change.put("rollup", with_month, order="day, team", replace=work.months)
    row = con.execute("SELECT count(*) FROM moved").fetchone()
    if row and row[0]:
        put_small(con, "done_month", Small({"month": "VARCHAR"}, [(m,) for m in work.months]))
        con.execute(f"CREATE OR REPLACE TEMP VIEW effort AS SELECT * FROM {change.view('effort')}")
        con.execute(f"CREATE OR REPLACE TEMP VIEW rollup AS SELECT * FROM {change.view('rollup')}")
        for statement in statements("rollup_difference"):
            con.execute(statement)
        months = [r[0] for r in con.execute("SELECT DISTINCT month FROM difference").fetchall()]
        if months:
            work.rollup_rows += change.put(
                "rollup", text("rollup_moved"), order="day, team", replace=sorted(months)
            )


def _before(change: Change, table: str) -> str:
    from mainstem.ledger.store import relation

    return relation(change.before.table(table))


__all__: Sequence[str] = ("RefreshInputs", "Work", "digest", "is_fresh", "refresh", "rule_digest")
