"""Proposals: changes to be discussed, applied or declined."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field

from mainstem.api.errors import plain
from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, page_of
from mainstem.api.places import NumberInPath
from mainstem.api.plan import MOST, Revision
from mainstem.api.request import Request
from mainstem.api.shapes import Done, In, Line, Number, Out, Page, Words
from mainstem.api.written import in_json, shown
from mainstem.plan.changes import apply
from mainstem.plan.merging import Meeting
from mainstem.services.people.access import Action
from mainstem.services.plans import changing, proposals

router = Router()
TAG = "proposals"
State = Literal["draft", "open", "applied", "declined", "withdrawn"]
ChangeList = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)]


class ProposalShown(Out):
    """A proposal in a list."""

    number: int
    title: str
    why: str
    author_name: str
    at: datetime
    base: str
    state: State
    version: int
    changed_at: datetime
    decided_at: datetime | None
    decided_by: str
    decision: str
    applied_as: int | None = Field(description="number of the revision that it became")
    count: int = Field(description="how many changes it holds")


class MeetingShown(Out):
    """Where the proposal and somebody else changed the same."""

    key: str = Field(description="goes into `choices`")
    subject: str
    path: list[str | int]
    base: Any
    now: Any
    wanted: Any


class ProposalWhole(ProposalShown):
    """A proposal beside the plan as it stands."""

    changes: list[dict[str, Any]] = Field(description="as it was made")
    fitting: list[dict[str, Any]] = Field(description="what of it would be done now")
    refused: list[dict[str, Any]] = Field(description="those of them that you may not make")
    meetings: list[MeetingShown]


class NewProposal(In):
    """Changes and what they are for."""

    title: Line = Field(min_length=1, max_length=200)
    changes: ChangeList
    why: Words = ""
    base: Revision = ""
    is_draft: bool = Field(False, strict=True, description="seen by its author only")


class Description(In):
    """Another title and reason."""

    title: Line = Field(min_length=1, max_length=200)
    why: Words = ""


class MoreChanges(In):
    """Further changes, made for the plan that the proposal makes of its base."""

    changes: ChangeList
    version: Number | None = Field(None, description="refused with 409 if there is a newer one")


class Application(In):
    """How a proposal is applied."""

    choices: dict[str, Literal["now", "mine"]] = Field(
        default_factory=dict, description="for each meeting its key, and whose value stays"
    )
    version: Number | None = None


class Reason(In):
    """A reason."""

    reason: Words = ""


@router.get("/proposals", response=Page[ProposalShown], operation_id="list_proposals")
def list_proposals(
    request: Request,
    state: Annotated[State | None, Query()] = None,
    limit: Limit = 50,
    after: After = "",
) -> Page[ProposalShown]:
    """Proposals, newest first. Drafts are their author's own."""
    rows = proposals.list_proposals(
        request.actor, state=state or "", before=number_after(after), most=limit + 1
    )
    return page_of(rows, limit, ProposalShown.model_validate, lambda p: p.number)


@router.post("/proposals", response={201: ProposalShown}, operation_id="create_proposal")
@needs(Action.PROPOSE)
def create_proposal(request: Request, body: NewProposal) -> tuple[int, ProposalShown]:
    """Makes a proposal out of changes."""
    ground = request.ground
    made = proposals.start_proposal(
        body.title, changing.read_changes(body.changes, ground), ground, request.actor,
        at=ground.now(), why=body.why, base=body.base or None, state="draft" if body.is_draft else "open",
    )  # fmt: skip
    return 201, ProposalShown.model_validate(made)


@router.get("/proposals/{int:number}", response=ProposalWhole, operation_id="get_proposal")
def get_proposal(request: Request, number: NumberInPath) -> ProposalWhole:
    """A proposal beside the plan as it stands: what fits, what meets the changes of others."""
    found = proposals.consider(number, request.ground, request.actor)
    return ProposalWhole(
        **dict(ProposalShown.model_validate(found.proposed)), changes=in_json(found.changes),
        fitting=in_json(found.now.changes), refused=in_json(found.refused),
        meetings=[_meeting(m) for m in found.meetings],
    )  # fmt: skip


def _meeting(met: Meeting) -> MeetingShown:
    return MeetingShown(
        key=met.key, subject=met.subject, path=list(met.path), base=plain(met.base),
        now=plain(met.now), wanted=plain(met.wanted),
    )  # fmt: skip


@router.patch("/proposals/{int:number}", response=ProposalShown, operation_id="describe_proposal")
@needs(Action.PROPOSE)
def describe(request: Request, number: NumberInPath, body: Description) -> ProposalShown:
    """Gives a proposal another title and reason."""
    found = proposals.describe_proposal(
        number, body.title, body.why, request.actor, at=request.ground.now()
    )
    return ProposalShown.model_validate(found)


@router.post(
    "/proposals/{int:number}/changes", response=ProposalShown, operation_id="add_to_proposal"
)
@needs(Action.PROPOSE)
def add_changes(request: Request, number: NumberInPath, body: MoreChanges) -> ProposalShown:
    """Puts further changes into a proposal."""
    ground = request.ground
    _, planned = proposals.planned(number, ground, request.actor)
    wanted = apply(planned, changing.read_changes(body.changes, ground))
    found = proposals.gather(
        number, wanted, {}, ground, request.actor, at=ground.now(), version=body.version
    )
    return ProposalShown.model_validate(found)


@router.post("/proposals/{int:number}/apply", response=Done, operation_id="apply_proposal")
@needs(Action.CHANGE_PLAN)
def apply_one(request: Request, number: NumberInPath, body: Application | None = None) -> Done:
    """Makes the changes of a proposal as one revision."""
    given = body or Application()
    done = proposals.apply_proposal(
        number, request.ground, request.actor, at=request.ground.now(), choices=given.choices,
        version=given.version,
    )  # fmt: skip
    return shown(done)


def _move(request: Request, number: int, state: str, body: Reason | None) -> ProposalShown:
    found = proposals.move_proposal(
        number, state, request.ground, request.actor, at=request.ground.now(),
        reason=body.reason if body else "",
    )  # fmt: skip
    return ProposalShown.model_validate(found)


@router.post("/proposals/{int:number}/open", response=ProposalShown, operation_id="open_proposal")
@needs(Action.PROPOSE)
def open_one(request: Request, number: NumberInPath, body: Reason | None = None) -> ProposalShown:
    """Opens a draft for all, or a proposal that was declined or withdrawn again."""
    return _move(request, number, "open", body)


@router.post(
    "/proposals/{int:number}/decline", response=ProposalShown, operation_id="decline_proposal"
)
@needs(Action.CHANGE_PLAN)
def decline(request: Request, number: NumberInPath, body: Reason) -> ProposalShown:
    """Declines a proposal, with a reason."""
    return _move(request, number, "declined", body)


@router.post(
    "/proposals/{int:number}/withdraw", response=ProposalShown, operation_id="withdraw_proposal"
)
@needs(Action.PROPOSE)
def withdraw(request: Request, number: NumberInPath, body: Reason | None = None) -> ProposalShown:
    """Withdraws a proposal."""
    return _move(request, number, "withdrawn", body)
