"""What a server stands on: its plan, its ledger and its clock, put together once for each process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mainstem.clock import now
from mainstem.config import settings
from mainstem.plan.standing import Standing
from mainstem.services.metrics.observing_plan import with_observations
from mainstem.services.plans.plans import Plans
from mainstem.services.server.shelf import Shelf

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.services.scores.scoring import Book
    from mainstem.store.check_ins import CheckInBook


#: The smallest group that a server shows where the plan does not say: no figure is about one person.
SMALLEST_GROUP = 3


@dataclass(frozen=True, slots=True)
class Ground:
    """Handed to use cases by every face of a server.

    Attributes:
        plans: Keeps the plan.
        shelf: Keeps the ledger open.
        data: Folder of the server's data.
        check_ins: What people said of key results.
        fixed_today: The day that counts as today; for demonstrations and tests.
    """

    plans: Plans
    shelf: Shelf
    data: Path
    check_ins: CheckInBook
    fixed_today: date | None = None

    def now(self) -> datetime:
        """The present moment, in UTC; on a fixed day, at the hour that it really is."""
        moment = now()
        if self.fixed_today is None:
            return moment
        return datetime.combine(self.fixed_today, moment.time(), UTC)

    def today(self) -> date:
        """The day that it is where the organisation is."""
        if self.fixed_today is not None:
            return self.fixed_today
        return now().astimezone(ZoneInfo(self.plans.head().plan.organisation.timezone)).date()

    def observed(self) -> Standing:
        """The plan as readers see it: with the values of its metrics that the ledger has.

        Only for reading. Whoever edits, applies, compares or exports a plan asks ``plans``.
        """
        head = self.plans.head()
        return Standing(self.with_observations(head.plan), head.revision)

    def with_observations(self, plan: Plan) -> Plan:
        """A plan with those values; the same object for the same plan and values."""
        return with_observations(plan, self.shelf.view())

    def book(self, standing: Standing | None = None) -> Book:
        """The ledger with the plan as it stands now, or at another moment."""
        at = standing or self.plans.head()
        return self.shelf.book(at.plan, at.revision)


@cache
def server_ground() -> Ground:
    """The ground of this process, from the settings. Django must be set up."""
    from mainstem.store.check_ins import CheckInBook
    from mainstem.store.plans import StoredPlans

    chosen = settings()
    data = chosen.data.resolve()
    ledger = chosen.ledger or data / "ledger"
    fixed = date.fromisoformat(chosen.today) if chosen.today else None
    return Ground(
        StoredPlans(),
        Shelf(
            ledger, chosen.memory, chosen.text("MAINSTEM_READING_MEMORY"), smallest=SMALLEST_GROUP
        ),
        data,
        CheckInBook(),
        fixed,
    )
