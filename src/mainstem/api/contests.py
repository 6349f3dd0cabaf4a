"""Contests: somebody says that an item should count for something else."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, number_after, write_cursor
from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, Line, Out, Page, Words
from mainstem.services.people.access import Action
from mainstem.services.work import contesting

router = Router()
TAG = "work"
State = Literal["open", "agreed", "declined", "withdrawn"]


class ContestShown(Out):
    """A contest as you see it; ``may_…`` says what you may do about it."""

    number: int
    source: str
    key: str
    now: str
    wanted: str
    why: str
    author: str
    at: datetime
    state: State
    answer: str
    answered_by: str
    answered_at: datetime | None
    may_answer: bool
    may_agree: bool
    may_withdraw: bool


class NewContest(In):
    """What an item should count for instead, and why."""

    source: Line
    key: Line
    wanted: Line = Field(examples=["stream:start-fast"], description="`stream:x` or `kind:y`")
    why: Words


class Contested(Out):
    """A contest that was made."""

    number: int


class ContestAnswer(In):
    """What is said to it."""

    answer: Words = ""


@router.get("/contests", response=Page[ContestShown], operation_id="list_contests")
def list_contests(
    request: Request,
    state: Annotated[State | Literal["any"], Query()] = "open",
    item: Annotated[str, Query(max_length=400, description="`source/KEY-1`")] = "",
    after: After = "",
) -> Page[ContestShown]:  # fmt: skip
    """Contests, newest first."""
    rows, more = contesting.contests(
        request.ground, request.actor, state="" if state == "any" else state, item=item,
        below=number_after(after),
    )  # fmt: skip
    last = write_cursor(rows[-1].number) if more and rows else None
    return Page(items=[ContestShown.model_validate(r) for r in rows], next=last)


@router.post("/contests", response={201: Contested}, operation_id="contest_item")
@needs(Action.CONTEST)
def contest(request: Request, body: NewContest) -> tuple[int, Contested]:
    """Says that an item should count for something else."""
    ground = request.ground
    number = contesting.contest_item(
        body.source, body.key, body.wanted, body.why, ground, request.actor, at=ground.now()
    )
    return 201, Contested(number=number)


@router.post("/contests/{int:number}/agree", response={204: None}, operation_id="agree_to_contest")
@needs(Action.CONTEST)
def agree(
    request: Request, number: NumberInPath, body: ContestAnswer | None = None
) -> tuple[int, None]:
    """Agrees: the item is set by hand to what was wanted."""
    said = body.answer if body else ""
    contesting.agree(number, said, request.ground, request.actor, at=request.ground.now())
    return 204, None


@router.post("/contests/{int:number}/decline", response={204: None}, operation_id="decline_contest")
@needs(Action.CONTEST)
def decline(request: Request, number: NumberInPath, body: ContestAnswer) -> tuple[int, None]:
    """Declines, with a reason; what counts stays as it is."""
    contesting.decline(number, body.answer, request.ground, request.actor, at=request.ground.now())
    return 204, None


@router.post(
    "/contests/{int:number}/withdraw", response={204: None}, operation_id="withdraw_contest"
)
@needs(Action.CONTEST)
def withdraw(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Takes your own contest back."""
    contesting.withdraw(number, request.ground, request.actor, at=request.ground.now())
    return 204, None
