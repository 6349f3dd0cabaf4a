"""Which chains of decisions somebody wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which chains are wanted; what is empty asks for nothing.

    Attributes:
        standing: Values of ``challenge.decisions.Step``; ``""`` among them: nothing decided yet.
        stream, team: Of whose name, of who would do it.
        words: Words of the title, all of them.
        metric: Some verdict was given while this was the stream's metric.
        since: Asked or decided since this moment.
        appealed: Only those whose appeal waits for an answer.
        below: Only smaller numbers, for the next page.
        most: No more than this many.
        numbers: Only these.
    """

    standing: frozenset[str] = frozenset()
    stream: str = ""
    team: str = ""
    words: str = ""
    metric: str = ""
    since: datetime | None = None
    appealed: bool = False
    below: int | None = None
    most: int = 50
    numbers: frozenset[int] | None = None
