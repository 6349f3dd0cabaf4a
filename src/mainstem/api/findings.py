"""Findings: what is to be said against the plan, and living with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, page_of
from mainstem.api.request import Request
from mainstem.api.shapes import Done, In, Line, OnDay, Page, Subject, Words
from mainstem.api.written import FindingShown, finding_shown, shown
from mainstem.services.people.access import Action
from mainstem.services.plans.standing_findings import accept_finding, is_open, standing_findings

router = Router()
TAG = "findings"


class Findings(Page[FindingShown]):
    """Findings, and of which plan they are."""

    revision: str = Field(description="the revision that was checked; empty if none has been yet")
    day: date
    is_newest: bool = Field(description="false while a newer plan is being checked")


class FindingAccepted(In):
    """A finding that somebody decides to live with."""

    subject: Subject
    rule: Line = Field(min_length=1, examples=["S09"])
    why: Words = Field(min_length=3)
    until: OnDay | None = None


@router.get("/findings", response=Findings, operation_id="list_findings")
def list_findings(
    request: Request,
    subject: Annotated[str, Query(max_length=130)] = "",
    only_open: Annotated[bool, Query(description="only those that ask for something")] = False,
    limit: Limit = 50, after: After = "",
) -> Findings:  # fmt: skip
    """What is to be said against the plan, in its order."""
    found = standing_findings(request.ground)
    wanted = found.of(subject) if subject else found.all
    first = number_after(after) or 0
    kept = [f for f in wanted if is_open(f) or not only_open]
    rows = list(enumerate(kept[first : first + limit + 1], first + 1))
    page = page_of(rows, limit, lambda row: finding_shown(row[1]), lambda row: row[0])
    return Findings(items=page.items, next=page.next, revision=found.revision, day=found.day,
                    is_newest=found.is_newest)  # fmt: skip


@router.post("/findings/accept", response=Done, operation_id="accept_finding")
@needs(Action.CHANGE_PLAN)
def accept(request: Request, body: FindingAccepted) -> Done:
    """Decides to live with a finding, and says why."""
    done = accept_finding(
        body.subject, body.rule, body.why, request.ground, request.actor, at=request.ground.now(),
        until=body.until,
    )  # fmt: skip
    return shown(done)
