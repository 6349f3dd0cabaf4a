"""Whether a plan made by changes still holds together: shapes and references.

Text is checked when it is read (``plan.text``). A plan that is changed value by value is checked here,
with the same rules: what a change breaks is said, what was broken before is not blamed on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.plan.text.connections import check_connections

Fault = tuple[str, str, tuple[str | int, ...], str]


def faults(plan: Plan) -> Mapping[Fault, Finding]:
    """Broken references, circles, periods and shares, each under what makes it the same fault."""
    known = {section: frozenset(getattr(plan, section)) for section in SECTIONS}
    found = check_connections(plan, known, broken=set(), is_complete=True)
    return {
        (f.rule, f.subject, tuple(f.path), f.what): f
        for f in found
        if f.severity is Severity.BLOCKS
    }


def new_faults(before: Iterable[Fault], after: Plan) -> tuple[Finding, ...]:
    """What is broken in ``after`` and was not before."""
    known = frozenset(before)
    return tuple(finding for fault, finding in faults(after).items() if fault not in known)


def touched(old: Plan, new: Plan) -> Iterator[tuple[str, str, Any, Any]]:
    """(section, identifier, old, new) of every entity that is not the same; lists are one entity each.

    An entity that is only in one of them is ``None`` in the other.
    """
    for section in Plan.model_fields:
        before, after = getattr(old, section), getattr(new, section)
        if before is after:
            continue
        if section in SECTIONS:
            for ident in dict.fromkeys((*before, *after)):
                was, now = before.get(ident), after.get(ident)
                if was is not now and was != now:
                    yield section, ident, was, now
        elif before != after:
            yield section, "", before, after


def misshapen(value: Shape) -> tuple[tuple[tuple[str | int, ...], str], ...]:
    """(path, what is wrong) of every part of an entity that is not as the model wants it."""
    try:
        again = type(value).model_validate(written(value))
    except ValidationError as error:
        return tuple((tuple(e["loc"]), str(e["msg"])) for e in error.errors())
    return () if again == value else (((), "it cannot be kept as it is"),)


def written(value: Shape) -> dict[str, Any]:
    """An entity as plain JSON values, without what is default."""
    return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
