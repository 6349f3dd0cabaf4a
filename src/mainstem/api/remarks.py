"""Remarks: what people say about a thing of the plan or a proposal."""

from __future__ import annotations

from datetime import datetime

from ninja import Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.places import NumberInPath, SubjectInQuery
from mainstem.api.request import Request
from mainstem.api.shapes import In, Out, Page, Subject, Words
from mainstem.services.people.access import Action
from mainstem.services.plans import proposals
from mainstem.services.telling import remarking

router = Router()
TAG = "remarks"


class RemarkShown(Out):
    """A remark as it is read."""

    number: int
    by: str
    at: datetime
    text: str
    is_own: bool


class Remark(In):
    """What is said, and about what."""

    subject: Subject
    text: Words = Field(min_length=1)


class Remarked(Out):
    """A remark that was made."""

    number: int


@router.get("/remarks", response=Page[RemarkShown], operation_id="list_remarks")
def list_remarks(request: Request, subject: SubjectInQuery) -> Page[RemarkShown]:
    """What was said about a thing, oldest first; the last 200."""
    _require_readable(subject, request)
    found = remarking.remarks(subject, request.actor)
    return Page(items=[RemarkShown.model_validate(r) for r in found], next=None)


@router.post("/remarks", response={201: Remarked}, operation_id="remark")
@needs(Action.REMARK)
def remark(request: Request, body: Remark) -> tuple[int, Remarked]:
    """Says something about a thing."""
    _require_readable(body.subject, request)
    ground = request.ground
    number = remarking.remark(
        body.subject, body.text, ground, request.actor, at=ground.now(), address=_page(body.subject)
    )
    return 201, Remarked(number=number)


def _require_readable(subject: str, request: Request) -> None:
    """A draft is its author's own, and so is what is said about it."""
    section, _, number = subject.partition("/")
    if section == "proposal" and number.isdecimal() and len(number) < 16:
        proposals.proposal(int(number), request.actor)


def _page(subject: str) -> str:
    """The page to look at; the same as the addresses of pages."""
    section, _, ident = subject.partition("/")
    return f"/plan/proposals/{ident}/" if section == "proposal" else f"/plan/{section}/{ident}/"


@router.delete("/remarks/{int:number}", response={204: None}, operation_id="withdraw_remark")
@needs(Action.REMARK)
def withdraw(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Takes your own remark back; administrators may take back any."""
    remarking.withdraw_remark(number, request.actor, at=request.ground.now())
    return 204, None
