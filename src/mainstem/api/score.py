"""The Value Score, where effort went, and why a score changed. Of teams and streams, never of a person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from mainstem.api.places import DayInQuery, Moment
from mainstem.api.request import Request
from mainstem.api.shapes import Out
from mainstem.errors import LedgerError, QuestionError
from mainstem.plan.model import RestKind, Unit
from mainstem.score.answerable import NotAnswerable
from mainstem.score.change import Part
from mainstem.score.values import GRAIN, Amounts, Answer, By, Cell, Grain, Question, Score
from mainstem.services.scores import comparing, scoring
from mainstem.services.scores.book import Book
from mainstem.services.server.ground import Ground

router = Router()
TAG = "score"
_NOTHING = "The ledger holds no effort yet."
Ident = Annotated[str | None, Query(max_length=100)]
CycleInQuery = Annotated[str, Query(max_length=100, description="a cycle; or days by since and until",
                                    examples=["2026-q4"])]  # fmt: skip
UnitInQuery = Annotated[Unit | None, Query(description="the organisation's if left out")]


class ScoreShown(Out):
    """A Value Score with its range; `null` where no units were expended."""

    point: float | None
    low: float | None = Field(description="if all that is unknown served no stream")
    high: float | None = Field(description="if all that is unknown served a stream")
    coverage: float | None = Field(description="share of the units that something speaks for")
    is_interval_only: bool = Field(description="show the range: too much is unknown for a point")


class CellShown(Out):
    """A period and a team, stream … with its units and score."""

    period: str
    first_day: date
    last_day: date
    key: str
    name: str
    units: float
    value: float
    elsewhere: float
    rest: dict[str, float] = Field(description="kind of the rest → units, `unknown` among them")
    score: ScoreShown
    planned: float | None = Field(description="planned share of the effort")
    merged: list[str] = Field(description="teams too small to be shown alone")


class AnswerShown(Out):
    """An answer and the whole of which its cells are parts."""

    by: By
    grain: Grain
    unit: Unit
    cells: list[CellShown]
    total: CellShown | None
    notes: list[str]
    plan_revision: str


class FlowShown(Out):
    """Effort of a team on a stream or a kind of the rest."""

    team: str = Field(description="empty where no team may be named")
    target: str = Field(examples=["stream:start-fast"])
    units: float


class Flows(Out):
    """Where the effort of the teams went."""

    unit: Unit
    flows: list[FlowShown]
    notes: list[str]


class PartShown(Out):
    """What one team contributes to a change."""

    key: str
    within: float
    mix: float
    entry: float
    exit: float
    total: float


class ChangeShown(Out):
    """The change of a score, split exactly, or why there is no answer."""

    before: ScoreShown | None
    after: ScoreShown | None
    total: float | None
    within: float | None = Field(description="how the teams worked")
    mix: float | None = Field(description="which of them did more of the work")
    entry: float | None
    exit: float | None
    parts: list[PartShown]
    reason: str = Field(description="why there is no answer, if there is none")
    what_would_help: str


@router.get("/score", response=AnswerShown, operation_id="get_score")
def get_score(
    request: Request,
    by: Annotated[By, Query()] = By.ORGANISATION,
    grain: Annotated[Grain, Query()] = Grain.ALL,
    unit: UnitInQuery = None, cycle: CycleInQuery = "", since: DayInQuery = None,
    until: DayInQuery = None, team: Ident = None,
    level: Annotated[int | None, Query(ge=0, le=100)] = None, stream: Ident = None,
    as_of: Annotated[Moment | None, Query(description="as it was known at this moment")] = None,
) -> AnswerShown:  # fmt: skip
    """The Value Score of a period: by team, stream, objective … and cut by time."""
    first, last = days_of(request.ground, cycle, since, until)
    book = book_of(request.ground, as_of)
    if book is None:
        asked = unit or request.ground.plans.head().plan.organisation.unit
        return AnswerShown(by=by, grain=grain, unit=asked, cells=[], total=None, notes=[_NOTHING],
                           plan_revision="")  # fmt: skip
    question = Question(by, grain, unit or scoring.default_unit(book), first, last, team or None, level,
                        stream or None, as_of)  # fmt: skip
    return _answer(scoring.value_score(question, book))


@router.get("/score/flows", response=Flows, operation_id="get_flows")
def get_flows(
    request: Request, unit: UnitInQuery = None, cycle: CycleInQuery = "", since: DayInQuery = None,
    until: DayInQuery = None, team: Ident = None,
) -> Flows:  # fmt: skip
    """Where the effort of the teams went: to which streams, and to which kinds of the rest."""
    first, last = days_of(request.ground, cycle, since, until)
    book = book_of(request.ground)
    if book is None:
        usual = request.ground.plans.head().plan.organisation.unit
        return Flows(unit=unit or usual, flows=[], notes=[_NOTHING])
    asked = unit or scoring.default_unit(book)
    found = scoring.flows(Question(unit=asked, since=first, until=last, team=team or None), book)
    flows = [FlowShown(team=f.team, target=f.target, units=f.parts / GRAIN) for f in found]
    return Flows(unit=asked, flows=flows, notes=list(book.notes))


@router.get("/score/change", response=ChangeShown, operation_id="get_score_change")
def get_change(
    request: Request,
    before: Annotated[str, Query(max_length=40, examples=["2026-09"])],
    after: Annotated[str, Query(max_length=40, examples=["2026-10"])],
    unit: UnitInQuery = None, team: Ident = None,
) -> ChangeShown:  # fmt: skip
    """The exact split of the change between two periods: how teams worked, and who worked."""
    book = book_of(request.ground)
    if book is None:
        return _no_change(NotAnswerable(_NOTHING, "Import work first."))
    question = Question(unit=unit or scoring.default_unit(book), team=team or None)
    found = comparing.score_change(question, book, before, after)
    if isinstance(found, NotAnswerable):
        return _no_change(found)
    return ChangeShown(
        before=_score(found.before), after=_score(found.after), total=float(found.total),
        within=float(found.within), mix=float(found.mix), entry=float(found.entry),
        exit=float(found.exit), parts=[_part(p) for p in found.parts], reason="", what_would_help="",
    )  # fmt: skip


def _no_change(why: NotAnswerable) -> ChangeShown:
    return ChangeShown(
        before=None, after=None, total=None, within=None, mix=None, entry=None, exit=None, parts=[],
        reason=why.reason, what_would_help=why.what_would_help,
    )  # fmt: skip


def days_of(
    ground: Ground, cycle: str, since: date | None, until: date | None
) -> tuple[date | None, date | None]:
    """First and last day; nothing for the beginning and the end of the ledger."""
    if since and until and until < since:
        raise QuestionError(
            f"The period ends on {until}, before it starts on {since}.", "Swap `since` and `until`.",
            code="question.period",
        )  # fmt: skip
    if not cycle:
        return since, until
    found = ground.plans.head().plan.cycles.get(cycle)
    if found is None or since or until:
        raise QuestionError(
            f"The plan has no cycle {cycle!r}." if found is None else "There is a cycle and days.",
            "Name a cycle of the plan, or days by `since` and `until`.", code="question.period",
        )  # fmt: skip
    return found.first_day, found.last_day


def book_of(ground: Ground, as_of: datetime | None = None) -> Book | None:
    """The ledger; nothing where nothing was imported yet."""
    if as_of is not None:
        return ground.shelf.book_as_of(as_of)
    try:
        book = ground.book()
    except (LedgerError, QuestionError):
        return None
    return book if book.desk.spans() else None


def _answer(found: Answer) -> AnswerShown:
    return AnswerShown(
        by=found.question.by, grain=found.question.grain, unit=found.question.unit,
        cells=[_cell(c) for c in found.cells], total=_cell(found.total) if found.total else None,
        notes=list(found.notes), plan_revision=found.plan_revision,
    )  # fmt: skip


def _cell(cell: Cell) -> CellShown:
    amounts: Amounts = cell.amounts
    rest = {RestKind(kind).value: parts / GRAIN for kind, parts in amounts.rest.items()}
    return CellShown(
        period=cell.period.label, first_day=cell.period.start,
        last_day=cell.period.end - timedelta(days=1), key=cell.key, name=cell.name,
        units=amounts.units / GRAIN, value=amounts.value / GRAIN,
        elsewhere=amounts.elsewhere / GRAIN, rest=rest, score=_score(cell.score),
        planned=_number(cell.planned), merged=list(cell.merged),
    )  # fmt: skip


def _score(score: Score) -> ScoreShown:
    return ScoreShown(
        point=_number(score.point), low=_number(score.low), high=_number(score.high),
        coverage=_number(score.coverage), is_interval_only=score.is_interval_only,
    )  # fmt: skip


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _part(part: Part) -> PartShown:
    return PartShown(
        key=part.key, within=float(part.within), mix=float(part.mix), entry=float(part.entry),
        exit=float(part.exit), total=float(part.total),
    )  # fmt: skip
