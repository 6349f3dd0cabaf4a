"""The plan as a picture: nodes and edges, written as Mermaid or as DOT.

Without wishes it shows objectives, the streams that serve them and the teams that deliver or support
those; that stays readable in a plan of hundreds of teams. Everything else is asked for by kind, and
``scope`` cuts out what hangs together with one thing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from mainstem.errors import UsageError
from mainstem.plan.model import SECTIONS, Plan


class Kind(StrEnum):
    """What a graph can show. ``groups`` are the teams that others are part of."""

    CUSTOMERS = "customers"
    STAGES = "stages"
    OBJECTIVES = "objectives"
    STREAMS = "streams"
    TEAMS = "teams"
    GROUPS = "groups"
    METRICS = "metrics"
    KEY_RESULTS = "key_results"
    INITIATIVES = "initiatives"
    DEPENDENCIES = "dependencies"


DEFAULT_KINDS = frozenset({Kind.OBJECTIVES, Kind.STREAMS, Kind.TEAMS})


@dataclass(frozen=True, slots=True)
class Node:
    """One thing. ``known`` is false for something that is only referred to."""

    id: str
    kind: Kind
    label: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """From the wider to the narrower (objective → stream → team); a dependency from needs to gives."""

    start: str
    end: str
    label: str = ""
    is_dashed: bool = False
    is_dependency: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges in a stable order, and remarks about what is not shown."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    remarks: tuple[str, ...] = ()


def build_graph(
    plan: Plan, *, scope: str | None = None, kinds: Collection[Kind | str] = DEFAULT_KINDS
) -> Graph:
    """The part of the plan to draw.

    Args:
        plan: The plan.
        scope: ``section/id`` of a customer, objective, stream, team, metric, key result or
            initiative; only what leads to it and what hangs from it is kept. None: all.
        kinds: What to show; see :class:`Kind`.

    Raises:
        UsageError: An unknown kind, or a scope that is not in the plan or not drawn.
    """
    wanted = _kinds(kinds)
    edges = list(dict.fromkeys(_edges(plan, wanted)))
    nodes = _nodes(plan, wanted, edges)
    if scope is not None:
        nodes, edges = _within(plan, scope, nodes, edges)
    return Graph(tuple(nodes.values()), tuple(edges), tuple(_remarks(plan, wanted, scope)))


def kinds_of(words: Iterable[str]) -> frozenset[Kind]:
    """What is shown by default and, besides, what the words name; ``all`` is everything.

    Raises:
        UsageError: A word that is no kind.
    """
    asked = list(words)
    return frozenset(Kind) if "all" in asked else DEFAULT_KINDS | _kinds(asked)


def _kinds(kinds: Collection[Kind | str]) -> frozenset[Kind]:
    unknown = [str(kind) for kind in kinds if str(kind) not in set(Kind)]
    if unknown:
        raise UsageError(
            f"A graph cannot show {', '.join(unknown)}.", f"It can show {', '.join(Kind)}."
        )
    return frozenset(Kind(kind) for kind in kinds)


def _edges(plan: Plan, kinds: frozenset[Kind]) -> Iterator[Edge]:
    def show(*pair: Kind) -> bool:
        return kinds.issuperset(pair)

    yield from _customer_edges(plan, kinds)
    yield from _parents(plan.objectives, "objectives", Kind.OBJECTIVES in kinds)
    for stream_id, stream in plan.streams.items():
        here = f"streams/{stream_id}"
        if show(Kind.OBJECTIVES, Kind.STREAMS):
            yield from (Edge(f"objectives/{o}", here) for o in stream.objective)
            yield from (
                Edge(f"objectives/{o}", here, "also served", is_dashed=True)
                for o in stream.also_serves
            )
        if show(Kind.STREAMS, Kind.METRICS):
            yield from _metric_edges(here, stream)
        if show(Kind.STREAMS, Kind.TEAMS):
            for team, given in stream.teams.items():
                share = "" if given.share is None else f"{given.share:.0%}".replace("%", " %")
                is_support = given.part == "supports"
                label = " ".join(filter(None, ("supports" if is_support else "", share)))
                yield Edge(here, f"teams/{team}", label, is_dashed=is_support)
    yield from _commitment_edges(plan, kinds)
    yield from _parents(plan.teams, "teams", show(Kind.GROUPS))
    if Kind.DEPENDENCIES in kinds:
        for needed in plan.dependencies.values():
            by = f" by {needed.needed_by}" if needed.needed_by else ""
            label = f"needs {needed.what}{by}"
            yield Edge(f"teams/{needed.needs}", f"teams/{needed.gives}", label, True, True)


def _customer_edges(plan: Plan, kinds: frozenset[Kind]) -> Iterator[Edge]:
    for customer_id, customer in plan.customers.items():
        stages = [f"stages/{customer_id}/{stage.id}" for stage in customer.stages]
        if kinds >= {Kind.CUSTOMERS, Kind.STAGES}:
            yield from (Edge(f"customers/{customer_id}", stage) for stage in stages)
        if Kind.STAGES in kinds:
            pairs = pairwise(stages)
            yield from (Edge(a, b, "then", is_dashed=True, is_dependency=True) for a, b in pairs)
    for stream_id, stream in plan.streams.items():
        if Kind.STREAMS not in kinds or stream.customer is None:
            continue
        if Kind.STAGES in kinds and stream.stages:
            starts = [f"stages/{stream.customer}/{stage}" for stage in stream.stages]
        else:
            starts = [f"customers/{stream.customer}"] if Kind.CUSTOMERS in kinds else []
        yield from (Edge(start, f"streams/{stream_id}", "served by") for start in starts)


def _parents(entities: dict[str, Any], section: str, is_shown: bool) -> Iterator[Edge]:
    for entity_id, entity in entities.items() if is_shown else ():
        parent = entity.in_ if section == "teams" else entity.parent
        if parent is not None:
            yield Edge(f"{section}/{parent}", f"{section}/{entity_id}")


def _metric_edges(here: str, stream: Any) -> Iterator[Edge]:
    for metric in dict.fromkeys(m.metric for m in stream.metric):
        yield Edge(here, f"metrics/{metric}", "measured by")
    for metric in stream.inputs:
        yield Edge(here, f"metrics/{metric}", "input", is_dashed=True)
    for guardrail in stream.guardrails:
        yield Edge(here, f"metrics/{guardrail.metric}", "guardrail", is_dashed=True)


def _commitment_edges(plan: Plan, kinds: frozenset[Kind]) -> Iterator[Edge]:
    """Key results and initiatives, each hung below the nearest thing shown that it names."""
    if Kind.KEY_RESULTS in kinds:
        for result_id, result in plan.key_results.items():
            named = ("key_results", result.parent), ("streams", result.stream)
            above = _nearest(
                kinds, *named, ("objectives", result.objective), ("teams", result.team)
            )
            if above:
                yield Edge(above, f"key_results/{result_id}")
    if Kind.INITIATIVES in kinds:
        for bet_id, bet in plan.initiatives.items():
            named = ("key_results", bet.key_result), ("streams", bet.stream)
            above = _nearest(kinds, *named, ("objectives", bet.objective), ("teams", bet.team))
            if above:
                yield Edge(above, f"initiatives/{bet_id}", bet.state)


def _nearest(kinds: frozenset[Kind], *named: tuple[str, str | None]) -> str | None:
    return next((f"{section}/{i}" for section, i in named if i and section in kinds), None)


def _nodes(plan: Plan, kinds: frozenset[Kind], edges: Iterable[Edge]) -> dict[str, Node]:
    """Every entity of a kind, teams only where an edge touches them; then what is not in the plan."""
    touched = dict.fromkeys(end for edge in edges for end in (edge.start, edge.end))
    out: dict[str, Node] = {}
    for kind in Kind:
        if kind == Kind.STAGES and kind in kinds:
            out.update(_stage_nodes(plan))
        if kind == Kind.STAGES or kind not in SECTIONS or kind == Kind.DEPENDENCIES:
            continue
        for entity_id, entity in getattr(plan, kind).items():
            subject = f"{kind}/{entity_id}"
            if subject in touched or (kind in kinds and kind not in (Kind.TEAMS, Kind.METRICS)):
                label = entity.name or getattr(entity, "text", None) or entity_id
                out[subject] = Node(subject, kind, label)
    for subject in touched:
        if subject not in out:
            section, _, name = subject.partition("/")
            label = f"{name.rpartition('/')[2] if section == 'stages' else name} (not in the plan)"
            out[subject] = Node(subject, Kind(section), label, known=False)
    return out


def _stage_nodes(plan: Plan) -> Iterator[tuple[str, Node]]:
    for customer_id, customer in plan.customers.items():
        for stage in customer.stages:
            subject = f"stages/{customer_id}/{stage.id}"
            yield subject, Node(subject, Kind.STAGES, stage.name or stage.id)


def _within(
    plan: Plan, scope: str, nodes: dict[str, Node], edges: list[Edge]
) -> tuple[dict[str, Node], list[Edge]]:
    """What leads to the scope and what hangs from it. Dependencies are shown but not followed."""
    starts = {scope} & nodes.keys() | (_teams_in(plan, scope) & nodes.keys())
    if not starts:
        section, _, entity_id = scope.partition("/")
        is_there = section in SECTIONS and entity_id in getattr(plan, section)
        raise UsageError(
            f"{scope} is {'not drawn' if is_there else 'not in the plan'}.",
            "Ask for its kind to be shown as well."
            if is_there
            else "A scope is written like `objectives/instant-start` or `teams/video`.",
        )
    keep = _reached(starts, edges, down=True) | _reached(starts, edges, down=False)
    keep |= {edge.end for edge in edges if edge.is_dependency and edge.start in starts}
    keep |= {edge.start for edge in edges if edge.is_dependency and edge.end in starts}
    return (
        {subject: node for subject, node in nodes.items() if subject in keep},
        [edge for edge in edges if edge.start in keep and edge.end in keep],
    )


def _teams_in(plan: Plan, scope: str) -> set[str]:
    """A group stands for all teams in it, at any depth."""
    inside: defaultdict[str, list[str]] = defaultdict(list)
    for team_id, team in plan.teams.items():
        inside[f"teams/{team.in_}"].append(f"teams/{team_id}")
    found: set[str] = set()
    waiting = deque(inside.get(scope, ()))
    while waiting:
        team_subject = waiting.popleft()
        if team_subject not in found:
            found.add(team_subject)
            waiting.extend(inside.get(team_subject, ()))
    return found


def _reached(starts: set[str], edges: Iterable[Edge], *, down: bool) -> set[str]:
    following: defaultdict[str, list[str]] = defaultdict(list)
    for edge in edges:
        if not edge.is_dependency:
            start, end = (edge.start, edge.end) if down else (edge.end, edge.start)
            following[start].append(end)
    found = set(starts)
    waiting = deque(starts)
    while waiting:
        for after in following[waiting.popleft()]:
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def _remarks(plan: Plan, kinds: frozenset[Kind], scope: str | None) -> Iterator[str]:
    if scope is not None or not kinds >= {Kind.STREAMS, Kind.TEAMS}:
        return
    busy = {team for stream in plan.streams.values() for team in stream.teams}
    groups = {team.in_ for team in plan.teams.values()}
    idle = [team for team in plan.teams if team not in busy and team not in groups]
    if idle:
        is_one = len(idle) == 1
        yield f"{len(idle)} team{'' if is_one else 's'} in no stream {'is' if is_one else 'are'} not drawn"


def to_mermaid(
    plan: Plan, *, scope: str | None = None, kinds: Collection[Kind | str] = DEFAULT_KINDS
) -> str:
    """The plan as a Mermaid flowchart. Arguments and errors as for :func:`build_graph`."""
    from mainstem.plan.graph_text import write_mermaid

    return write_mermaid(build_graph(plan, scope=scope, kinds=kinds))


def to_dot(
    plan: Plan, *, scope: str | None = None, kinds: Collection[Kind | str] = DEFAULT_KINDS
) -> str:
    """The plan as a DOT digraph for Graphviz. Arguments and errors as for :func:`build_graph`."""
    from mainstem.plan.graph_text import write_dot

    return write_dot(build_graph(plan, scope=scope, kinds=kinds))
