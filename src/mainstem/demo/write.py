"""Writes the demo organisation to a folder: a plan, its people, and its work as trackers export it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mainstem.demo.company import Company
from mainstem.demo.plan_text import write_plan
from mainstem.demo.time_sheets import HEADER as TIME_HEADER
from mainstem.demo.time_sheets import Dirt, TimeSheets
from mainstem.demo.work import HEADER as ISSUE_HEADER
from mainstem.demo.work import Tracker
from mainstem.errors import UsageError

#: Called with (done, total or None, words) while files are written.
Progress = Callable[[int, int | None, str], None]
_LINES_AT_ONCE = 20_000


def _silent(done: int, total: int | None, words: str) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """What was written.

    Attributes:
        folder: The folder given.
        plan: Folder with the plan.
        people: Who is in which team when.
        work: Folder to import: the tracker's export and the time sheets.
        issues: The tracker's export, in ``work``.
        time_sheets: A file a month, in ``work``.
        corrections: Corrected rows with ids of the time sheets; to be imported after them.
        plan_files: Files of the plan.
        items: Items in the tracker, epics included.
        effort_rows: Rows of time sheets, dirt included, without headers and totals.
        corrected_rows: Rows in ``corrections``.
        dirt: What was spoilt on purpose.
    """

    folder: Path
    plan: Path
    people: Path
    work: Path
    issues: Path
    time_sheets: tuple[Path, ...]
    corrections: Path
    plan_files: tuple[Path, ...]
    items: int
    effort_rows: int
    corrected_rows: int
    dirt: Dirt


def write_demo(
    folder: Path,
    *,
    people: int = 280,
    months: int = 6,
    seed: int = 7,
    progress: Progress = _silent,
) -> DemoFiles:
    """Writes the demo organisation: the same arguments give the same bytes.

    Memory does not grow with months, and with people only as the people of one day.

    Args:
        folder: Where to; made if absent. Files of an earlier demo there are written over.
        people: Size of the company. Above 1,200 it has several markets and six levels of teams.
        months: Months of work before the demo's today, 5 October 2026; 24 for two years.
        seed: Another number makes another history of the same company.
        progress: Called now and then.

    Raises:
        UsageError: for fewer than 30 people or less than a month.
    """
    if people < 30 or not 1 <= months <= 120:
        raise UsageError(
            f"A demo with {people} people and {months} months cannot be made.",
            "Choose at least 30 people and 1 to 120 months.",
        )
    company = Company(people, months, seed)
    tracker = Tracker(company)
    work, later = folder / "work", folder / "later"
    for path in (work, later):
        path.mkdir(parents=True, exist_ok=True)
    plan_files = write_plan(
        folder / "plan", company, lambda name: progress(0, None, f"plan/{name}")
    )
    _write_people(folder / "people.csv", company)
    items = _write_issues(work / "issues.csv", tracker, progress)
    sheets = TimeSheets(tracker)
    files = sheets.write(work, lambda rows, name: progress(rows, None, f"work/{name}"))
    _write_lines(later / "corrections.csv", ",".join(TIME_HEADER), sheets.corrections)
    return DemoFiles(
        folder=folder, plan=folder / "plan", people=folder / "people.csv", work=work,
        issues=work / "issues.csv", time_sheets=files, corrections=later / "corrections.csv",
        plan_files=plan_files, items=items, effort_rows=sheets.rows,
        corrected_rows=len(sheets.corrections), dirt=sheets.dirt,
    )  # fmt: skip


def _write_lines(path: Path, header: str, lines: list[str]) -> None:
    path.write_text("\r\n".join([header, *lines]) + "\r\n", encoding="utf-8", newline="")


def _write_people(path: Path, company: Company) -> None:
    lines = [
        f"{m.person},{company.units[m.unit].id},{m.first or ''},{m.last or ''},{m.fraction}"
        for m in company.members
    ]
    _write_lines(path, "person,team,from,to,fraction", lines)


def _write_issues(path: Path, tracker: Tracker, progress: Progress) -> int:
    rows = tracker.rows()
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(ISSUE_HEADER + "\r\n")
        while block := list(islice(rows, _LINES_AT_ONCE)):
            file.write("\r\n".join(block) + "\r\n")
            count += len(block)
            progress(count, None, "work/issues.csv")
    return count
