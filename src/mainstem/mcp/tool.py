"""A tool as a value: what it is called, what one must be allowed, and what it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mainstem.mcp.places import Place
from mainstem.mcp.said import Asked, Data, Said
from mainstem.services.people.access import Action, Actor

Run = Callable[[Any, Place, Actor], Said]


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool.

    Attributes:
        name: What assistants call it.
        title: What people see.
        about: When to use it and what comes back.
        asks: What it is asked.
        answers: What it answers.
        needs: What one must be allowed.
        run: Answers, for an actor who was found to be allowed that.
        writes: Whether it keeps anything.
    """

    name: str
    title: str
    about: str
    asks: type[Asked]
    answers: type[Data]
    run: Run
    needs: Action = Action.READ
    writes: bool = False
