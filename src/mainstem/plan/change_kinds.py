"""The kinds of change between two plans, as frozen values.

A change says where it happens (``subject`` and ``path``, as in a finding), what was there and what is
there afterwards. Nothing in it needs the two plans any more; it can be shown, stored and applied.

Paths use the words of the text (``in``, ``from``, ``not``, ``class``). A place in a list counts from 0
and is meant at the moment when the change is applied, after the changes before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import SECTIONS, Plan

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the things that changes mention. Only for sentences; never compared.

    Attributes:
        by_subject: ``section/id`` → name.
        units: ``section/id`` of metrics and key results → unit of their numbers.
        measured: id of a metric → subjects of the streams that have it as their value metric.
    """

    by_subject: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    measured: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, section: str, entity_id: str) -> str:
        """The name of an entity, or its identifier if nothing is known."""
        return self.by_subject.get(f"{section}/{entity_id}", entity_id)


def names_of(*plans: Plan) -> Names:
    """Names out of plans; where several know a thing, the first wins. Made once for a plan in memory."""
    found = [_names_in(plan) for plan in {id(p): p for p in reversed(plans)}.values()]
    if len(found) == 1:
        return found[0]
    return Names(
        {key: name for names in found for key, name in names.by_subject.items()},
        {key: unit for names in found for key, unit in names.units.items()},
        {key: streams for names in found for key, streams in names.measured.items()},
    )


@kept_with_plan
def _names_in(plan: Plan) -> Names:
    by_subject = {
        f"{section}/{entity_id}": _name(section, entity_id, entity)
        for section in SECTIONS
        for entity_id, entity in getattr(plan, section).items()
    }
    return Names(by_subject, _units(plan), _measured(plan))


def _name(section: str, entity_id: str, entity: Any) -> str:
    said = {"key_results": "text", "dependencies": "what"}.get(section)
    return entity.name or (f"“{getattr(entity, said)}”" if said else entity_id)


def _units(plan: Plan) -> dict[str, str]:
    units = {f"metrics/{key}": metric.unit for key, metric in plan.metrics.items() if metric.unit}
    for result_id, result in plan.key_results.items():
        unit = result.unit or units.get(f"metrics/{result.metric}")
        if unit:
            units[f"key_results/{result_id}"] = unit
    return units


def _measured(plan: Plan) -> dict[str, tuple[str, ...]]:
    out: dict[str, tuple[str, ...]] = {}
    for stream_id, stream in plan.streams.items():
        for metric in dict.fromkeys(m.metric for m in stream.metric):
            out[metric] = (*out.get(metric, ()), f"streams/{stream_id}")
    return out


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        subject: ``section/id``, ``organisation``, or empty for links, rest and expect.
        path: Keys below the subject; empty for the entity itself.
    """

    subject: str
    path: Path
    names: Names = field(default_factory=Names, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Added(Change):
    """An entity, or an element of a list or mapping, that was not there. ``place`` is where it goes."""

    value: Any
    place: int


@dataclass(frozen=True, slots=True)
class Removed(Change):
    """An entity, or an element, that is no longer there."""

    value: Any


@dataclass(frozen=True, slots=True)
class Changed(Change):
    """A field with another value. ``None`` and ``()`` mean that nothing is written."""

    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Moved(Changed):
    """A thing that is now part of another: a team of a group, a stream of an objective."""


@dataclass(frozen=True, slots=True)
class Renamed(Change):
    """Another identifier for the same entity. References to it follow."""

    new_id: str


@dataclass(frozen=True, slots=True)
class Reordered(Change):
    """The same elements in another order, where order has a meaning or is kept.

    ``old`` and ``new`` hold the elements of a list, or the keys of a mapping.
    """

    old: tuple[Any, ...]
    new: tuple[Any, ...]


#: Fields that say what a thing is part of; a change of one is a move.
BELONGS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("teams", "in"): "teams",
        ("streams", "objective"): "objectives",
        ("objectives", "parent"): "objectives",
        ("key_results", "stream"): "streams",
        ("key_results", "team"): "teams",
        ("initiatives", "stream"): "streams",
        ("initiatives", "team"): "teams",
    }
)


def split_subject(subject: str) -> tuple[str, str]:
    """``streams/start-fast`` → ``("streams", "start-fast")``; ``organisation`` has no identifier."""
    section, _, entity_id = subject.partition("/")
    return section, entity_id


def full_path(subject: str, path: Path) -> Path:
    """The path from the plan down: section, identifier and the rest."""
    return (*(part for part in split_subject(subject) if part), *path)
