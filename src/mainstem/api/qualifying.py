"""Whether work qualifies, and decisions on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs, only_asks
from mainstem.api.paging import After, number_after, write_cursor
from mainstem.api.places import DayInQuery, NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Flag, In, Line, OnDay, Out, Page, Real, Whole, Words
from mainstem.challenge.decisions import Chain, Work
from mainstem.challenge.verdicts import Answer
from mainstem.errors import Invalid
from mainstem.services.decisions import deciding, done_work, showing_decisions
from mainstem.services.decisions.desk import Wanted
from mainstem.services.decisions.desks import server_desk
from mainstem.services.decisions.qualified import QualifyOutcome
from mainstem.services.decisions.qualifying import qualify
from mainstem.services.people.access import Action

router = Router()
TAG = "decisions"
StepWord = Literal["accept", "refuse", "overrule", "defer", "appeal", "answer"]
StandingWord = Literal["any", "open", "accepted", "refused", "overruled", "deferred"]
Values = Annotated[list[Line], Field(max_length=100)]


class WorkAsked(In):
    """A piece of work as somebody describes it before it begins. Only the title is needed."""

    title: Line
    text: Words = ""
    team: Line = ""
    estimate: Real | None = Field(None, description="person-days", ge=0)
    link: Annotated[str, Field(max_length=600)] = ""
    key: Line = Field("", description="its key in the tracker")
    source: Line = Field("", description="name of the connected source that the key is of")
    given: Annotated[dict[Line, Values], Field(max_length=40)] = Field(
        default_factory=dict,
        description="what claims look at: `label`, `component`, `project`, `type`, `epic`, `parent`, `path`,"
        " `state`, `field:NAME`; and `stream` for the stream you have in mind",
        examples=[{"label": ["start-time"]}],
    )
    answers: Annotated[dict[Line, Answer], Field(max_length=20)] = Field(
        default_factory=dict, description="statement → your answer", examples=[{"D-W01": "false"}]
    )

    def work(self) -> Work:
        """The work as a value."""
        given = {name: tuple(values) for name, values in self.given.items() if values}
        return Work(
            self.title, self.text, self.team, self.estimate, self.link, self.key, self.source, given
        )


class DecisionAsked(WorkAsked):
    """The same, to be decided on; what you answer is kept with it."""

    evidence: Annotated[dict[Line, Words], Field(max_length=20)] = Field(
        default_factory=dict, description="statement → what your answer rests on, in a sentence",
        examples=[{"D-W01": "Every stall that goes makes a session count as started in time"}],
    )  # fmt: skip


class WorkShown(Out):
    """A piece of work that was asked about."""

    title: str
    text: str
    team: str
    estimate: float | None
    link: str
    key: str
    source: str
    given: dict[str, list[str]]


class StatementHeard(Out):
    """A statement as it was answered; what is private is seen only by whoever may decide."""

    statement: str
    version: int
    answer: Answer
    evidence: str


class QuestionShown(Out):
    """The one question that decides."""

    statement: str
    subject: str = Field(description="`streams/ID` of the likeliest stream, or nothing")
    text: str
    asked_of: str
    streams: list[str]


class SimilarShown(Out):
    """A past decision on work that is alike."""

    number: int
    title: str
    step: str
    stream: str
    kind: str
    why: str
    at: datetime
    likeness: float
    shared: list[str]


class QualifiedShown(Out):
    """The answer."""

    outcome: QualifyOutcome
    sentence: str
    stream: str
    kind: str
    reasons: list[str]
    statements: list[StatementHeard]
    question: QuestionShown | None
    similar: list[SimilarShown]
    chain: int | None = Field(description="number of its decisions, if somebody asked before")
    refusal: str = Field(description="what would make it qualify")


class DecisionStep(Out):
    """One step of a chain."""

    step: str
    why: str
    by: str
    at: datetime
    role: str
    stream: str
    kind: str
    metric: str
    metric_version: str
    statements: list[StatementHeard]
    until: date | None


class ChainShown(Out):
    """A piece of work with all that was decided on it, oldest first."""

    number: int
    work: WorkShown
    by: str
    at: datetime
    standing: str = Field(description="the verdict that stands; empty: none yet")
    is_appealed: bool
    decisions: list[DecisionStep]

    @classmethod
    def of(cls, chain: Chain) -> ChainShown:
        """As bodies have it."""
        verdict = chain.verdict
        return cls(
            number=chain.number, work=WorkShown.model_validate(chain.work), by=chain.by, at=chain.at,
            standing=verdict.step.value if verdict else "", is_appealed=chain.is_appealed,
            decisions=[DecisionStep.model_validate(d) for d in chain.decisions],
        )  # fmt: skip


class DoneShown(Out):
    """An item of the ledger that is, or may be, the work."""

    item: str
    title: str
    how: Literal["link", "key", "likeness"]
    likeness: float | None
    state: Literal["found", "confirmed", "denied"]
    first_day: date | None
    counts: bool


class DecisionShown(ChainShown):
    """One of them whole, with what you may do about it."""

    answer: QualifiedShown
    done: list[DoneShown]
    is_regretted: bool
    verdicts: list[str] = Field(description="what you may decide; the one that follows first")
    may_appeal: bool
    may_answer: bool


class NewStep(In):
    """A verdict, an appeal, or the answer to one."""

    step: StepWord
    why: Words
    stream: Line = ""
    kind: Line = ""
    until: OnDay | None = None
    after: Whole | None = Field(None, ge=0, description="how many steps you have seen")


class SaidDone(In):
    """Whether an item is the work that was asked about."""

    item: Annotated[str, Field(max_length=400)]
    is_same: Flag


@router.post("/qualify", response=QualifiedShown, operation_id="qualify_work")
@only_asks
def ask_whether(request: Request, body: WorkAsked) -> QualifiedShown:
    """Whether a piece of work qualifies, and for what. Nothing is written."""
    ground = request.ground
    found = qualify(
        body.work(), server_desk(ground), request.actor, at=ground.now(), answers=body.answers
    )
    return QualifiedShown.model_validate(found)


@router.post("/decisions", response={201: ChainShown}, operation_id="ask_for_decision")
@needs(Action.ASK_WORK)
def ask(request: Request, body: DecisionAsked) -> tuple[int, ChainShown]:
    """Asks for a decision; the same key of the same source, or the same link, is the same piece of work."""
    ground = request.ground
    answers = {name: (answer, body.evidence.get(name, "")) for name, answer in body.answers.items()}
    return 201, ChainShown.of(
        deciding.ask(
            body.work(), server_desk(ground), request.actor, at=ground.now(), answers=answers
        )
    )


@router.get("/decisions", response=Page[ChainShown], operation_id="list_decisions")
def list_decisions(
    request: Request,
    standing: Annotated[StandingWord, Query()] = "any",
    stream: Annotated[str, Query(max_length=100)] = "",
    team: Annotated[str, Query(max_length=100)] = "",
    words: Annotated[str, Query(max_length=200, description="all of them in the title")] = "",
    metric: Annotated[str, Query(max_length=100)] = "",
    since: DayInQuery = None,
    appealed: Annotated[bool, Query()] = False,
    after: After = "",
) -> Page[ChainShown]:  # fmt: skip
    """Work that was asked about, newest first."""
    desk = server_desk(request.ground)
    wanted = Wanted(
        showing_decisions.STANDINGS.get(standing, frozenset()), stream, team, words, metric,
        showing_decisions.beginning(since, desk), appealed, number_after(after), showing_decisions.PAGE,
    )  # fmt: skip
    rows, more = showing_decisions.list_decisions(wanted, desk, request.actor)
    last = write_cursor(rows[-1].number) if more and rows else None
    return Page(items=[ChainShown.of(c) for c in rows], next=last)


@router.get("/decisions/{int:number}", response=DecisionShown, operation_id="get_decision")
def get(request: Request, number: NumberInPath) -> DecisionShown:
    """One piece of work with its decisions, and what you may do about it."""
    shown = showing_decisions.show_decision(number, server_desk(request.ground), request.actor)
    return DecisionShown(
        **dict(ChainShown.of(shown.chain)), answer=QualifiedShown.model_validate(shown.answer),
        done=[DoneShown.model_validate(d) for d in shown.done], is_regretted=shown.is_regretted,
        verdicts=list(shown.verdicts), may_appeal=shown.may_appeal, may_answer=shown.may_answer,
    )  # fmt: skip


@router.post("/decisions/{int:number}/steps", response={201: ChainShown}, operation_id="add_step")
@needs(Action.ASK_WORK)
def add_step(request: Request, number: NumberInPath, body: NewStep) -> tuple[int, ChainShown]:
    """Decides, appeals, or answers an appeal. `after` refuses it where somebody was quicker."""
    desk, by, at = server_desk(request.ground), request.actor, request.ground.now()
    if body.step in ("appeal", "answer"):
        if body.stream or body.kind or body.until:
            raise Invalid(
                "Only a verdict has a stream, a kind or a day.", "Leave them out.", field="step"
            )
        say = deciding.appeal if body.step == "appeal" else deciding.answer_appeal
        return 201, ChainShown.of(say(number, body.why, desk, by, at=at, after=body.after))
    chain = deciding.decide(
        number, body.step, body.why, desk, by, at=at, after=body.after, stream=body.stream,
        kind=body.kind, until=body.until,
    )  # fmt: skip
    return 201, ChainShown.of(chain)


@router.post("/decisions/{int:number}/done", response=DoneShown, operation_id="say_done")
@needs(Action.ASK_WORK)
def say_done(request: Request, number: NumberInPath, body: SaidDone) -> DoneShown:
    """Says that an item that was found in the ledger is this work, or is not."""
    desk, at = server_desk(request.ground), request.ground.now()
    found = done_work.say_done(number, body.item, body.is_same, desk, request.actor, at=at)
    return DoneShown.model_validate(found)
