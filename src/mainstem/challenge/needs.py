"""Structure rules about dependencies between teams: S10 (circles) and S12 (promises)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from mainstem.challenge.circles import smallest_circle, strong_components
from mainstem.challenge.ground import Ground, begins
from mainstem.challenge.limits import limit
from mainstem.challenge.rules import listed
from mainstem.challenge.structure_rules import finding
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Dependency

#: (team that needs, team that gives) → identifiers of the dependencies between them, sorted.
Edges = dict[tuple[str, str], list[str]]


def check_circles(ground: Ground) -> Iterator[Finding]:
    """S10: no circle of needs; the smallest of each knot is reported, one of hard needs first."""
    hard = _edges(ground, hard_only=True)
    every = _edges(ground, hard_only=False)
    blocked: set[str] = set()
    for component in strong_components(_graph(hard)):
        blocked.update(component)
        yield _circle(smallest_circle(_graph(hard), component), hard, Severity.BLOCKS)
    for component in strong_components(_graph(every)):
        if blocked.isdisjoint(component):
            yield _circle(smallest_circle(_graph(every), component), every, Severity.WARNS)


def _edges(ground: Ground, *, hard_only: bool) -> Edges:
    edges: Edges = defaultdict(list)
    for key in sorted(ground.plan.dependencies):
        need = ground.plan.dependencies[key]
        if need.state not in ("done", "refused") and (need.hard or not hard_only):
            edges[need.needs, need.gives].append(key)
    return edges


def _graph(edges: Edges) -> dict[str, list[str]]:
    graph: dict[str, list[str]] = {}
    for needs, gives in sorted(edges):
        graph.setdefault(needs, []).append(gives)
        graph.setdefault(gives, [])
    return graph


def _circle(circle: list[str], edges: Edges, severity: Severity) -> Finding:
    steps = [(a, b, edges[a, b][0]) for a, b in pairwise([*circle, circle[0]])]
    said = listed([f"{a} needs {b} ({need})" for a, b, need in steps], at_most=8)
    way = " → ".join([*circle, circle[0]])
    if len(circle) == 1:
        what = f"Team {circle[0]} waits for itself ({steps[0][2]})."
        hint = "Name the other team, or drop the need: within a team it is the team's own business."
    else:
        what = f"{len(circle)} teams wait for one another: {said}."
        hint = "Cut the circle where it is cheapest: drop one of these needs, or agree on a first part "
        hint += "that one team gives without waiting."
    subject = f"dependencies/{steps[0][2]}"
    return finding("S10", severity, subject, what, hint, path=("gives",), matched=way)


def check_promises(ground: Ground) -> Iterator[Finding]:
    """S12: what is needed is promised, and not for a later day. Equal days are fine."""
    lead = limit(ground.plan, "S12.days_before")
    for key, need in ground.plan.dependencies.items():
        if need.state in ("done", "refused") or need.needed_by is None:
            continue
        if need.promised is None:
            yield from _no_promise(key, need, need.needed_by, ground.today, lead)
        elif need.promised > need.needed_by:
            late = (need.promised - need.needed_by).days
            yield finding(
                "S12",
                Severity.BLOCKS,
                f"dependencies/{key}",
                f"{begins('dependencies', key)}: {need.gives} promises {need.promised}, {late} "
                f"{'day' if late == 1 else 'days'} after {need.needs} needs it ({need.needed_by}).",
                "Agree on an earlier date or a smaller first part, or plan without it.",
                path=("promised",),
                matched=f"{need.promised} > {need.needed_by}",
            )


def _no_promise(
    key: str, need: Dependency, needed_by: date, today: date, lead: float
) -> Iterator[Finding]:
    left = (needed_by - today).days
    if left > lead:
        return
    when = f"in {left} days" if left > 1 else {0: "today", 1: "tomorrow"}.get(left, "already")
    yield finding(
        "S12",
        Severity.BLOCKS if left < 0 else Severity.WARNS,
        f"dependencies/{key}",
        f"{begins('dependencies', key)}: {need.needs} needs it by {needed_by}, {when}, and "
        f"{need.gives} has promised nothing.",
        f"Ask {need.gives} for a date and write it as `promised`, or plan without it.",
        path=("needed_by",),
        matched=str(needed_by),
    )
