"""Effort that follows from the table ``issue``: the finished item, its points, its hours, traces."""
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.sources.table.parts import EVENT, HOUR, ITEM, POINT, count
from mainstem.work.records import MICRO

if TYPE_CHECKING:
    import duckdb

#: Working days of one span that become traces; longer spans say nothing about a day.
MOST_DAYS = 60


def record_queries(con: duckdb.DuckDBPyConnection, *, logged: bool, notes: list[str]) -> list[str]:
    """Queries that give records with ``r``, over ``issue`` and, if ``logged``, ``logs``."""
    queries = [
        _record("item", "done::DATE", ITEM, str(MICRO), "done IS NOT NULL"),
        _record("points", "done::DATE", POINT, "points", "done IS NOT NULL AND points IS NOT NULL"),
        _record(
            "touch", "updated::DATE", EVENT, str(MICRO),
            "done IS NULL AND updated IS NOT NULL AND person IS NOT NULL",
        ),
    ]  # fmt: skip
    queries.append(_spent(con, logged, notes))
    queries.append(_spans(con, logged, notes))
    if logged:
        queries.append(
            "SELECT row_key, item_key, day, person, team, unit, amount, bot, r FROM logs"
        )
    return queries


def _record(suffix: str, day: str, unit: int, amount: str, where: str) -> str:
    return (
        f"SELECT key || '#{suffix}' AS row_key, key AS item_key, {day} AS day, person, team,"
        f" {unit}::INTEGER AS unit, {amount}::BIGINT AS amount, bot, r FROM issue WHERE {where}"
    )


def _spent(con: duckdb.DuckDBPyConnection, logged: bool, notes: list[str]) -> str:
    """Time spent in one figure: on the day when the item was done, else when it was last changed."""
    where = "hours > 0 AND coalesce(done, updated, fixed) IS NOT NULL"
    if logged:
        where += " AND r NOT IN (SELECT r FROM logs)"
    n = count(con, f"SELECT count(*) FROM issue WHERE {where}")
    if n:
        notes.append(
            f"{n:,} items give their time spent in one figure; it counts on the day when they were done, or"
            " last updated."
        )
    undated = count(
        con, "SELECT count(*) FROM issue WHERE hours > 0 AND coalesce(done, updated, fixed) IS NULL"
    )
    if undated:
        notes.append(f"The time spent on {undated:,} items was left out: they have no date.")
    return _record("spent", "coalesce(done, updated, fixed)::DATE", HOUR, "hours", where)


def _spans(con: duckdb.DuckDBPyConnection, logged: bool, notes: list[str]) -> str:
    """A trace on each working day (Monday to Friday) between start and end, at most the last 60."""
    where = (
        "person IS NOT NULL AND began IS NOT NULL AND coalesce(\"end\", done) >= began"
        + (" AND r NOT IN (SELECT r FROM logs)" if logged else "")
    )  # fmt: skip
    con.execute(
        "CREATE OR REPLACE TEMP TABLE spans AS SELECT * FROM (SELECT *, row_number() OVER"
        " (PARTITION BY key ORDER BY day DESC) AS nth FROM (SELECT key, person, team, bot, r,"
        ' unnest(generate_series(greatest(began::DATE, coalesce("end", done)::DATE - 400),'
        f' coalesce("end", done)::DATE, INTERVAL 1 DAY))::DATE AS day FROM issue WHERE {where})'
        " WHERE isodow(day) < 6)"
    )
    capped = count(con, f"SELECT count(DISTINCT key) FROM spans WHERE nth > {MOST_DAYS}")
    if capped:
        notes.append(
            f"{capped:,} spans are longer than {MOST_DAYS} working days; their last {MOST_DAYS} count."
        )
    return (
        "SELECT key || '#day:' || day AS row_key, key AS item_key, day, person, team,"
        f" {EVENT}::INTEGER AS unit, {MICRO}::BIGINT AS amount, bot, r FROM spans WHERE nth <= {MOST_DAYS}"
    )
