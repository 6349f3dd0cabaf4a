"""What a score is made of: exact amounts, the score with its range, a question and its answer.

Amounts are whole numbers of ``GRAIN`` parts of a unit (millionths of a unit times ten-thousandths of
a share), so that every law of conservation holds to the last part and no sum depends on order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from mainstem.plan.model import RestKind, Unit

#: Parts of one unit: 1,000,000 (amount) x 10,000 (share).
GRAIN = 10_000_000_000


_Four = tuple[Fraction | None, Fraction | None, Fraction | None, Fraction | None]


class Grain(StrEnum):
    """How time is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    CYCLE = "cycle"
    ALL = "all"


class By(StrEnum):
    """What the rows of an answer are."""

    ORGANISATION = "organisation"
    TEAM = "team"
    STREAM = "stream"
    OBJECTIVE = "objective"
    CUSTOMER = "customer"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of days ``[start, end)`` with the name that people see."""

    label: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Amounts:
    """Effort of one cell, in parts (see ``GRAIN``). ``units = value + sum(rest)`` always.

    ``rest`` includes ``unknown``. For a cell that *is* a stream (or objective, customer, stage),
    ``value`` is what went to it, and ``elsewhere`` what went to other streams.
    """

    value: int = 0
    elsewhere: int = 0
    rest: Mapping[RestKind, int] = field(default_factory=dict)

    @property
    def unknown(self) -> int:
        """Effort that nothing speaks for."""
        return self.rest.get(RestKind.UNKNOWN, 0)

    @property
    def units(self) -> int:
        """The sacred denominator: everything expended."""
        return self.value + self.elsewhere + sum(self.rest.values())


class Score:
    """Value Score with its range and coverage; all four are ``None`` where no units were expended.

    Made from counts, the fractions are only worked out when somebody looks: an answer may have
    thousands of cells. Source: definition and identification bounds of ``docs/methods.md`` (Manski 1989).
    """

    __slots__ = ("_counts", "_given")

    def __init__(
        self,
        point: Fraction | None,
        low: Fraction | None,
        high: Fraction | None,
        coverage: Fraction | None,
    ) -> None:
        self._given: _Four | None = (point, low, high, coverage)
        self._counts = (0, 0, 0)

    @classmethod
    def counted(cls, value: int, unknown: int, units: int) -> Score:
        """The score of ``value`` and ``unknown`` in ``units``."""
        made = cls.__new__(cls)
        made._given, made._counts = None, (value, unknown, units)
        return made

    def _four(self) -> _Four:
        if self._given is None:
            value, unknown, units = self._counts
            if units:
                point = Fraction(value, units)
                self._given = (
                    point,
                    point,
                    Fraction(value + unknown, units),
                    Fraction(units - unknown, units),
                )
            else:
                self._given = (None, None, None, None)
        return self._given

    @property
    def point(self) -> Fraction | None:
        """What is known to be value."""
        return self._four()[0]

    @property
    def low(self) -> Fraction | None:
        """If all of the unknown is off-stream."""
        return self._four()[1]

    @property
    def high(self) -> Fraction | None:
        """If all of the unknown is on-stream."""
        return self._four()[2]

    @property
    def coverage(self) -> Fraction | None:
        """Share of the units that something speaks for."""
        return self._four()[3]

    @property
    def is_interval_only(self) -> bool:
        """Coverage under 0.7: show the range, not the point."""
        return self.coverage is not None and self.coverage < Fraction(7, 10)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Score) and self._four() == other._four()

    def __hash__(self) -> int:
        return hash(self._four())

    def __repr__(self) -> str:
        return "Score(point={}, low={}, high={}, coverage={})".format(*self._four())


@dataclass(frozen=True, slots=True)
class Question:
    """A question about effort, as a value.

    Attributes:
        by: What the rows are.
        grain: How time is cut.
        unit: The one unit of the answer.
        since: First day, or ``None`` for the ledger's first.
        until: Last day, included, or ``None`` for the ledger's last.
        team: Only this team and the teams in it.
        level: For ``by team``: depth of the tree to show (1 = below the root); ``None``: every team
            with effort of its own.
        stream: Only effort of this stream (drill).
        as_of: The moment whose knowledge counts; ``None``: now.
        raw: Answer from the raw ledger, not from the roll-up.
    """

    by: By = By.ORGANISATION
    grain: Grain = Grain.ALL
    unit: Unit = Unit.PERSON_DAY
    since: date | None = None
    until: date | None = None
    team: str | None = None
    level: int | None = None
    stream: str | None = None
    as_of: datetime | None = None
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of an answer: a period and a team, stream … with its amounts and score."""

    period: Period
    key: str
    name: str
    amounts: Amounts
    score: Score
    planned: Fraction | None = None
    merged: tuple[str, ...] = ()

    def __init__(
        self,
        period: Period,
        key: str,
        name: str,
        amounts: Amounts,
        score: Score,
        planned: Fraction | None = None,
        merged: tuple[str, ...] = (),
    ) -> None:
        # an answer may have thousands of cells, and this takes half as long as what dataclass writes
        put = object.__setattr__
        put(self, "period", period)
        put(self, "key", key)
        put(self, "name", name)
        put(self, "amounts", amounts)
        put(self, "score", score)
        put(self, "planned", planned)
        put(self, "merged", merged)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer carries its question, and the whole of which its cells are parts."""

    question: Question
    cells: tuple[Cell, ...]
    total: Cell | None
    notes: tuple[str, ...] = ()
    plan_revision: str = ""
    ledger_version: int = 0
