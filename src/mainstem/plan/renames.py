"""Entities that only got another identifier: found by what they contain and by who refers to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.references import Place, find_references, rename_ids

Pair = tuple[str, str]
_References = dict[tuple[str, str], frozenset[Place]]


def find_renames(old: Plan, new: Plan) -> tuple[Plan, list[tuple[str, str, str]]]:
    """Renames that lead from ``old`` towards ``new``, and ``old`` with them applied.

    An entity counts as renamed if one with exactly its content appears under a new identifier and no
    other could be meant; or if the content is the same but for the name (or is empty, or stands there
    several times) and everything that referred to the old identifier now refers to the new one. It is
    repeated until nothing more is found, because a rename can make the content of others equal.

    Returns:
        The plan after the renames and the renames as (section, old identifier, new identifier).
    """
    out: list[tuple[str, str, str]] = []
    while True:
        found = {section: _pairs_by_content(old, new, section) for section in SECTIONS}
        if not any(found.values()):
            found = _pairs_by_reference(old, new)
        if not any(found.values()):
            return old, out
        out += [(section, *pair) for section, pairs in found.items() for pair in pairs]
        old = rename_ids(old, {section: dict(pairs) for section, pairs in found.items()})


def _gone_and_come(old: Plan, new: Plan, section: str) -> tuple[dict[str, Any], dict[str, Any]]:
    was, now = getattr(old, section), getattr(new, section)
    gone = {key: value for key, value in was.items() if key not in now}
    return gone, {key: value for key, value in now.items() if key not in was}


def _content(entity: Any, *, with_name: bool) -> str:
    given = entity if with_name else entity.model_copy(update={"name": None})
    return str(given.model_dump_json(exclude_defaults=True))


def _pairs_by_content(old: Plan, new: Plan, section: str) -> list[Pair]:
    gone, come = _gone_and_come(old, new, section)
    if not gone or not come:
        return []
    groups = _groups(gone, come, lambda entity: _content(entity, with_name=True))
    return [
        (was[0], now[0])
        for content, (was, now) in groups.items()
        if content != "{}" and len(was) == len(now) == 1
    ]


def _groups(
    gone: dict[str, Any], come: dict[str, Any], content: Callable[[Any], str]
) -> dict[str, tuple[list[str], list[str]]]:
    groups: defaultdict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, entities in enumerate((gone, come)):
        for key, entity in entities.items():
            groups[content(entity)][side].append(key)
    return groups


def _pairs_by_reference(old: Plan, new: Plan) -> dict[str, list[Pair]]:
    sides = {section: _gone_and_come(old, new, section) for section in SECTIONS}
    if not any(gone and come for gone, come in sides.values()):
        return {}
    before, after = find_references(old), find_references(new)
    out: dict[str, list[Pair]] = {}
    for section, (gone, come) in sides.items():
        groups = _groups(gone, come, lambda entity: _content(entity, with_name=False))
        pairs = [
            p for was, now in groups.values() for p in _agree(section, was, now, before, after)
        ]
        out[section] = pairs
    return out


def _agree(
    section: str, was: list[str], now: list[str], before: _References, after: _References
) -> Iterable[Pair]:
    """Pairs whose references stand at exactly the same places, where that singles out one pair."""
    places_before = {key: before.get((section, key)) for key in was}
    places_after = {key: after.get((section, key)) for key in now}
    for key, places in places_before.items():
        meant = [k for k, p in places_after.items() if places and p == places]
        rivals = [k for k, p in places_before.items() if p == places]
        if len(meant) == 1 and len(rivals) == 1:
            yield key, meant[0]
