"""Rows that are work items: each becomes an item, and effort on the day when it was done."""
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.sources.table.binding import Bound
from mainstem.sources.table.issue_records import record_queries
from mainstem.sources.table.logs import stage_logs
from mainstem.sources.table.parts import Part, bot_sql, count, write
from mainstem.sources.table.settle import Settled, settle_amount, settle_date
from mainstem.sources.table.task import Task
from mainstem.sources.table.time_rows import key_prefix_sql, key_sql

if TYPE_CHECKING:
    import duckdb

OPEN_STATES = (
    "open", "opened", "reopened", "to do", "todo", "new", "backlog", "in progress", "in review", "doing",
    "selected for development", "blocked", "waiting", "ready", "offen", "neu", "in arbeit", "in bearbeitung",
    "erneut geöffnet", "zu erledigen", "à faire", "en cours", "ouvert", "ouverte", "rouvert", "rouverte",
    "nouveau", "por hacer", "en curso", "abierta", "abierto", "reabierta", "reabierto", "nueva", "nuevo",
)  # fmt: skip
_MOMENTS = ("created", "started", "start", "end", "done", "updated")


def stage_issue_rows(task: Task) -> Part:
    """Turns the table ``raw`` into staged items and records.

    Refused rows are left in the table ``refused (r, reason, sample)``.
    """
    con, bound = task.con, task.bound
    dates = {
        role: settle_date(con, role, bound.text(role), task.rules, task.day_first)
        for role in _MOMENTS
        if bound.has(role)
    }
    amounts = _amounts(task)
    _make_issues(task, dates, amounts)
    _refuse(con)
    logged = stage_logs(con, bound, task.rules, task.day_first, task.notes)
    _note(con, bound, dates, amounts, task.notes)
    _note_bare_numbers(con, bound, task.notes)
    part = task.part()
    _write_items(con, part)
    union = " UNION ALL ".join(record_queries(con, logged=logged, notes=task.notes))
    write(con, union if part.numbered else f"SELECT * EXCLUDE (r) FROM ({union})", part.records)
    return part


def _write_items(con: duckdb.DuckDBPyConnection, part: Part) -> None:
    from_row = ", r" if part.numbered else ""
    write(
        con,
        "SELECT key, type, title, state, project, labels, components, epic, parent, paths, team, fields,"
        " url, timezone('UTC', created) AS created, timezone('UTC', began) AS started,"
        f" timezone('UTC', done) AS done, shares, false AS bot{from_row} FROM issue",
        part.items,
    )


def _amounts(task: Task) -> dict[str, Settled]:
    amounts = {}
    for role, unit in (("hours", task.bound.mapping.unit), ("points", "points")):
        if task.bound.has(role):
            text = task.bound.text(role)
            amounts[role], note = settle_amount(task.con, role, text, unit, task.rules)
            task.notes.extend([note] if note else [])
    return amounts


def _make_issues(task: Task, dates: dict[str, Settled], amounts: dict[str, Settled]) -> None:
    """The table ``issue``: one row per row of ``raw`` with everything read."""
    shares, share_join = task.shares()
    picked = {**_issue_columns(task, dates, amounts), "shares": shares}
    joins = dict.fromkeys([*(s.join for s in (*dates.values(), *amounts.values())), share_join])
    fixed = f"DATE '{task.date}'::TIMESTAMPTZ" if task.date else "NULL::TIMESTAMPTZ"
    columns = ", ".join(f'{sql} AS "{name}"' for name, sql in picked.items())
    task.con.execute(
        "CREATE OR REPLACE TEMP TABLE issue AS SELECT * REPLACE ("
        "CASE done_from WHEN 'done' THEN done WHEN 'end' THEN \"end\" WHEN 'updated' THEN updated"
        f" WHEN 'date' THEN {fixed} END AS done), coalesce(started, start) AS began, {fixed} AS fixed"
        f" FROM (SELECT {columns} FROM raw{''.join(joins)})"
    )


def _issue_columns(
    task: Task, dates: dict[str, Settled], amounts: dict[str, Settled]
) -> dict[str, str]:
    """Name → SQL over ``raw`` of everything but the stated streams."""
    bound = task.bound
    single = ("type", "title", "state", "epic", "team", "person", "url", "parent", "row_id")
    moments = {r: dates[r].value if r in dates else "NULL::TIMESTAMPTZ" for r in _MOMENTS}
    project = _project(bound)
    return {
        "r": "raw.rowid",
        "broken": bound.broken,
        "key": _key(bound, project),
        "project": project,
        **{r: bound.text(r) for r in single},
        **{r: bound.list(r) for r in ("labels", "components", "paths")},
        **moments,
        **{r: amounts[r].value if r in amounts else "NULL::BIGINT" for r in ("hours", "points")},
        "listed_total": f"TRY_CAST({bound.text('worklogs_total')} AS BIGINT)",
        "fields": bound.fields(),
        "bot": bot_sql(task.con, bound.text("person"), task.bots),
        "done_from": _done_from(bound, moments, task.date),
    }


def _done_from(bound: Bound, moments: dict[str, str], date: str | None) -> str:
    """SQL of which column tells when the item was done; NULL if it is not."""
    fixed = "WHEN true THEN 'date'" if date else ""
    if not bound.has("state"):
        return f"CASE WHEN {moments['done']} IS NOT NULL THEN 'done' {_end(bound, moments)} {fixed} END"
    state = f"lower({bound.text('state')})"
    closed = ", ".join("'" + s.replace("'", "''") + "'" for s in bound.mapping.done_states)
    still = ", ".join(f"'{s}'" for s in OPEN_STATES if s not in bound.mapping.done_states)
    return (
        f"CASE WHEN {state} IN ({still}) THEN NULL WHEN {moments['done']} IS NOT NULL THEN 'done'"
        f" WHEN {state} IN ({closed}) OR ({state} IS NULL AND {str(bool(date)).lower()}) THEN CASE"
        f" {_end(bound, moments)} WHEN {moments['updated']} IS NOT NULL THEN 'updated' {fixed} END END"
    )


def _end(bound: Bound, moments: dict[str, str]) -> str:
    return f"WHEN {moments['end']} IS NOT NULL THEN 'end'" if bound.has("end") else ""


def _project(bound: Bound) -> str:
    project = bound.text("project")
    if not bound.mapping.key_with_project:
        return project if bound.has("project") else key_prefix_sql(key_sql(bound))
    url = bound.text("url")
    pattern = r"^https?://[^/]+/(.+?)(?:/-)?/(?:issues|pull|pulls|merge_requests|work_items)/\d+"
    return f"coalesce({project}, nullif(regexp_extract({url}, '{pattern}', 1), ''))"


def _key(bound: Bound, project: str) -> str:
    key = key_sql(bound)
    if bound.mapping.key_with_project:
        key = (
            f"CASE WHEN regexp_full_match({key}, '#?\\d+') THEN coalesce({project}, '') || '#' ||"
            f" ltrim({key}, '#') ELSE {key} END"
        )
    made_up = f"CASE WHEN {bound.text('title')} IS NOT NULL THEN concat_ws(' / ', {project}, {bound.text('title')}) END"
    return f"coalesce({key}, {made_up})"


def _refuse(con: duckdb.DuckDBPyConnection) -> None:
    """Rows without an item, and rows whose item comes again further down, are refused."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE refused AS SELECT r, reason, sample FROM ("
        "SELECT r, CASE WHEN broken THEN 'not a row' WHEN key IS NULL THEN 'no item key'"
        " WHEN nth > 1 THEN 'same item key as another row' END AS reason,"
        " left(coalesce(key, concat_ws(' | ', state, person, project)), 200) AS sample FROM (SELECT *,"
        " row_number() OVER (PARTITION BY key ORDER BY updated DESC NULLS LAST, r DESC) AS nth"
        " FROM issue)) WHERE reason IS NOT NULL"
    )
    con.execute("DELETE FROM issue WHERE r IN (SELECT r FROM refused)")
    con.execute(
        "UPDATE issue SET parent = (SELECT any_value(p.key) FROM issue p WHERE p.row_id = issue.parent)"
        " WHERE regexp_full_match(parent, '\\d+') AND parent IN (SELECT row_id FROM issue)"
    )


def _note_bare_numbers(con: duckdb.DuckDBPyConnection, bound: Bound, notes: list[str]) -> None:
    if not bound.mapping.key_with_project:
        return
    bare = count(con, "SELECT count(*) FROM issue WHERE starts_with(key, '#')")
    if bare:
        notes.append(
            f"{bare:,} items have a number and no repository: #7 of another repository would be taken for"
            " the same item. Export their address too (a column url), or import each repository under a"
            " --source of its own."
        )


def _note(
    con: duckdb.DuckDBPyConnection,
    bound: Bound,
    dates: dict[str, Settled],
    amounts: dict[str, Settled],
    notes: list[str],
) -> None:
    """Notes about values that were left out though their row was kept, and about dates that stand in."""
    for role, settled in (*dates.items(), *amounts.items()):
        if not settled.join:
            continue
        wrong = con.execute(
            f"SELECT count(*), min({settled.text}), min({settled.reason}) FROM raw{settled.join}"
            f" WHERE {settled.text} IS NOT NULL AND {settled.value} IS NULL"
        ).fetchone()
        if wrong and wrong[0]:
            notes.append(
                f"{wrong[0]:,} values for {role} were left out: {wrong[2]}, e.g. {wrong[1]!r}."
            )
    row = con.execute(
        "SELECT count(*) FILTER (done_from = 'updated'), count(*) FILTER (done IS NULL), count(*),"
        " count(*) FILTER (done_from = 'date') FROM issue"
    ).fetchone()
    assert row is not None
    if row[0]:
        notes.append(
            f"{row[0]:,} items are done but do not say when; the day of their last update counts."
        )
    if row[3]:
        notes.append(f"{row[3]:,} items got the given day as the day when they were done.")
    if row[2] and row[1] == row[2] and not bound.has("done"):
        notes.append(
            f"None of the {row[2]:,} items has a date when it was done: they land, but no effort does."
            " Name a column for done, or say date=<day>."
        )
