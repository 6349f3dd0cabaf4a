"""Proof after a sync: what the source says it has, held against what the ledger has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mainstem.sources.registry import make_connected
from mainstem.sources.remote import Connection, Count, Watch

if TYPE_CHECKING:
    from mainstem.ledger.store import Ledger

#: Types of what never is an item of its own in a tracker, and so is not counted.
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class ProofRow:
    """Items of a type (empty: of all types) created in a month (``before``: earlier than was counted)."""

    type: str
    month: str
    theirs: int
    ours: int

    @property
    def difference(self) -> int:
        """Ours less theirs."""
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found.

    Attributes:
        source: The source.
        rows: By month, then type; those that differ and those that do not.
        is_estimate: Whether the source calls its counts approximate.
        words: What was counted, and what could not be.
        can_say: Whether the source can count at all.
    """

    source: str
    rows: tuple[ProofRow, ...]
    is_estimate: bool
    words: str
    can_say: bool = True

    @property
    def theirs(self) -> int:
        """All that they have."""
        return sum(row.theirs for row in self.rows)

    @property
    def ours(self) -> int:
        """All that we have of what was counted."""
        return sum(row.ours for row in self.rows)

    @property
    def differing(self) -> tuple[ProofRow, ...]:
        """Rows in which the counts differ."""
        return tuple(row for row in self.rows if row.difference)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "theirs": self.theirs, "ours": self.ours}

    def sentence(self) -> str:
        """In a line."""
        if not self.can_say:
            return f"{self.source} cannot say how many items it has. {self.words}".strip()
        about = "about " if self.is_estimate else ""
        if not self.differing:
            return f"Proved: {about}{self.theirs:,} items there, {self.ours:,} here, alike in every month."
        months = len({row.month for row in self.differing})
        return (
            f"{about.capitalize()}{self.theirs:,} items there, {self.ours:,} here:"
            f" {len(self.differing)} counts differ, in {months} months."
        )


def prove(of: Connection, ledger: Ledger, watch: Watch) -> Proof:
    """Counts on both sides.

    Raises:
        SourceError: the source could not be asked.
    """
    from mainstem.ledger.holdings import items_by_month

    counted = make_connected(of.kind).count(of, watch)
    if counted is None:
        return Proof(of.name, (), False, "Its API gives no counts.", can_say=False)
    ours = items_by_month(ledger, of.name)
    rows = _held(counted.counts, ours, counted.since)
    return Proof(of.name, rows, counted.is_estimate, counted.words)


def _held(
    theirs: Iterable[Count], ours: Iterable[tuple[str, str, int]], since: str
) -> tuple[ProofRow, ...]:
    """Counts of both sides by the same types and months."""
    counted = list(theirs)
    types = {c.type.casefold(): c.type for c in counted}
    there: Counter[tuple[str, str]] = Counter()
    for c in counted:
        there[c.type, c.month if not since or c.month >= since else BEFORE] += c.count
    has_before = any(month == BEFORE for _, month in there)
    here: Counter[tuple[str, str]] = Counter()
    for kind, month, count in ours:
        early = bool(since) and month < since
        if early and not has_before:
            continue
        named = "" if "" in types else types.get(kind.casefold(), kind)
        here[named, BEFORE if early else month] += count
    keys = sorted({*there, *here}, key=lambda k: (k[1] != BEFORE, k[1], k[0]))
    return tuple(ProofRow(t, m, there[t, m], here[t, m]) for t, m in keys)
