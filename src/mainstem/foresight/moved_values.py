"""What goes into "did the work move the metric?", and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from mainstem.plan.answerable import NotAnswerable
from mainstem.plan.metric_series import MetricSeries


class MovedVerdict(StrEnum):
    """What was seen after the work; never what caused it."""

    MOVED = "moved"
    MOVED_WRONG_WAY = "moved_wrong_way"
    NOT_MOVED = "not_moved"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Event:
    """Something else that began on a day.

    ``kind`` is ``work`` (another initiative), ``event`` (declared by somebody), ``definition`` (something
    else is measured since) or ``data`` (it looks as if something else were measured).
    """

    on: date
    words: str
    kind: str = "event"


@dataclass(frozen=True, slots=True)
class Watched:
    """A guardrail: its values, and the sign of the direction that does harm."""

    series: MetricSeries
    harm: int


@dataclass(frozen=True, slots=True)
class Work:
    """Work, and the metric that it was to move.

    Attributes:
        keys: The initiative, or those that are answered together.
        series: The metric's values by period.
        began: The day on which its effect could begin to show.
        until: The last day of its window; ``None``: as far as the values go.
        expected: The change that was named beforehand, in the metric's unit, with its sign.
        direction: ``up`` or ``down``, else the sign of ``expected`` is the wanted one.
        kind: The metric's kind; money, counts and durations are looked at by their ratio.
        denominators: Of a rate between 0 and 1, by period; it is then looked at by its odds.
        ramp: Days from ``began`` in which it comes into force, that count neither as before nor after.
        events: What else began.
        guardrails: By identifier.
        holidays: Days that disturb the week they are in.
    """

    keys: tuple[str, ...]
    series: MetricSeries
    began: date
    until: date | None
    expected: float
    direction: str = ""
    kind: str = ""
    denominators: tuple[float, ...] = ()
    ramp: int = 7
    events: Sequence[Event] = ()
    guardrails: Mapping[str, Watched] = field(default_factory=lambda: MappingProxyType({}))
    holidays: frozenset[date] = frozenset()

    @property
    def wanted(self) -> int:
        """The sign of the wanted direction."""
        if self.direction in ("up", "down"):
            return 1 if self.direction == "up" else -1
        return 1 if self.expected > 0 else -1


@dataclass(frozen=True, slots=True)
class MovedAnswer:
    """What was seen of a metric after some work began.

    Attributes:
        keys: The initiative, or the set of work that is answered together.
        verdict: See ``MovedVerdict``.
        effect: The step, in the metric's unit; ``share`` is it against the level before, if that helps.
        likely: The 80 % interval; ``sure`` is the 95 % interval.
        chance: How likely the effect goes the wanted way.
        p_value: Two-sided; what judging many at once looks at.
        rho: How much neighbouring periods hang together.
        smallest_shift: The smallest shift that could have been seen.
        expected: What was named beforehand.
        before: Periods before that counts; ``after`` those since.
        grain: What a period is.
        scale: ``level``, ``ratio`` or ``odds``.
        failures: Why an effect that shows is not believed.
        notes: What else one must know: no seasonality, a trend was taken out, the window is not over …
        placebos: Day and statistic of the same fit at earlier dates; for a picture and ``rank``, no test.
        statistic: The same of the true date.
        rank: Place of the true date among them all, 1 for the largest; ``None`` without placebos.
        rung: ``C``: one interrupted series with a date that was named beforehand.
    """

    keys: tuple[str, ...]
    verdict: MovedVerdict
    effect: float
    share: float | None
    likely: tuple[float, float]
    sure: tuple[float, float]
    chance: float
    p_value: float
    rho: float
    smallest_shift: float
    expected: float
    before: int
    after: int
    grain: str
    scale: str
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    placebos: tuple[tuple[date, float], ...] = ()
    statistic: float = 0.0
    rank: int | None = None
    rung: str = "C"

    @property
    def is_joint(self) -> bool:
        """Whether it is about several initiatives that overlap in time."""
        return len(self.keys) > 1


Answered = MovedAnswer | NotAnswerable
