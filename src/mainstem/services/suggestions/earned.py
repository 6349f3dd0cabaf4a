"""Whether suggestions of a stream may be accepted without anybody looking: methods 9.3, all of it.

Everything is worked out anew from the measurement and from what people judged, so an audit that fails
ends it by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mainstem.challenge.rates import Rate, rate
from mainstem.services.suggestions.versions import Version

#: Judged items that are needed, the least lower bound of right ones, the farthest that the score may be
#: off by them, and the largest calibration error.
LEAST_AUDITED, LEAST_LOWER, MOST_OFF, MOST_ERROR = 60, 0.90, 0.02, 0.10


@dataclass(frozen=True, slots=True)
class Judged:
    """A suggestion that somebody judged: what was suggested, and what it was in truth."""

    suggested: str
    truth: str


@dataclass(frozen=True, slots=True)
class Earned:
    """What a stream has and what it lacks.

    Attributes:
        target: The stream or kind.
        audited: Judged suggestions of it, how many right, with Jeffreys' interval.
        value_off: How far the share on streams is off by them; ``None`` without any.
        threshold: How sure a suggestion must be; ``None`` where there is no such.
        lacks: What is missing, in sentences; nothing: it is earned.
    """

    target: str
    audited: Rate
    value_off: float | None
    threshold: float | None
    lacks: tuple[str, ...]

    @property
    def is_earned(self) -> bool:
        """Whether all of 9.3 holds."""
        return not self.lacks


def earned(version: Version, judged: Sequence[Judged]) -> tuple[Earned, ...]:
    """Each stream and kind that the model knows."""
    by_target: dict[str, list[Judged]] = {}
    for one in judged:
        by_target.setdefault(one.suggested, []).append(one)
    return tuple(_of(t.target, version, by_target) for t in version.measured.targets if t.learned)


def _of(target: str, version: Version, judged: Mapping[str, Sequence[Judged]]) -> Earned:
    mine = judged.get(target, ())
    audited = rate(sum(j.truth == target for j in mine), len(mine))
    off = _off(mine)
    measured = version.measured
    threshold = next(t.threshold for t in measured.targets if t.target == target)
    lacks = []
    if not measured.beats:
        lacks.append("The model does not beat what is simpler.")
    if threshold.at is None:
        lacks.append("On earlier work there is no sureness from which 95 of 100 were right.")
    elif not threshold.holds:
        lacks.append(
            f"On later work {threshold.right} of {threshold.count} so sure were right: that may be less"
            " than 90 of 100."
        )
    if measured.calibration_error > MOST_ERROR:
        lacks.append(
            f"How sure it says it is, is off by {measured.calibration_error:.0%} on average."
        )
    if audited.n < LEAST_AUDITED:
        lacks.append(f"{audited.n} of {LEAST_AUDITED} audited suggestions.")
    elif audited.lower < LEAST_LOWER:
        lacks.append(
            f"Of {audited.n} audited {audited.k} were right: that may be less than 90 of 100."
        )
    if off is not None and off > MOST_OFF:
        lacks.append(f"By the audit the Value Score would be off by {off:.1%}; 2 % is the most.")
    return Earned(target, audited, off, threshold.at, tuple(lacks))


def _off(judged: Sequence[Judged]) -> float | None:
    if not judged:
        return None
    on: list[int] = [
        sum(getattr(j, side).startswith("stream:") for j in judged)
        for side in ("suggested", "truth")
    ]
    return abs(on[0] - on[1]) / len(judged)
