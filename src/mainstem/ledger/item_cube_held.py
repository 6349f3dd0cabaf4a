"""What is held in memory of large things that can be made again, bounded in bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Held(Generic[T]):
    """Large things by key; what was not asked for longest goes first. Safe to share between threads.

    Those who ask for one thing that is not there wait while the first of them makes it.

    Args:
        most: Bytes held in all.
        size: Bytes of one thing.
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._size = most, size
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._turns: dict[Hashable, Lock] = {}
        self._bytes = 0
        self._lock = Lock()

    @property
    def bytes(self) -> int:
        """How much is held."""
        return self._bytes

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The thing of that key, made if it is not there. Errors are not kept."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            turn = self._turns.setdefault(key, Lock())
        with turn:
            with self._lock:
                if key in self._held:
                    return self._held[key]
            try:
                made = make()
                self._put(key, made)
            finally:
                with self._lock:
                    self._turns.pop(key, None)
        return made

    def _put(self, key: Hashable, made: T) -> None:
        with self._lock:
            self._held[key] = made
            self._bytes += self._size(made)
            while self._bytes > self._most and self._held:
                _, gone = self._held.popitem(last=False)
                self._bytes -= self._size(gone)

    def clear(self) -> None:
        """Lets everything go."""
        with self._lock:
            self._held.clear()
            self._bytes = 0
