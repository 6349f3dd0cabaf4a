"""Tools about decisions: what was decided on a piece of work and why, and on work like it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from mainstem.challenge.decisions import Chain, Decision, Step, Work
from mainstem.errors import Absent
from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, Data, LongTold, Said, Told
from mainstem.mcp.tool import Tool
from mainstem.services.decisions.desk import Wanted
from mainstem.services.people.access import Actor


class Stands(StrEnum):
    """How a decision stands."""

    ANY = "any"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    OPEN = "open"


_STEPS: dict[Stands, frozenset[str]] = {
    Stands.ANY: frozenset(),
    Stands.ACCEPTED: frozenset((Step.ACCEPT.value, Step.OVERRIDE_ACCEPT.value)),
    Stands.REFUSED: frozenset((Step.REFUSE.value, Step.OVERRIDE_REFUSE.value)),
    Stands.DEFERRED: frozenset((Step.DEFER.value,)),
    Stands.OPEN: frozenset(("",)),
}


class DecisionAsked(Asked):
    """Which decision."""

    number: int = Field(ge=1, le=2**31, description="its number, as find_decisions has it")


class DecisionsAsked(Asked):
    """Which decisions."""

    words: str = Field("", max_length=200, description="words of the title, all of them")
    stream: str = Field("", max_length=100, description="in the name of this stream: its id")
    team: str = Field("", max_length=100, description="on work of this team: its id")
    standing: Stands = Field(Stands.ANY, description="how they stand")
    limit: int = Field(10, ge=1, le=50)
    below: int | None = Field(None, ge=1, description="only smaller numbers, for the next page")


class AnswerData(Data):
    """A disqualifying statement and what was answered to it."""

    statement: str
    version: int
    answer: str


class StepData(Data):
    """One step: a verdict, an appeal or its answer, and in what role it was given."""

    step: Step
    why: LongTold
    role: Told
    at: datetime
    stream: Told
    kind: Told = Field(description="kind of the rest that it counts for, if it is not for a stream")
    metric: str
    until: date | None
    statements: list[AnswerData]


class WorkData(Data):
    """A piece of work that was asked about."""

    title: Told
    text: LongTold
    team: Told
    estimate_days: float | None
    key: Told
    link: Told


class DecisionData(Data):
    """A decision with all of its steps, oldest first."""

    number: int
    work: WorkData
    verdict: Step | None = Field(description="what stands; empty while nothing is decided")
    why: LongTold
    is_appealed: bool
    asked_at: datetime
    steps: list[StepData]


class DecisionLine(Data):
    """A decision in a list."""

    number: int
    title: Told
    verdict: Step | None
    why: Told
    stream: Told
    team: Told
    asked_at: datetime


class Decisions(Data):
    """Decisions, newest first."""

    decisions: list[DecisionLine]
    next: int | None = Field(description="goes into `below` for the next page")


def read_decision(asked: DecisionAsked, place: Place, by: Actor) -> Said:
    """One decision with its whole chain."""
    chain = place.desk().decisions.chain(asked.number)
    if chain is None:
        raise Absent("There is no such decision.", "find_decisions lists them.")
    stands = chain.verdict
    data = DecisionData(
        number=chain.number, work=work_data(chain.work), verdict=stands.step if stands else None,
        why=stands.why if stands else "", is_appealed=chain.is_appealed, asked_at=chain.at,
        steps=[_step(d) for d in chain.decisions[-50:]],
    )  # fmt: skip
    said = stands.step.value.replace("_", " ") if stands else "nothing yet"
    return Said(f"Decision {chain.number}: {said}; {len(chain.decisions)} steps.", data)


def work_data(work: Work) -> WorkData:
    """A piece of work as data."""
    return WorkData(
        title=work.title, text=work.text, team=work.team, estimate_days=work.estimate,
        key=work.key, link=work.link,
    )  # fmt: skip


def _step(made: Decision) -> StepData:
    answers = [
        AnswerData(statement=s.statement, version=s.version, answer=s.answer.value)
        for s in made.statements
    ]
    return StepData(
        step=made.step, why=made.why, role=made.role, at=made.at, stream=made.stream,
        kind=made.kind, metric=made.metric, until=made.until, statements=answers,
    )  # fmt: skip


def find_decisions(asked: DecisionsAsked, place: Place, by: Actor) -> Said:
    """Decisions by words, stream, team and how they stand."""
    wanted = Wanted(
        _STEPS[asked.standing], asked.stream, asked.team, asked.words, below=asked.below,
        most=asked.limit + 1,
    )  # fmt: skip
    found = place.desk().decisions.chains(wanted)
    page = [_line(chain) for chain in found[: asked.limit]]
    rest = len(found) > len(page)
    data = Decisions(decisions=page, next=page[-1].number if rest and page else None)
    return Said(f"{len(page)} decisions{', and there are more' if rest else ''}.", data)


def _line(chain: Chain) -> DecisionLine:
    stands = chain.verdict
    return DecisionLine(
        number=chain.number, title=chain.work.title, verdict=stands.step if stands else None,
        why=stands.why if stands else "", stream=stands.stream if stands else "",
        team=chain.work.team, asked_at=chain.at,
    )  # fmt: skip


TOOLS = (
    Tool(
        "read_decision", "Read a decision",
        "What was decided on a piece of work: each verdict with its reason, appeals and their answers,"
        " and which disqualifying statements were answered.",
        DecisionAsked, DecisionData, read_decision,
    ),
    Tool(
        "find_decisions", "Find decisions",
        "Past decisions on work like yours: by words of the title, stream, team and how they stand"
        " (accepted, refused, deferred, open), newest first.",
        DecisionsAsked, Decisions, find_decisions,
    ),
)  # fmt: skip
