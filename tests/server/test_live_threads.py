"""Threads that do what blocks: one call at a time while calls are short, others beside one that takes long."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mainstem.web.threads import Threads
from tests.server.looping import in_a_loop


def test_short_calls_do_not_take_the_interpreter_from_each_other() -> None:
    running, together = 0, []

    def call() -> None:
        nonlocal running
        running += 1
        together.append(running)
        # lets any other thread in that would begin now
        threading.Event().wait(0.001)
        running -= 1

    async def story() -> None:
        threads = Threads(4, "short", turn=600)
        await asyncio.gather(*(threads.run(call) for _ in range(40)))

    in_a_loop(story())
    assert together == [1] * 40


@pytest.mark.parametrize("turn", [0, 0.001])
def test_a_call_that_takes_long_holds_nobody_up(turn: float) -> None:
    is_over = threading.Event()

    async def story() -> None:
        threads = Threads(2, "long", turn=turn)
        long = threads.run(is_over.wait)
        # ends only if it begins beside the long one
        assert [await threads.run(lambda n=n: n) for n in range(5)] == list(range(5))
        is_over.set()
        assert await long

    in_a_loop(story())


def test_calls_are_done_in_the_order_in_which_they_came() -> None:
    done: list[int] = []

    async def story() -> None:
        threads = Threads(3, "order", turn=600)
        await asyncio.gather(*(threads.run(lambda n=n: done.append(n)) for n in range(50)))

    in_a_loop(story())
    assert done == list(range(50))


def test_a_call_that_fails_tells_who_waits_and_the_next_one_is_done() -> None:
    def fail() -> None:
        raise LookupError("no")

    async def story() -> None:
        threads = Threads(1, "fail", turn=600)
        with pytest.raises(LookupError):
            await threads.run(fail)
        assert await threads.run(lambda: "done") == "done"

    in_a_loop(story())
