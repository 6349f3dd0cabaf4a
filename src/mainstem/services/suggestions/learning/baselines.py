"""What suggestions must beat: always the commonest, the name in the title, the most alike earlier item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mainstem.services.suggestions.learning.features import Counted
from mainstem.services.suggestions.learning.split import Rows
from mainstem.work.examples import bare_words

#: More earlier or later items than this are not compared one by one.
MOST_PAST, MOST_FUTURE = 20_000, 3_000
_BATCH = 500
NAMES = ("majority", "keyword", "nearest neighbour")


def majority(targets: Sequence[str], past: Rows) -> str:
    """The commonest target of the past."""
    most: str = Counter(targets[i] for i in past).most_common(1)[0][0]
    return most


def keyword(titles: Sequence[str], names: Mapping[str, str]) -> list[str | None]:
    """The target whose name, or all words of it, stand in the title; the longest name wins."""
    asked = sorted(
        ((set(bare_words(name)), target) for target, name in names.items() if bare_words(name)),
        key=lambda x: (-len(x[0]), x[1]),
    )
    out: list[str | None] = []
    for title in titles:
        held = set(bare_words(title))
        out.append(next((target for words, target in asked if words <= held), None))
    return out


def nearest(
    counted: Counted, targets: Sequence[str], past: Rows, future: Rows
) -> tuple[list[str], list[float]]:
    """The target of the earlier item that is most alike in words and fields, and how alike it is."""
    past = past[-MOST_PAST:]
    both = np.concatenate([past, future])
    told = _told(counted, both, len(past))
    known, asked = told[: len(past)].T.tocsc(), told[len(past) :]
    found: list[str] = []
    alike: list[float] = []
    for start in range(0, asked.shape[0], _BATCH):
        near = np.asarray((asked[start : start + _BATCH] @ known).todense())
        best = near.argmax(axis=1)
        found += [targets[past[b]] for b in best]
        alike += [float(near[n, b]) for n, b in enumerate(best)]
    return found, alike


def _told(counted: Counted, rows: Rows, past: int) -> Any:
    """Words and fields, weighted by how rare they are in the past; each row of length one."""
    from scipy.sparse import hstack

    both = hstack([counted.counts[n][rows] for n in ("word", "tag")], format="csr")
    seen = np.asarray((both[:past] > 0).sum(axis=0)).ravel()
    out = both.multiply(np.log((1 + past) / (1 + seen)) + 1).tocsr()
    length = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    length[length == 0] = 1
    return out.multiply(1 / length[:, None]).tocsr()
