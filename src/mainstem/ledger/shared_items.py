"""Which streams take the same items: how many each has, and how many two have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mainstem.ledger.questions import Desk


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two streams that have items in common.

    Attributes:
        one: Id of a stream; ``other`` is the second.
        both: Items that count for both.
        either: Items that count for one of them at least.
        fewest: Items of the one that has fewer.
    """

    one: str
    other: str
    both: int
    either: int
    fewest: int

    @property
    def likeness(self) -> float:
        """Jaccard's: 1 if they take exactly the same items."""
        return self.both / self.either if self.either else 0.0


def items_taken(desk: Desk) -> tuple[dict[str, int], list[Overlap]]:
    """Items of each stream that has any, and every two streams that share some."""
    streams = {
        no: word.removeprefix("stream:")
        for no, word in desk.names("target").items()
        if word.startswith("stream:")
    }
    rows = desk.shared_items(sorted(streams)) if streams else []
    return _overlaps((streams[a], streams[b], n) for a, b, n in rows)


def _overlaps(rows: Iterable[tuple[str, str, int]]) -> tuple[dict[str, int], list[Overlap]]:
    taken: dict[str, int] = {}
    pairs: list[tuple[str, str, int]] = []
    for one, other, items in rows:
        if one == other:
            taken[one] = items
        else:
            pairs.append((min(one, other), max(one, other), items))
    return taken, [
        Overlap(a, b, n, taken[a] + taken[b] - n, min(taken[a], taken[b]))
        for a, b, n in sorted(pairs)
    ]
