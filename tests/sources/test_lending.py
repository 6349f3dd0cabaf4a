"""What a source lends its engine for lands exactly as what it writes to files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mainstem.ledger.landing import LandingReport, land
from mainstem.ledger.store import Ledger, relation
from mainstem.sources.base import ReadRequest
from mainstem.sources.git.source import GitSource
from mainstem.sources.table.source import TableSource
from tests.sources.git.git_repository import Made

HEAD = "Row ID,Issue key,Person,Date,Hours,Comment,Stream"
SHEETS = {
    "in the order of ids": "8,A-1,ann,2026-01-05,1,first,\n9,A-1,bob,2026-01-06,2,later,\n10,,ann,2026-02-01,1.5,none,\n",
    "in no order": "9,A-1,ann,2026-01-05,1,first,\n10,A-2,bob,2026-01-06,2,x,\n8,A-1,ann,2026-02-01,1,last,\n",
    "an id again": "1,A-1,ann,2026-01-05,1,first,\n2,A-2,bob,2026-01-06,2,x,\n1,A-2,ann,2026-01-07,3,corrected,\n",
    "an id missing": "1,A-1,ann,2026-01-05,1,first,\n,A-2,bob,2026-01-06,2,x,\n",
    "rows refused": "1,A-1,ann,2026-01-05,1,good,\n2,A-1,ann,never,1,bad,\n3,A-1,ann,2026-01-06,much,bad,\n4,A-2\n",
    "stamps near midnight": "1,A-1,ann,2026-01-31T23:30:00Z,1,x,\n2,A-1,bob,2026-03-01T22:59:00Z,2,y,\n",
    "robots and streams": "1,A-1,dependabot[bot],2026-01-05,1,x,pay\n2,A-1,ann,2026-01-05,1,y,ads\n",
}


def landed(root: Path, path: Path, *, borrows: bool) -> tuple[Ledger, LandingReport]:
    source = GitSource() if path.is_dir() else TableSource()
    options = {} if path.is_dir() else {"row_id": "Row ID"}
    ledger = Ledger.open(root, make=True)
    into = root / f"staging-{len(list(root.iterdir()))}"
    into.mkdir()
    staged = source.read(ReadRequest(path, into, "Europe/Berlin", "it", options, borrows=borrows))
    # keys that are made of words are made once, and written
    assert bool(staged.engine) == (borrows and "made" not in path.name)
    try:
        return ledger, land(ledger, staged, at=datetime(2026, 10, 5, tzinfo=UTC))
    finally:
        if staged.engine:
            staged.engine.close()


def told(ledger: Ledger) -> list[list[tuple[object, ...]]]:
    """Every row of every table that landing writes."""
    view = ledger.view()
    with ledger.connect() as con:
        return [
            con.execute(f"SELECT * FROM {relation(view.table(name))} ORDER BY ALL").fetchall()
            for name in ("names", "items", "records", "superseded")
        ]


def lands_the_same(tmp_path: Path, first: Path, then: Path | None = None) -> LandingReport:
    ledgers = []
    for borrows in (False, True):
        ledger, report = landed(tmp_path / f"ledger {borrows}", first, borrows=borrows)
        if then is not None:
            ledger, report = landed(tmp_path / f"ledger {borrows}", then, borrows=borrows)
        ledgers.append((told(ledger), report))
    assert ledgers[0] == ledgers[1]
    return ledgers[0][1]


@pytest.mark.parametrize("rows", SHEETS.values(), ids=SHEETS.keys())
def test_a_time_sheet_lands_the_same(tmp_path: Path, rows: str) -> None:
    sheet = tmp_path / ("made.csv" if rows == SHEETS["an id missing"] else "hours.csv")
    sheet.write_text(f"{HEAD}\n{rows}")
    report = lands_the_same(tmp_path, sheet)
    assert report.read == rows.count("\n")
    assert report.read == report.new + report.rejected


def test_a_sheet_that_comes_again_changes_nothing_and_a_correction_lands_the_same(
    tmp_path: Path,
) -> None:
    sheet, other = tmp_path / "hours.csv", tmp_path / "corrected.csv"
    rows = SHEETS["in the order of ids"]
    sheet.write_text(f"{HEAD}\n{rows}")
    other.write_text(f"{HEAD}\n{rows.replace('2026-01-06,2', '2026-03-06,7')}")
    (tmp_path / "twice").mkdir()
    again = lands_the_same(tmp_path / "twice", sheet, sheet)
    assert (again.new, again.changed, again.unchanged, again.has_changed) == (0, 0, 3, False)
    corrected = lands_the_same(tmp_path, sheet, other)
    assert (corrected.changed, corrected.unchanged) == (1, 2)


def test_a_history_lands_the_same(tmp_path: Path) -> None:
    made = Made(tmp_path / "shop")
    made.path.mkdir()
    made.git("init", "-q", "-b", "main")
    for n in range(5):
        made.commit(f"feat(pay): change {n} (PAY-{n + 1})", {f"src/{n}.py": str(n)})
    assert lands_the_same(tmp_path, made.path).new == 5
