"""Revisions: what happened to the plan, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, page_of
from mainstem.api.places import DayInQuery, NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Done, In, Out, Page, Words
from mainstem.api.written import in_json, shown
from mainstem.services.people.access import Action
from mainstem.services.plans import editing, revising

router = Router()
TAG = "revisions"


class RevisionShown(Out):
    """A revision in a list."""

    number: int
    name: str
    at: datetime
    by: str
    why: str
    origin: str
    sentence: str
    undoes: int | None


class RevisionWhole(RevisionShown):
    """A revision with what it did."""

    changes: list[dict[str, Any]]
    is_newest: bool


class Why(In):
    """A reason."""

    why: Words = ""


@router.get("/revisions", response=Page[RevisionShown], operation_id="list_revisions")
def list_revisions(
    request: Request,
    subject: Annotated[str, Query(max_length=130, description="only what touched this",
                                  examples=["streams/start-fast"])] = "",
    person: Annotated[str, Query(max_length=200)] = "",
    since: DayInQuery = None, until: DayInQuery = None, limit: Limit = 50, after: After = "",
) -> Page[RevisionShown]:  # fmt: skip
    """Revisions, newest first; of one thing, this is its history."""
    wanted = revising.Wanted(person, subject, since, until)
    rows = revising.revisions(wanted, request.actor, before=number_after(after), most=limit + 1)
    return page_of(rows, limit, RevisionShown.model_validate, lambda r: r.number)


@router.get("/revisions/{int:number}", response=RevisionWhole, operation_id="get_revision")
def get_revision(request: Request, number: NumberInPath) -> RevisionWhole:
    """A revision: who, when, why, and each change read aloud."""
    found = revising.revision(number, request.ground, request.actor)
    row = RevisionShown.model_validate(found.row)
    return RevisionWhole(**dict(row), changes=in_json(found.changes), is_newest=found.is_newest)


@router.post("/revisions/{int:number}/undo", response=Done, operation_id="undo_revision")
@needs(Action.CHANGE_PLAN)
def undo_revision(request: Request, number: NumberInPath, body: Why | None = None) -> Done:
    """Takes a revision back by a new one; what others changed since stays."""
    why = body.why if body else ""
    return shown(
        editing.undo(number, request.ground, request.actor, at=request.ground.now(), why=why)
    )
