"""The audit log, to search and to take away. For administrators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import StreamingHttpResponse
from ninja import Query, Router
from pydantic_core import to_json

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, write_cursor
from mainstem.api.places import DayInQuery
from mainstem.api.request import Request
from mainstem.api.shapes import Out, Page
from mainstem.services.people import auditing
from mainstem.services.people.access import Action
from mainstem.services.people.auditing import Asked, Line

router = Router()
TAG = "audit"
Part = Annotated[str, Query(max_length=400)]
Outcome = Annotated[Literal["ok", "refused", "failed"] | None, Query()]


class LineShown(Out):
    """One write, sign-in, export or refused attempt."""

    id: int
    at: datetime
    by: int | None
    by_name: str
    face: str
    action: str
    subject: str
    outcome: str
    sentence: str
    detail: dict[str, Any]
    request: str
    address: str


@router.get("/audit", response=Page[LineShown], operation_id="list_audit_lines")
@needs(Action.READ_AUDIT)
def list_lines(
    request: Request, person: Part = "", action: Part = "", subject: Part = "", outcome: Outcome = None,
    since: DayInQuery = None, until: DayInQuery = None, limit: Limit = 50, after: After = "",
) -> Page[LineShown]:  # fmt: skip
    """Lines of the audit log, newest first."""
    asked = Asked(person, action, subject, outcome or "", since, until)
    before = number_after(after)
    found = auditing.read_lines(
        asked,
        request.ground,
        request.actor,
        before="" if before is None else str(before),
        limit=limit,
    )
    more = write_cursor(int(found.next)) if found.next else None
    return Page(items=[LineShown.model_validate(line) for line in found.lines], next=more)


@router.get("/audit/export", operation_id="export_audit_log")
@needs(Action.READ_AUDIT)
def export(
    request: Request, person: Part = "", action: Part = "", subject: Part = "", outcome: Outcome = None,
    since: DayInQuery = None, until: DayInQuery = None,
) -> StreamingHttpResponse:  # fmt: skip
    """All lines that fit, oldest first, a line of JSON each. The log says who took them away."""
    asked = Asked(person, action, subject, outcome or "", since, until)
    lines = auditing.export_lines(
        asked, "json lines", request.ground, request.actor, at=request.ground.now()
    )
    return StreamingHttpResponse(_written(lines), content_type="application/x-ndjson")


def _written(lines: Iterator[Line]) -> Iterator[bytes]:
    for line in lines:
        yield to_json(LineShown.model_validate(line)) + b"\n"
