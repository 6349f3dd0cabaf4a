"""Fills a server's data folder with the demo organisation: ``python -m mainstem.demo.server``.

``mainstem serve --demo`` runs this once, in a process of its own. The folder is marked as a demo when it
is whole; one that is half made is made again from the start.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.demo.organisation import TODAY
from mainstem.errors import UsageError

if TYPE_CHECKING:
    from mainstem.services.people.access import Actor

_BEGUN = ".demo-begun"


def fill_server(data: Path, *, people: int = 280, months: int = 6, seed: int = 7) -> None:
    """Makes the demo in the server's database and ledger. Django must be set up.

    Raises:
        UsageError: if the database holds something else.
    """
    from mainstem.services.server.serving import forget_embedded, ledger_of, prepare

    begun = data / _BEGUN
    if begun.exists():
        forget_embedded(data)
    prepare(data)
    _refuse_other()
    begun.touch()
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=data) as folder:
        _fill(Path(folder), data, ledger_of(data), people, months, seed)
    (data / "setup-code").unlink(missing_ok=True)
    begun.unlink()


def _refuse_other() -> None:
    from mainstem.services.people.first_run import is_first_run
    from mainstem.services.server.ground import server_ground

    if not is_first_run() or server_ground().plans.head().number:
        raise UsageError(
            "This server's database holds something already, and it is no demo.",
            "Give another folder with --data, or leave out --demo.",
            code="demo.not_empty",
        )


def _fill(folder: Path, data: Path, ledger: Path, people: int, months: int, seed: int) -> None:
    from mainstem.demo.cast import CAST, people_of
    from mainstem.demo.company import Company
    from mainstem.demo.write import write_demo
    from mainstem.services.server import demo_server
    from mainstem.services.server.deriving import derive
    from mainstem.services.server.ground import server_ground

    ground = server_ground()
    at = datetime.combine(TODAY, time(6), UTC)
    made = write_demo(folder, people=people, months=months, seed=seed)
    shutil.copy(made.people, data / "people.csv")
    demo_server.make_people(people_of(Company(people, months, seed)), CAST, at=at)
    _keep_plan(made.plan, at)
    source = _import([made.issues, *made.time_sheets, made.corrections], made.plan, ledger, at)
    derive(ground, at=at)
    _live(source, seed, is_small=people < 1200)
    demo_server.mark(data, CAST)


def _keep_plan(folder: Path, at: datetime) -> None:
    from mainstem.plan.changes import diff
    from mainstem.plan.model import Plan
    from mainstem.services.people.access import system
    from mainstem.services.plans.editing import change_plan
    from mainstem.services.plans.planning import open_plan
    from mainstem.services.server.ground import server_ground

    plan = open_plan(folder).plan
    change_plan(
        diff(Plan(), plan), server_ground(), system("cli"), at=at, why="The demo organisation",
        origin="start",
    )  # fmt: skip


def _import(paths: list[Path], plan: Path, ledger: Path, at: datetime) -> str:
    from mainstem.services.plans.workspace import Workspace
    from mainstem.services.work.importing import import_work

    place, first = Workspace(plan, None, ledger), ""
    for path in paths:
        name = None if path.name == "issues.csv" else "time sheets"
        for done in import_work(place, path, source=name, at=at):
            first = first or done.report.source
    return first


def _live(source: str, seed: int, *, is_small: bool) -> None:
    """Check-ins, remarks, a proposal under discussion and a contest, by the cast."""
    from mainstem.demo import cast
    from mainstem.services.metrics.checking_in import check_in
    from mainstem.services.server.demo_server import actor_of_cast
    from mainstem.services.server.ground import server_ground
    from mainstem.services.telling.remarking import remark
    from mainstem.services.work.contesting import contest_item

    ground = server_ground()
    plan = ground.plans.head().plan
    actors = {part.email: actor_of_cast(part, ground) for part in cast.CAST}
    for key, said in cast.check_ins(plan, TODAY, seed):
        check_in(key, said, ground, actors[cast.PLANNER.email], at=_morning(said.on))
    if not is_small:
        return
    for word in cast.REMARKS:
        remark(
            word.subject, word.text, ground, actors[word.by.email], at=_morning(word.on),
            address=f"/{word.subject}/",
        )  # fmt: skip
    contest_item(
        source, "PLAY-38", "stream:start-fast", "The clean-up was the first half of the warm start.",
        ground, actors[cast.ENGINEER.email], at=_morning(date(2026, 9, 30)),
    )  # fmt: skip
    _propose(actors[cast.LEAD.email])
    _decide(actors)
    _hold_workshops(actors)


def _decide(actors: Mapping[str, Actor]) -> None:
    """What was asked and decided in half a year, and what of it was found in the ledger."""
    from mainstem.demo import cast
    from mainstem.demo.decisions import Voices, decide_on_work
    from mainstem.services.decisions.desks import server_desk
    from mainstem.services.decisions.done_work import look_for_done
    from mainstem.services.people.access import system
    from mainstem.services.server.ground import server_ground

    desk = server_desk(server_ground())
    voices = Voices(
        actors[cast.ENGINEER.email], actors[cast.OWNER.email], cast.OWNER.stream,
        actors[cast.PLANNER.email],
    )  # fmt: skip
    decide_on_work(desk, voices, TODAY)
    look_for_done(desk, system(), at=_morning(TODAY))


def _hold_workshops(actors: Mapping[str, Actor]) -> None:
    """A workshop that was held, with its proposal, and one that runs."""
    from mainstem.demo import cast
    from mainstem.demo.workshops import hold_workshops
    from mainstem.services.server.ground import server_ground

    people = (cast.PLANNER, cast.OWNER, cast.LEAD, cast.ENGINEER)
    hold_workshops(server_ground(), [actors[p.email] for p in people], at=_morning(TODAY))


def _propose(by: Actor) -> None:
    from mainstem.plan.changes import Changed
    from mainstem.services.plans.proposals import start_proposal
    from mainstem.services.server.ground import server_ground

    ground = server_ground()
    bets = ground.plans.head().plan.initiatives
    key, bet = next(
        (k, b) for k, b in bets.items() if b.stream == "start-fast" and b.state == "active"
    )
    start_proposal(
        f"Stop “{bet.name or key}” and finish one thing",
        [Changed(f"initiatives/{key}", ("state",), bet.state, "dropped")],
        ground, by, at=_morning(date(2026, 10, 1)), state="open",
        why="Four weeks after its release the metric has not moved, and two of us are on incidents.",
    )  # fmt: skip


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8, 30), UTC)


def main() -> None:
    """Fills the folder that the settings name."""
    from mainstem.config import settings
    from mainstem.errors import MainstemError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
    os.environ.setdefault("MAINSTEM_TODAY", TODAY.isoformat())
    import django

    django.setup()
    try:
        fill_server(settings().data.resolve())
    except MainstemError as error:
        sys.stderr.write(f"Error: {error.message}\n  What to do: {error.hint}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
