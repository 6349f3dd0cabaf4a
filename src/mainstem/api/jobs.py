"""What the server does by itself, and how far the ledger's numbers are behind the plan."""

from __future__ import annotations

from datetime import datetime

from ninja import Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Out, Page
from mainstem.errors import LedgerError, QuestionError
from mainstem.services.people.access import Action
from mainstem.services.server import deriving, health, queueing

router = Router()
TAG = "jobs"


class JobShown(Out):
    """A line of the schedule, or something that was asked for."""

    id: int
    name: str
    words: str
    state: str
    asked_by: str
    tries: int
    next_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    well_at: datetime | None
    said: str
    reason: str


class Derivation(Out):
    """Whether the ledger's numbers follow from the plan as it stands."""

    plan_revision: str
    derived_revision: str = Field(description="empty if nothing was derived yet")
    is_current: bool
    landing: int | None = Field(description="number of the newest landing")
    landing_age: float | None = Field(description="how old it is, in seconds")


@router.get("/jobs", response=Page[JobShown], operation_id="list_jobs")
@needs(Action.READ_SETTINGS)
def list_jobs(request: Request) -> Page[JobShown]:
    """Lines of the schedule, then what was asked for, newest first; at most 200."""
    found = queueing.listed(request.actor)
    return Page(items=[JobShown.model_validate(j) for j in found], next=None)


@router.post("/jobs/{int:number}/run", response=JobShown, operation_id="run_job")
@needs(Action.ADMINISTER)
def run(request: Request, number: NumberInPath) -> JobShown:
    """Makes a job due now, also one that was given up."""
    return JobShown.model_validate(
        queueing.run_again(number, request.actor, at=request.ground.now())
    )


@router.get("/derivation", response=Derivation, operation_id="get_derivation")
def get_derivation(request: Request) -> Derivation:
    """Whether the ledger's numbers follow from the plan as it stands."""
    ground = request.ground
    plan = ground.plans.head().revision
    try:
        derived = deriving.derived_revision(ground)
    except (LedgerError, QuestionError):
        derived = ""  # nothing was imported yet
    landed = health.ledger_state(ground)
    return Derivation(
        plan_revision=plan, derived_revision=derived, is_current=plan == derived,
        landing=landed[0] if landed else None, landing_age=landed[1] if landed else None,
    )  # fmt: skip
