"""How often somebody tries links that are not valid. Right ones are free: a whole room shares one address."""

from __future__ import annotations

import threading
from collections import deque

from mainstem.errors import TooMany

#: Wrong links from one network address within a minute, and addresses that are remembered.
MOST, WITHIN, _REMEMBERED = 30, 60.0, 5_000


class Tries:
    """Wrong tries by address, in this process. Moments are seconds of any clock that only goes on."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def check(self, address: str, at: float) -> None:
        """Refuses an address that has tried too many wrong links.

        Raises:
            TooMany: it has to wait.
        """
        with self._lock:
            seen = self._wrong.get(address)
            while seen and seen[0] <= at - WITHIN:
                seen.popleft()
            if seen and len(seen) >= MOST:
                raise TooMany(
                    "That were too many links that are not valid.", "Try again in a minute."
                )

    def wrong(self, address: str, at: float) -> None:
        """Counts a wrong try; the address that was wrong longest ago is forgotten when there are too many."""
        with self._lock:
            seen = self._wrong.pop(address, deque(maxlen=MOST))
            seen.append(at)
            self._wrong[address] = seen
            while len(self._wrong) > _REMEMBERED:
                del self._wrong[next(iter(self._wrong))]
