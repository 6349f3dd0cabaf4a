"""Whether everything that a plan refers to is there, and whether its trees are trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import SECTIONS, Condition, Plan, RestKind, Shape
from mainstem.plan.references import references_of
from mainstem.plan.text.faults import near

if TYPE_CHECKING:
    from mainstem.plan.text.load import Places

Path = tuple[str | int, ...]


def check_references(plan: Plan, places: Places) -> list[Finding]:
    """T009 for every identifier that names nothing, T010 for trees that bite their tail."""
    out: list[Finding] = []
    for section in SECTIONS:
        for ident, entity in getattr(plan, section).items():
            out += _of_shape(entity, f"{section}/{ident}", (), plan)
        out += _circles(section, getattr(plan, section))
    for name in ("links", "rest", "expect"):
        for place, entry in enumerate(getattr(plan, name) or ()):
            out += _of_shape(entry, f"{name}/{place}", (), plan)
    out += _of_shape(plan.organisation, "organisation", (), plan)
    return [f.at(places.of(f.subject, f.path)) for f in out]


def _of_shape(value: Shape, subject: str, path: Path, plan: Plan) -> Iterator[Finding]:
    names = references_of(type(value))
    for field in value.model_fields_set:
        found = getattr(value, field)
        if not found:
            continue
        if field in names:
            # a claim may also name a tracker's own team, and patterns; those are no references
            if not isinstance(value, Condition):
                yield from _named(found, names[field], subject, (*path, field), plan)
        yield from _inside(found, subject, (*path, field), plan)


def _inside(found: Any, subject: str, path: Path, plan: Plan) -> Iterator[Finding]:
    if isinstance(found, Shape):
        yield from _of_shape(found, subject, path, plan)
    elif isinstance(found, tuple):
        for place, part in enumerate(found):
            if isinstance(part, Shape):
                yield from _of_shape(part, subject, (*path, place), plan)
    elif isinstance(found, dict):
        for key, part in found.items():
            if isinstance(part, Shape):
                yield from _of_shape(part, subject, (*path, key), plan)


def _named(found: Any, section: str, subject: str, path: Path, plan: Plan) -> Iterator[Finding]:
    known: Mapping[str, Any] = getattr(plan, section)
    words = list(found) if isinstance(found, (tuple, dict)) else [found]
    for place, word in enumerate(words):
        bare = str(word).removeprefix("stream:")
        if bare in known or (path[-1] == "shares" and bare.removeprefix("kind:") in set(RestKind)):
            continue
        step: Path = (word,) if isinstance(found, dict) else (place,) if isinstance(found, tuple) else ()
        hint = near(str(word), known) or f"Add it under `{section}:`, or take the name out."
        yield Finding(
            "T009", Severity.BLOCKS, subject, f"There is no {SECTIONS[section]} {word!r}.",
            "What refers to it would hang in the air.", hint, (*path, *step), str(word),
        )  # fmt: skip


_UP = {"teams": "in_", "objectives": "parent", "key_results": "parent"}


def _circles(section: str, entities: Mapping[str, Any]) -> Iterator[Finding]:
    field = _UP.get(section)
    if field is None:
        return
    done: set[str] = set()
    for start in entities:
        line: list[str] = []
        at: str | None = start
        while at is not None and at in entities and at not in done and at not in line:
            line.append(at)
            at = getattr(entities[at], field)
        if at is not None and at in line:
            circle = [*line[line.index(at) :], at]
            yield Finding(
                "T010", Severity.BLOCKS, f"{section}/{at}", f"{' is in '.join(circle)}: a circle.",
                "Nothing in it has a place in the tree, so nothing can be summed.",
                "Take one of them out of the other.", (field,), at,
            )  # fmt: skip
        done |= set(line)
