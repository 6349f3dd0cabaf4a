"""Which fields of the plan name another entity, and renaming an entity everywhere at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mainstem.plan.model import (
    SECTIONS,
    Condition,
    Conversion,
    Dependency,
    Effect,
    Expect,
    ExpectedItem,
    Guardrail,
    Initiative,
    KeyResult,
    Link,
    Metric,
    MetricInForce,
    Objective,
    Participation,
    Plan,
    Shape,
    Stream,
    Team,
)

#: Class → field → the section that its value (or each of its values, or its keys) names.
REFERENCES: Mapping[type[Shape], Mapping[str, str]] = {
    Condition: {"team": "teams"},
    Conversion: {"team": "teams"},
    Dependency: {"needs": "teams", "gives": "teams", "initiative": "initiatives"},
    Effect: {"metric": "metrics"},
    Expect: {"stream": "streams", "shares": "streams"},
    ExpectedItem: {"team": "teams"},
    Guardrail: {"metric": "metrics"},
    Initiative: {
        "stream": "streams",
        "objective": "objectives",
        "key_result": "key_results",
        "team": "teams",
        "cycle": "cycles",
    },
    KeyResult: {
        "cycle": "cycles",
        "team": "teams",
        "stream": "streams",
        "objective": "objectives",
        "parent": "key_results",
        "metric": "metrics",
    },
    Link: {"stream": "streams", "shares": "streams"},
    Metric: {"drives": "metrics"},
    MetricInForce: {"metric": "metrics"},
    Objective: {"parent": "objectives"},
    Participation: {"cycle": "cycles"},
    Stream: {
        "objective": "objectives",
        "also_serves": "objectives",
        "customer": "customers",
        "inputs": "metrics",
        "teams": "teams",
    },
    Team: {"in_": "teams"},
}

#: Section → old identifier → new identifier.
NewIds = Mapping[str, Mapping[str, str]]
Place = tuple[str | int, ...]


@cache
def references_of(shape: type[Shape]) -> Mapping[str, str]:
    """Fields of a class (and of the classes it extends) that name an entity, with the section."""
    out: dict[str, str] = {}
    for base in shape.__mro__:
        out.update(REFERENCES.get(base, {}))
    return out


def find_references(plan: Plan) -> dict[tuple[str, str], frozenset[Place]]:
    """(section, identifier) → the places in the plan that name it. Linear in the plan's size."""
    out: defaultdict[tuple[str, str], set[Place]] = defaultdict(set)
    for place, section, entity_id in _named(plan, ()):
        out[section, entity_id].add(place)
    return {key: frozenset(places) for key, places in out.items()}


def _named(value: Any, place: Place) -> Iterator[tuple[Place, str, str]]:
    if isinstance(value, Shape):
        references = references_of(type(value))
        for name, inner in value.__dict__.items():
            if name in references and inner:
                ids = (inner,) if isinstance(inner, str) else inner
                yield from (((*place, name), references[name], i) for i in ids)
            if inner.__class__ in (dict, tuple) or isinstance(inner, Shape):
                yield from _named(inner, (*place, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _named(inner, (*place, key))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            if isinstance(inner, Shape):
                yield from _named(inner, (*place, index))


def rename_ids(plan: Plan, new_ids: NewIds) -> Plan:
    """The plan with entities under new identifiers, at the same place, and all references following."""
    followed: Plan = _follow(plan, new_ids)
    keys = {
        section: {
            new_ids[section].get(key, key): v for key, v in getattr(followed, section).items()
        }
        for section in SECTIONS
        if new_ids.get(section)
    }
    return followed.model_copy(update=keys)


def _follow(value: Any, new_ids: NewIds) -> Any:
    """The value with references replaced; the very same object where there is nothing to replace."""
    if isinstance(value, Shape):
        references = references_of(type(value))
        updates = {}
        for name, inner in value.__dict__.items():
            followed = _follow(inner, new_ids)
            if name in references:
                followed = _substitute(followed, new_ids.get(references[name], {}))
            if followed is not inner:
                updates[name] = followed
        return value.model_copy(update=updates) if updates else value
    if isinstance(value, dict):
        mapping = {key: _follow(inner, new_ids) for key, inner in value.items()}
        return mapping if any(mapping[key] is not value[key] for key in value) else value
    if isinstance(value, tuple) and value and isinstance(value[0], Shape):
        items = tuple(_follow(inner, new_ids) for inner in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def _substitute(value: Any, ids: Mapping[str, str]) -> Any:
    if not value or not ids:
        return value
    if isinstance(value, str):
        return ids.get(value, value)
    if ids.keys().isdisjoint(value):
        return value
    if isinstance(value, dict):
        return {ids.get(key, key): inner for key, inner in value.items()}
    return tuple(ids.get(one, one) for one in value)
