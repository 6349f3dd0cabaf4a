"""Bringing the derived tables up to the records, the people and the plan: as little as will do.

Whatever was done, effort, attribution and roll-up end equal to what a full run gives (a test proves it
over random sequences of imports, corrections, changes of claims and links, and moves).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mainstem.ledger import rules
from mainstem.ledger.attribute import Plain, attribute
from mainstem.ledger.derive import EffortInputs, derive_effort
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.months import changed_months, every_month, window_of
from mainstem.ledger.picking import pick_changed
from mainstem.ledger.rules import Said, digest
from mainstem.ledger.sql import statements, text
from mainstem.ledger.store import Change, Landing, Ledger, View, relation

#: Above this share of items touched, a full run is cheaper.
FULL_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class RefreshInputs:
    """Everything besides the records that derived tables depend on, with digests to notice change.

    Attributes:
        effort: What turns records into effort.
        plain: What the plan says about attribution.
        claims_by_team: Whether any rule asks for the team that did the work.
        digests: Digest per kind of input: ``effort``, ``ground`` (that of effort without memberships),
            ``links``, ``settings``.
        plan: Revision of the plan.
    """

    effort: EffortInputs
    plain: Plain
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


def is_fresh(view: View, inputs: RefreshInputs) -> bool:
    """Whether the derived tables already answer for these records, people and plan."""
    last = view.last("refresh")
    return (
        last is not None
        and last.number == view.version
        and last.report["digests"] == dict(inputs.digests)
        and last.report["rules"]
        == rules.name_of(rules.said_by(inputs.plain, inputs.effort.stretches))
    )


def refresh(
    ledger: Ledger, inputs: RefreshInputs, change: Change, *, at: datetime, full: bool = False
) -> Work:
    """Brings the derived tables up to date inside an open change, and commits it.

    ``full`` derives everything anew, as if nothing had been derived before.
    """
    work = Work()
    derived_before = change.before.last("refresh")
    last = None if full else derived_before
    window = window_of(change, last)
    now = rules.said_by(inputs.plain, inputs.effort.stretches)
    then = rules.kept(change.ledger, last.report["rules"]) if last else None
    months = None
    if last and then and last.report["digests"].get("ground") == inputs.digests["ground"]:
        months = changed_months(change, inputs.effort, last, then, now, window)
    work.every_month, work.months = months is None, months or []
    if window is not None:
        months = every_month(change, inputs.effort, window) if months is None else months
        work.effort_rows = derive_effort(
            change, months, inputs.effort, window, full=work.every_month
        )
    elif derived_before is not None:
        change.pins["effort"] = change.writer("effort").commit([], replace=["*"])
    _attribution(change, inputs, last, then, now, work)
    _rollup(change, work)
    kept = rules.keep(ledger, now)
    change.commit(
        what="refresh",
        report={
            "digests": dict(inputs.digests),
            "rules": kept,
            "window": [str(d) for d in window] if window else [],
            "months": "all" if work.every_month else work.months,
            "items": "all" if work.every_item else work.items,
        },
        plan=inputs.plan,
        at=at,
    )
    rules.forget_others(ledger, kept)
    return work


def _attribution(
    change: Change,
    inputs: RefreshInputs,
    last: Landing | None,
    then: Said | None,
    now: Said,
    work: Work,
) -> None:
    con = change.con
    con.execute(f"CREATE OR REPLACE TEMP VIEW items AS SELECT * FROM {change.view('items')}")
    old = change.view("attribution")
    con.execute(f"CREATE OR REPLACE TEMP VIEW attribution AS SELECT * FROM {old}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE source_name AS SELECT no, name FROM "
        f"{change.view('names')} WHERE kind = 'source'"
    )
    _item_words(change, inputs, change.view("effort"), "item_words")
    _pick(change, inputs, last, then, now, work)
    row = con.execute("SELECT count(*), (SELECT count(*) FROM items) FROM pick").fetchone()
    assert row is not None
    work.items = row[0]
    if not work.every_item and row[0] > FULL_SHARE * row[1]:
        work.every_item = True
        con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items")
    attribute(con, inputs.plain, whole=work.every_item)
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
            "AND item NOT IN (SELECT item FROM moved) UNION ALL BY NAME "
            f"SELECT * FROM ({fresh}) SEMI JOIN moved USING (item)",
            order="item",
            replace=chunks,
        )


def _item_words(change: Change, inputs: RefreshInputs, effort: str, into: str) -> None:
    """Makes ``into(item, words)``: the teams of items by some effort, as the words by which a claim may
    name them, a team and all it is part of."""
    con = change.con
    if not inputs.claims_by_team:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {into} (item BIGINT, words VARCHAR[])")
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
    con.execute(f"CREATE OR REPLACE TEMP VIEW effort AS SELECT * FROM {effort}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE item_team AS {inputs.effort.item_teams}")
    for statement in statements("item_words"):
        con.execute(statement.replace("$into", into))


def _pick(
    change: Change,
    inputs: RefreshInputs,
    last: Landing | None,
    then: Said | None,
    now: Said,
    work: Work,
) -> None:
    """Makes ``pick(item)``: the items whose attribution may have changed."""
    teams_moved = inputs.claims_by_team and bool(work.months)
    if (
        last is None or then is None or (inputs.claims_by_team and work.every_month)
        or last.report["digests"].get("settings") != inputs.digests["settings"]
    ):  # fmt: skip
        work.every_item = True
        change.con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items")
        return
    if teams_moved:
        _item_words(change, inputs, relation(change.before.table("effort")), "words_then")
    pick_changed(change.con, then, now, last.number, words_moved=teams_moved)


def _rollup(change: Change, work: Work) -> None:
    """Roll-up of whole months where effort was derived anew, else by difference of moved items."""
    con = change.con
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW old_attribution AS SELECT * FROM {relation(change.before.table('attribution'))}"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW attribution AS SELECT * FROM {change.view('attribution')}"
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW effort AS SELECT * FROM {change.view('effort')}")
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
    work.rollup_rows += _rollup_of_moved(change, work)


def _rollup_of_moved(change: Change, work: Work) -> int:
    """Applies the difference that moved items make in the months that were not done anew.

    Returns:
        Rows written.
    """
    con = change.con
    row = con.execute("SELECT count(*) FROM moved").fetchone()
    if not row or not row[0]:
        return 0
    put_small(con, "done_month", Small({"month": "VARCHAR"}, [(m,) for m in work.months]))
    con.execute(f"CREATE OR REPLACE TEMP VIEW effort AS SELECT * FROM {change.view('effort')}")
    for statement in statements("rollup_difference"):
        con.execute(statement)
    found = con.execute("SELECT DISTINCT month FROM difference ORDER BY month").fetchall()
    months = [m for (m,) in found]
    if not months:
        return 0
    listed = ", ".join(f"'{m}'" for m in months)
    con.execute(
        "CREATE OR REPLACE TEMP VIEW rollup AS SELECT * FROM "
        f"{change.view('rollup', low=months[0], high=months[-1])} WHERE month IN ({listed})"
    )
    return change.put("rollup", text("rollup_moved"), order="day, team", replace=months)


__all__: Sequence[str] = ("RefreshInputs", "Work", "digest", "is_fresh", "refresh")
