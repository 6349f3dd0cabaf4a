"""Things that are made out of a plan once, and kept for as long as that very plan is in memory."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from mainstem.plan.model import Plan

T = TypeVar("T")


def kept_with_plan(make: Callable[[Plan], T]) -> Callable[[Plan], T]:
    """Keeps what a function makes beside the plan that it was made from.

    Plans are told apart by identity: comparing two of them costs more than most of what is made. What is
    kept must not hold the plan itself, or the plan never goes. Safe between threads: two that ask at once
    may both make it.
    """
    kept: dict[int, tuple[weakref.ref[Plan], T]] = {}

    def drop(at: int, gone: weakref.ref[Plan]) -> None:
        held = kept.get(at)
        if held is not None and held[0] is gone:
            del kept[at]

    @wraps(make)
    def found(plan: Plan) -> T:
        at = id(plan)
        held = kept.get(at)
        if held is not None and held[0]() is plan:
            return held[1]
        made = make(plan)
        kept[at] = (weakref.ref(plan, lambda gone: drop(at, gone)), made)
        return made

    return found
