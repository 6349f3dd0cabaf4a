"""Triage of unattributed work, and trying a claim before it is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Path, Router
from pydantic import Field

from mainstem.api.operations import needs, only_asks
from mainstem.api.request import Request
from mainstem.api.shapes import Done, In, Line, OnDay, Out, Words
from mainstem.api.written import shown
from mainstem.plan.model import Unit
from mainstem.score.values import GRAIN, Score
from mainstem.services.people.access import Action
from mainstem.services.triage import acts as triage_acts
from mainstem.services.triage import claim_preview
from mainstem.services.triage.claim_preview import ClaimPreview, Moved
from mainstem.services.triage.triaging import Triage, TriageLump, question_in_view, triage

router = Router()
TAG = "work"
Lump = Annotated[str, Path(max_length=64)]


class Amount(Out):
    """Effort of something."""

    name: str
    amount: float


class LumpItemShown(Out):
    """An item of a lump."""

    source: str
    key: str
    title: str
    amount: float


class MarkShown(Out):
    """Somebody looks at a lump, has put it off, or made a claim for it a moment ago."""

    state: str = Field(description="`taken`, `skipped` or `claimed`")
    by: str
    until: datetime


class LumpShown(Out):
    """Unattributed effort that shares something."""

    id: str
    title: str
    kind: str
    value: str
    claim: dict[str, Any] = Field(description="the claim that would catch it")
    amount: float
    items: int
    samples: list[LumpItemShown]
    by_team: list[Amount]
    by_month: list[Amount]
    near: list[Amount] = Field(description="what other work with the same likeness counts for")
    is_yours: bool
    marks: list[MarkShown]
    seen: str = Field(
        description="send it back with what you do: refused if the lump has changed since"
    )


class QueueShown(Out):
    """The queue: yours first, the most effort first."""

    unit: Unit
    since: date
    until: date
    unknown: float
    all: float
    on_no_item: float
    in_no_lump: float
    lumps: list[LumpShown]
    hidden: str
    note: str


class Seen(In):
    """What was shown of a lump."""

    seen: Line = Field(
        "", description="`seen` of the lump as you read it; empty: whatever it is now"
    )


class Assignment(Seen):
    """What all items of a lump are to count for, and why."""

    target: Line = Field(examples=["stream:start-fast"], description="`stream:x` or `kind:y`")
    why: Words


class KindNamed(Seen):
    """The kind of the rest that a lump is, and why."""

    kind: Line = Field(examples=["debt"])
    why: Words


class NewClaim(Seen):
    """A claim for a stream, or a rule for a kind of the rest."""

    target: Line = Field(examples=["stream:start-fast"])
    claim: dict[str, Any] = Field(
        default_factory=dict, description="as a plan has it; empty: the one that catches the lump",
        examples=[{"label": ["spike"]}],
    )  # fmt: skip
    why: Words = ""


class Skip(In):
    """Until when a lump is put off; for a week if nothing is said."""

    until: OnDay | None = None


class Skipped(Out):
    """Until when it was put off."""

    until: date


class Taken(Out):
    """Whether the lump is yours for some minutes; if not, who looks at it."""

    is_yours: bool
    by: str
    until: datetime | None


def _units(parts: int) -> float:
    return parts / GRAIN


def _lump(one: TriageLump) -> LumpShown:
    return LumpShown(
        id=one.id, title=one.title, kind=one.kind, value=one.value, claim=dict(one.claim),
        amount=_units(one.parts), items=one.items,
        samples=[LumpItemShown(source=s.source, key=s.key, title=s.title, amount=_units(s.parts)) for s in one.samples],
        by_team=[Amount(name=t or "no team", amount=_units(p)) for t, p in one.teams],
        by_month=[Amount(name=m, amount=_units(p)) for m, p in one.months],
        near=[Amount(name=t, amount=_units(p)) for t, _, p in one.near], is_yours=one.is_yours,
        marks=[MarkShown(state=m.state, by=m.by, until=m.until) for m in one.marks], seen=one.seen,
    )  # fmt: skip


def _queue(found: Triage) -> QueueShown:
    return QueueShown(
        unit=found.unit, since=found.since, until=found.until, unknown=_units(found.unknown),
        all=_units(found.units), on_no_item=_units(found.no_item), in_no_lump=_units(found.left),
        lumps=[_lump(x) for x in found.lumps], hidden=found.hidden, note=found.note,
    )  # fmt: skip


@router.get("/triage", response=QueueShown, operation_id="read_triage")
def read_triage(request: Request) -> QueueShown:
    """The queue of unattributed work of the cycle in view, in lumps by what it shares."""
    return _queue(triage(request.ground, request.actor, at=request.ground.now()))


@router.post("/triage/{str:lump}/take", response=Taken, operation_id="take_lump")
@needs(Action.TRIAGE)
def take(request: Request, lump: Lump) -> Taken:
    """Takes a lump for some minutes, so that others are offered the next."""
    other = triage_acts.take(lump, request.ground, request.actor, at=request.ground.now())
    if other is None:
        return Taken(is_yours=True, by=request.actor.name, until=None)
    return Taken(is_yours=False, by=other.by, until=other.until)


@router.post("/triage/{str:lump}/skip", response=Skipped, operation_id="skip_lump")
@needs(Action.TRIAGE)
def skip(request: Request, lump: Lump, body: Skip | None = None) -> Skipped:
    """Puts a lump off until a day, for everybody."""
    until = body.until if body else None
    day = triage_acts.skip(lump, until, request.ground, request.actor, at=request.ground.now())
    return Skipped(until=day)


@router.post("/triage/{str:lump}/assign", response=Done, operation_id="assign_lump")
@needs(Action.SHARE)
def assign(request: Request, lump: Lump, body: Assignment) -> Done:
    """Sets by hand what all items of a lump count for. ``/shares/undo`` takes it back."""
    return _assigned(request, lump, body.target, body.why, body.seen)


@router.post("/triage/{str:lump}/kind", response=Done, operation_id="name_kind_of_lump")
@needs(Action.SHARE)
def kind(request: Request, lump: Lump, body: KindNamed) -> Done:
    """Says by hand which kind of the rest a lump is. ``/shares/undo`` takes it back."""
    return _assigned(request, lump, f"kind:{body.kind}", body.why, body.seen)


def _assigned(request: Request, lump: str, target: str, why: str, seen: str) -> Done:
    ground = request.ground
    return shown(
        triage_acts.assign(lump, target, why, seen, ground, request.actor, at=ground.now())
    )


@router.post("/triage/{str:lump}/claim", response=Done, operation_id="claim_lump")
@needs(Action.CHANGE_PLAN)
def claim(request: Request, lump: Lump, body: NewClaim) -> Done:
    """Makes a claim out of a lump. ``/revisions/NUMBER/undo`` takes it back."""
    ground = request.ground
    return shown(
        triage_acts.claim(
            lump,
            body.target,
            body.claim,
            body.why,
            body.seen,
            ground,
            request.actor,
            at=ground.now(),
        )
    )


class Trial(In):
    """A claim to be tried, and the days and unit to look at: the cycle in view if nothing is said."""

    target: Line = Field(examples=["stream:start-fast"])
    claim: dict[str, Any] = Field(examples=[{"label": ["spike"], "not": {"type": "bug"}}])
    since: OnDay | None = None
    until: OnDay | None = None
    unit: Unit | None = None


class EffortMoved(Out):
    """Effort of one stream or kind."""

    target: str
    name: str
    items: int
    amount: float


class CaughtItem(Out):
    """An item that a claim matches, and how it stands."""

    key: str
    title: str
    amount: float
    how: str = Field(description="`free`, `taken`, `tie`, `own`, `stronger` or `hand`")


class ScoreRange(Out):
    """The Value Score with its range; ``null`` where there is no effort."""

    point: float | None
    low: float | None
    high: float | None


class PreviewShown(Out):
    """What saving a claim would do."""

    target: str
    claim: str
    unit: Unit
    since: date | None
    until: date | None
    items: int
    items_with_effort: int
    items_gained: int
    items_inherited: int
    gained: float
    gained_by_unit: dict[str, float]
    loses: list[EffortMoved]
    ties: list[EffortMoved]
    stronger: list[EffortMoved]
    before: ScoreRange
    after: ScoreRange
    samples: list[CaughtItem]
    warnings: list[str]
    hidden: str


def _moved(rows: tuple[Moved, ...]) -> list[EffortMoved]:
    return [
        EffortMoved(target=m.target, name=m.name, items=m.items, amount=_units(m.parts))
        for m in rows
    ]


def _score(of: Score) -> ScoreRange:
    point, low, high = (None if s is None else float(s) for s in (of.point, of.low, of.high))
    return ScoreRange(point=point, low=low, high=high)


def _preview(found: ClaimPreview) -> PreviewShown:
    return PreviewShown(
        target=found.target, claim=found.claim, unit=found.unit, since=found.since, until=found.until,
        items=found.items, items_with_effort=found.active, items_gained=found.gains,
        items_inherited=found.inherited, gained=_units(found.gained),
        gained_by_unit={u.value: _units(p) for u, p in found.by_unit.items()},
        loses=_moved(found.loses), ties=_moved(found.ties), stronger=_moved(found.stronger),
        before=_score(found.before.score), after=_score(found.after.score),
        samples=[CaughtItem(key=s.key, title=s.title, amount=_units(s.parts), how=s.how) for s in found.samples],
        warnings=list(found.warnings), hidden=found.hidden,
    )  # fmt: skip


@router.post("/claims/preview", response=PreviewShown, operation_id="preview_claim")
@needs(Action.READ)
@only_asks
def preview(request: Request, body: Trial) -> PreviewShown:
    """What a claim would catch, what it would take from others and what it would do to the score."""
    ground = request.ground
    book = ground.book()
    asked = question_in_view(ground, book)
    if body.since or body.until or body.unit:
        asked = claim_preview.question_for(
            book, body.since or asked.since, body.until or asked.until, body.unit or asked.unit
        )
    return _preview(claim_preview.try_claim(body.target, body.claim, asked, ground, request.actor))
