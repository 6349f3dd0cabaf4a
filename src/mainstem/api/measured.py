"""What history and decisions say of metrics: the card, whether bets moved it, readings, another metric."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, page_of_words
from mainstem.api.places import IdentInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, Line, OnDay, Out, Page, Words
from mainstem.challenge.rates import Rate
from mainstem.challenge.reading_values import Discrimination, Reading, Yield
from mainstem.challenge.reading_words import ADVICE, sentence
from mainstem.challenge.readings import SELECTION_WARNING
from mainstem.figures.metric_card import measure_lines
from mainstem.figures.moved import moved_sentence
from mainstem.foresight.moved_values import MovedAnswer
from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.model import Plan
from mainstem.services.decisions.desks import server_desk
from mainstem.services.metrics.effects import Seen, effect_seen, effects_seen
from mainstem.services.metrics.metric_cards import metric_card
from mainstem.services.metrics.reading_metrics import MetricReadings
from mainstem.services.metrics.readings_kept import kept_readings
from mainstem.services.metrics.stream_metrics import Spell, propose_metric, stream_metrics
from mainstem.services.people.access import Action

router = Router()
TAG = "metrics"


class CardFieldShown(Out):
    """A field of a card; without words it is left open."""

    key: str
    name: str
    words: str
    why: str = Field(description="what it is for")
    subject: str = Field(description="where it is written")
    is_open: bool


class MeasureShown(Out):
    """A measure; without a value it cannot be said, and the reading says what would help."""

    key: str
    name: str
    value: str
    reading: str
    warns: bool
    exact: float | None


class CardShown(Out):
    """A metric's card."""

    metric: str
    streams: list[str]
    fields: list[CardFieldShown]
    measures: list[MeasureShown]


class BetShown(Out):
    """What was seen after a bet began. Nothing of it says what caused it."""

    initiative: str
    metric: str
    cycle: str
    together: list[str] = Field(description="bets that are answered together, as they overlap")
    verdict: Literal["moved", "moved_wrong_way", "not_moved", "unclear"] | None
    sentence: str
    answer: dict[str, Any] | None = Field(description="effect, intervals, design and what is behind it")  # fmt: skip
    why_not: str = Field(description="why there is no answer")
    what_would_help: str


class RateRead(Out):
    """So many of so many, with its 95 % interval; ``share`` is none where nothing was counted."""

    k: int
    n: int
    share: float | None
    lower: float
    upper: float
    mean: float


class MetricReading(Out):
    """The reading of one version of a stream's metric."""

    stream: str
    metric: str
    version: str
    since: date
    until: date
    reading: str
    reading_before: str | None = Field(description="a cycle ago")
    has_lasted: bool = Field(description="two cycles speak for the same change")
    sentence: str
    advice: str
    counts: dict[str, int]
    unclear_share: float | None
    rates: dict[str, RateRead]
    discrimination: dict[str, Any] | None
    bounds: dict[str, float] | None = Field(description="of refused work that would have moved it")
    top: list[tuple[str, int]] = Field(description="statements that were most often true")
    is_pooled: bool


class YieldShown(Out):
    """How often the answer to a statement changed a verdict, of how often it was given."""

    statement: str
    rate: RateRead
    is_idle: bool


class ReadingsShown(Out):
    """All readings, with what they may not be read as."""

    since: date
    until: date
    window: str
    decided: int
    of_no_metric: int
    warning: str
    readings: list[MetricReading]
    silent: list[str] = Field(description="streams in whose metric's name nothing was decided")
    statement_yields: list[YieldShown]


class SpellShown(Out):
    """One metric for as long as it was the stream's."""

    metric: str
    first: date | None
    last: date | None
    is_now: bool
    decided: int
    readings: list[MetricReading]
    why: str
    changed_in: str = Field(description="revision, if it is known")


class OtherMetric(In):
    """Another metric for a stream; the reading of the present one goes with it as evidence."""

    metric: Line
    begins: OnDay
    why: Words = ""


class ProposalMade(Out):
    """A draft of a proposal."""

    number: int


@router.get("/metrics/{path:ident}/card", response=CardShown, operation_id="get_metric_card")
def get_card(request: Request, ident: IdentInPath) -> CardShown:
    """What is written down of a metric, what is left open, and what its history says of it."""
    ground = request.ground
    card = metric_card(ident, ground, request.actor, at=ground.now())
    return CardShown(
        metric=ident, streams=list(card.streams),
        fields=[CardFieldShown.model_validate(f) for f in card.fields],
        measures=[MeasureShown.model_validate(m) for m in measure_lines(card, ground.observed().plan)],
    )  # fmt: skip


@router.get("/moved", response=Page[BetShown], operation_id="list_moved")
def list_moved(
    request: Request,
    metric: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 50,
    after: After = "",
) -> Page[BetShown]:
    """Whether metrics moved after bets began; of one metric or of all."""
    ground = request.ground
    found = effects_seen(ground, request.actor, at=ground.now())
    plan = ground.observed().plan
    named = {s.initiative: s for s in found.values() if metric in ("", s.metric)}
    return page_of_words(list(named), after, limit, lambda name: _moved(named[name], plan))


@router.get("/initiatives/{path:ident}/moved", response=BetShown, operation_id="get_moved")
def get_moved(request: Request, ident: IdentInPath) -> BetShown:
    """Whether the metric moved after a bet began."""
    ground = request.ground
    seen = effect_seen(ident, ground, request.actor, at=ground.now())
    return _moved(seen, ground.observed().plan)


def _moved(seen: Seen, plan: Plan) -> BetShown:
    answer = seen.answer
    not_said = answer if isinstance(answer, NotAnswerable) else None
    return BetShown(
        initiative=seen.initiative, metric=seen.metric, cycle=seen.cycle, together=list(seen.together),
        verdict=answer.verdict.value if isinstance(answer, MovedAnswer) else None,
        sentence=moved_sentence(answer, plan.metrics.get(seen.metric), plan),
        answer=asdict(answer) if isinstance(answer, MovedAnswer) else None,
        why_not=not_said.reason if not_said else "",
        what_would_help=not_said.what_would_help if not_said else "",
    )  # fmt: skip


@router.get("/metric-readings", response=ReadingsShown, operation_id="get_metric_readings")
def list_metric_readings(
    request: Request, metric: Annotated[str, Query(max_length=100)] = "",
    stream: Annotated[str, Query(max_length=100)] = "",
) -> ReadingsShown:  # fmt: skip
    """What the decisions of the last two cycles say of each stream's metric."""
    found = _readings(request)
    plan = request.ground.observed().plan
    wanted = [
        r for r in found.readings if metric in ("", r.metric) and stream in ("", r.stream)
    ]  # fmt: skip
    return ReadingsShown(
        since=found.window.since, until=found.window.until, window=found.window.words,
        decided=found.decided, of_no_metric=found.of_no_metric, warning=SELECTION_WARNING,
        readings=[_reading(r, plan) for r in wanted], silent=list(found.silent),
        statement_yields=[_yield(y) for y in found.yields],
    )  # fmt: skip


def _readings(request: Request) -> MetricReadings:
    ground = request.ground
    return kept_readings(ground, server_desk(ground), request.actor, at=ground.now())


def _reading(of: Reading, plan: Plan) -> MetricReading:
    metric, apart = plan.metrics.get(of.metric), of.discrimination
    return MetricReading(
        stream=of.stream, metric=of.metric, version=of.version, since=of.since, until=of.until,
        reading=of.kind.value, reading_before=of.before.value if of.before else None,
        has_lasted=of.has_lasted, sentence=sentence(of, (metric.name if metric else None) or of.metric),
        advice=ADVICE[of.kind], counts=asdict(of.counts), unclear_share=of.counts.unclear_share,
        rates={name: _rate(getattr(of, name)) for name in ("refusal", "override", "regret", "right", "hit")},
        discrimination=asdict(apart) if isinstance(apart, Discrimination) else None,
        bounds=asdict(of.bounds) if of.bounds else None, top=list(of.top), is_pooled=of.is_pooled,
    )  # fmt: skip


def _rate(of: Rate) -> RateRead:
    return RateRead.model_validate(of)


def _yield(of: Yield) -> YieldShown:
    return YieldShown(statement=of.statement, rate=_rate(of.rate), is_idle=of.is_idle)


@router.get(
    "/streams/{path:ident}/metrics", response=Page[SpellShown], operation_id="list_stream_metrics"
)
def list_stream_metrics(request: Request, ident: IdentInPath) -> Page[SpellShown]:
    """The metrics that a stream has had, why they changed, and what decisions said of each."""
    desk = server_desk(request.ground)
    seen = effects_seen(request.ground, request.actor, at=request.ground.now())
    found = stream_metrics(ident, desk, request.actor, seen)
    return Page(items=[_spell(s, desk.standing.plan) for s in found], next=None)


def _spell(of: Spell, plan: Plan) -> SpellShown:
    row = of.changed_by
    return SpellShown(
        metric=of.metric, first=of.first, last=of.last, is_now=of.is_now, decided=of.decided,
        readings=[_reading(r, plan) for r in of.readings],
        why=(row.why or row.sentence) if row else "", changed_in=row.name if row else "",
    )  # fmt: skip


@router.post(
    "/streams/{path:ident}/metrics/proposals",
    response={201: ProposalMade},
    operation_id="propose_metric",
)
@needs(Action.PROPOSE)
def propose(request: Request, ident: IdentInPath, body: OtherMetric) -> tuple[int, ProposalMade]:
    """Proposes another metric for a stream, as a draft; nothing is changed by it."""
    ground = request.ground
    at: datetime = ground.now()
    desk = server_desk(ground)
    now = _readings(request).now_of(ident, desk.standing.plan, desk.today)
    made = propose_metric(
        ident, body.metric, body.begins, body.why, now, ground, request.actor, at=at
    )
    return 201, ProposalMade(number=made.number)
