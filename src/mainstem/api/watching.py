"""Watching things, and what one was told."""

from __future__ import annotations

from datetime import datetime

from ninja import Router
from pydantic import Field

from mainstem.api.paging import After, number_after, write_cursor
from mainstem.api.places import SubjectInQuery
from mainstem.api.request import Request
from mainstem.api.shapes import In, Number, Out, Page, Subject
from mainstem.services.telling import watching

router = Router()
TAG = "watching"


class Watched(Out):
    """A thing that you watch."""

    subject: str


class Watch(In):
    """A thing of the plan, or a proposal."""

    subject: Subject


class NoticeShown(Out):
    """What you were told."""

    number: int
    at: datetime
    subject: str
    sentence: str
    address: str
    is_read: bool


class Notices(Page[NoticeShown]):
    """What you were told, and how much of it you have not read."""

    unread: int


class Read(In):
    """Which notice was read."""

    number: Number | None = Field(None, description="all if left out")


@router.get("/watches", response=Page[Watched], operation_id="list_watches")
def list_watches(request: Request) -> Page[Watched]:
    """What you watch, newest first."""
    return Page(items=[Watched(subject=s) for s in watching.watched(request.actor)], next=None)


@router.post("/watches", response={201: Watched}, operation_id="watch")
def watch(request: Request, body: Watch) -> tuple[int, Watched]:
    """Watches a thing: you are told of what happens to it. Twice is once."""
    watching.watch(body.subject, request.ground, request.actor, at=request.ground.now())
    return 201, Watched(subject=body.subject)


@router.delete("/watches", response={204: None}, operation_id="unwatch")
def unwatch(request: Request, subject: SubjectInQuery) -> tuple[int, None]:
    """Watches a thing no longer."""
    watching.unwatch(subject, request.actor)
    return 204, None


@router.get("/notices", response=Notices, operation_id="list_notices")
def list_notices(request: Request, after: After = "") -> Notices:
    """What you were told, newest first."""
    rows = watching.notices(request.actor, before=number_after(after))
    more = write_cursor(rows[-1].number) if len(rows) == watching.PAGE else None
    return Notices(items=[NoticeShown.model_validate(r) for r in rows], next=more,
                   unread=watching.unread(request.actor))  # fmt: skip


@router.post("/notices/read", response={204: None}, operation_id="mark_notices_read")
def mark_read(request: Request, body: Read | None = None) -> tuple[int, None]:
    """Marks a notice as read, or all of them."""
    number = body.number if body else None
    watching.mark_read(request.actor, at=request.ground.now(), number=number)
    return 204, None
