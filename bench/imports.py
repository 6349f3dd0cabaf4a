"""Importing a CSV of time: ours, against DuckDB's own reader writing the same rows as Parquet.

``python -m bench.imports ROWS`` prints seconds and the ratio; of seconds by the clock, and of processor
seconds, which other work on the machine moves less. Ours reads, checks every value, gives items
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


def ours(path: Path) -> tuple[float, float]:
    """Seconds by the clock, processor seconds."""
    # DuckDB is imported before its clock starts too
    import deltalake  # noqa: F401
    import duckdb  # noqa: F401

    from mainstem.ledger import landing  # noqa: F401
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.work.importing import import_work
    from mainstem.sources.table import source  # noqa: F401

    root = WORK / "imported"
    shutil.rmtree(root, ignore_errors=True)
    start, used = time.perf_counter(), time.process_time()
    done = import_work(
        Workspace(None, None, root, "2GB"), path, at=datetime(2026, 10, 5, tzinfo=UTC)
    )
    seconds = time.perf_counter() - start, time.process_time() - used
    assert done[0].report.rejected == 0 and done[0].report.new == done[0].report.read
    return seconds


def duck(path: Path) -> tuple[float, float]:
    """Seconds by the clock, processor seconds."""
    import duckdb

    out = WORK / "plain.parquet"
    start, used = time.perf_counter(), time.process_time()
    duckdb.execute(
        f"COPY (SELECT * FROM read_csv('{path}')) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return time.perf_counter() - start, time.process_time() - used


def compare(rows: int, runs: int = 3) -> dict[str, object]:
    """Both in turn, each in a process of its own."""
    path = make_csv(rows)
    times: dict[str, list[tuple[float, float]]] = {"duck": [], "ours": []}
    for _ in range(runs):
        for case, found in times.items():
            done = subprocess.run([sys.executable, "-m", "bench.imports", "--one", case, str(path)],
                                  capture_output=True, text=True, check=True, env=as_installed())  # fmt: skip
            seconds, used = json.loads(done.stdout)
            found.append((seconds, used))
    out: dict[str, object] = {"rows": rows}
    for n, what in enumerate(("", " processor")):
        out |= {f"{k}{what}": statistics.median(t[n] for t in v) for k, v in times.items()}
        pairs = zip(times["ours"], times["duck"], strict=True)
        out[f"ratio{what}"] = statistics.median(a[n] / b[n] for a, b in pairs)
    return out


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print(json.dumps({"ours": ours, "duck": duck}[sys.argv[2]](Path(sys.argv[3]))))
    else:
        print(json.dumps(compare(int(sys.argv[1]))))
