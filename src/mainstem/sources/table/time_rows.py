"""Rows that are time entries: each becomes one record of hours, and the items that they name."""
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mainstem.sources.table.binding import Bound
from mainstem.sources.table.parts import HOUR, POINT, Part, bot_sql, count, write
from mainstem.sources.table.settle import Settled, fixed_day, settle_amount, settle_date
from mainstem.sources.table.spans import settle_span
from mainstem.sources.table.task import Task

if TYPE_CHECKING:
    import duckdb

#: A title that begins with a key: ``ABC-12 fix``, ``[ABC-12] fix``.
KEY_IN_TITLE = r"^\W{0,2}([A-Z][A-Z0-9_]{1,14}-[1-9]\d{0,6})\b"
#: Separates the parts of a natural key.
_CUT = "\x1f"


@dataclass(frozen=True, slots=True)
class Entry:
    """SQL expressions of one time entry over ``raw``."""

    base: str
    item: str
    key: str
    title: str
    person: str
    day: Settled
    amount: Settled
    shares: str
    joins: str


def stage_time_rows(task: Task) -> Part:
    """Turns the table ``raw`` into staged items and records.

    Refused rows are left in the table ``refused (r, reason, sample)``.
    """
    con, bound = task.con, task.bound
    entry = _entry(task)
    _refuse(con, bound, entry)
    row_key, joins = _row_key(con, bound, entry)
    part = task.part()
    # a key that is made of a row's words costs too much to be made more than once
    part.is_lent = task.lends and row_key == bound.text("row_id")
    good = " WHERE raw.rowid NOT IN (SELECT r FROM refused)" if part.rejected else ""
    unit = POINT if bound.mapping.unit == "points" else HOUR
    bot = bot_sql(con, entry.person, task.bots)
    from_row = ", raw.rowid AS r" if task.numbered else ""
    records = (
        f"SELECT {row_key} AS row_key, {entry.item} AS item_key, {entry.day.day} AS day,"
        f" {entry.person} AS person, {bound.text('team')} AS team, {unit}::INTEGER AS unit,"
        f" {entry.amount.value} AS amount, {bot} AS bot{from_row} FROM raw{entry.joins}{joins}{good}"
    )
    items = _items(bound, entry, good, from_row)
    if part.is_lent:
        con.execute(f"CREATE TEMP VIEW read_records AS {records}")
        con.execute(f"CREATE TEMP VIEW read_items AS {items}")
    else:
        write(con, records, part.records)
        write(con, items, part.items)
    return part


def _entry(task: Task) -> Entry:
    bound = task.bound
    day = _day(task)
    amount = _amount(task, day)
    shares, share_join = task.shares()
    title = bound.text("title")
    key = key_sql(bound)
    made_up = f"nullif(concat_ws(' / ', {bound.text('project')}, {title}), '')"
    base = key
    if not bound.has("key") and not bound.mapping.key_in_title:
        base = made_up
    elif count(task.con, f"SELECT count(*) FROM raw WHERE {key} IS NULL"):
        base = f"coalesce({key}, {made_up})"
    item = _item(bound, key, base, made_up)
    joins = "".join(dict.fromkeys((day.join, amount.join, share_join)))
    return Entry(base, item, key, title, bound.text("person"), day, amount, shares, joins)


def _item(bound: Bound, key: str, base: str, made_up: str) -> str:
    """SQL of the item's key: a made-up item is told apart by its labels too, and a stated stream makes
    an item of its own below the one that was named."""
    item = base
    extra = [bound.text(r) for r in ("labels", "components", "type", "epic") if bound.has(r)]
    if extra and base != key:
        told = f"concat_ws(', ', {', '.join(extra)})"
        item = (
            f"CASE WHEN {key} IS NULL AND {told} <> ''"
            f" THEN concat_ws(' ', {made_up}, '[' || {told} || ']') ELSE {base} END"
        )
    if bound.has("stream"):
        stream = bound.text("stream")
        item = f"CASE WHEN {stream} IS NULL THEN {item} ELSE concat_ws(' ', {item}, '@' || {stream}) END"
    return item


def key_sql(bound: Bound) -> str:
    """SQL of the item's key, by the mapping's rules."""
    key = bound.text("key")
    if bound.mapping.key_pattern and bound.has("key"):
        pattern = bound.mapping.key_pattern.replace("'", "''")
        key = f"nullif(regexp_extract({key}, '{pattern}', 1), '')"
    if bound.mapping.key_in_title and bound.has("title"):
        inside = f"nullif(regexp_extract({bound.text('title')}, '{KEY_IN_TITLE}', 1), '')"
        key = f"coalesce({key}, {inside})" if bound.has("key") else inside
    return key


def key_prefix_sql(key: str) -> str:
    """SQL of the project that a key like ``ABC-12`` names by itself."""
    return f"nullif(regexp_extract({key}, '^([A-Z][A-Z0-9_]*)-\\d+$', 1), '')"


def _day(task: Task) -> Settled:
    bound, date = task.bound, task.date
    role = "day" if bound.has("day") else "start" if bound.has("start") else "done"
    if not bound.has(role):
        return fixed_day(date) if date else Settled("NULL::VARCHAR", "NULL", missing="true")
    settled = settle_date(task.con, "day", bound.text(role), task.rules, task.day_first)
    if date is None:
        return settled
    day = f"CASE WHEN {settled.text} IS NULL THEN DATE '{date}' ELSE {settled.day} END"
    text = f"coalesce({settled.text}, '{date}')"
    missing = f"{settled.text} IS NOT NULL AND {settled.is_missing}"
    return Settled(text, settled.value, day, settled.reason, settled.join, missing)


def _amount(task: Task, day: Settled) -> Settled:
    con, bound, rules = task.con, task.bound, task.rules
    role = "points" if bound.mapping.unit == "points" and bound.has("points") else "hours"
    if bound.has(role):
        settled, note = settle_amount(con, "effort", bound.text(role), bound.mapping.unit, rules)
        if note:
            task.notes.append(note)
        return settled
    if not (bound.has("start") and bound.has("end")):
        return Settled("NULL::VARCHAR", "NULL::BIGINT")
    return settle_span(task, day)


def _refuse(con: duckdb.DuckDBPyConnection, bound: Bound, entry: Entry) -> None:
    """Fills ``refused`` with the rows that are no usable time entry."""
    cells = [
        f"array_to_string(c{i}, ' ')" if c.many else f"c{i}" for i, c in enumerate(bound.picked[:8])
    ]
    whole_row = f"concat_ws(' | ', {', '.join(cells)})"
    day, amount = entry.day, entry.amount
    no_day, no_amount, broken = day.is_missing, amount.is_missing, bound.broken
    con.execute(
        "CREATE OR REPLACE TEMP TABLE refused AS SELECT raw.rowid AS r,"
        f" CASE WHEN {broken} THEN 'not a row' WHEN {day.text} IS NULL THEN 'no date'"
        f" WHEN {no_day} THEN {day.reason} WHEN {amount.text} IS NULL THEN 'no effort'"
        f" ELSE {amount.reason} END AS reason,"
        f" left(CASE WHEN {day.text} IS NULL THEN {whole_row} WHEN {no_day} THEN {day.text}"
        f" WHEN {amount.text} IS NULL THEN {whole_row} ELSE {amount.text} END, 200) AS sample"
        f" FROM raw{entry.joins} WHERE {no_day} OR {no_amount} OR {broken}"
    )


def _row_key(con: duckdb.DuckDBPyConnection, bound: Bound, entry: Entry) -> tuple[str, str]:
    """SQL of the row's key, and what to join for it.

    With a column of ids that is the id; a later row with the same id replaces the earlier one. Without,
    it is made of item, person, day and note; rows alike in all of them are numbered in their order.
    """
    if not bound.has("row_id"):
        return _natural_key(con, bound, entry)
    if _settle_ids(con, bound.text("row_id")):
        return bound.text("row_id"), ""
    key, join = _natural_key(con, bound, entry)
    return f"coalesce({bound.text('row_id')}, {key})", join


def _settle_ids(con: duckdb.DuckDBPyConnection, row_id: str) -> bool:
    """Refuses all but the last row of each id; whether every row has one."""
    # exports mostly come in the order of their ids, and one look at neighbours then tells that none repeats
    row = con.execute(
        "SELECT count(*) FILTER (id IS NULL), coalesce(bool_and(before IS NULL OR strlen(id) > strlen(before)"
        " OR (strlen(id) = strlen(before) AND id > before)), true) FROM"
        f" (SELECT {row_id} AS id, lag({row_id}) OVER () AS before FROM raw)"
    ).fetchone()
    if row == (0, True):
        return True
    # ids hardly ever repeat, so only those that may (their hashes do) are looked at one by one
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE alike AS SELECT hash({row_id}) AS mark FROM raw"
        f" WHERE {row_id} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
    )
    if count(con, "SELECT count(*) FROM alike"):
        con.execute(
            "INSERT INTO refused SELECT r, 'same row id as a later row', left(id, 200) FROM ("
            f" SELECT rowid AS r, {row_id} AS id, max(rowid) OVER (PARTITION BY {row_id}) AS last FROM raw"
            f" WHERE hash({row_id}) IN (SELECT mark FROM alike) AND {row_id} IS NOT NULL"
            " AND rowid NOT IN (SELECT r FROM refused)) WHERE r < last"
        )
    return not count(con, f"SELECT count(*) FROM raw WHERE {row_id} IS NULL")


def _natural_key(con: duckdb.DuckDBPyConnection, bound: Bound, entry: Entry) -> tuple[str, str]:
    parts = [entry.base, entry.person, "{day}"]
    parts += [bound.text("note")] if bound.has("note") else []
    parts += [entry.title] if bound.mapping.key_in_title else []
    alike = ", ".join(parts).replace("{day}", entry.day.iso or entry.day.day)
    iso = entry.day.iso or f"({entry.day.day})::VARCHAR"
    told = f", '{_CUT}', ".join(parts).replace("{day}", iso)
    natural = f"left(sha1(concat({told})), 20)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE marks AS SELECT raw.rowid AS r, hash({alike}) AS mark"
        f" FROM raw{entry.joins}"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE alike AS SELECT mark FROM marks GROUP BY mark HAVING count(*) > 1"
    )
    if count(con, "SELECT count(*) FROM alike"):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE again AS SELECT r, nth FROM (SELECT r, row_number() OVER"
            " (PARTITION BY mark ORDER BY r) AS nth FROM marks SEMI JOIN alike USING (mark)) WHERE nth > 1"
        )
        nth = "CASE WHEN again.nth IS NULL THEN '' ELSE '~' || again.nth END"
        return f"{natural} || {nth}", " LEFT JOIN again ON again.r = raw.rowid"
    return natural, ""


def _items(bound: Bound, entry: Entry, good: str, from_row: str) -> str:
    """Each item once, as its last row describes it."""
    joins = entry.joins
    project = bound.text("project") if bound.has("project") else key_prefix_sql(entry.key)
    parent = bound.text("parent")
    if bound.has("stream") and bound.has("key"):
        parent = (
            f"coalesce({parent}, CASE WHEN {bound.text('stream')} IS NOT NULL THEN {entry.key} END)"
        )
    return (
        f"SELECT {entry.item} AS key, {bound.text('type')} AS type,"
        f" coalesce({entry.title}, CASE WHEN {entry.key} IS NULL THEN {bound.text('project')} END) AS title,"
        f" {bound.text('state')} AS state, {project} AS project,"
        f" {bound.list('labels')} AS labels, {bound.list('components')} AS components,"
        f" {bound.text('epic')} AS epic, {parent} AS parent, {bound.list('paths')} AS paths,"
        f" NULL::VARCHAR AS team, {bound.fields()} AS fields, {bound.text('url')} AS url,"
        " NULL::TIMESTAMP AS created, NULL::TIMESTAMP AS started, NULL::TIMESTAMP AS done,"
        f" {entry.shares} AS shares, false AS bot{from_row}"
        f" FROM raw{joins} JOIN (SELECT max(raw.rowid) AS last FROM raw{joins}{good}"
        f" GROUP BY {entry.item} HAVING {entry.item} IS NOT NULL) l ON raw.rowid = l.last"
    )
