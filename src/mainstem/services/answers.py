"""Finished answers kept for those who ask the same again: pages of a report do not change by themselves.

An answer hangs on the plan's revision, the ledger's version and the question. All three are in its key,
so that nothing ever has to be thrown away for being wrong, only for being old.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from mainstem.services.ground import Ground
    from mainstem.services.scoring_book import Book

T = TypeVar("T")
#: Answers kept in each process. One of a large organisation holds some hundred kilobytes.
MOST = 256


class Answers:
    """A bounded memory; what was not asked for longest goes first. Safe to share between threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer of that key, made if nobody has asked before. Errors are not kept."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                found: T = self._held[key]
                return found
        made = make()
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._held)


_ANSWERS = Answers()
#: Answers that take a look at the raw ledger: few, and not to be pushed out by many quick ones.
_DEAR = Answers(24)


def kept_for(ground: Ground, key: Hashable, make: Callable[[], T]) -> T:
    """An answer that follows from ``key`` alone: whatever can change it must be in there."""
    return _ANSWERS.get((ground.data, key), make)


def kept(
    ground: Ground, book: Book, key: Hashable, make: Callable[[], T], *, is_dear: bool = False
) -> T:
    """An answer that follows from the plan and the ledger of ``book`` and from ``key`` alone.

    Args:
        ground: What the server stands on.
        book: The ledger with the plan.
        key: The question, and whatever else the answer depends on.
        make: Makes the answer.
        is_dear: Whether it takes a look at the raw ledger, so that it is worth keeping longer.
    """
    if is_dear:
        return _DEAR.get((ground.data, book.revision, book.desk.view.version, key), make)
    return kept_for(ground, (book.revision, book.desk.view.version, key), make)
