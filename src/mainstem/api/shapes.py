"""What all bodies have in common: strict on the way in, plain on the way out."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

from mainstem.ids import ID_PATTERN
from mainstem.plan.model import Day

T = TypeVar("T")
#: Numbers of rows; larger ones name nothing.
Number = Annotated[int, Strict(), Field(ge=1, le=2**53)]
Whole = Annotated[int, Strict()]
Real = Annotated[float, Strict(), Field(ge=-1e15, le=1e15)]
Flag = Annotated[bool, Strict()]
Words = Annotated[str, StringConstraints(max_length=10_000)]
Line = Annotated[str, StringConstraints(max_length=300)]
Ident = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
#: ``section/id``, such as ``streams/start-fast``, or ``proposal/12``.
Subject = Annotated[str, StringConstraints(max_length=130), Field(examples=["streams/start-fast"])]
OnDay = Annotated[Day, Field(examples=["2026-10-21"])]


class In(BaseModel):
    """A body that is sent: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Out(BaseModel):
    """A body that is answered, made from a service's value by its attributes."""

    model_config = ConfigDict(from_attributes=True)


class Page(Out, Generic[T]):
    """Some of a list. ``next`` goes into ``after`` for what follows; ``null`` says that this was all."""

    items: list[T]
    next: str | None = Field(description="opaque; send it as `after`")


class Done(Out):
    """A change of the plan that was made, as a revision."""

    revision: str = Field(examples=["r12"])
    number: int = Field(examples=[12])
    sentence: str = Field(description="what was done, read aloud")
    changes: list[dict[str, Any]] = Field(description="typed changes, each with its sentence")
