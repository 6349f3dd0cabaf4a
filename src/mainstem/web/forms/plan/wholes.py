"""Lists of the plan as values with one field, so that they have a form like everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from mainstem.plan import model
from mainstem.plan.model import (
    Expect,
    Link,
    RestRule,
    Shape,
)


class Links(Shape):
    """Explicit attribution of items, written by people."""

    links: tuple[Link, ...] = Field((), description="items and what their effort counts for")


class Rest(Shape):
    """Rules for the kinds of the rest."""

    rest: tuple[RestRule, ...] | None = Field(
        None, description="the first that fits counts; the shipped ones hold if there is none"
    )


class Examples(Shape):
    """Examples that must hold."""

    expect: tuple[Expect, ...] = Field((), description="items and where their effort must go")


_WRAPPED: Mapping[str, type[Shape]] = {"links": Links, "rest": Rest, "expect": Examples}
#: Section → the class that a form of it is made from.
SHAPES: Mapping[str, type[Shape]] = {**model.SHAPES, **_WRAPPED}


def whole_of(section: str, value: Any) -> Any:
    """The value as its form wants it."""
    shape = _WRAPPED.get(section)
    return value if shape is None else shape.model_validate({section: value})


def wrapped(section: str, value: Any) -> Any:
    """The value as the plan wants it."""
    return getattr(value, section) if section in _WRAPPED else value
