"""Streams that are named after a team, a component, a project or a technology (statement D-S01)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mainstem.plan.model import Condition, Plan

_FILLER = frozenset(
    {
        *("the", "a", "of", "and", "stream", "team", "teams", "squad", "group", "project"),
        *("programme", "program", "initiative", "system", "service", "services", "component"),
        *("module", "platform", "app", "application"),
    }
)


def named_after(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Streams whose name is a name of the registries: ``(stream, name found, kind of registry)``.

    The registries are the teams of the plan with what they own, the components and projects that claims
    name, and the organisation's technologies. Names are compared without case, punctuation and filler
    words such as "team" or "service".
    """
    registry = _registry(plan)
    for key, stream in plan.streams.items():
        found = registry.get(_core(stream.name or key))
        if found is not None:
            yield (key, *found)


def _registry(plan: Plan) -> dict[str, tuple[str, str]]:
    """Core of a name → the name as it was written and what it names; teams come first."""
    rows: list[tuple[str, str]] = []
    for key, team in plan.teams.items():
        rows += [(text, "team") for text in (team.name or key, key, *team.owns)]
    for stream in plan.streams.values():
        for condition in _conditions(stream.claims):
            rows += [(text, "component") for text in condition.component]
            rows += [(text, "project") for text in condition.project]
    rows += [(text, "technology") for text in plan.organisation.technologies]
    out: dict[str, tuple[str, str]] = {}
    for text, kind in sorted(rows, key=lambda row: (_KINDS.index(row[1]), row[0])):
        if "*" not in text and _core(text):
            out.setdefault(_core(text), (text, kind))
    return out


_KINDS = ("team", "component", "project", "technology")


def _conditions(conditions: Iterable[Condition]) -> Iterator[Condition]:
    queue = list(conditions)
    while queue:
        condition = queue.pop()
        yield condition
        queue += [*condition.all, *condition.any]


def _core(text: str) -> str:
    words = re.findall(r"[^\W_]+", text.casefold())
    return " ".join(word for word in words if word not in _FILLER)
