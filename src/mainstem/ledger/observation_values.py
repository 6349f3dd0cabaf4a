"""What is landed of the values of metrics, and what is read back: plain values without a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


class Value(Protocol):
    """A value that applies to a day; ``None``: there is none."""

    @property
    def metric(self) -> str: ...  # noqa: D102
    @property
    def on(self) -> date: ...  # noqa: D102
    @property
    def value(self) -> float | None: ...  # noqa: D102


class Marked(Protocol):
    """Something that a reader of a series must know; without words it is taken back."""

    @property
    def metric(self) -> str: ...  # noqa: D102
    @property
    def on(self) -> date: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of values and marks. ``new + corrected + unchanged`` is the number of values.

    ``landing`` is the number of the change; 0 where nothing had to be changed.
    """

    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    marks: int = 0
    landing: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """The value in force on a day.

    Attributes:
        on: The day that it applies to.
        value: In the metric's unit; ``None``: the source says that there is none.
        seen_at: When it was seen, UTC.
        source: Who said so.
        was_corrected: Whether something else was seen for the day before.
        is_disputed: Whether sources say different things of the day.
    """

    on: date
    value: float | None
    seen_at: datetime
    source: str
    was_corrected: bool = False
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """A value that came again as another one. ``landing`` is the change that brought it."""

    metric: str
    on: date
    source: str
    was: float | None
    value: float | None
    was_seen_at: datetime
    seen_at: datetime
    landing: int


@dataclass(frozen=True, slots=True)
class SeenMark:
    """A mark in force: ``kind`` is ``gap``, ``definition`` or ``note``."""

    metric: str
    on: date
    kind: str
    words: str
    seen_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Observations:
    """Everything observed, at one view: metric → points by day, and marks."""

    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    marks: Mapping[str, tuple[SeenMark, ...]] = field(default_factory=dict)
