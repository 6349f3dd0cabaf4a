"""Runs the comparisons and writes their table: ``python -m bench.all [--large]``."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench import attributing, git, imports, score
from bench.data import as_installed

PAGE = "service-rollup, 10 groups by month"
TABLE = Path(__file__).parent / "RESULTS.md"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB of memory,"
        f" Python {platform.python_version()}, {date.today()}"
    )


def score_rows(rows: int, cases: list[str]) -> list[str]:
    """One line a case, with its ratio to the SQL written by hand."""
    found = score.compare(rows, cases)
    base = next((f["warm"] for f in found if f["case"] == "hand-duckdb"), None)
    checks = {tuple(f["check"])[1] for f in found if "check" in f}
    assert len(checks) == 1, f"the cases disagree: {found}"
    out = []
    for f in found:
        if "error" in f:
            out.append(f"| {rows:,} | {f['case']} | not run: {f['error']} | | |")
        else:
            ratio = f"{f['warm'] / base:.2f}" if base else ""
            out.append(
                f"| {rows:,} | {f['case']} | {f['warm']:.3f} | {ratio} | {f['peak_mb']:.0f} |"
            )
    return out


def command_rows() -> list[str]:
    """Whole commands: help, and a check of a plan of 8,000 entities."""
    from bench.plan import write_plan

    plan = write_plan(8_000)
    tool = str(Path(sys.executable).with_name("mainstem"))
    out = []
    for name, command in (
        ("mainstem --help", [tool, "--help"]),
        ("mainstem check, 8,000 entities", [tool, "check", str(plan)]),
    ):
        times = []
        for _ in range(8):
            start = time.perf_counter()
            subprocess.run(command, capture_output=True, check=False, env=as_installed())
            times.append(time.perf_counter() - start)
        del times[0]  # it compiles
        out.append(f"| {name} | {statistics.median(times):.2f} |")
    return out


def main(large: bool) -> None:
    """Runs everything and writes the table."""
    lines = [
        "# Results",
        "",
        _machine(),
        "",
        "Absolute times do not travel; ratios do. Each case ran in a process of its own.",
        "",
    ]
    lines += [
        "## Value Score by team and month (7,200 cells)",
        "",
        "| rows | case | seconds, warm | to SQL by hand | peak MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += score_rows(1_000_000, list(score.CASES))
    lines += score_rows(
        10_000_000, ["service-raw", "hand-duckdb", "service-rollup", PAGE, "polars", "pandas"]
    )
    if large:
        lines += score_rows(100_000_000, ["service-raw", "hand-duckdb", "service-rollup", PAGE])
    made: dict[str, Any] = attributing.compare(2_000_000)
    lines += ["", "## Attribution: 2 million items, 10 million rows, 500 mixed claims", "", "| what | figure |", "| --- | --- |",
              f"| ours, seconds | {made['ours']:.1f} |", f"| SQL by hand, seconds | {made['by_hand']:.1f} |",
              f"| ratio | {made['ratio']:.2f} |", f"| one claim changed, of a full run | {made['one claim, of a full run']:.3f} |"]  # fmt: skip
    csv = imports.compare(1_000_000)
    lines += ["", "## Importing", "", "| what | ours, s | other, s | ratio |", "| --- | --- | --- | --- |",
              f"| CSV of 1,000,000 rows, against DuckDB reading it and writing Parquet | {csv['ours']:.2f} | {csv['duck']:.2f} | {csv['ratio']:.2f} |"]  # fmt: skip
    history = git.compare(15_000)
    lines += [
        f"| git history of 15,000 commits, against perceval | {history['ours']:.2f} | {history['perceval']:.2f} | {history['times faster']:.1f} times faster |"
    ]
    lines += [
        "",
        "## Whole commands",
        "",
        "| command | seconds |",
        "| --- | --- |",
        *command_rows(),
        "",
    ]
    TABLE.write_text("\n".join(lines), "utf-8")
    print(TABLE.read_text("utf-8"))


if __name__ == "__main__":
    main("--large" in sys.argv)
