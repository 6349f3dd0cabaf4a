"""A few threads that do what blocks, for a loop that must not."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any


class Threads:
    """``count`` threads that take what is waiting, in its order.

    They are daemons, unlike those of Python's own executors: a thread that waits for a slow client must not
    hold up the end of the process.
    """

    def __init__(self, count: int, name: str, turn: float = 0) -> None:
        """
        Args:
            count: How many calls are done at once.
            name: That of the threads.
            turn: Seconds that a call has for itself before the next one begins beside it. Python does one
                thing at a time: calls of a few milliseconds, one after another, are each done sooner than if
                they took the interpreter from each other, and a slow one still holds nobody up.
        """
        self._turn = turn
        self._waiting: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._alone: object = None
        self._until = 0.0
        for number in range(count):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            call, mine = self._begin()
            call()
            with self._changed:
                if self._alone is mine:
                    self._alone = None
                    self._changed.notify()

    def _begin(self) -> tuple[Callable[[], None], object]:
        with self._changed:
            while True:
                rest = self._until - time.monotonic() if self._alone else 0.0
                if self._waiting and rest <= 0:
                    self._alone, self._until = object(), time.monotonic() + self._turn
                    call = self._waiting.popleft()
                    if self._waiting:
                        # somebody must look when this turn is over, even if the call is not
                        self._changed.notify()
                    return call, self._alone
                self._changed.wait(rest if self._waiting else None)

    def run(self, call: Callable[[], Any]) -> asyncio.Future[Any]:
        """Has ``call`` done in one of the threads; to be called, and awaited, in the loop."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def work() -> None:
            try:
                found = call()
            except BaseException as error:
                # whatever it was: the thread lives on, and whoever waits is told
                tell(done.set_exception, error)
            else:
                tell(done.set_result, found)

        def tell(how: Callable[[Any], None], what: Any) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(lambda: None if done.done() else how(what))

        with self._changed:
            self._waiting.append(work)
            self._changed.notify()
        return done


def across(awaited: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """Waits, in a thread, for what the loop does."""

    async def wait() -> Any:
        return await awaited

    return asyncio.run_coroutine_threadsafe(wait(), loop).result()
