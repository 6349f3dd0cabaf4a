"""From a class of the plan's model to the fields of a form: what each takes, and in which order."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from mainstem.plan.model import Condition, KeyResult, Organisation, Shape, Stream
from mainstem.plan.references import references_of
from mainstem.plan.text.descriptions import describe
from mainstem.plan.wording_of_values import key_in_words
from mainstem.web.forms.plan.words import CHOICES, HELP, LABELS, LONG


class Kind(StrEnum):
    """What a field takes."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    DAY = "day"
    DAYS = "days"
    NUMBER = "number"
    WHOLE = "whole"
    SHARE = "share"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes or no"
    ONE = "one"
    MANY = "many"
    STAGES = "stages"
    ROWS = "rows"
    MAPPED = "mapped"
    GROUP = "group"
    PAIRS = "pairs"
    CONDITIONS = "conditions"


#: Kinds that hold fields of their own.
NESTED = frozenset((Kind.ROWS, Kind.MAPPED, Kind.GROUP))
#: Fields that other pages look after.
_ELSEWHERE = {(KeyResult, "check_ins"), (Organisation, "statements")}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes:
        name: Key in the text of the plan.
        attribute: Name in the model.
        label: What stands above it.
        help: A sentence below the label; may be empty.
        kind: What it takes.
        is_required: Whether the thing cannot be without it.
        may_be_empty: Whether nothing is an answer.
        choices: (value, words) of a choice.
        section: The section that it names entities of.
        shape: The class of its rows, or of the group.
        annotation: The model's own annotation.
    """

    name: str
    attribute: str
    label: str
    help: str
    kind: Kind
    is_required: bool = False
    may_be_empty: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    section: str = ""
    shape: type[Shape] | None = None
    annotation: Any = None


@cache
def fields_of(shape: type[Shape]) -> Mapping[str, Field]:
    """Key in the text → field, in the order of the model."""
    out: dict[str, Field] = {}
    for attribute, info in shape.model_fields.items():
        if (shape, attribute) not in _ELSEWHERE:
            field = _field(shape, attribute, info)
            out[field.name] = field
    return out


def _field(shape: type[Shape], attribute: str, info: Any) -> Field:
    name = info.alias or attribute
    inner, metadata, may_be_empty = _unwrapped(info.annotation, list(info.metadata))
    kind, more = _kind(shape, attribute, inner, metadata)
    key = (shape.__name__, name)
    told = HELP.get(key, HELP.get(("*", name), info.description or describe(shape.__name__, name)))
    return Field(
        name=name, attribute=attribute,
        label=LABELS.get(key, LABELS.get(("*", name), key_in_words(name).capitalize())),
        help=f"{told[:1].upper()}{told[1:]}" if told else "", kind=kind,
        is_required=info.is_required(),
        may_be_empty=may_be_empty and not info.is_required(), annotation=info.annotation, **more,
    )  # fmt: skip


def _unwrapped(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any], bool]:
    """The annotation without ``Annotated`` and ``| None``; whether ``None`` is allowed."""
    may_be_empty = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *more = get_args(annotation)
            metadata = [*metadata, *more]
        elif origin in (Union, types.UnionType):
            options = [a for a in get_args(annotation) if a is not type(None)]
            may_be_empty = may_be_empty or len(options) < len(get_args(annotation))
            annotation = options[0]
        else:
            return annotation, metadata, may_be_empty


def _kind(shape: type[Shape], attribute: str, inner: Any, metadata: list[Any]) -> tuple[Kind, Any]:
    section = references_of(shape).get(attribute, "")
    origin = get_origin(inner)
    if (shape, attribute) == (Stream, "stages"):
        return Kind.STAGES, {}
    if (shape, attribute) == (Stream, "objective"):
        return Kind.ONE, {"section": "objectives"}
    if origin is tuple:
        return _kind_of_list(shape, section, inner)
    if origin is dict:
        of = _unwrapped(get_args(inner)[1], [])[0]
        if isinstance(of, type) and issubclass(of, Shape):
            return Kind.MAPPED, {"shape": of, "section": section}
        return Kind.PAIRS, {"section": section}
    if origin is Literal:
        return Kind.CHOICE, {"choices": _choices(get_args(inner))}
    if isinstance(inner, type) and issubclass(inner, Shape):
        return Kind.GROUP, {"shape": inner}
    if isinstance(inner, type) and issubclass(inner, Enum):
        return Kind.CHOICE, {"choices": _choices([e.value for e in inner])}
    return _kind_of_one(shape, attribute, section, inner, metadata), {"section": section}


def _kind_of_list(shape: type[Shape], section: str, inner: Any) -> tuple[Kind, Any]:
    of, _, _ = _unwrapped(get_args(inner)[0], [])
    if isinstance(of, type) and issubclass(of, Shape):
        kind = Kind.CONDITIONS if of is Condition else Kind.ROWS
        return kind, {"shape": of}
    if get_origin(of) is Literal:
        return Kind.CHOICES, {"choices": _choices(get_args(of))}
    if of is date:
        return Kind.DAYS, {}
    if section and not issubclass(shape, Condition):
        return Kind.MANY, {"section": section}
    return Kind.LINES, {}


def _kind_of_one(
    shape: type[Shape], attribute: str, section: str, inner: Any, metadata: list[Any]
) -> Kind:
    if inner is date:
        return Kind.DAY
    if inner is bool:
        return Kind.YES_NO
    if inner is int:
        return Kind.WHOLE
    if inner is float:
        limits = repr(metadata)
        return Kind.SHARE if "Le(le=1)" in limits or "le=1)" in limits else Kind.NUMBER
    if section:
        return Kind.ONE
    is_long = attribute in LONG or (shape.__name__, attribute) in LONG
    return Kind.TEXT if is_long else Kind.LINE


def _choices(values: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(v), CHOICES.get(str(v), str(v).replace("_", " "))) for v in values)
