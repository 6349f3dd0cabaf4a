"""The demo organisation: made, imported, scored and reported in one command."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(demo)


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make it.")] = Path("demo-organisation"),
    people: Annotated[int, typer.Option(help="How many people.")] = 280,
    months: Annotated[int, typer.Option(help="How many months of work.")] = 6,
    seed: Annotated[int, typer.Option(help="Another seed, another organisation.")] = 7,
    only_write: Annotated[bool, typer.Option(help="Write the files, import nothing.")] = False,
) -> None:
    """Make the demo organisation, import its work, score it and write its report."""
    from mainstem.cli.output import progress, say
    from mainstem.demo.write import write_demo

    with progress("making the demo organisation") as report:
        made = write_demo(folder, people=people, months=months, seed=seed, progress=report)
    say(f"The demo organisation lies in {folder}: a plan, a people file, and work to import.")
    if only_write:
        return
    _import_and_score(folder, [made.issues, *made.time_sheets], made.corrections)


def _import_and_score(folder: Path, imports: list[Path], corrections: Path | None) -> None:
    from mainstem.cli.output import progress, say
    from mainstem.cli.report import write_report
    from mainstem.cli.score import print_answer, question_of
    from mainstem.clock import now
    from mainstem.demo.organisation import TODAY
    from mainstem.services.plans.workspace import Workspace, find_people
    from mainstem.services.scores.scoring import value_score
    from mainstem.services.work.attributing import open_book
    from mainstem.services.work.importing import import_work

    plan = folder / "plan"
    # made anew, as its files were: a second demo shows the same as the first
    shutil.rmtree(folder / ".mainstem", ignore_errors=True)
    place = Workspace(plan, find_people(plan, None), folder / ".mainstem" / "ledger")
    for path in [*imports, *([corrections] if corrections else [])]:
        source = None if path.name == "issues.csv" else "time sheets"
        with progress(f"importing {path.name}") as report:
            for done in import_work(place, path, source=source, at=now(), progress=report):
                r = done.report
                say(f"{path.name}: read {r.read:,} = new {r.new:,} + changed {r.changed:,}"
                    f" + unchanged {r.unchanged:,} + rejected {r.rejected:,}")  # fmt: skip
    with progress("scoring"):
        book = open_book(place, at=now())
    say("")
    first = str(min(c.first_day for c in book.plan.cycles.values()))
    last = str(max(c.last_day for c in book.plan.cycles.values()))
    by_team = question_of(book, by="team", level=1, since=first, until=last)
    print_answer(value_score(by_team, book), book)
    report_at = folder / "report.html"
    write_report(place, book, question_of(book, since=first, until=last), report_at, today=TODAY)
    say(
        "",
        f"The report: {report_at}",
        f"Go on in {folder}: mainstem score --by stream, mainstem unattributed, mainstem check",
        f"Its today is {TODAY}: set MAINSTEM_TODAY={TODAY} so that checks of due dates agree.",
    )
