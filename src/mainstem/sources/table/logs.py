"""Time entries inside a row: Jira's ``Log Work`` cells, and lists of work logs in JSON."""
# ruff: noqa: S608

from __future__ import annotations

from typing import TYPE_CHECKING

from mainstem.sources.table.binding import Bound
from mainstem.sources.table.json_file import json_column, steps_of
from mainstem.sources.table.parse_sql import amounts_sql, any_date_sql
from mainstem.sources.table.parts import BOT, HOUR, count
from mainstem.sources.table.settle import Rules

if TYPE_CHECKING:
    import duckdb

#: ``comment;date;author;seconds``; without a comment, some exports leave out its semicolon too.
_CELL = r"(?s)^(?:(.*);)?([^;]*);([^;]*);\s*(\d+)\s*$"


def stage_logs(
    con: duckdb.DuckDBPyConnection, bound: Bound, rules: Rules, day_first: bool, notes: list[str]
) -> bool:
    """Makes the table ``logs`` of hour records from inside the rows; whether there is such a column."""
    if bound.has("worklogs"):
        found = _listed(bound)
    elif bound.has("log"):
        found = _cells(bound)
    else:
        return False
    con.execute(f"CREATE OR REPLACE TEMP TABLE entries AS {found}")
    dates = any_date_sql(
        "SELECT DISTINCT stamp AS x FROM entries WHERE stamp IS NOT NULL",
        day_first,
        rules.earliest,
        rules.latest,
    )
    efforts = amounts_sql(
        "SELECT DISTINCT seconds AS x FROM entries", "seconds", ".", rules.full_day
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE log_dates AS {dates}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE log_efforts AS {efforts}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE logs AS SELECT base ||"
        " CASE WHEN nth = 1 THEN '' ELSE '~' || nth END AS row_key, key AS item_key, day, person, team,"
        f" {HOUR}::INTEGER AS unit, micro AS amount, bot, r FROM (SELECT *,"
        " row_number() OVER (PARTITION BY base ORDER BY place) AS nth FROM (SELECT e.*, d.moment::DATE AS day,"
        " f.micro, i.key || '#log:' || coalesce(e.id, left(md5(concat(e.person, chr(31),"
        " timezone('UTC', d.moment), chr(31), e.words)), 16)) AS base, i.key, i.team,"
        f" coalesce(regexp_matches(e.person, '{BOT}') OR regexp_matches(e.shown, '{BOT}')"
        " OR lower(e.person) IN (SELECT lower(person) FROM bots), false) AS bot"
        " FROM entries e JOIN issue i USING (r) JOIN log_dates d ON d.x = e.stamp"
        " JOIN log_efforts f ON f.x = e.seconds WHERE d.moment IS NOT NULL AND f.micro IS NOT NULL))"
    )
    _note(con, notes)
    return True


def _cells(bound: Bound) -> str:
    cells = ", ".join(f"c{i}" for i in bound.roles["log"])
    parts = ("words", "stamp", "person", "seconds")
    picked = ", ".join(
        f"nullif(trim(regexp_extract(cell, '{_CELL}', {i})), '') AS {p}"
        for i, p in enumerate(parts, 1)
    )
    return (
        f"SELECT r, place, NULL::VARCHAR AS id, NULL::VARCHAR AS shown, {picked} FROM ("
        f"SELECT rowid AS r, unnest([{cells}]) AS cell, unnest(range({len(bound.roles['log'])})) AS place"
        " FROM raw) WHERE cell IS NOT NULL"
    )


def _listed(bound: Bound) -> str:
    inner = {"id": "id", "person": "person", "start": "start", "seconds": "seconds"}
    inner |= dict(bound.mapping.worklog)

    def value(what: str) -> str:
        paths = [p for p in inner.get(what, "").split("|") if p]
        parts = [json_column(steps_of(p), "entry::JSON").sql for p in paths]
        return f"coalesce({', '.join([*parts, 'NULL::VARCHAR'])})"

    return (
        f"SELECT r, place, {value('id')} AS id, {value('shown')} AS shown, NULL::VARCHAR AS words,"
        f" {value('start')} AS stamp, {value('person')} AS person, {value('seconds')} AS seconds FROM ("
        f"SELECT rowid AS r, unnest(c{bound.roles['worklogs'][0]}) AS entry,"
        f" unnest(range(len(c{bound.roles['worklogs'][0]}))) AS place FROM raw)"
    )


def _note(con: duckdb.DuckDBPyConnection, notes: list[str]) -> None:
    lost = count(
        con,
        "SELECT (SELECT count(*) FROM entries WHERE r IN (SELECT r FROM issue)) - (SELECT count(*) FROM logs)",
    )
    if lost:
        notes.append(f"{lost:,} work logs were left out: no date or no time that could be read.")
    cut = con.execute(
        "SELECT count(*), sum(listed_total - n) FROM (SELECT any_value(listed_total) AS listed_total,"
        " count(e.r) AS n FROM issue i LEFT JOIN entries e USING (r) GROUP BY i.r) WHERE listed_total > n"
    ).fetchone()
    if cut and cut[0]:
        notes.append(
            f"{cut[0]:,} items list fewer work logs than they have; {cut[1]:,} work logs are missing from the"
            " export and are not counted."
        )
