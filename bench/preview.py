"""The preview of a claim on 200,000 and on 2 million items (10 million rows), with 500 claims in the plan.

``python -m bench.preview`` prints for each size and kind of claim the seconds of the first preview (nothing
of these days is kept) and the median of the next ones, each for a claim that nobody has tried, with the
items it catches; and the ratio of growth between the sizes. The bar is 1 s on 2 million items.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.attributing import AT, make_ledger, make_plan
from bench.data import as_installed
from mainstem.ledger.questions import Desk
from mainstem.ledger.refresh import refresh
from mainstem.ledger.store import Ledger
from mainstem.plan.model import Unit
from mainstem.services.scores.scoring import Book
from mainstem.services.triage.claim_preview import preview, question_for
from mainstem.services.triage.claim_trial import read_claim
from mainstem.services.work.attributing import build_inputs

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
#: Of each kind several that differ, so that none is answered from what another left behind.
CASES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "label": ("stream:s1", [{"label": f"label-{1200 + n}"} for n in range(4)]),
    "label with *": ("stream:s1", [{"label": f"label-1{n}*"} for n in range(4)]),
    "component": ("stream:s2", [{"component": f"component-{1200 + n}"} for n in range(4)]),
    "project and type": ("stream:s3", [{"project": f"P{300 + n}", "type": "bug"} for n in range(4)]),
    "a third of all": ("stream:s4", [{"type": t} for t in ("bug", "task", "story", "bug")]),
    "path": ("stream:s5", [{"path": f"/area{200 + n}/"} for n in range(4)]),
    "words": ("stream:s6", [{"text": t} for t in ("payer adset", "player datamap", "coreing", "edgegate")]),
    "expression": ("stream:s7", [{"text": f"/{w} (fails|breaks) on play/"} for w in ("payer", "adset", "coremap", "livebox")]),
    "kind of the rest": ("kind:debt", [{"label": f"label-{1300 + n}"} for n in range(4)]),
    "kind, a third of all": ("kind:support", [{"type": t} for t in ("bug", "task", "story", "bug")]),
}  # fmt: skip


def run(root: Path) -> dict[str, tuple[float, float, float, int, int]]:
    """First seconds, median of the next, their processor seconds, items caught, items changed."""
    ledger, plan = Ledger.open(root, memory="2GB"), make_plan()
    with ledger.change() as change:
        inputs, _ = build_inputs(change, plan, [], "bench")
        refresh(ledger, inputs, change, at=AT)
    book = Book(Desk(ledger, ledger.view()), plan, "bench")
    asked, out = question_for(book, FIRST, LAST, Unit.HOUR), {}
    for name, (target, claims) in CASES.items():
        times, spent, told = [], [], None
        for fields in claims:
            began, cpu = time.perf_counter(), time.process_time()
            told = preview(read_claim(target, fields, plan), asked, book)
            times.append(time.perf_counter() - began)
            spent.append(time.process_time() - cpu)
        assert told is not None
        out[name] = (
            times[0],
            statistics.median(times[1:]),
            statistics.median(spent[1:]),
            told.items,
            told.gains,
        )
    return out


def main() -> None:
    """Prints the table."""
    if len(sys.argv) == 3 and sys.argv[1] == "--one":
        print(json.dumps(run(Path(sys.argv[2]))))
        return
    found = []
    for items in (200_000, 2_000_000):
        command = [sys.executable, "-m", "bench.preview", "--one", str(make_ledger(items))]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=as_installed()
        )
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        found.append(json.loads(done.stdout))
    small, large = found
    print(
        "| claim | 200,000 items, s | 2 million, s | of processor, s | first, s | caught | changed | growth |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, (first, later, cpu, caught, changed) in large.items():
        growth = later / small[name][1]
        print(
            f"| {name} | {small[name][1]:.3f} | {later:.3f} | {cpu:.2f} | {first:.2f} | {caught:,} | {changed:,} | {growth:.1f} |"
        )


if __name__ == "__main__":
    main()
