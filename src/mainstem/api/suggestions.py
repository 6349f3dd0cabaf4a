"""Suggestions: what work that nothing speaks for was probably for; the audit; the model; claims that rot."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, write_cursor
from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, Line, Out, Page
from mainstem.services.people.access import Action
from mainstem.services.suggestions import audit as suggesting_audit
from mainstem.services.suggestions import suggesting
from mainstem.services.suggestions.model import why_quiet
from mainstem.services.suggestions.versions import folder_of_server, versions
from mainstem.services.triage.claim_rates import ClaimRate, rates_of_claims
from mainstem.services.work.sharing import MOST_AT_ONCE

router = Router()
TAG = "work"
Part = Annotated[float, Field(ge=0, le=1)]


class SuggestionShown(Out):
    """What an item was probably for; it counts for nothing until somebody accepts it."""

    source: str
    key: str
    title: str
    target: str = Field(description="`stream:x` or `kind:y`")
    name: str
    sure: Part = Field(description="probability that it is right")
    second: str
    reason: str
    version: str


class Keys(In):
    """Items by their keys."""

    keys: list[Line] = Field(min_length=1, max_length=MOST_AT_ONCE, examples=[["PLAY-1"]])


class Accepted(Out):
    """The revisions that set what was accepted; ``/shares/undo`` takes each back."""

    revisions: list[int]


class Declined(In):
    """An item, and what it is instead."""

    key: Line
    target: Line = Field(description="`stream:x` or `kind:y`")


class ModelShown(Out):
    """A version of the model; ``measured`` are its figures on later items."""

    name: str
    made: datetime
    labelled: int
    by_person: int
    targets: list[str]
    inputs: str = Field(description="digest of what it was learned from and how")
    learned: str = Field(description="digest of what came out: equal for equal inputs")
    beats: bool = Field(description="whether it is better than every simpler way")
    measured: dict[str, object]


class EarnedShown(Out):
    """Whether suggestions of a stream have earned to be accepted by themselves, and what is lacking."""

    target: str
    audited: int
    right: int
    lower: float
    threshold: float | None
    lacks: list[str]


class Models(Out):
    """The version in use, why nothing is suggested if so, and all that are kept."""

    quiet: str
    automatic: bool = Field(
        description="whether the organisation has switched automatic acceptance on"
    )
    earned: list[EarnedShown]
    versions: list[ModelShown]


class Asked(Out):
    """A job that was asked for."""

    job: int


class AuditedSuggestion(Out):
    """A suggestion of this month's sample; what was suggested is told once it is judged."""

    number: int
    source: str
    key: str
    title: str
    month: date
    suggested: str
    truth: str
    by: str
    at: datetime | None


class Truth(In):
    """What an item was for."""

    truth: Line = Field(description="`stream:x` or `kind:y`")


class Drawn(Out):
    """How many were drawn."""

    drawn: int


class ClaimRateShown(Out):
    """How often people said otherwise than a claim in the last 26 weeks; effort in the default unit."""

    claim: str
    stream: str
    asks: str
    said: float
    against: float
    rate: Part
    items: list[str]
    signals: list[str]
    weeks: list[tuple[date, float, float]] = Field(description="Monday, said, against")


@router.get("/suggestions", response=Page[SuggestionShown], operation_id="list_suggestions")
def list_suggestions(
    request: Request,
    target: Annotated[str, Query(max_length=130, description="`stream:x` or `kind:y`")] = "",
    after: After = "",
) -> Page[SuggestionShown]:
    """What is suggested and not answered yet, the surest first."""
    start = number_after(after) or 0
    found = suggesting.suggestions(request.ground, request.actor, target=target, after=start)
    last = write_cursor(start + len(found.rows)) if found.more else None
    return Page(items=[SuggestionShown.model_validate(r) for r in found.rows], next=last)


@router.post("/suggestions/accept", response=Accepted, operation_id="accept_suggestions")
@needs(Action.SHARE)
def accept(request: Request, body: Keys) -> Accepted:
    """Accepts suggestions: each item is set by hand to what was suggested."""
    ground = request.ground
    return Accepted(revisions=suggesting.accept(body.keys, ground, request.actor, at=ground.now()))


@router.post("/suggestions/decline", response=Accepted, operation_id="decline_suggestion")
@needs(Action.SHARE)
def decline(request: Request, body: Declined) -> Accepted:
    """Says what an item is instead; the next model learns it."""
    ground = request.ground
    number = suggesting.decline(body.key, body.target, ground, request.actor, at=ground.now())
    return Accepted(revisions=[number])


@router.get("/suggestions/models", response=Models, operation_id="read_suggestion_models")
def models(request: Request) -> Models:
    """What the model knows, how good it is, and whether it may accept by itself."""
    ground = request.ground
    earned = [
        EarnedShown(target=e.target, audited=e.audited.n, right=e.audited.k, lower=e.audited.lower,
                    threshold=e.threshold, lacks=list(e.lacks))
        for e in suggesting_audit.standing_of(ground, request.actor)
    ]  # fmt: skip
    kept = [
        ModelShown(
            name=v.name, made=v.made, labelled=v.labelled, by_person=v.by_person, targets=list(v.targets),
            inputs=v.inputs, learned=v.learned, beats=v.measured.beats, measured=asdict(v.measured),
        )
        for v in versions(folder_of_server(ground.data))
    ]  # fmt: skip
    return Models(quiet=why_quiet(suggesting.held_by(ground)), earned=earned, versions=kept,
                  automatic=suggesting_audit.may_accept_by_itself(ground))  # fmt: skip


@router.post("/suggestions/models", response={202: Asked}, operation_id="train_suggestions")
@needs(Action.TEACH)
def train(request: Request) -> tuple[int, Asked]:
    """Asks for a new version."""
    ground = request.ground
    return 202, Asked(job=suggesting.ask_training(ground, request.actor, at=ground.now()))


@router.delete("/suggestions/models", response={204: None}, operation_id="forget_suggestion_models")
@needs(Action.TEACH)
def forget(request: Request) -> tuple[int, None]:
    """Removes all versions; what was accepted stays."""
    suggesting.forget_models(request.ground, request.actor, at=request.ground.now())
    return 204, None


@router.get(
    "/suggestions/audit", response=Page[AuditedSuggestion], operation_id="list_audited_suggestions"
)
def audit(request: Request) -> Page[AuditedSuggestion]:
    """This month's sample: what is to be judged first."""
    found = suggesting_audit.sample(request.ground, request.actor)
    return Page(items=[AuditedSuggestion.model_validate(s) for s in found], next=None)


@router.post("/suggestions/audit", response=Drawn, operation_id="draw_suggestions")
@needs(Action.SHARE)
def draw(request: Request) -> Drawn:
    """Draws more suggestions to judge, once all are judged."""
    ground = request.ground
    return Drawn(drawn=suggesting_audit.draw_more(ground, request.actor, at=ground.now()))


@router.post(
    "/suggestions/audit/{int:number}", response=AuditedSuggestion, operation_id="judge_suggestion"
)
@needs(Action.SHARE)
def judge(request: Request, number: NumberInPath, body: Truth) -> AuditedSuggestion:
    """Says what an item of the sample was for; only the model is judged by it."""
    ground = request.ground
    found = suggesting_audit.judge(number, body.truth, ground, request.actor, at=ground.now())
    return AuditedSuggestion.model_validate(found)


@router.get("/claims/rates", response=Page[ClaimRateShown], operation_id="list_claim_rates")
def rates(request: Request, limit: Limit = 50, after: After = "") -> Page[ClaimRateShown]:
    """How often people said otherwise than each claim, the most contradicted first."""
    done = number_after(after) or 0
    found = rates_of_claims(request.ground, request.actor)
    shown = [_rate(r) for r in found[done : done + limit]]
    more = done + limit < len(found)
    return Page(items=shown, next=write_cursor(done + limit) if more else None)


def _rate(rate: ClaimRate) -> ClaimRateShown:
    whole = 1e10
    return ClaimRateShown(
        claim=rate.claim, stream=rate.stream, asks=rate.asks, said=rate.said / whole,
        against=rate.against / whole, rate=float(rate.rate), items=list(rate.items),
        signals=[s.words for s in getattr(rate.chart, "signals", ())],
        weeks=[(w.monday, w.said / whole, w.against / whole) for w in rate.weeks],
    )  # fmt: skip
