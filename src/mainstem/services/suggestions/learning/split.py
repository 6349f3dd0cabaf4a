"""Past and future apart: what is learned from is older than what it is judged by.

A random split would leak copies of the same work to both sides (methods 9.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mainstem.work.examples import Labelled

Rows = NDArray[np.intp]
#: Where the past is cut, as shares of all items in order of time.
CUTS = (0.4, 0.6, 0.8)
#: A measurement learns from at most so many items, the newest, and judges by so many, evenly spread: with
#: more of them it would say the same, later.
MOST_PAST, MOST_FUTURE = 25_000, 6_000
#: Fewer items of a target than this are not learned from.
LEAST_OF_TARGET = 10
#: Of one target the newest so many are learned from: more add time and little else.
MOST_OF_TARGET = 2_500


@dataclass(frozen=True, slots=True)
class Fold:
    """Learn from ``past``, judge by ``future``: rows in order of time."""

    past: Rows
    future: Rows


def in_time(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Oldest first; what is of one day, by its key."""
    return sorted(labelled, key=lambda x: (x.example.day, x.example.key))


def folds(labelled: Sequence[Labelled]) -> tuple[list[Fold], int]:
    """Three folds, each judged by what comes next: two to learn how sure to be, the last is the test.

    An item whose epic or parent was begun in the past is left out of the future, as the model knows its
    siblings.

    Returns:
        The folds, and how many items were left out of the last one's future.
    """
    ends = [*(int(c * len(labelled)) for c in CUTS), len(labelled)]
    out, aside = [], 0
    for cut, end in pairwise(ends):
        begun = {x.example.group for x in labelled[:cut]} - {""}
        future = [i for i in range(cut, end) if labelled[i].example.group not in begun]
        aside = end - cut - len(future)
        out.append(Fold(enough(labelled, cut)[-MOST_PAST:], _spread(future)))
    return out, aside


def _spread(rows: Sequence[int]) -> Rows:
    """The rows, or as many of them as are judged, evenly spread over time."""
    if len(rows) <= MOST_FUTURE:
        return np.array(rows, dtype=np.intp)
    places = np.linspace(0, len(rows) - 1, MOST_FUTURE).astype(np.intp)
    return np.array(rows, dtype=np.intp)[places]


def enough(labelled: Sequence[Labelled], end: int) -> Rows:
    """Rows before ``end`` of the targets that have enough of them; of each the newest, no more than help."""
    of_target: dict[str, list[int]] = {}
    for i in range(end):
        of_target.setdefault(labelled[i].target, []).append(i)
    kept = [
        row
        for rows in of_target.values()
        if len(rows) >= LEAST_OF_TARGET
        for row in rows[-MOST_OF_TARGET:]
    ]
    return np.array(sorted(kept), dtype=np.intp)
