"""What the board of a room makes of the plan that it began from: worked out whenever somebody looks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mainstem.errors import Absent
from mainstem.plan.cycle_steps import following_days, following_id
from mainstem.plan.model import Cycle, Plan
from mainstem.plan.removing import named_by
from mainstem.plan.standing import Standing, revision_name
from mainstem.services.server.ground import Ground
from mainstem.services.workshops.boards import board_of
from mainstem.store.models import RoomEvent, Workshop
from mainstem.workshop.board import Board
from mainstem.workshop.outcome import outcome
from mainstem.workshop.outcome_values import Outcome

_QUARTER = re.compile(r"(\d{4})[-_./ ]?[qQ]([1-4])\Z")


@dataclass(frozen=True, slots=True)
class Made:
    """A room's outcome.

    Attributes:
        board: The room as it is.
        base: The plan that it began from, with the revision.
        outcome: What the room makes of it.
    """

    board: Board
    base: Standing
    outcome: Outcome


def workshop_row(number: int, *, lock: bool = False) -> Workshop:
    """The kept workshop. Whoever calls has looked at rights.

    Raises:
        Absent: there is none.
    """
    rows = Workshop.objects.select_for_update() if lock else Workshop.objects
    row = rows.filter(pk=number).first()
    if row is None:
        raise Absent("There is no such workshop.", "Look at the list of workshops.")
    return row


def made_of(row: Workshop, ground: Ground, board: Board | None = None) -> Made:
    """What a room makes of the plan that it began from.

    Args:
        row: The workshop.
        ground: The server's ground.
        board: The room as it was at some event; as it is now, if not given.
    """
    board = board_of(row.pk) if board is None else board
    base = ground.plans.at(revision_name(row.base))
    plan = with_cycle(base.plan, row.cycle, ground.plans.head().plan)
    first_day = None if row.cycle in plan.cycles else _day_of(row)
    made = outcome(board, plan, cycle=row.cycle, first_day=first_day)
    if plan is not base.plan and not named_by(made.plan, "cycles", row.cycle):
        # nobody committed to anything, so there is no need of another cycle
        cycles = {key: c for key, c in made.plan.cycles.items() if key != row.cycle}
        made = replace(made, plan=made.plan.model_copy(update={"cycles": cycles}))
    return Made(board, base, made)


def _day_of(row: Workshop) -> date:
    return (row.starts_at or row.at).date()


def with_cycle(plan: Plan, cycle: str, head: Plan) -> Plan:
    """The plan with the cycle that a room plans for: as it stands by now, else as the next one.

    A cycle whose days nobody can know is left out; commitments are then made without one.
    """
    if not cycle or cycle in plan.cycles:
        return plan
    made = head.cycles.get(cycle) or _next_cycle(plan, cycle)
    if made is None or _overlaps(plan, made):
        return plan
    return plan.model_copy(update={"cycles": {**plan.cycles, cycle: made}})


def _next_cycle(plan: Plan, cycle: str) -> Cycle | None:
    for key, before in plan.cycles.items():
        if following_id(key) == cycle:
            first, last = following_days(before)
            return Cycle(first_day=first, last_day=last, state="draft")
    found = _QUARTER.search(cycle)
    if found is None:
        return None
    year, quarter = int(found[1]), int(found[2])
    if not 1900 < year < 3000:
        return None
    after = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return Cycle(first_day=date(year, quarter * 3 - 2, 1), last_day=after - timedelta(days=1), state="draft")  # fmt: skip


def _overlaps(plan: Plan, made: Cycle) -> bool:
    return any(
        c.first_day <= made.last_day and made.first_day <= c.last_day for c in plan.cycles.values()
    )


def board_at(number: int, event: int) -> Board:
    """A room as it was after one of its events, put together from the first on."""
    board = Board()
    events = RoomEvent.objects.filter(workshop_id=number, number__lte=event).order_by("number")
    for count, puts in events.values_list("number", "puts").iterator(2000):
        board.put(count, puts)
    return board
