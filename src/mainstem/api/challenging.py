"""The challenge: verdicts, statements with their answers, and answering them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, page_of
from mainstem.api.places import IdentInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, Line, OnDay, Out, Page, Words
from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.said import Answered
from mainstem.challenge.verdicts import Answer, Verdict
from mainstem.challenge.weighing import Told, Weighed
from mainstem.services.challenges import challenging
from mainstem.services.decisions.desks import server_desk
from mainstem.services.people.access import Action
from mainstem.services.plans.standing_findings import standing_findings

router = Router()
TAG = "challenge"
Section = Literal[
    "objectives", "streams", "metrics", "key_results", "initiatives", "teams", "dependencies"
]
Language = Annotated[
    str, Query(max_length=20, description="language of the statements, where the plan has it")
]


class StatementTold(Out):
    """One statement about a thing with its answer."""

    id: str = Field(
        examples=["D-M01"], description="of the statement, or of a rule that finds fault"
    )
    text: str
    severity: Literal["blocks", "warns", "info"]
    version: int | None = Field(description="of the statement; nothing for a rule")
    answer: Literal["true", "false", "cannot say"] | None = Field(
        description="nothing: nobody answered"
    )
    by_program: bool
    said: str = Field(description="what the answer rests on")
    hint: str
    overruled: str | None = Field(description="why it is lived with, if it is")
    asked_of: str
    is_open: bool
    answered_by: str = Field(description="empty for the program, and where it is not shown")
    answered_at: datetime | None
    owner: str = Field(description="who finds out what nobody can say")
    until: date | None
    stale_version: int | None = Field(
        description="the version that an answer which does not count was given to"
    )


class Given(Out):
    """An answer as it was given."""

    statement: str
    version: int
    answer: Literal["true", "false", "cannot say"] | None = Field(description="nothing: taken back")
    evidence: str
    owner: str
    until: date | None
    is_private: bool
    by: str
    at: datetime


class ThingChallenged(Out):
    """The challenge of one thing."""

    subject: str = Field(examples=["streams/start-fast"])
    name: str
    verdict: Verdict
    would_change: list[str] = Field(description="what would make the verdict better")
    questions: list[str] = Field(description="statements to answer next, at most five")
    more_questions: int
    statements: list[StatementTold]
    history: list[Given]
    revision: str = Field(description="the revision that the program's answers are of")
    is_newest: bool


class ThingLine(Out):
    """A thing with its verdict."""

    subject: str
    name: str
    verdict: Verdict
    statements: list[str] = Field(description="those that decide")
    would_change: list[str]


class PlanChallenge(Page[ThingLine]):
    """The challenge of the whole plan, worst first."""

    sentence: str
    sums: list[str]
    revision: str
    is_newest: bool


class StatementShown(Out):
    """A statement of the catalogue."""

    id: str
    version: int
    subject_type: str
    text: str
    severity: Literal["blocks", "warns", "info"]
    asked_of: str
    evidence: str


class NewAnswer(In):
    """What somebody answers."""

    statement: Line = Field(examples=["D-M01"])
    answer: Literal["true", "false", "cannot say"] | None = Field(
        description="`null` takes the answer back"
    )
    evidence: Words = Field("", description="what it rests on; needed for true and false")
    owner: Annotated[str, Field(max_length=200)] = Field(
        "", description="who finds out what nobody can say of a statement that blocks"
    )
    until: OnDay | None = Field(None, description="by when")


@router.get("/challenge", response=PlanChallenge, operation_id="challenge_plan")
def whole(
    request: Request,
    section: Annotated[Section | None, Query()] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    language: Language = "en",
    limit: Limit = 50, after: After = "",
) -> PlanChallenge:  # fmt: skip
    """Everything that is challenged, worst first, and what stands out in sentences."""
    ground = request.ground
    found = challenging.challenge_plan(
        server_desk(ground), request.actor, at=ground.now(), found=standing_findings(ground),
        language=language,
    )  # fmt: skip
    kept = [
        row for row in found.rows
        if (section is None or row.subject.startswith(f"{section}/"))
        and (verdict is None or row.verdict is verdict)
    ]  # fmt: skip
    first = number_after(after) or 0
    rows = list(enumerate(kept[first : first + limit + 1], first + 1))
    page = page_of(rows, limit, lambda row: _line(row[1], found), lambda row: row[0])
    return PlanChallenge(
        items=page.items, next=page.next, sentence=found.sentence, sums=list(found.sums),
        revision=found.checked.revision, is_newest=found.checked.is_newest,
    )  # fmt: skip


@router.get("/statements", response=Page[StatementShown], operation_id="list_statements")
def statements(request: Request, language: Language = "en") -> Page[StatementShown]:
    """The disqualifying statements as the organisation has them; retired ones are left out."""
    known = catalogue_of(request.ground.plans.head().plan, language).values()
    return Page(items=[StatementShown.model_validate(s) for s in known], next=None)


# before the address of a thing, whose identifier may hold slashes
@router.post(
    "/challenge/{str:section}/{path:ident}/answers", response=ThingChallenged,
    operation_id="answer_statement",
)  # fmt: skip
@needs(Action.ANSWER)
def answer(
    request: Request, section: Section, ident: IdentInPath, body: NewAnswer
) -> ThingChallenged:
    """Answers a statement about a thing; the challenge as it is then."""
    ground = request.ground
    found = challenging.answer_statement(
        f"{section}/{ident}", body.statement, Answer(body.answer) if body.answer else None,
        server_desk(ground), request.actor, at=ground.now(), evidence=body.evidence, owner=body.owner,
        until=body.until, found=standing_findings(ground),
    )  # fmt: skip
    return _thing(found)


@router.get(
    "/challenge/{str:section}/{path:ident}",
    response=ThingChallenged,
    operation_id="challenge_thing",
)
def one(
    request: Request, section: Section, ident: IdentInPath, language: Language = "en"
) -> ThingChallenged:
    """One thing: its verdict, every statement with its answer, what is to be asked next, and the history."""
    ground = request.ground
    found = challenging.challenge(
        f"{section}/{ident}", server_desk(ground), request.actor, at=ground.now(),
        found=standing_findings(ground), language=language,
    )  # fmt: skip
    return _thing(found)


def _thing(found: challenging.Challenged) -> ThingChallenged:
    weighed = found.weighed
    return ThingChallenged(
        subject=found.subject, name=found.name, verdict=found.verdict,
        would_change=list(weighed.changes), questions=[t.id for t in weighed.questions],
        more_questions=weighed.more_questions, statements=[_told(t) for t in weighed.told],
        history=[_given(a) for a in found.history], revision=found.checked.revision,
        is_newest=found.checked.is_newest,
    )  # fmt: skip


def _told(told: Told) -> StatementTold:
    heard, statement = told.heard, told.statement
    return StatementTold(
        id=told.id, text=told.text, severity=told.severity.value,
        version=statement.version if statement else None, answer=told.answer.value if told.answer else None,
        by_program=told.by_program, said=told.said, hint=told.hint, overruled=told.overruled,
        asked_of=statement.asked_of if statement else "", is_open=told.is_open,
        answered_by=heard.by if heard else "", answered_at=heard.at if heard else None,
        owner=heard.owner if heard else "", until=heard.until if heard else None,
        stale_version=told.stale.version if told.stale else None,
    )  # fmt: skip


def _given(given: Answered) -> Given:
    return Given(
        statement=given.statement, version=given.version,
        answer=given.answer.value if given.answer else None, evidence=given.evidence, owner=given.owner,
        until=given.until, is_private=given.is_private, by=given.by, at=given.at,
    )  # fmt: skip


def _line(row: Weighed, found: challenging.PlanChallenged) -> ThingLine:
    return ThingLine(
        subject=row.subject, name=found.names[row.subject], verdict=row.verdict,
        statements=_deciding(row.told, row.verdict) if row.changes else [],
        would_change=list(row.changes),
    )  # fmt: skip


def _deciding(told: Sequence[Told], verdict: Verdict) -> list[str]:
    return [t.id for t in told if t.verdict is verdict]
