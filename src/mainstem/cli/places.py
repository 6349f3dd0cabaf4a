"""Options that most commands share: where the plan, the people file and the ledger are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mainstem.config import settings

if TYPE_CHECKING:
    from mainstem.services.plans.workspace import Workspace

PlanOption = Annotated[
    Path | None,
    typer.Option("--plan", help="Folder or file of the plan. Default: ./plan or ./mainstem.yaml."),
]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", help="Folder of the ledger. Default: .mainstem/ledger.")
]
PeopleOption = Annotated[
    Path | None,
    typer.Option(
        "--people", help="People file (person, team, from, to, fraction). Default: people.csv."
    ),
]


def workspace(
    plan: Path | None, ledger: Path | None, people: Path | None = None, *, need_plan: bool = False
) -> Workspace:
    """The places a command works on, from options, then the environment, then the usual places."""
    from mainstem.errors import MainstemError
    from mainstem.services.plans.planning import find_plan
    from mainstem.services.plans.workspace import Workspace, find_people

    chosen = settings()
    given = plan or chosen.plan
    try:
        at: Path | None = find_plan(Path.cwd(), given)
    except MainstemError:
        if need_plan or given is not None:
            raise
        at = None
    where = ledger or chosen.ledger or Path(".mainstem/ledger")
    return Workspace(at, find_people(at, people or chosen.people), where, chosen.memory)
