"""A few threads that do what blocks, for a loop that must not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


class Threads:
    """``count`` threads that take what is waiting, in its order.

    They are daemons, unlike those of Python's own executors: a thread that waits for a slow client must not
    hold up the end of the process.
    """

    def __init__(self, count: int, name: str) -> None:
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        for number in range(count):
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            self._waiting.get()()

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

        self._waiting.put(work)
        return done


def across(awaited: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """Waits, in a thread, for what the loop does."""

    async def wait() -> Any:
        return await awaited

    return asyncio.run_coroutine_threadsafe(wait(), loop).result()
