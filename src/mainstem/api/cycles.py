"""Cycles: their steps, what was committed to beside what it is now, and the next one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Router
from pydantic import Field

from mainstem.api.errors import plain
from mainstem.api.operations import needs
from mainstem.api.places import IdentInPath
from mainstem.api.proposals import ProposalShown
from mainstem.api.request import Request
from mainstem.api.shapes import Done, In, Line, Out, Page, Words
from mainstem.api.written import shown
from mainstem.plan.cycle_steps import Commitment
from mainstem.services.people.access import Action
from mainstem.services.plans import cycles

router = Router()
TAG = "cycles"
State = Literal["draft", "open", "committed", "closed"]


class CycleShown(Out):
    """A planning period. Both days are included."""

    id: str
    name: str
    first_day: date
    last_day: date
    state: State


class StepShown(Out):
    """A step that was taken."""

    state: State
    revision: int
    at: datetime
    by: str
    why: str


class CommitmentShown(Out):
    """A key result or an initiative: as it was committed, and as it is now."""

    subject: str
    fate: str
    then: dict[str, Any] | None
    now: dict[str, Any] | None
    sentences: list[str] = Field(description="the differences, read aloud")


class CycleWhole(CycleShown):
    """A cycle with what happened to it."""

    next_states: list[State]
    steps: list[StepShown]
    committed_at: str | None = Field(description="the revision that was committed to")
    commitments: list[CommitmentShown]
    scores: dict[str, float] = Field(description="key result → score from 0.0 to 1.0")
    values: dict[str, float] = Field(description="key result → where it stands")
    unscored: list[str]


class WantedStep(In):
    """A step in the life of a cycle."""

    cycle: Line
    state: State
    why: Words = Field("", description="needed for a step back")


class NextCycle(In):
    """What goes on into the next cycle."""

    cycle: Line = Field(description="the cycle that ends")
    carried: list[Line] | None = Field(
        None, max_length=2_000, description="key results that go on; those not reached if left out"
    )
    next_id: Line = ""


@router.get("/cycles", response=Page[CycleShown], operation_id="list_cycle_states")
def list_cycles(request: Request) -> Page[CycleShown]:
    """All cycles with their states, in the order of their days."""
    found = request.ground.plans.head().plan.cycles
    order = sorted(found, key=lambda key: (found[key].first_day, key))
    items = [
        CycleShown(id=key, name=found[key].name or key, first_day=found[key].first_day,
                   last_day=found[key].last_day, state=found[key].state)
        for key in order
    ]  # fmt: skip
    return Page(items=items, next=None)


@router.get("/cycles/{path:ident}", response=CycleWhole, operation_id="get_cycle_life")
def get_cycle_life(request: Request, ident: IdentInPath) -> CycleWhole:
    """A cycle: its steps, and what became of what was committed to."""
    life = cycles.cycle_life(ident, request.ground, request.actor)
    cycle = life.cycle
    return CycleWhole(
        id=ident, name=cycle.name or ident, first_day=cycle.first_day, last_day=cycle.last_day,
        state=cycle.state, next_states=[_state(s) for s in life.next_states],
        steps=[StepShown.model_validate(s) for s in life.steps],
        committed_at=life.committed.revision if life.committed else None,
        commitments=[_commitment(c) for c in life.commitments], scores=dict(life.scores),
        values=dict(life.values), unscored=list(life.unscored),
    )  # fmt: skip


def _state(word: str) -> Any:
    return word


def _commitment(found: Commitment) -> CommitmentShown:
    return CommitmentShown(
        subject=found.subject, fate=found.fate.value, then=plain(found.then), now=plain(found.now),
        sentences=list(found.sentences),
    )  # fmt: skip


@router.post("/cycle-steps", response=Done, operation_id="take_cycle_step")
@needs(Action.CHANGE_CYCLE)
def take_step(request: Request, body: WantedStep) -> Done:
    """Takes a cycle to its next state, or back with a reason. Committing freezes the commitment."""
    done = cycles.take_step(
        body.cycle, body.state, request.ground, request.actor, at=request.ground.now(), why=body.why
    )
    return shown(done)


@router.post("/next-cycles", response={201: ProposalShown}, operation_id="prepare_next_cycle")
@needs(Action.PROPOSE)
def prepare_next(request: Request, body: NextCycle) -> tuple[int, ProposalShown]:
    """Proposes the cycle after one, with what goes on into it."""
    made = cycles.prepare_next(
        body.cycle, request.ground, request.actor, at=request.ground.now(), carried=body.carried,
        next_id=body.next_id,
    )  # fmt: skip
    return 201, ProposalShown.model_validate(made)
