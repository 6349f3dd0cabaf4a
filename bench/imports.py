"""Importing a CSV of time: ours, against DuckDB's own reader writing the same rows as Parquet.

``python -m bench.imports ROWS`` prints seconds and the ratio. Ours reads, checks every value, gives items
numbers, compares with what is there, writes items and records and commits; DuckDB only reads and writes.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.data import WORK, as_installed


def make_csv(rows: int) -> Path:
    """A time sheet: id, issue key, person, day, hours, comment."""
    import duckdb

    path = WORK / f"time-{rows}.csv"
    if not path.exists():
        WORK.mkdir(exist_ok=True)
        duckdb.execute(
            "COPY (SELECT 'TS-' || r AS \"Row ID\", 'ABC-' || (hash(r) % ?)::VARCHAR AS \"Issue key\", "
            "'person' || (hash(r * 7) % 800) || '@example.org' AS \"Person\", "
            "(DATE '2025-01-01' + (hash(r * 3) % 540)::INTEGER) AS \"Date\", "
            '((1 + hash(r * 5) % 32) / 4.0)::DECIMAL(6,2) AS "Hours", '
            "'worked on part ' || (hash(r * 11) % 5000) AS \"Comment\" FROM range(?) t(r)) "
            f"TO '{path}' (HEADER)",
            [max(rows // 10, 1), rows],
        )
    return path


def ours(path: Path) -> float:
    # DuckDB is imported before its clock starts too
    import deltalake  # noqa: F401
    import duckdb  # noqa: F401

    from mainstem.ledger import landing  # noqa: F401
    from mainstem.services.importing import import_work
    from mainstem.services.workspace import Workspace
    from mainstem.sources.table import source  # noqa: F401

    root = WORK / "imported"
    shutil.rmtree(root, ignore_errors=True)
    start = time.perf_counter()
    done = import_work(
        Workspace(None, None, root, "2GB"), path, at=datetime(2026, 10, 5, tzinfo=UTC)
    )
    seconds = time.perf_counter() - start
    assert done[0].report.rejected == 0 and done[0].report.new == done[0].report.read
    return seconds


def duck(path: Path) -> float:
    import duckdb

    out = WORK / "plain.parquet"
    start = time.perf_counter()
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{path}')) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return time.perf_counter() - start


def compare(rows: int, runs: int = 3) -> dict[str, object]:
    """Both in turn, each in a process of its own."""
    path = make_csv(rows)
    times: dict[str, list[float]] = {"duck": [], "ours": []}
    for _ in range(runs):
        for case, found in times.items():
            done = subprocess.run([sys.executable, "-m", "bench.imports", "--one", case, str(path)],
                                  capture_output=True, text=True, check=True, env=as_installed())  # fmt: skip
            found.append(float(done.stdout))
    ratios = [a / b for a, b in zip(times["ours"], times["duck"], strict=True)]
    return {"rows": rows, **{k: statistics.median(v) for k, v in times.items()},
            "ratio": statistics.median(ratios)}  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print({"ours": ours, "duck": duck}[sys.argv[2]](Path(sys.argv[3])))
    else:
        print(json.dumps(compare(int(sys.argv[1]))))
