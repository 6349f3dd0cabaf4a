"""Key results: where they stand, check-ins, milestones, scores."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, page_of, page_of_words
from mainstem.api.places import IdentInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Done, Flag, In, Line, Number, OnDay, Out, Page, Real, Whole, Words
from mainstem.api.written import shown
from mainstem.errors import Absent
from mainstem.plan.changes import Changed
from mainstem.plan.model import KeyResult
from mainstem.score.progress import Due, Progress, Reading
from mainstem.services.metrics import checking_in, key_results
from mainstem.services.people.access import Action
from mainstem.services.plans.editing import change_plan
from mainstem.services.server.ground import Ground

router = Router()
TAG = "key results"


class Standing(Out):
    """A key result and where it stands today."""

    id: str
    text: str
    cycle: str | None
    team: str | None
    stream: str | None
    value: float | None
    on: date | None
    progress: float | None = Field(description="share of the way; below 0 and above 1 are possible")
    why_not: str = Field(description="why there is no progress, if there is none")
    expected: float | None = Field(description="share of the time that has passed")
    confidence: float | None
    due: Due
    due_on: date | None
    milestones_reached: int
    milestones: int
    score: float | None = Field(description="the score that somebody gave")
    suggested_score: float | None


class ReadingShown(Out):
    """What a key result stood at on a day."""

    on: date
    value: float | None
    confidence: float | None
    note: str
    by: str
    is_automatic: bool


class CheckInShown(ReadingShown):
    """A check-in as it was kept."""

    number: int
    at: datetime
    is_replaced: bool
    is_own: bool


class NewCheckIn(In):
    """What is said of a key result: a value, a confidence, a note, or several of them."""

    key_result: Line
    on: OnDay | None = Field(None, description="today if left out")
    value: Real | None = None
    confidence: Annotated[Real, Field(ge=0, le=1)] | None = None
    note: Words = ""
    is_of_metric: bool | None = Field(
        None, description="whether the value is also that of the metric on that day, typed by hand"
    )
    corrects: Number | None = Field(None, description="number of the check-in that this replaces")


class CheckedIn(Out):
    """A check-in that was kept."""

    number: int


class NewScore(In):
    """The score that a key result is closed with."""

    key_result: Line
    score: Annotated[Real, Field(ge=0, le=1)]
    note: Words = ""


class MilestoneReached(In):
    """Whether a milestone is reached."""

    key_result: Line
    place: Annotated[Whole, Field(ge=0, le=1_000, description="its place in the list, from 0")]
    is_reached: Flag
    on: OnDay | None = Field(None, description="today if left out")


@router.get("/key-results", response=Page[Standing], operation_id="list_key_result_standings")
def list_standings(
    request: Request,
    cycle: Annotated[str | None, Query(max_length=100, examples=["2026-q4"])] = None,
    team: Annotated[str, Query(max_length=100)] = "",
    stream: Annotated[str, Query(max_length=100)] = "",
    due: Annotated[Due | None, Query()] = None,
    limit: Limit = 50, after: After = "",
) -> Page[Standing]:  # fmt: skip
    """Key results and where they stand today, in the order of their identifiers."""
    found = key_results.standings(request.ground, cycle=cycle)
    plan = request.ground.plans.head().plan
    wanted = [
        key for key, progress in found.progress.items()
        if team in ("", plan.key_results[key].team) and stream in ("", plan.key_results[key].stream)
        and due in (None, progress.due)
    ]  # fmt: skip
    return page_of_words(
        wanted, after, limit,
        lambda key: _standing(key, plan.key_results[key], found.progress[key], found.scores.get(key)),
    )  # fmt: skip


def _standing(key: str, kr: KeyResult, at: Progress, score: float | None) -> Standing:
    return Standing(
        id=key, text=kr.name or kr.text, cycle=kr.cycle, team=kr.team, stream=kr.stream,
        value=at.value, on=at.on, progress=at.share, why_not=at.why_not, expected=at.expected,
        confidence=at.confidence, due=at.due, due_on=at.due_on, milestones_reached=at.milestones[0],
        milestones=at.milestones[1], score=score, suggested_score=at.score,
    )  # fmt: skip


@router.get("/key-results/{path:ident}", response=Standing, operation_id="get_key_result_standing")
def get_standing(request: Request, ident: IdentInPath) -> Standing:
    """Where a key result stands today."""
    progress = key_results.progress_of(ident, request.ground)
    kr = request.ground.plans.head().plan.key_results[ident]
    return _standing(ident, kr, progress, key_results.scores(kr.cycle).get(ident))


@router.get("/readings", response=Page[ReadingShown], operation_id="list_readings")
def list_readings(
    request: Request,
    key_result: Annotated[str, Query(max_length=100)],
    limit: Limit = 200,
    after: After = "",
) -> Page[ReadingShown]:
    """Everything known of a key result within its cycle, by day: observations and check-ins."""
    first = number_after(after) or 0
    known = key_results.history(key_result, request.ground)
    rows = list(enumerate(known[first : first + limit + 1], first + 1))
    return page_of(rows, limit, lambda row: ReadingShown.model_validate(row[1]), lambda row: row[0])


@router.get("/check-ins", response=Page[CheckInShown], operation_id="list_check_ins")
def list_check_ins(
    request: Request,
    key_result: Annotated[str, Query(max_length=100)],
    limit: Limit = 50,
    after: After = "",
) -> Page[CheckInShown]:
    """Check-ins of a key result, newest first, those that were corrected too."""
    _require(key_result, request.ground)
    rows = key_results.kept_check_ins(
        key_result, request.actor, most=limit + 1, before=number_after(after)
    )
    return page_of(rows, limit, _check_in, lambda kept: kept.number)


def _check_in(kept: key_results.Kept) -> CheckInShown:
    reading: Reading = kept.reading
    return CheckInShown(
        **dict(ReadingShown.model_validate(reading)), number=kept.number, at=kept.at,
        is_replaced=kept.is_replaced, is_own=kept.is_own,
    )  # fmt: skip


@router.post("/check-ins", response={201: CheckedIn}, operation_id="check_in")
@needs(Action.CHECK_IN)
def check_in(request: Request, body: NewCheckIn) -> tuple[int, CheckedIn]:
    """Says where a key result stands, or corrects what was said."""
    ground = request.ground
    said = checking_in.Said(
        body.on or ground.today(), body.value, body.confidence, body.note, bool(body.is_of_metric)
    )
    number = checking_in.check_in(
        body.key_result, said, ground, request.actor, at=ground.now(), corrects=body.corrects
    )
    return 201, CheckedIn(number=number)


@router.post("/scores", response={201: Standing}, operation_id="score_key_result")
@needs(Action.CHECK_IN)
def score(request: Request, body: NewScore) -> tuple[int, Standing]:
    """Closes a key result with a score. A later score replaces it; both are kept."""
    ground = request.ground
    key_results.score_key_result(
        body.key_result, body.score, ground, request.actor, at=ground.now(), note=body.note
    )
    return 201, get_standing(request, body.key_result)


@router.post("/milestones", response=Done, operation_id="mark_milestone")
@needs(Action.CHANGE_PLAN)
def milestone(request: Request, body: MilestoneReached) -> Done:
    """Says that a milestone is reached, or not reached after all."""
    ground = request.ground
    kr = _require(body.key_result, ground)
    if body.place >= len(kr.milestones):
        raise Absent("There is no such milestone.", "Somebody may have changed them; look again.")
    was = kr.milestones[body.place].done
    now = (body.on or ground.today()) if body.is_reached else None
    change = Changed(f"key_results/{body.key_result}", ("milestones", body.place, "done"), was, now)
    return shown(change_plan((change,), ground, request.actor, at=ground.now(), origin="api"))


def _require(key_result: str, ground: Ground) -> KeyResult:
    kr = ground.plans.head().plan.key_results.get(key_result)
    if kr is None:
        raise Absent(f"The plan has no key result {key_result!r}.", "It may have been renamed.")
    return kr
