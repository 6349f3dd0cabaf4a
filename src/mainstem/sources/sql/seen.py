"""Which keys were seen, in a few bytes for each: millions of them stay small."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Seen:
    """A set of texts that keeps eight bytes of a digest for each.

    Two texts have one digest about once in a billion sets of a hundred thousand.
    """

    def __init__(self) -> None:
        self._runs: list[NDArray[np.uint64]] = []  # sorted; each less than half of the one before
        self.repeated = 0
        self.first_repeated = ""

    def add(self, keys: Sequence[str]) -> None:
        """Adds texts; those that were there already are counted."""
        import numpy as np

        if not keys:
            return
        marks = _marks(keys)
        known = self._known(marks)
        unique, first = np.unique(marks, return_index=True)
        again = known.copy()
        again[np.setdiff1d(np.arange(len(keys)), first)] = True
        if again.any():
            self.repeated += int(again.sum())
            self.first_repeated = self.first_repeated or keys[int(again.argmax())]
        self._push(np.setdiff1d(unique, marks[known]))

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Those texts that were not added."""
        listed = list(keys)
        if not listed:
            return []
        known = self._known(_marks(listed))
        return [key for key, is_known in zip(listed, known, strict=True) if not is_known]

    def _known(self, marks: NDArray[np.uint64]) -> NDArray[np.bool_]:
        import numpy as np

        found = np.zeros(len(marks), dtype=bool)
        for run in self._runs:
            at = np.searchsorted(run, marks)
            found |= run[np.minimum(at, len(run) - 1)] == marks
        return found

    def _push(self, run: NDArray[np.uint64]) -> None:
        import numpy as np

        if not len(run):
            return
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = np.union1d(self._runs.pop(), run)
        self._runs.append(run)


def _marks(keys: Sequence[str]) -> NDArray[np.uint64]:
    import numpy as np

    whole = b"".join(
        hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for key in keys
    )
    return np.frombuffer(whole, dtype=np.uint64)
