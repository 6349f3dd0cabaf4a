"""What readings are made from and what they are: decided cases, counts, rates, the reading itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mainstem.challenge.decisions import (
    ACCEPTED,
    OVERRIDDEN,
    REFUSED,
    Chain,
    Step,
)
from mainstem.challenge.done import REGRET
from mainstem.challenge.rates import Rate
from mainstem.challenge.verdicts import Answer
from mainstem.plan.answerable import NotAnswerable


class Moved(StrEnum):
    """Whether work that was done moved its metric; only ``foresight.moved`` says so."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a piece of work.

    Attributes:
        began: The first day on which work on it is in the ledger; ``None``: none was found.
        moved: Whether it moved the metric; ``None``: nobody can say yet.
    """

    began: date | None = None
    moved: Moved | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A piece of work with the verdict that stood when work on it began, and what became of it.

    Attributes:
        number: Of its chain.
        step: The verdict.
        stream, metric, version: In the name of what; all empty where it was of no stream.
        at: When the verdict was given.
        done_anyway: Whether it was refused and then done within 90 days.
        moved: Whether it moved the metric.
        true, asked: Statements that were answered with true, and all that were answered.
        warnings: Statements that were answered with true or that nobody could answer.
    """

    number: int
    step: Step
    stream: str
    metric: str
    version: str
    at: datetime
    done_anyway: bool = False
    moved: Moved | None = None
    true: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    warnings: int = 0

    @property
    def is_accepted(self) -> bool:
        """By rule or overruled."""
        return self.step in ACCEPTED

    @property
    def is_refused(self) -> bool:
        """By rule or overruled."""
        return self.step in REFUSED

    @property
    def is_answered(self) -> bool:
        """Whether it is known to have moved the metric or not."""
        return self.moved in (Moved.YES, Moved.NO)


def case_of(chain: Chain, outcome: Outcome) -> Case | None:
    """A chain as a case; ``None`` where there is no verdict."""
    decided = (chain.verdict_before(outcome.began) if outcome.began else None) or chain.verdict
    if decided is None:
        return None
    anyway = (
        decided.step in REFUSED
        and outcome.began is not None
        and decided.at.date() <= outcome.began <= decided.at.date() + REGRET
    )
    said = {s.statement: s.answer for s in decided.statements}
    true = tuple(sorted(s for s, a in said.items() if a is Answer.TRUE))
    counts = decided.step in ACCEPTED or anyway
    return Case(
        chain.number, decided.step, decided.stream, decided.metric, decided.metric_version,
        decided.at, anyway, outcome.moved if counts else None, true, tuple(sorted(said)),
        sum(a is not Answer.FALSE for a in said.values()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """Plain counts of a metric's cases; ``decided`` is the sum of the next three."""

    decided: int
    accepted: int
    refused: int
    deferred: int
    overridden: int
    done_anyway: int
    right: int
    anyway_answered: int
    hits: int
    answered: int
    unclear: int

    @property
    def unclear_share(self) -> float | None:
        """Unclear outcomes of accepted work, of all that have an outcome; ``None`` of none."""
        whole = self.answered + self.unclear
        return self.unclear / whole if whole else None


def counts_of(cases: Iterable[Case]) -> Counts:
    """Counts cases."""
    held = list(cases)
    accepted = [c for c in held if c.is_accepted]
    refused = [c for c in held if c.is_refused]
    anyway = [c for c in refused if c.done_anyway]
    return Counts(
        len(held), len(accepted), len(refused), sum(c.step is Step.DEFER for c in held),
        sum(c.step in OVERRIDDEN for c in held), len(anyway),
        sum(c.moved is Moved.YES for c in anyway), sum(c.is_answered for c in anyway),
        sum(c.moved is Moved.YES for c in accepted), sum(c.is_answered for c in accepted),
        sum(c.moved is Moved.UNCLEAR for c in accepted),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Discrimination:
    """Whether work that was accepted by rule hits more often than work accepted against it.

    Attributes:
        by_rule, overruled: Hits of each.
        difference: Mean of the difference; ``lower`` and ``upper`` its 95 % interval.
        chance: How likely the difference is above 0.
        area: How well few warnings foretell a hit (area under the curve, 0.5: not at all).
    """

    by_rule: Rate
    overruled: Rate
    difference: float
    lower: float
    upper: float
    chance: float
    area: float | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What can be said without assumption of the refused work that would have moved the metric."""

    lower: float
    upper: float


class ReadingKind(StrEnum):
    """What the decisions say of a metric (methods 4.5), in the order in which the rules are tried."""

    TOO_EARLY = "too early"
    REFUSES_NOTHING = "refuses nothing"
    WORKED_AROUND = "worked around"
    NO_FORCE = "refusals have no force"
    BLIND_SPOT = "blind spot"
    DOES_NOT_MOVE = "accepted work does not move it"
    EARNS_ITS_KEEP = "earns its keep"
    NONE_YET = "no reading yet"

    @property
    def is_against(self) -> bool:
        """Whether it speaks for a change of the metric or of how it is used."""
        return self in _AGAINST


_AGAINST = frozenset(
    (
        ReadingKind.REFUSES_NOTHING, ReadingKind.WORKED_AROUND, ReadingKind.NO_FORCE,
        ReadingKind.BLIND_SPOT, ReadingKind.DOES_NOT_MOVE,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of one version of a stream's metric.

    Attributes:
        stream, metric, version: Of what.
        since, until: The days of the window, both included.
        counts: Plain counts.
        refusal, override, regret, right, hit: The rates of methods 4.2.
        discrimination: Between accepted by rule and overruled; or why not.
        bounds: Of the refused work that would have moved it; ``None`` where nothing was refused.
        kind: What it comes to.
        top: Statements that were most often true, with how often; worst first.
        is_pooled: Whether the rates are read together with those of other streams.
        before: What it came to a cycle ago, over the cycles before; ``None`` where nobody looked.
    """

    stream: str
    metric: str
    version: str
    since: date
    until: date
    counts: Counts
    refusal: Rate
    override: Rate
    regret: Rate
    right: Rate
    hit: Rate
    discrimination: Discrimination | NotAnswerable
    bounds: Bounds | None
    kind: ReadingKind
    top: tuple[tuple[str, int], ...] = ()
    is_pooled: bool = False
    before: ReadingKind | None = None

    @property
    def has_lasted(self) -> bool:
        """Whether two cycles speak for the same change."""
        return self.kind.is_against and self.before is self.kind


@dataclass(frozen=True, slots=True)
class Yield:
    """How often an answer to a statement changed a verdict, of how often it was given."""

    statement: str
    rate: Rate

    @property
    def is_idle(self) -> bool:
        """Whether it may be retired: asked a hundred times, and it hardly ever decided anything."""
        return self.rate.n >= 100 and self.rate.upper < 0.05
