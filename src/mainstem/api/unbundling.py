"""Unbundlings: an objective taken apart into a draft proposal, question by question."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, page_of
from mainstem.api.places import NumberInPath
from mainstem.api.proposals import ProposalShown
from mainstem.api.request import Request
from mainstem.api.shapes import Flag, Ident, In, Line, OnDay, Out, Page, Words
from mainstem.services.people.access import Action
from mainstem.services.unbundling import acts
from mainstem.services.unbundling import guide as service
from mainstem.services.unbundling.guide import Unbundled
from mainstem.services.unbundling.rows import unbundlings
from mainstem.workshop.unbundling_inputs import Input, inputs_of
from mainstem.workshop.unbundling_values import Question

router = Router()
TAG = "unbundlings"
Key = Annotated[str, Field(min_length=1, max_length=260, examples=["streams/start-fast|metric"])]


class UnbundlingShown(Out):
    """An unbundling in a list."""

    number: int
    title: str
    objective: str
    state: Literal["open", "done", "stopped"]
    is_shared: bool = Field(description="whoever may propose may answer")
    until: date | None
    author_name: str
    at: datetime
    proposal: int = Field(description="number of its proposal")
    count: int = Field(description="how many changes the proposal holds")
    asked: list[str] = Field(description="keys of questions that you are asked in person")


class UnbundlingChoice(Out):
    """Something to choose or to type."""

    value: str
    words: str


class UnbundlingInput(Out):
    """A field of an answer."""

    name: str
    label: str
    holds: Literal["line", "text", "number", "share", "day", "one", "some"]
    now: str = Field(description="what stands there; of `some` a line each")
    help: str
    is_needed: bool
    choices: list[UnbundlingChoice]
    suggested: list[UnbundlingChoice]


class UnbundlingQuestion(Out):
    """A question, why it is put now, and what answers it."""

    key: str
    subject: str
    field: str
    asks: Literal["field", "add", "wording", "statement"]
    step: str
    text: str
    why: str
    good: list[str] = Field(description="answers that help")
    bad: list[str] = Field(description="answers that do not")
    is_open: bool
    put_off_by: str
    asked: str = Field(description="who was asked in person")
    seen: str = Field(
        description="send it with the answer: refused with 409 if somebody answered meanwhile"
    )
    inputs: list[UnbundlingInput]


class UnbundlingCourse(UnbundlingShown):
    """Where an unbundling stands."""

    answered: int
    open: int
    passed: int = Field(description="how many of the open ones were put off")
    next: UnbundlingQuestion | None = Field(
        description="nothing is left to answer if there is none"
    )


class UnbundlingLine(Out):
    """An open question in a list."""

    key: str
    step: str
    text: str
    put_off_by: str
    asked: str


class NewUnbundling(In):
    """What is to be taken apart."""

    objective: Ident | Literal[""] = Field("", description="of the plan; empty for a new one")
    words: Line = Field("", description="what a new objective says")
    until: OnDay | None = None
    is_shared: Flag = True


class UnbundlingAnswer(In):
    """An answer to a question."""

    key: Key
    answer: dict[Annotated[str, Field(max_length=40)], Words | list[Line]] = Field(
        description="name of an input → what is said", max_length=12
    )
    seen: Line = ""


class UnbundlingKey(In):
    """A question."""

    key: Key


class UnbundlingAsk(In):
    """A question and who is asked."""

    key: Key
    person: Line = Field(description="their name")


@router.get("/unbundlings", response=Page[UnbundlingShown], operation_id="list_unbundlings")
def list_unbundlings(
    request: Request,
    objective: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 50,
    after: After = "",
) -> Page[UnbundlingShown]:
    """Unbundlings that you see, newest first."""
    before = number_after(after)
    found = sorted(unbundlings(request.actor, objective=objective), key=lambda one: -one.number)
    rows = [one for one in found if before is None or one.number < before][: limit + 1]
    return page_of(rows, limit, UnbundlingShown.model_validate, lambda one: one.number)


@router.post("/unbundlings", response={201: UnbundlingCourse}, operation_id="start_unbundling")
@needs(Action.PROPOSE)
def start(request: Request, body: NewUnbundling) -> tuple[int, UnbundlingCourse]:
    """Begins to take an objective apart; what is answered goes into a draft proposal."""
    ground = request.ground
    made = service.start_unbundling(
        body.objective, ground, request.actor, at=ground.now(), words=body.words, until=body.until,
        is_shared=body.is_shared,
    )  # fmt: skip
    return 201, _course(made)


@router.get("/unbundlings/{int:number}", response=UnbundlingCourse, operation_id="get_unbundling")
def get_one(request: Request, number: NumberInPath) -> UnbundlingCourse:
    """Where an unbundling stands, and the next question."""
    return _course(service.unbundling(number, request.ground, request.actor))


@router.get(
    "/unbundlings/{int:number}/questions",
    response=Page[UnbundlingLine],
    operation_id="list_questions",
)
def list_questions(
    request: Request, number: NumberInPath, limit: Limit = 50, after: After = ""
) -> Page[UnbundlingLine]:
    """The open questions, in the order in which you are asked."""
    found = service.unbundling(number, request.ground, request.actor)
    start_at = number_after(after) or 0
    rows = list(enumerate(found.course.order, 1))[start_at : start_at + limit + 1]
    return page_of(rows, limit, lambda row: _line(row[1], found), lambda row: row[0])


@router.get(
    "/unbundlings/{int:number}/question", response=UnbundlingQuestion, operation_id="get_question"
)
def get_question(
    request: Request, number: NumberInPath, key: Annotated[str, Query(min_length=1, max_length=260)]
) -> UnbundlingQuestion:
    """One question, answered or not, with what stands there now."""
    found = service.unbundling(number, request.ground, request.actor)
    return _question(found.drafted.of(key), found)


@router.post(
    "/unbundlings/{int:number}/answers", response=UnbundlingCourse, operation_id="answer_question"
)
@needs(Action.PROPOSE)
def answer(request: Request, number: NumberInPath, body: UnbundlingAnswer) -> UnbundlingCourse:
    """Answers a question: an edit that goes into the draft."""
    ground = request.ground
    given = {k: v if isinstance(v, str) else "\n".join(v) for k, v in body.answer.items()}
    made = acts.answer_question(
        number, body.key, given, ground, request.actor, at=ground.now(), seen=body.seen
    )
    return _course(made)


@router.post(
    "/unbundlings/{int:number}/removals", response=UnbundlingCourse, operation_id="take_answer_away"
)
@needs(Action.PROPOSE)
def take(request: Request, number: NumberInPath, body: UnbundlingKey) -> UnbundlingCourse:
    """Takes an answer away: the question is open again."""
    ground = request.ground
    return _course(acts.take_away(number, body.key, ground, request.actor, at=ground.now()))


@router.post(
    "/unbundlings/{int:number}/passes", response=UnbundlingCourse, operation_id="pass_question"
)
@needs(Action.PROPOSE)
def put_off(request: Request, number: NumberInPath, body: UnbundlingKey) -> UnbundlingCourse:
    """Puts a question off; it comes back when nothing else is left."""
    ground = request.ground
    return _course(acts.pass_question(number, body.key, ground, request.actor, at=ground.now()))


@router.post(
    "/unbundlings/{int:number}/asks", response=UnbundlingCourse, operation_id="ask_somebody"
)
@needs(Action.PROPOSE)
def ask(request: Request, number: NumberInPath, body: UnbundlingAsk) -> UnbundlingCourse:
    """Puts a question to somebody by name."""
    ground = request.ground
    made = acts.ask_somebody(number, body.key, body.person, ground, request.actor, at=ground.now())
    return _course(made)


@router.post(
    "/unbundlings/{int:number}/open", response=ProposalShown, operation_id="open_unbundling"
)
@needs(Action.PROPOSE)
def open_one(request: Request, number: NumberInPath) -> ProposalShown:
    """Ends it: the draft is opened as a proposal."""
    ground = request.ground
    made = service.open_as_proposal(number, ground, request.actor, at=ground.now())
    return ProposalShown.model_validate(made)


@router.post("/unbundlings/{int:number}/stop", response={204: None}, operation_id="stop_unbundling")
@needs(Action.PROPOSE)
def stop(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Ends it without a proposal."""
    service.stop_unbundling(number, request.ground, request.actor, at=request.ground.now())
    return 204, None


def _course(found: Unbundled) -> UnbundlingCourse:
    held, first = found.course, found.course.next
    shown = UnbundlingShown.model_validate(found.listed)
    return UnbundlingCourse(
        **dict(shown), answered=held.answered, open=len(held.order), passed=len(held.put_off),
        next=_question(first, found) if first is not None and found.is_open else None,
    )  # fmt: skip


def _line(one: Question, found: Unbundled) -> UnbundlingLine:
    off = found.course.put_off.get(one.key)
    return UnbundlingLine(
        key=one.key, step=one.step, text=one.text, put_off_by=off.by if off else "",
        asked=off.asked if off else "",
    )  # fmt: skip


def _question(one: Question, found: Unbundled) -> UnbundlingQuestion:
    off, held = found.course.put_off.get(one.key), found.course
    is_next = held.next is not None and held.next.key == one.key
    return UnbundlingQuestion(
        key=one.key, subject=one.subject, field=one.field, asks=one.asks.value, step=one.step,
        text=one.text, why=held.why if is_next else one.words.why, good=list(one.words.good),
        bad=list(one.words.bad), is_open=one.is_open, put_off_by=off.by if off else "",
        asked=off.asked if off else "", seen=acts.seen_of(one, found.plan),
        inputs=[_input(held_in) for held_in in inputs_of(one, found.plan)],
    )  # fmt: skip


def _input(one: Input) -> UnbundlingInput:
    return UnbundlingInput(
        name=one.name, label=one.label, holds=one.holds.value, now=one.now, help=one.help,
        is_needed=one.is_needed, choices=[UnbundlingChoice(value=v, words=w) for v, w in one.choices],
        suggested=[UnbundlingChoice(value=v, words=w) for v, w in one.suggested],
    )  # fmt: skip
