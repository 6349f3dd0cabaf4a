"""The budget of exceptions: how much disqualified work a team may take on in a cycle all the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from mainstem.challenge.decisions import Chain, Step
from mainstem.challenge.periods import current_cycle
from mainstem.errors import Conflict
from mainstem.services.decisions.desk import Desk, Wanted

#: More chains than any team has in a cycle.
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class Budget:
    """A team's exceptions in a cycle.

    Attributes:
        team: Whose; ``""`` stands for work of no team.
        cycle: In which cycle; ``""`` where the plan has none now.
        most: How many there may be; none: as many as it likes.
        used: How many there were.
    """

    team: str
    cycle: str
    most: int | None
    used: int

    @property
    def left(self) -> int | None:
        """How many are left; none: as many as it likes."""
        return None if self.most is None else max(0, self.most - self.used)


def budget_of(team: str, desk: Desk) -> Budget:
    """How many exceptions a team has used in today's cycle; without a budget they are not counted."""
    plan = desk.standing.plan
    most = plan.organisation.settings.exceptions
    cycle = current_cycle(plan, desk.today) or ""
    if most is None:
        return Budget(team, cycle, None, 0)
    zone = ZoneInfo(plan.organisation.timezone)
    held = plan.cycles.get(cycle)
    first, last = (held.first_day, held.last_day) if held else (date.min, date.max)
    since = datetime.combine(first, time(), zone).astimezone(UTC) if held else None
    chains = desk.decisions.chains(Wanted(team=team, since=since, most=_ALL))
    used = sum(
        d.step is Step.OVERRIDE_ACCEPT and first <= d.at.astimezone(zone).date() <= last
        for chain in chains
        if chain.work.team == team
        for d in chain.decisions
    )
    return Budget(team, cycle, most, used)


def require_exception(chain: Chain, desk: Desk) -> None:
    """Refuses one exception more than the team has.

    Raises:
        Conflict: with how many there were.
    """
    budget = budget_of(chain.work.team, desk)
    if budget.left != 0:
        return
    plan = desk.standing.plan
    team = plan.teams.get(budget.team)
    name = (team.name if team else None) or budget.team or "Work of no team"
    raise Conflict(
        f"{name} has used its {budget.most} exceptions in {budget.cycle or 'the plan'}.",
        "Refuse or defer it; or a planner raises `exceptions` in the settings of the plan, for all to see.",
        code="decision.no_exceptions",
    )
