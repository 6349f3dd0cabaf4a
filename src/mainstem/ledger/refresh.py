"""Bringing the derived tables up to the records, the people and the plan: as little as will do.

Whatever was done, effort, attribution and roll-up end equal to what a full run gives (a test proves it
over random sequences of imports, corrections, claim changes and moves).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mainstem.ledger import rules
from mainstem.ledger.attribute import Plain, attribute, match_items, subject_sql
from mainstem.ledger.derive import EffortInputs, derive_effort
from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.membership import months_between, months_of_work, team_calendars
from mainstem.ledger.rules import Rules, digest
from mainstem.ledger.sql import statements, text
from mainstem.ledger.store import Change, Landing, Ledger, View, relation
from mainstem.ledger.tables import Table

#: Above this share of items touched, a full run is cheaper.
FULL_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class RefreshInputs:
    """Everything besides the records that derived tables depend on, with digests to notice change.

    Attributes:
        effort: What turns records into effort.
        plain: What the plan says about attribution.
        claims_by_team: Whether any rule asks for the team that did the work.
        digests: Digest per kind of input: ``effort``, ``links``, ``settings``.
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
        and last.report["rules"] == rules.name_of(rules.rules_of(inputs.plain))
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
    window = _window(change)
    _months_to_do(change, inputs, last, window, work)
    if window is not None:
        months = _all_months(change, inputs, window) if work.every_month else work.months
        work.effort_rows = derive_effort(
            change, months, inputs.effort, window, full=work.every_month
        )
    elif derived_before is not None:
        change.pins["effort"] = change.writer("effort").commit([], replace=["*"])
    now = rules.rules_of(inputs.plain)
    _attribution(change, inputs, last, now, work)
    _rollup(change, work)
    change.commit(
        what="refresh",
        report={
            "digests": dict(inputs.digests),
            "rules": rules.keep(ledger, now),
            "window": [str(d) for d in window] if window else [],
            "months": "all" if work.every_month else work.months,
            "items": "all" if work.every_item else work.items,
        },
        plan=inputs.plan,
        at=at,
    )
    return work


def _all_months(change: Change, inputs: RefreshInputs, window: tuple[date, date]) -> list[str]:
    """Every month that may have effort: with records, or only with people who were there."""
    if inputs.effort.presence:
        return sorted(_counting_in(inputs, months_between(*window)))
    return sorted(
        _counting_in(inputs, (m for m in change.before.table("records").by_partition() if m))
    )


def _counting_in(inputs: RefreshInputs, months: Iterable[str]) -> set[str]:
    """Months on which work of the given months may count."""
    calendars, _ = team_calendars(inputs.effort.plan, inputs.effort.team_no)
    return months_of_work(calendars, months)


def _window(change: Change) -> tuple[date, date] | None:
    """First and last day of any record that counts."""
    row = change.con.execute(
        f"SELECT min(day), max(day) FROM {change.view('records')} WHERE NOT bot AND amount > 0"
    ).fetchone()
    return (row[0], row[1]) if row and row[0] is not None else None


def _months_to_do(
    change: Change,
    inputs: RefreshInputs,
    last: Landing | None,
    window: tuple[date, date] | None,
    work: Work,
) -> None:
    """Sets the months in which effort must be derived anew."""
    old = last.report["window"] if last else []
    if (
        last is None or window is None or not old
        or last.report["digests"].get("effort") != inputs.digests["effort"]
    ):  # fmt: skip
        work.every_month = True
        return
    touched: set[str] = set()
    for landing in change.before.landings:
        if landing.number > last.number and landing.what == "import":
            touched |= set(landing.report["months"])
    touched |= _months_of_moved_items(change, last)
    if inputs.effort.presence:
        # untraced days of people who were there reach from the first to the last day of the ledger
        for now, then in zip(window, map(date.fromisoformat, old), strict=True):
            if now != then:
                touched |= set(months_between(*sorted((now, then))))
    work.months = sorted(_counting_in(inputs, touched))


def _months_of_moved_items(change: Change, last: Landing) -> set[str]:
    """Months with work on items whose own word for their team is not what it was."""
    con = change.con
    then = relation(Table(change.ledger.tables, "items", last.pins["items"]))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE moved_item AS "
        f"SELECT n.item FROM {change.view('items')} n JOIN {then} o USING (item) "
        "WHERE n.landing > ? AND n.team IS DISTINCT FROM o.team",
        [last.number],
    )
    row = con.execute("SELECT count(*) FROM moved_item").fetchone()
    if not row or not row[0]:
        return set()
    months = con.execute(
        f"SELECT DISTINCT month FROM {change.view('records')} SEMI JOIN moved_item USING (item)"
    ).fetchall()
    return {m for (m,) in months}


def _attribution(
    change: Change, inputs: RefreshInputs, last: Landing | None, now: Rules, work: Work
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
    _pick(change, inputs, last, now, work)
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
    change: Change, inputs: RefreshInputs, last: Landing | None, now: Rules, work: Work
) -> None:
    """Makes ``pick(item)``: the items whose attribution may have changed."""
    con = change.con
    then = rules.kept(change.ledger, last.report["rules"]) if last else None
    same = (
        last is not None
        and then is not None
        and all(last.report["digests"].get(k) == inputs.digests[k] for k in ("links", "settings", "targets"))
    )  # fmt: skip
    team_moves = inputs.claims_by_team and (work.every_month or bool(work.months))
    if not same or team_moves or last is None or then is None:
        work.every_item = True
        con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items")
        return
    changed = rules.changed(then, now)
    con.execute("CREATE OR REPLACE TEMP TABLE touched_item (item BIGINT)")
    if changed:
        con.execute("CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items")
        con.execute(subject_sql(None))
        match_items(con, changed, "touched_item")
        con.execute("DROP VIEW subject")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE pick AS SELECT item FROM items WHERE landing > ? "
        "UNION SELECT item FROM touched_item",
        [last.number],
    )
    for statement in statements("descendants"):
        con.execute(statement)


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


__all__: Sequence[str] = ("RefreshInputs", "Work", "digest", "is_fresh", "refresh")
