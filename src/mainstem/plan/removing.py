"""Taking an entity out of a plan together with what names it, so that the rest holds together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

from mainstem.plan.model import Condition, Expect, ExpectedItem, Link, Plan, Shape
from mainstem.plan.references import references_of

_GONE = object()
#: What these say of a team is matched against work, where the name may live on.
_LEFT = (Condition, ExpectedItem)


def named_by(plan: Plan, section: str, ident: str) -> tuple[str, ...]:
    """Subjects of the entities that name an entity, in the order of the plan; lists by their name."""
    return tuple(
        subject
        for name in Plan.model_fields
        for subject in _naming(name, getattr(plan, name), section).get(ident, ())
        if subject != f"{section}/{ident}"
    )


#: (part of the plan, section named) → the part that was looked through last, and who names whom in it.
_LAST: dict[tuple[str, str], tuple[object, Mapping[str, tuple[str, ...]]]] = {}


def _naming(name: str, held: Any, section: str) -> Mapping[str, tuple[str, ...]]:
    """Identifier of the section → subjects of one part of the plan that name it.

    Kept for the part that was asked for last: from one revision to the next most parts stay the same.
    """
    last = _LAST.get((name, section))
    if last is not None and last[0] is held:
        return last[1]
    found: dict[str, list[str]] = {}
    for subject, value in _subjects(name, held, section):
        for ident in dict.fromkeys(_named_in(value, section)):
            found.setdefault(ident, []).append(subject)
    made = {ident: tuple(subjects) for ident, subjects in found.items()}
    _LAST[name, section] = (held, made)
    return made


def _subjects(name: str, held: Any, section: str) -> Iterator[tuple[str, Any]]:
    """What could name an entity of a section in one part of the plan, each under its subject."""
    if isinstance(held, dict):
        one: Shape | None = next(iter(held.values()), None)
        if one is not None and _ways(type(one), section):
            yield from ((f"{name}/{key}", entity) for key, entity in held.items())
    elif held:
        yield name, held


def _named_in(value: Any, section: str) -> Iterator[str]:
    """Identifiers of a section that a value, or something in it, names."""
    if isinstance(value, tuple):
        for one in value:
            yield from _named_in(one, section)
        return
    kind: type[Shape] = type(value)
    for name, is_reference in _ways(kind, section):
        inner = getattr(value, name)
        if not inner:
            continue
        if is_reference:
            yield from (inner,) if isinstance(inner, str) else inner
        if isinstance(inner, str):
            continue
        parts = inner.values() if isinstance(inner, dict) else inner
        for one in (inner,) if isinstance(inner, Shape) else parts:
            if isinstance(one, Shape):
                yield from _named_in(one, section)


def mentions(value: Any, section: str, ident: str) -> bool:
    """Whether a value, or something in it, names an entity."""
    if isinstance(value, tuple):
        return any(mentions(one, section, ident) for one in value)
    shape: type[Shape] = type(value)
    for name, is_reference in _ways(shape, section):
        inner = getattr(value, name)
        if not inner:
            continue
        if is_reference and (inner == ident if isinstance(inner, str) else ident in inner):
            return True
        parts = inner.values() if isinstance(inner, dict) else inner
        parts = (inner,) if isinstance(inner, Shape) else parts
        if not isinstance(inner, str) and any(
            mentions(one, section, ident) for one in parts if isinstance(one, Shape)
        ):
            return True
    return False


@cache
def _ways(shape: type[Shape], section: str) -> tuple[tuple[str, bool], ...]:
    """Fields by which a class can name entities of a section: itself, or through what it holds."""
    named = references_of(shape)
    return tuple(
        (name, named.get(name) == section)
        for name, info in shape.model_fields.items()
        if named.get(name) == section
        or any(_reaches(inner, section, (shape,)) for inner in _shapes(info.annotation))
    )


def _reaches(shape: type[Shape], section: str, before: tuple[type[Shape], ...]) -> bool:
    if section in references_of(shape).values():
        return True
    return any(
        _reaches(inner, section, (*before, shape))
        for info in shape.model_fields.values()
        for inner in _shapes(info.annotation)
        if inner not in before and inner is not shape
    )


def _shapes(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for part in get_args(annotation):
        yield from _shapes(part)


def without(plan: Plan, section: str, ident: str) -> Plan:
    """The plan without an entity. What names it forgets it; what cannot be without it goes too.

    A claim that asks for work of a removed team stays as it is: it speaks of work, not of the plan.
    """
    held = {key: value for key, value in getattr(plan, section).items() if key != ident}
    plan = plan.model_copy(update={section: held})
    if section == "customers":
        plan = _without_stages(plan, ident)
    made: Plan = _Removing(section, ident).shape(plan)
    return made


def _without_stages(plan: Plan, customer: str) -> Plan:
    streams = {
        key: stream.model_copy(update={"stages": ()}) if stream.customer == customer else stream
        for key, stream in plan.streams.items()
    }
    return plan.model_copy(update={"streams": streams})


class _Removing:
    def __init__(self, section: str, ident: str) -> None:
        self.section, self.ident = section, ident

    def shape(self, value: Shape) -> Any:
        """The shape without the reference; the same object if there is none; ``_GONE`` if it needs it."""
        if not isinstance(value, Plan) and not mentions(value, self.section, self.ident):
            return value
        references = {} if isinstance(value, _LEFT) else references_of(type(value))
        update: dict[str, Any] = {}
        for name, inner in value.__dict__.items():
            made = self._inner(inner)
            if references.get(name) == self.section:
                made = self._forgotten(made)
            if made is _GONE or (made is None and type(value).model_fields[name].is_required()):
                return _GONE
            if made is not inner:
                update[name] = made
        if not update:
            return value
        if isinstance(value, (Link, Expect)) and not (
            update.get("stream", value.stream) or update.get("shares", value.shares) or value.kind
        ):
            return _GONE
        return value.model_copy(update=update)

    def _inner(self, inner: Any) -> Any:
        if isinstance(inner, Shape):
            return self.shape(inner)
        if isinstance(inner, dict):
            made = {k: self._inner(v) for k, v in inner.items()}
            kept = {k: v for k, v in made.items() if v is not _GONE}
            return kept if any(kept.get(k) is not v for k, v in inner.items()) else inner
        if isinstance(inner, tuple) and inner and isinstance(inner[0], Shape):
            items = tuple(one for v in inner if (one := self.shape(v)) is not _GONE)
            return inner if len(items) == len(inner) and all(
                a is b for a, b in zip(items, inner, strict=True)
            ) else items  # fmt: skip
        return inner

    def _forgotten(self, value: Any) -> Any:
        if isinstance(value, str):
            return None if value == self.ident else value
        if isinstance(value, tuple):
            return tuple(v for v in value if v != self.ident) if self.ident in value else value
        if isinstance(value, dict) and self.ident in value:
            return {k: v for k, v in value.items() if k != self.ident}
        return value
