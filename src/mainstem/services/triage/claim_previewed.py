"""What the preview of a claim says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mainstem.plan.model import Unit
from mainstem.score.values import Score

UNKNOWN = "kind:unknown"
#: How an item that a claim catches stands, in words; keys as in ``ledger.claim_effect.HOW``.
STANDS: Mapping[str, str] = {
    "free": "no claim had it",
    "taken": "taken from a weaker claim",
    "tie": "shared with a claim of the same rank",
    "own": "the stream has it already",
    "stronger": "another claim or rule stays stronger",
    "hand": "stays as it is said by hand",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """Effort of one target that a claim touches: target, name, items with effort in the days, parts."""

    target: str
    name: str
    items: int
    parts: int


@dataclass(frozen=True, slots=True)
class Sample:
    """An item that a claim catches: what it is, its effort in the days, and how it stands."""

    key: str
    title: str
    parts: int
    how: str


@dataclass(frozen=True, slots=True)
class ScoreMove:
    """The Value Score before or after, with what it is made of, in parts."""

    value: int
    unknown: int
    units: int

    @property
    def score(self) -> Score:
        """Point, low and high."""
        return Score.counted(self.value, self.unknown, self.units)


@dataclass(frozen=True, slots=True)
class ClaimPreview:
    """What saving a claim would do, in some days and one unit.

    Attributes:
        target: ``stream:x`` or ``kind:y``, with its ``name``.
        asked: What the claim asks for, in words.
        claim: The claim as a line of the plan's text.
        unit: Unit of all parts but those by unit.
        since: First day.
        until: Last day, included.
        items: Items that it matches, in all the ledger.
        active: Those of them with effort in the days.
        gains: Items that would count more for the target, also because of what they are part of.
        inherited: Those of them that the claim does not match itself.
        parts: Effort in the days on what it matches.
        gained: Effort in the days that the target would gain.
        by_unit: Unit → effort that the target would gain, for every unit with effort.
        deltas: Unit → target → change of its effort in the days. Sums to nothing.
        loses: What others would lose: streams, kinds and unknown, the most first.
        ties: Whose claims have the same rank on the same items.
        stronger: Whose claims, rules or hand stay before it.
        stands: How what it matches stands: word of ``STANDS`` → items in the days.
        before: The score without it.
        after: The score with it.
        samples: The items with most effort in the days.
        warnings: What is doubtful about the claim itself.
        hidden: Why amounts may not be shown, if so.
    """

    target: str
    name: str
    asked: str
    claim: str
    unit: Unit
    since: date | None = None
    until: date | None = None
    items: int = 0
    active: int = 0
    gains: int = 0
    inherited: int = 0
    parts: int = 0
    gained: int = 0
    by_unit: Mapping[Unit, int] = field(default_factory=dict)
    deltas: Mapping[Unit, Mapping[str, int]] = field(default_factory=dict)
    loses: tuple[Moved, ...] = ()
    ties: tuple[Moved, ...] = ()
    stronger: tuple[Moved, ...] = ()
    stands: Mapping[str, int] = field(default_factory=dict)
    before: ScoreMove = ScoreMove(0, 0, 0)
    after: ScoreMove = ScoreMove(0, 0, 0)
    samples: tuple[Sample, ...] = ()
    warnings: tuple[str, ...] = ()
    hidden: str = ""

    @property
    def steals(self) -> tuple[Moved, ...]:
        """What other streams and kinds that are known would lose."""
        return tuple(m for m in self.loses if m.target != UNKNOWN)
