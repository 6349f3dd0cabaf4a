"""Finished answers kept for those who ask the same again: pages of a report do not change by themselves.

An answer hangs on the plan's revision, the ledger's version and the question. All three are in its key,
so that nothing ever has to be thrown away for being wrong, only for being old.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

from mainstem.services.server.answers_size import rough_size

if TYPE_CHECKING:
    from mainstem.services.scores.book import Book
    from mainstem.services.server.ground import Ground

T = TypeVar("T")
#: Bytes of answers kept in each process, and of those that are dear. What is printed of a page comes on top.
MOST_BYTES, MOST_DEAR = 34_000_000, 17_000_000
#: Of a kind the first so many are measured, then each of so many.
FIRST, EACH = 4, 16


class Answers:
    """A bounded memory; what was not asked for longest goes first. Safe to share between threads.

    Args:
        most: Bytes held in all, as far as they are known without counting every one.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._kinds: dict[Hashable, tuple[int, int]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T], *, kind: Hashable = None) -> T:
        """The answer of that key, made if nobody has asked before. Errors are not kept.

        Args:
            key: The question, and whatever else the answer depends on.
            make: Makes the answer.
            kind: Names what is of about the same size, so that not every one has to be measured.
        """
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                found: T = self._held[key][0]
                return found
        made = make()
        size = self._size(made, kind)
        with self._lock:
            _, before = self._held.pop(key, (None, 0))
            self._held[key] = made, size
            self._bytes += size - before
            while self._bytes > self._most and self._held:
                _, (_, gone) = self._held.popitem(last=False)
                self._bytes -= gone
        return made

    def _size(self, made: object, kind: Hashable) -> int:
        """Bytes of an answer; of most of a kind the mean of those that were measured."""
        if kind is None:
            return rough_size(made)
        count, mean = self._kinds.get(kind, (0, 0))
        if count < FIRST or count % EACH == 0:
            mean = (mean * min(count, FIRST) + rough_size(made)) // (min(count, FIRST) + 1)
        self._kinds[kind] = count + 1, mean
        return mean

    def clear(self) -> None:
        """Lets everything go."""
        with self._lock:
            self._held.clear()
            self._bytes = 0

    @property
    def bytes(self) -> int:
        """About how much is held."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._held)


_ANSWERS = Answers()
#: Answers that take a look at the raw ledger: few, and not to be pushed out by many quick ones.
_DEAR = Answers(MOST_DEAR)


def kept_for(ground: Ground, key: Hashable, make: Callable[[], T], *, kind: Hashable = None) -> T:
    """An answer that follows from ``key`` alone: whatever can change it must be in there."""
    return _ANSWERS.get((ground.data, key), make, kind=kind)


def kept(
    ground: Ground,
    book: Book,
    key: Hashable,
    make: Callable[[], T],
    *,
    is_dear: bool = False,
    kind: Hashable = None,
) -> T:
    """An answer that follows from the plan and the ledger of ``book`` and from ``key`` alone.

    Args:
        ground: What the server stands on.
        book: The ledger with the plan.
        key: The question, and whatever else the answer depends on.
        make: Makes the answer.
        is_dear: Whether it takes a look at the raw ledger, so that it is worth keeping longer.
        kind: Names what is of about the same size.
    """
    if is_dear:
        return _DEAR.get((ground.data, book.revision, book.desk.view.version, key), make)
    return kept_for(ground, (book.revision, book.desk.view.version, key), make, kind=kind)
