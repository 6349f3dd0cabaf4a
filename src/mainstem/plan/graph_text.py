"""A graph as text for Mermaid and for Graphviz, with names that cannot break out of their quotes."""

from __future__ import annotations

import re

from mainstem.plan.graph import Edge, Graph, Kind, Node

_ONE = {
    Kind.CUSTOMERS: "customer",
    Kind.STAGES: "stage",
    Kind.OBJECTIVES: "objective",
    Kind.STREAMS: "stream",
    Kind.TEAMS: "team",
    Kind.GROUPS: "team",
    Kind.METRICS: "metric",
    Kind.KEY_RESULTS: "result",
    Kind.INITIATIVES: "initiative",
}
_MERMAID_SHAPES = {
    Kind.CUSTOMERS: ("([", "])"),
    Kind.STAGES: (">", "]"),
    Kind.OBJECTIVES: ("([", "])"),
    Kind.STREAMS: ("[", "]"),
    Kind.TEAMS: ("(", ")"),
    Kind.METRICS: ("[/", "/]"),
    Kind.KEY_RESULTS: ("{{", "}}"),
    Kind.INITIATIVES: ("[[", "]]"),
}
_DOT_SHAPES = {
    Kind.CUSTOMERS: "oval",
    Kind.STAGES: "cds",
    Kind.OBJECTIVES: "oval",
    Kind.STREAMS: "box",
    Kind.TEAMS: "box, style=rounded",
    Kind.METRICS: "parallelogram",
    Kind.KEY_RESULTS: "hexagon",
    Kind.INITIATIVES: "component",
}
_LONGEST = 80


def write_mermaid(graph: Graph) -> str:
    """A flowchart from left to right; kinds are classes, so that a page can colour them."""
    lines = ["flowchart LR"]
    lines += [f"  %% {_one_line(remark)}" for remark in graph.remarks]
    lines += [f"  {_mermaid_node(node)}" for node in graph.nodes]
    lines += [f"  {_mermaid_edge(edge)}" for edge in graph.edges]
    if any(not node.known for node in graph.nodes):
        lines.append("  classDef missing stroke-dasharray: 4 4")
    return "\n".join(lines) + "\n"


def _mermaid_node(node: Node) -> str:
    left, right = _MERMAID_SHAPES[node.kind]
    style = _ONE[node.kind] if node.known else "missing"
    return f'{_mermaid_id(node.id)}{left}"{_mermaid_text(node.label)}"{right}:::{style}'


def _mermaid_edge(edge: Edge) -> str:
    arrow = "-.->" if edge.is_dashed else "-->"
    label = f'|"{_mermaid_text(edge.label)}"|' if edge.label else ""
    return f"{_mermaid_id(edge.start)} {arrow}{label} {_mermaid_id(edge.end)}"


def _mermaid_id(subject: str) -> str:
    """An identifier of letters, digits and ``_``; two subjects never get the same."""
    section, _, name = subject.partition("/")
    safe = re.sub(r"[^A-Za-z0-9]", lambda m: f"_{ord(m[0]):x}_", name)
    return f"{_ONE[Kind(section)]}_{safe}"


def _mermaid_text(label: str) -> str:
    """Text for inside double quotes: whatever could be markup is written as a character code."""
    text = re.sub(r"[\"#&<>`*_~\[\]{}()|\\$]", lambda m: f"#{ord(m[0])};", _short(label))
    return re.sub(r"^(\d+)\.|^([-+])", lambda m: f"{m[1]}#46;" if m[1] else f"#{ord(m[2])};", text)


def write_dot(graph: Graph) -> str:
    """A digraph from left to right."""
    lines = ["digraph plan {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    lines += [f"  // {_one_line(remark)}" for remark in graph.remarks]
    lines += [f"  {_dot_node(node)}" for node in graph.nodes]
    lines += [f"  {_dot_edge(edge)}" for edge in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _dot_node(node: Node) -> str:
    shape = _DOT_SHAPES[node.kind] if node.known else "box, style=dashed"
    return f"{_dot_text(node.id)} [label={_dot_text(_short(node.label))}, shape={shape}];"


def _dot_edge(edge: Edge) -> str:
    given = [f"label={_dot_text(_short(edge.label))}"] * bool(edge.label)
    given += ["style=dashed"] * edge.is_dashed + ["constraint=false"] * edge.is_dependency
    attributes = f" [{', '.join(given)}]" if given else ""
    return f"{_dot_text(edge.start)} -> {_dot_text(edge.end)}{attributes};"


def _dot_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_line(text: str) -> str:
    """One line, without characters that cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _short(text: str) -> str:
    line = _one_line(text)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
