"""Every place of a plan that names another entity, found by visiting only the fields that can."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from mainstem.plan.model import Plan, Shape
from mainstem.plan.references import references_of

Path = tuple[str | int, ...]


def named(plan: Plan) -> Iterator[tuple[Path, str, str]]:
    """(path from the top, section, identifier) for each reference, in the order of the plan."""
    yield from _in_shape(plan, ())


def _in_shape(shape: Shape, path: Path) -> Iterator[tuple[Path, str, str]]:
    references, inner = _fields(type(shape))
    values = shape.__dict__
    for name, section in references:
        value = values[name]
        if value:
            for one in (value,) if value.__class__ is str else value:
                yield (*path, name), section, one
    for name in inner:
        value = values[name]
        if not value:
            continue
        if isinstance(value, Shape):
            yield from _in_shape(value, (*path, name))
        else:
            entries = value.items() if isinstance(value, dict) else enumerate(value)
            for key, one in entries:
                yield from _in_shape(one, (*path, name, key))


@cache
def _fields(shape: type[Shape]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Fields that name entities, with the section; and fields below which there are some."""
    inner = tuple(
        name
        for name, info in shape.model_fields.items()
        if any(_has_any(one, frozenset()) for one in _shapes_in(info.annotation))
    )
    return tuple(references_of(shape).items()), inner


def _has_any(shape: type[Shape], above: frozenset[type[Shape]]) -> bool:
    if references_of(shape):
        return True
    fields = () if shape in above else shape.model_fields.values()
    return any(_has_any(one, above | {shape}) for f in fields for one in _shapes_in(f.annotation))


def _shapes_in(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for part in get_args(annotation):
        yield from _shapes_in(part)
