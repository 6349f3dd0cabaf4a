"""Where things lie: the plan, the people file and the ledger of one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import UsageError
from mainstem.plan.model import Plan

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger
    from mainstem.plan.text.load import Loaded

PEOPLE = "people.csv"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The places that a command works on.

    Attributes:
        plan: Folder or file of the plan; ``None``: an empty plan.
        people: The people file, if there is one.
        ledger: Folder of the ledger.
        memory: Bound on the engine's memory, in DuckDB's words.
    """

    plan: Path | None
    people: Path | None
    ledger: Path
    memory: str = "1GB"

    def open_ledger(self, *, make: bool = False) -> Ledger:
        """The ledger; see ``Ledger.open``."""
        from mainstem.ledger.store import Ledger

        return Ledger.open(self.ledger, make=make, memory=self.memory)

    def load_plan(self) -> Loaded | None:
        """The plan with its places and text findings, or ``None`` if there is no plan here."""
        if self.plan is None:
            return None
        from mainstem.services.plans.planning import open_plan

        return open_plan(self.plan)

    def usable_plan(self) -> tuple[Plan, str]:
        """The plan and its revision, refused if its text is broken.

        Raises:
            PlanError: naming the first fault of its text.
        """
        loaded = self.load_plan()
        if loaded is None:
            return Plan(), ""
        from mainstem.services.plans.planning import sound

        return sound(loaded), loaded.revision


def find_people(plan: Path | None, given: Path | None) -> Path | None:
    """The people file: as given, else ``people.csv`` in or beside the plan, else none."""
    if given is not None:
        if not given.exists():
            raise UsageError(
                f"There is no people file at {given}.",
                "It is a CSV with the columns person, team, from, to, fraction.",
            )
        return given
    if plan is None:
        return None
    folders = [plan if plan.is_dir() else plan.parent, plan.parent]
    return next((f / PEOPLE for f in folders if (f / PEOPLE).exists()), None)
