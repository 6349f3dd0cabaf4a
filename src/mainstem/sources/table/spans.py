"""The time of an entry as its start and its end, with their dates or as times of its day, less a break."""
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass

from mainstem.sources.table.parse_sql import clocks_sql, half_even_sql
from mainstem.sources.table.settle import Settled, settle_amount, settle_date
from mainstem.sources.table.task import Task

#: Who ends before they started ended on the next day, if that makes no longer shift than this.
LONGEST_NIGHT = 16 * 3600
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class _Moment:
    """SQL of one end of a span: the moment, and the seconds of its day if it is a time of day."""

    value: str
    seconds: str
    join: str


def settle_span(task: Task, day: Settled) -> Settled:
    """Settles the time from ``start`` to ``end``, in millionths of an hour.

    Args:
        day: The row's day, for times of day; they are in the session's time zone.
    """
    start, end = _moment(task, "start", day), _moment(task, "end", day)
    is_next = f"coalesce({end.seconds} < {start.seconds}, false)"
    until = f"CASE WHEN {is_next} THEN {_on(day, end.seconds, 1)} ELSE {end.value} END"
    length = f"date_diff('microsecond', {start.value}, {until})"
    rest = _break(task)
    most = f"CASE WHEN {is_next} THEN {LONGEST_NIGHT} ELSE {_DAY} END"
    whole = f"CASE WHEN {length} BETWEEN 0 AND ({most}) * 1000000::BIGINT THEN {half_even_sql(length, 3600)} END"
    value = f"({whole}) - {rest.value}"
    reason = (
        f"CASE WHEN {start.value} IS NULL OR {end.value} IS NULL THEN 'effort not understood'"
        f" WHEN {length} < 0 THEN 'negative effort'"
        f" WHEN {is_next} AND ({whole}) IS NULL THEN 'end before start'"
        f" WHEN ({whole}) IS NULL THEN 'effort over 24 hours in one entry'"
        f" WHEN {rest.value} IS NULL THEN 'break not understood' ELSE 'break longer than the entry' END"
    )
    text = f"{task.bound.text('start')} || ' - ' || {task.bound.text('end')} || {rest.text}"
    fits = f"CASE WHEN {value} >= 0 THEN {value} END"
    return Settled(text, fits, reason=reason, join=start.join + end.join + rest.join)


def _moment(task: Task, role: str, day: Settled) -> _Moment:
    x, table = task.bound.text(role), f"clocks_{role}"
    stamp = settle_date(task.con, role, x, task.rules, task.day_first)
    texts = f"SELECT DISTINCT {x} AS x FROM raw WHERE {x} IS NOT NULL"
    task.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {clocks_sql(texts)}")
    seconds = f"{table}.seconds"
    value = f"CASE WHEN {seconds} IS NULL THEN {stamp.value} ELSE {_on(day, seconds)} END"
    return _Moment(value, seconds, f"{stamp.join} LEFT JOIN {table} ON {table}.x = {x}")


def _on(day: Settled, seconds: str, later: int = 0) -> str:
    """The moment of a time of day, on the row's day or days later. The clock that people look at may be put
    forward or back in between, so the day counts and not its seconds."""
    on = f"({day.day} + {later})" if later else f"({day.day})"
    return f"({on}::TIMESTAMP + to_seconds({seconds}))::TIMESTAMPTZ"


def _break(task: Task) -> Settled:
    """What is taken off; an empty cell is no break."""
    if not task.bound.has("break"):
        return Settled("''", "0")
    x, unit = task.bound.text("break"), task.bound.mapping.unit
    unit = "hours" if unit == "points" else unit
    settled, note = settle_amount(task.con, "break", x, unit, task.rules)
    if note:
        task.notes.append(note)
    value = f"CASE WHEN {x} IS NULL THEN 0 ELSE {settled.value} END"
    return Settled(f"coalesce(', break ' || {x}, '')", value, join=settled.join)
