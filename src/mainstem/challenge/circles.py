"""Circles in a directed graph: where they are (Tarjan), and the smallest one (breadth first)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]


def strong_components(graph: Graph) -> list[list[str]]:
    """Strongly connected components that hold a circle: two nodes or more, or a loop on one.

    Tarjan (1972) without recursion, O(V + E). Nodes of a component are sorted; so are the components.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    out: list[list[str]] = []
    for root in sorted(graph):
        if root in index:
            continue
        walk = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while walk:
            node, rest = walk[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    walk.append((other, iter(graph.get(other, ()))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == index[node]:
                    out.append(_close(node, stack, on_stack))
    return sorted(c for c in out if len(c) > 1 or c[0] in graph.get(c[0], ()))


def _close(node: str, stack: list[str], on_stack: set[str]) -> list[str]:
    component = []
    while True:
        top = stack.pop()
        on_stack.discard(top)
        component.append(top)
        if top == node:
            return sorted(component)


def smallest_circle(graph: Graph, component: Iterable[str]) -> list[str]:
    """The shortest circle within a component, from its first node on; ties go to the first names.

    Breadth first from every node; a node that was searched is taken out, and so is what then no longer
    lies on a circle. That keeps a long ring linear; the worst case is O(V x E) of the component.
    """
    inside = set(component)
    onward = {n: dict.fromkeys(m for m in sorted(graph[n]) if m in inside) for n in inside}
    backward: dict[str, list[str]] = {n: [] for n in inside}
    for node, others in onward.items():
        for other in others:
            backward[other].append(node)
    best: list[str] = []
    for start in sorted(inside):
        if start in onward and len(best) != 1:
            best = _back_to(start, onward, len(best) or len(inside) + 1) or best
            _take_out(start, onward, backward)
    return best


def _back_to(start: str, onward: Mapping[str, Iterable[str]], shorter_than: int) -> list[str]:
    """The shortest way from ``start`` to itself if it has fewer than ``shorter_than`` nodes."""
    before: dict[str, str] = {}
    depth = {start: 1}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if depth[node] >= shorter_than:
            return []
        for other in onward[node]:
            if other == start:
                return _way(before, start, node)
            if other not in depth:
                before[other], depth[other] = node, depth[node] + 1
                queue.append(other)
    return []


def _way(before: Mapping[str, str], start: str, end: str) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


def _take_out(
    start: str, onward: dict[str, dict[str, None]], backward: Mapping[str, list[str]]
) -> None:
    """Remove a node, then all nodes from which nothing leads on any more."""
    queue = [start]
    while queue:
        gone = queue.pop()
        if onward.pop(gone, None) is None:
            continue
        for node in backward[gone]:
            if node in onward:
                onward[node].pop(gone, None)
                if not onward[node]:
                    queue.append(node)
