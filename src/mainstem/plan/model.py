"""The plan: every entity of the glossary as a frozen value.

The same classes give the shape of the text (unknown keys are refused), the published JSON Schema and
the values that the rest of the program works with. They hold no rules beyond shape: whether a plan is
*good* is decided in ``challenge``; where a value stood in a file is kept apart, in ``plan.text``.

Days written in a plan are both included: a cycle from 1 July to 30 September has its last effort on
30 September.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from mainstem.ids import ID_PATTERN

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
#: Days that anything can be planned for or asked about.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


class Shape(BaseModel):
    """Base of all plan values: frozen, and strict about keys."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False
    )


def _as_tuple(value: Any) -> Any:
    if value is None:
        return ()
    if isinstance(value, (str, int, float)):
        return (value,)
    return value


def _as_share(value: Any) -> Any:
    """``60%`` and ``0.6`` both mean three fifths."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return float(value.strip()[:-1].replace(",", ".")) / 100
    return value


def _as_day(value: Any) -> Any:
    """Only ``2026-07-31`` is a day in text: a bare number would be taken for seconds since 1970."""
    if isinstance(value, (int, float)) or (isinstance(value, str) and not _DAY.match(value)):
        raise ValueError("a day is written like 2026-07-31")
    return value


def _in_reach(value: date) -> date:
    """Other programs write 9999-12-31 for "no end"; no day comes after it to count to."""
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(
            f"a day lies in the years {FIRST_DAY.year} to {LAST_DAY.year}; leave it out if there is none"
        )
    return value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Day = Annotated[date, BeforeValidator(_as_day), AfterValidator(_in_reach)]
Id = Annotated[str, Field(pattern=ID_PATTERN, description="identifier"), BeforeValidator(_as_text)]
Text = Annotated[str, Field(min_length=1), BeforeValidator(_as_text)]
Words = Annotated[tuple[Text, ...], BeforeValidator(_as_tuple)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_as_tuple)]
Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_as_share)]


class Unit(StrEnum):
    """Units of effort. Never mixed silently."""

    HOUR = "hour"
    PERSON_DAY = "person_day"
    ITEM = "item"
    POINT = "point"


class RestKind(StrEnum):
    """What effort that is on no stream was for. ``unknown`` is what nothing speaks for."""

    INCIDENT = "incident"
    COMPLIANCE = "compliance"
    SUPPORT = "support"
    OPERATIONS = "operations"
    DEBT = "debt"
    ENABLEMENT = "enablement"
    OTHER = "other"
    UNKNOWN = "unknown"


class Acceptance(Shape):
    """A finding that somebody decided to live with, in the text, with a reason."""

    rule: Annotated[str, Field(description="the finding's rule, for instance S09", min_length=1)]
    why: Annotated[str, Field(min_length=3)]
    by: Text
    until: Day | None = Field(None, description="last day on which it is accepted; none: for good")


class Entity(Shape):
    """What every entity of the plan may carry."""

    name: Text | None = Field(None, description="what people call it; the identifier if absent")
    note: str | None = None
    accepted: tuple[Acceptance, ...] = ()


class Calendar(Shape):
    """Working days of a team or of the organisation."""

    working_days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
        "mon", "tue", "wed", "thu", "fri",
    )  # fmt: skip
    holidays: tuple[Day, ...] = ()


class Conversion(Shape):
    """A declared factor between two units; without one, units are never combined."""

    from_: Unit = Field(alias="from")
    to: Unit
    factor: Annotated[float, Field(gt=0, description="how many `to` one `from` is")]
    team: Id | None = Field(None, description="only for this team and the teams in it")
    valid_from: Day | None = None
    valid_to: Day | None = None
    source: Text = Field(description="where the factor comes from")


class Settings(Shape):
    """Choices that are part of a score's identity."""

    k_min: Annotated[int, Field(ge=1, le=50)] | None = Field(
        None,
        description="smallest group shown; smaller ones are merged into their parent; if not said, 3 on a"
        " server and 1 on the command line",
    )
    share_policy: Literal["equal_split", "first_wins"] = Field(
        "equal_split", description="what happens when several streams claim with the same rank"
    )
    person_day_split: Literal["equal", "logged", "events"] = Field(
        "equal", description="the signal by which a person's day is split over what they touched"
    )
    presence: Literal["people", "traces"] = Field(
        "people",
        description="with a people file: whether days on which a person left no trace count as unknown",
    )
    full_day: Annotated[float, Field(gt=0, le=24)] = Field(8.0, description="hours of a full day")
    path_majority: Share = Field(
        0.8, description="a stream that owns this share of an item's paths takes it whole"
    )
    rank: tuple[str, ...] = Field(
        ("project", "label", "component", "path", "field", "type", "team", "text"),
        description="which kind of claim wins, strongest first",
    )
    limits: dict[str, float] = Field(default_factory=dict, description="limits of structure rules")
    check_in_days: Annotated[int, Field(ge=1, le=120)] = Field(
        7, description="days after which a key result is due for its next check-in"
    )
    bands: dict[str, Share] = Field(
        default_factory=lambda: {"missed": 0.0, "partly": 0.4, "reached": 0.7},
        description="what scores of key results are called, each from this score on",
    )
    accept_suggestions: bool = Field(
        False,
        description="whether suggestions of streams that have earned it are accepted by themselves",
    )
    exceptions: Annotated[int, Field(ge=0)] | None = Field(
        None,
        description="how many overridden acceptances a team may have in a cycle; any number if absent",
    )


class OwnStatement(Shape):
    """A disqualifying statement as the organisation has it.

    Under an id of the fixed list it rewords, retires or translates that one; under any other id
    (``our-…``) it is a new one, with a text and what it is said of.
    """

    text: Text | None = Field(None, description="the sentence that, if true, disqualifies")
    subject: (
        Literal[
            "objective", "stream", "metric", "key result", "initiative", "piece of work",
            "team commitment", "dependency",
        ]
        | None
    ) = Field(None, description="what it is said of; needed for a new one")  # fmt: skip
    severity: Literal["blocks", "warns"] | None = Field(
        None, description="what it does when it is true; a new one warns"
    )
    asked_of: Text | None = Field(None, description="who is asked")
    evidence: Text | None = Field(None, description="what an answer rests on")
    retired: bool = Field(False, description="nobody is asked any more")
    version: Annotated[int, Field(ge=1)] = Field(
        1, description="raised when the meaning changes: older answers no longer count"
    )
    words: dict[str, Text] = Field(
        default_factory=dict, description="language (`de`, `pt-BR`) → the sentence in it"
    )


class Organisation(Entity):
    """The whole; one in a plan."""

    timezone: str = Field("UTC", description="IANA name; days and periods are cut in it")
    unit: Unit = Field(Unit.PERSON_DAY, description="unit of scores unless asked otherwise")
    week_starts: Literal["mon", "sun"] = "mon"
    calendar: Calendar = Calendar()
    conversions: tuple[Conversion, ...] = ()
    settings: Settings = Settings()
    technologies: Words = Field(
        (), description="own words that count as technology in wording rules"
    )
    statements: dict[Id, OwnStatement] = Field(
        default_factory=dict,
        description="disqualifying statements that are reworded, retired, translated or added",
    )


class Cycle(Entity):
    """A planning period. Both days are included."""

    first_day: Day
    last_day: Day
    state: Literal["draft", "open", "committed", "closed"] = "open"


class Stage(Entity):
    """One step of a customer's lifecycle, in its order."""

    id: Id
    hand_over: Text | None = Field(None, description="who owns the hand-over to the next stage")


def _as_stages(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [{"id": v} if isinstance(v, str) else v for v in value]
    return value


class Customer(Entity):
    """A group of people served, with an ordered lifecycle."""

    kind: Literal["external", "internal"] = "external"
    stages: Annotated[tuple[Stage, ...], BeforeValidator(_as_stages)] = ()


class TeamKind(StrEnum):
    """The four kinds of team."""

    STREAM_ALIGNED = "stream-aligned"
    PLATFORM = "platform"
    ENABLING = "enabling"
    COMPLICATED_SUBSYSTEM = "complicated-subsystem"


class Team(Entity):
    """A node in the tree of sub-organisations."""

    in_: Id | None = Field(None, alias="in", description="the team or group this one is part of")
    kind: TeamKind | None = None
    size: Annotated[int, Field(ge=0)] | None = Field(None, description="people in the team itself")
    calendar: Calendar | None = None
    owns: Words = Field((), description="CODEOWNERS names and tracker teams that mean this team")


class Observation(Shape):
    """A value of a metric and the day it applies to."""

    on: Day
    value: float


class Metric(Entity):
    """A number that may say whether a stream delivers, an input that drives it, or a guardrail."""

    definition: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    unit: Text | None = None
    kind: (
        Literal[
            "rate", "ratio", "duration", "count_per_period", "level", "cumulative_total",
            "survey_score", "money",
        ]
        | None
    ) = None  # fmt: skip
    direction: Literal["up", "down", "band"] | None = None
    customer_value: Text | None = Field(None, description="what a customer has of it")
    grain: Literal["day", "week", "month", "quarter"] | None = None
    source: Text | None = None
    owner: Text | None = None
    lag_days: Annotated[int, Field(ge=0)] | None = None
    baseline: float | None = None
    target: float | None = None
    gaming: Words = Field((), description="known ways to hit it without serving anybody")
    drives: Ids = Field((), description="metrics that this one is declared to drive")
    observations: tuple[Observation, ...] = ()


class MetricInForce(Shape):
    """Which metric a stream has, and when. Open ends mean always."""

    metric: Id
    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


def _as_metrics(value: Any) -> Any:
    if isinstance(value, str):
        return ({"metric": value},)
    if isinstance(value, (list, tuple)):
        return tuple({"metric": v} if isinstance(v, str) else v for v in value)
    return value


class Guardrail(Shape):
    """A number that must not get worse while the metric gets better."""

    metric: Id
    bound: Text | None = Field(None, description="for instance `below 2 %`")


def _as_guardrails(value: Any) -> Any:
    return _as_metrics(value)


class Participation(Shape):
    """A team takes part in a stream."""

    part: Literal["delivers", "supports"] = "delivers"
    share: Share | None = Field(None, description="planned share of the team's effort")
    cycle: Id | None = Field(None, description="only in this cycle")


def _as_participations(value: Any) -> Any:
    """A list of names, or a mapping to a share, a part or both."""
    if isinstance(value, (list, tuple)):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("a list of teams holds their names; shares need a mapping `team: 60%`")
        return {name: {} for name in value}
    if isinstance(value, dict):
        out: dict[Any, Any] = {}
        for team, given in value.items():
            if given is None:
                out[team] = {}
            elif isinstance(given, str) and given in ("delivers", "supports"):
                out[team] = {"part": given}
            elif isinstance(given, (str, int, float)):
                out[team] = {"share": given}
            else:
                out[team] = given
        return out
    return value


class Condition(Shape):
    """When a claim holds. Keys in one mapping must all hold; of a list of values, one must.

    Values match without regard to case; ``*`` stands for anything. ``path`` takes CODEOWNERS patterns.
    ``text`` is a phrase in the title on word boundaries, or ``/a regular expression/``.
    """

    label: Words = ()
    component: Words = ()
    epic: Words = ()
    parent: Words = ()
    project: Words = ()
    path: Words = ()
    type: Words = ()
    team: Words = Field(
        (), description="team that did the work, by plan id, or the record's own team"
    )
    key: Words = Field((), description="the item's own key")
    state: Words = ()
    source: Words = ()
    text: Words = ()
    field: dict[str, Words] = Field(default_factory=dict)
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    not_: Annotated[
        tuple[Condition, ...],
        BeforeValidator(lambda v: (v,) if isinstance(v, dict) else v),
    ] = Field((), alias="not")


class Claim(Condition):
    """A rule by which a stream claims work.

    ``id`` is the place in the list if none is given; ``rank`` overrides the order of kinds (lower wins).
    """

    id: Id | None = None
    rank: int | None = None
    note: str | None = None
    accepted: tuple[Acceptance, ...] = ()


class Link(Shape):
    """Explicit attribution of one item, written by a person. Shares may sum to less than one."""

    item: Text = Field(description="the item's key")
    stream: Id | None = None
    kind: RestKind | None = None
    shares: dict[str, Share] = Field(default_factory=dict, description="stream or kind → share")
    why: Text | None = None


class RestRule(Condition):
    """A rule that names a kind of the rest, for effort that no stream claims."""

    kind: RestKind
    id: Id | None = None


class ExpectedItem(Shape):
    """A made-up or real item for an ``expect`` example."""

    key: Text | None = None
    title: str = ""
    label: Words = ()
    component: Words = ()
    epic: Text | None = None
    parent: Text | None = None
    project: Text | None = None
    path: Words = ()
    type: Text | None = None
    team: Text | None = None
    state: Text | None = None
    source: Text | None = None
    field: dict[str, str] = Field(default_factory=dict)


class Expect(Shape):
    """An example that must hold: this item goes to this stream, this kind, these shares, or nowhere."""

    item: ExpectedItem
    stream: Id | None = None
    kind: RestKind | None = None
    shares: dict[str, Share] = Field(default_factory=dict)


class Objective(Entity):
    """A theme with a horizon: words, no number, no "how"."""

    horizon: Text | None = None
    owner: Text | None = None
    parent: Id | None = None
    customer_better_off: Text | None = Field(None, description='the sentence "they can now …"')


class Stream(Entity):
    """A flow of value to a customer, with exactly one value metric in force."""

    objective: Annotated[tuple[Id, ...], BeforeValidator(_as_tuple)] = Field(
        (), description="the one objective it serves"
    )
    also_serves: Ids = ()
    owner: Text | None = None
    customer: Id | None = None
    stages: Ids = ()
    metric: Annotated[tuple[MetricInForce, ...], BeforeValidator(_as_metrics)] = ()
    inputs: Ids = Field((), description="input metrics declared to drive the value metric")
    guardrails: Annotated[tuple[Guardrail, ...], BeforeValidator(_as_guardrails)] = ()
    teams: Annotated[dict[Id, Participation], BeforeValidator(_as_participations)] = Field(
        default_factory=dict
    )
    claims: tuple[Claim, ...] = ()


class Milestone(Shape):
    """A step of a key result that has no number to move."""

    name: Text
    by: Day | None = None
    done: Day | None = Field(None, description="the day it was reached")
    weight: Annotated[float, Field(gt=0)] | None = Field(
        None, description="how much it counts beside the others; equally if nobody says"
    )


class CheckIn(Shape):
    """A key result's value, confidence and note on a day. On a server check-ins are kept beside the plan."""

    on: Day
    value: float | None = Field(None, description="where the metric stood, in its unit")
    confidence: Share | None = Field(None, description="how likely the target is reached")
    note: str | None = None
    by: Text | None = Field(None, description="who said it")


class KeyResult(Entity):
    """A commitment to move a metric from a baseline to a target by a date."""

    text: Text
    cycle: Id | None = None
    team: Id | None = None
    stream: Id | None = None
    objective: Id | None = None
    parent: Id | None = Field(None, description="the key result that this one was taken from")
    metric: Id | None = None
    baseline: float | None = None
    target: float | None = None
    unit: Text | None = None
    by: Day | None = None
    class_: Literal["ordinary", "compliance"] = Field("ordinary", alias="class")
    owner: Text | None = None
    weight: Annotated[float, Field(gt=0)] | None = Field(
        None, description="how much it counts where scores are put together; equally if nobody says"
    )
    milestones: tuple[Milestone, ...] = Field(
        (), description="steps, where there is no number to move"
    )
    check_ins: tuple[CheckIn, ...] = Field((), description="what people said of it, each on a day")


class Effect(Shape):
    """What a bet is expected to do to its metric."""

    metric: Id | None = Field(None, description="the stream's metric if absent")
    by: float = Field(description="signed change, in the metric's unit")


class Window(Shape):
    """When a bet's effect should show."""

    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


class Initiative(Entity):
    """A bet: doing X moves metric M by about D."""

    stream: Id | None = None
    objective: Id | None = None
    key_result: Id | None = None
    team: Id | None = None
    cycle: Id | None = None
    state: Literal["proposed", "accepted", "active", "finished", "dropped", "refused"] = "proposed"
    belief: Text | None = None
    effect: Effect | None = None
    window: Window | None = None
    stop_rule: Text | None = None
    effort: Annotated[float, Field(ge=0)] | None = Field(None, description="planned person-days")
    owner: Text | None = None
    work_type: Text | None = None


class Dependency(Entity):
    """A team needs something from another team by a date."""

    needs: Id = Field(description="the team that needs it")
    gives: Id = Field(description="the team that gives it")
    what: Text
    needed_by: Day | None = None
    promised: Day | None = None
    state: Literal["asked", "agreed", "refused", "done"] = "asked"
    hard: bool = True
    initiative: Id | None = None


class Plan(Shape):
    """Everything of the glossary except work. Order of entities is the order of the text."""

    organisation: Organisation = Organisation()
    cycles: dict[Id, Cycle] = Field(default_factory=dict)
    customers: dict[Id, Customer] = Field(default_factory=dict)
    teams: dict[Id, Team] = Field(default_factory=dict)
    metrics: dict[Id, Metric] = Field(default_factory=dict)
    objectives: dict[Id, Objective] = Field(default_factory=dict)
    streams: dict[Id, Stream] = Field(default_factory=dict)
    key_results: dict[Id, KeyResult] = Field(default_factory=dict)
    initiatives: dict[Id, Initiative] = Field(default_factory=dict)
    dependencies: dict[Id, Dependency] = Field(default_factory=dict)
    links: tuple[Link, ...] = ()
    rest: tuple[RestRule, ...] | None = Field(
        None,
        description="rules for kinds of the rest, first match wins; the shipped ones if absent",
    )
    expect: tuple[Expect, ...] = ()


#: Sections of the plan that map an identifier to an entity, with the word for one of them.
SECTIONS: dict[str, str] = {
    "cycles": "cycle",
    "customers": "customer",
    "teams": "team",
    "metrics": "metric",
    "objectives": "objective",
    "streams": "stream",
    "key_results": "key result",
    "initiatives": "initiative",
    "dependencies": "dependency",
}

#: Section or list of the plan → the class of what stands in it.
SHAPES: dict[str, type[Shape]] = {
    "organisation": Organisation, "cycles": Cycle, "customers": Customer, "teams": Team,
    "metrics": Metric, "objectives": Objective, "streams": Stream, "key_results": KeyResult,
    "initiatives": Initiative, "dependencies": Dependency, "links": Link, "rest": RestRule,
    "expect": Expect,
}  # fmt: skip
