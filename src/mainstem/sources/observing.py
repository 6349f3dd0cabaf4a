"""What a source of values of metrics looks like from outside: tested, observed in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, Protocol

from mainstem.sources.remote import Checked, Connection, Cursor, Option, Reject, Watch


@dataclass(frozen=True, slots=True)
class Observed:
    """A value of a metric.

    Attributes:
        metric: Its identifier in the plan.
        on: The day that it applies to; for a week, month or quarter its first day.
        value: ``None``: the system says that there is none.
    """

    metric: str
    on: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that a reader of a series must know: ``kind`` is ``gap``, ``definition`` or ``note``."""

    metric: str
    on: date
    kind: Literal["gap", "definition", "note"]
    words: str


@dataclass(frozen=True, slots=True)
class Read:
    """What one answer or one table gave."""

    values: tuple[Observed, ...] = ()
    marks: tuple[Mark, ...] = ()
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A part of what a metric system has; as ``Batch``."""

    cursor: Cursor
    values: Sequence[Observed] = ()
    marks: Sequence[Mark] = ()
    rejects: Sequence[Reject] = ()
    is_last: bool = False


class Observing(Protocol):
    """A kind of source that brings values of metrics."""

    kind: ClassVar[str]
    words: ClassVar[str]
    options: ClassVar[tuple[Option, ...]]

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        """As ``Connected.test``."""
        ...

    def observe(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Seen]:
        """Values since the cursor, and those before it that may have been corrected."""
        ...
