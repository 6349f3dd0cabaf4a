"""The River as SVG, in two shapes: with labels beside the nodes, and for a phone with labels upon them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias
from urllib.parse import quote

from markupsafe import Markup

from mainstem.figures import drawing as d
from mainstem.figures.river import Course, Node, Role, Stretch, course_words
from mainstem.plan.model import Unit
from mainstem.score.values import GRAIN
from mainstem.score.words import amount, number, percent

Key: TypeAlias = tuple[Role, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the columns stand and how much room a label has.

    Attributes:
        columns: Left edges of teams, middle nodes and objectives.
        leaving: Where the right ribbons begin (behind the labels of the middle).
        room: Room for the labels of the three columns.
        slot: Smallest height of a node with its label.
        body: Height of all effort together, without gaps.
    """

    width: float
    columns: tuple[float, float, float]
    leaving: float
    room: tuple[float, float, float]
    slot: float
    gap: float
    body: float
    has_labels_upon: bool = False


WIDE = Shape(1180, (158, 520, 936), 780, (148, 244, 228), 15, 7, 380)
WITHOUT_ENDS = Shape(1180, (158, 800, 800), 1100, (148, 370, 0), 15, 7, 380)
NARROW = Shape(340, (0, 122, 244), 129, (105, 105, 84), 29, 3, 330, has_labels_upon=True)
NARROW_WITHOUT_ENDS = Shape(
    340, (0, 190, 190), 200, (170, 140, 0), 29, 3, 330, has_labels_upon=True
)
NODE = 7.0
#: Size of labels that stand upon the River.
LABEL = 10.5


@dataclass(frozen=True, slots=True)
class Placed:
    """A node with its place: top of the bar, its height, and middle of its slot."""

    node: Node
    top: float
    height: float
    middle: float


def river(
    made: Course, unit: Unit, *, narrow: bool, href: Callable[[Node], str] | None = None
) -> Markup:
    """Draws the River; widths are effort, the rest and the unknown leave it below the streams.

    The wide picture names each ribbon on hover.

    Args:
        made: What flows where.
        unit: Unit of its parts.
        narrow: Whether it is for a phone.
        href: Where the label of a node leads; empty for nowhere.

    Labels name their node and ribbons the two that they join, so that a page can trace a path.
    """
    with_ends = bool(made.objectives)
    wide, small = (WIDE, NARROW) if with_ends else (WITHOUT_ENDS, NARROW_WITHOUT_ENDS)
    shape = small if narrow else wide
    total = sum(n.parts for n in made.teams)
    scale = shape.body / total if total else 0.0
    columns = (made.teams, made.targets, made.objectives)
    height = max(_height(nodes, shape, scale) for nodes in columns)
    placed: dict[Key, Placed] = {}
    for nodes in columns:
        streams = [p for (role, _), p in placed.items() if role is Role.STREAM]
        room = max((max(p.top + p.height, p.middle) for p in streams), default=0.0)
        for spot in _place(nodes, shape, scale, room):
            placed[(spot.node.role, spot.node.key)] = spot
    parts = [
        *_ribbons(
            made.left, placed, shape.columns[0] + NODE, shape.columns[1], unit, scale, narrow
        ),
        *_ribbons(made.right, placed, shape.leaving, shape.columns[2], unit, scale, narrow),
        *_bars(placed, shape),
        *_labels(placed, shape, unit, total, href),
    ]
    return d.svg(
        shape.width, height + 12, course_words(made), parts, "river", has_links=href is not None
    )


def _space(node: Node, nodes: Sequence[Node], at: int, shape: Shape) -> float:
    """Gap above a node: wider where the rest begins to leave."""
    if at == 0:
        return 0.0
    last = nodes[at - 1].role
    return shape.gap + (14 if last is Role.STREAM and node.role is not Role.STREAM else 0)


def _height(nodes: Sequence[Node], shape: Shape, scale: float) -> float:
    slots = sum(max(n.parts * scale, _slot(n, shape)) for n in nodes)
    return slots + sum(_space(n, nodes, at, shape) for at, n in enumerate(nodes)) + 12


def _slot(node: Node, shape: Shape) -> float:
    """The least height of a node: as much as its label needs."""
    if shape.has_labels_upon:
        room = shape.room[_column(node.role)]
        return shape.slot + 12 * (len(d.lines_of(node.name, room, LABEL)) - 1)
    if node.role is Role.OBJECTIVE:
        return 18.0 + 16 * len(d.lines_of(node.name, shape.room[2], 12.5))
    return shape.slot


def _place(nodes: Sequence[Node], shape: Shape, scale: float, room: float) -> Iterator[Placed]:
    """Slots from above; objectives are spread over ``room``, the height of the streams."""
    ends = bool(nodes) and nodes[0].role is Role.OBJECTIVE
    free = max(room - _height(nodes, shape, scale), 0.0) if ends else 0.0
    spread = free / (len(nodes) + 1) if ends else 0.0
    y = 6.0 + spread
    for at, node in enumerate(nodes):
        y += _space(node, nodes, at, shape)
        tall = node.parts * scale
        slot = max(tall, _slot(node, shape))
        yield Placed(node, y + (slot - tall) / 2, tall, y + slot / 2)
        y += slot + spread


def _ribbons(
    flowing: Sequence[Stretch], placed: Mapping[Key, Placed], x1: float, x2: float, unit: Unit,
    scale: float, narrow: bool,
) -> Iterator[Markup]:  # fmt: skip
    """Ribbons in the order of both columns, so that none crosses another needlessly."""
    out: dict[Key, float] = {}
    into: dict[Key, float] = {}
    tops: list[tuple[Stretch, float]] = []
    for s in flowing:
        key = (s.source.role, s.source.key)
        tops.append((s, placed[key].top + out.get(key, 0.0)))
        out[key] = out.get(key, 0.0) + s.parts * scale
    order = sorted(tops, key=lambda t: (placed[(t[0].source.role, t[0].source.key)].top, t[1]))
    for s, y1 in order:
        key = (s.target.role, s.target.key)
        y2 = placed[key].top + into.get(key, 0.0)
        into[key] = into.get(key, 0.0) + s.parts * scale
        ends = f"{_name(s.source)} {_name(s.target)}"
        words = "" if narrow else _said(s, unit)
        yield _ribbon(s, x1, y1, x2, y2, s.parts * scale, words, ends)


def _name(node: Node) -> str:
    """A node's name in a ribbon's list of ends: one word."""
    return f"{node.role}:{quote(node.key, safe='')}"


def _said(s: Stretch, unit: Unit) -> str:
    return f"{s.source.name} → {s.target.name}: {amount(s.parts, unit)}"


def _ribbon(
    s: Stretch, x1: float, y1: float, x2: float, y2: float, thick: float, title: str, ends: str
) -> Markup:
    thick = max(thick, 0.5)
    half = (x1 + x2) / 2
    n = d.num
    outline = (
        f"M{n(x1)} {n(y1)}C{n(half)} {n(y1)} {n(half)} {n(y2)} {n(x2)} {n(y2)}"
        f"V{n(y2 + thick)}C{n(half)} {n(y2 + thick)} {n(half)} {n(y1 + thick)} {n(x1)} {n(y1 + thick)}Z"
    )
    kind = {Role.REST: "fr", Role.UNKNOWN: "fu", Role.OBJECTIVE: "fo"}.get(s.target.role, "fv")
    inner = Markup("<title>{}</title>").format(title) if title else Markup("")
    return Markup('<path d="{}" class="{}" data-ends="{}">{}</path>').format(
        outline, kind, ends, inner
    )


_KINDS = {
    Role.TEAM: "nt", Role.STREAM: "ns", Role.OBJECTIVE: "no", Role.REST: "nr", Role.UNKNOWN: "nu",
}  # fmt: skip


def _column(role: Role) -> int:
    return 0 if role is Role.TEAM else 2 if role is Role.OBJECTIVE else 1


def _bars(placed: Mapping[Key, Placed], shape: Shape) -> Iterator[Markup]:
    for (role, _), spot in placed.items():
        x = shape.columns[_column(role)]
        yield d.rect(x, spot.top, NODE, spot.height, _KINDS[role])


def _labels(
    placed: Mapping[Key, Placed], shape: Shape, unit: Unit, total: int,
    href: Callable[[Node], str] | None,
) -> Iterator[Markup]:  # fmt: skip
    for spot in placed.values():
        made = Markup("").join(_label(spot, shape, unit, total))
        leads = href(spot.node) if href else ""
        if leads:
            shape_of = Markup('<a href="{}" data-node="{}">{}</a>')
            yield shape_of.format(leads, _name(spot.node), made)
        else:
            yield Markup('<g data-node="{}">{}</g>').format(_name(spot.node), made)


def _label(spot: Placed, shape: Shape, unit: Unit, total: int) -> Iterator[Markup]:
    role = spot.node.role
    column = _column(role)
    x, room = shape.columns[column], shape.room[column]
    if shape.has_labels_upon:
        yield from _upon(spot, x + NODE + 4, room, unit)
    elif role is Role.TEAM:
        name = d.fit(spot.node.name, room, 12)
        yield d.text(x - 9, spot.middle + 4, name, anchor="end", title=spot.node.name)
    elif role is Role.OBJECTIVE:
        yield from _with_share(spot, x + NODE + 9, room, unit, total)
    else:
        yield _one_line(spot, x + NODE + 9, room, unit)


def _kind(role: Role) -> str:
    return {Role.REST: "lr", Role.UNKNOWN: "m", Role.TEAM: "lt"}.get(role, "ls")


def _short(parts: int, unit: Unit) -> str:
    value = Fraction(parts, GRAIN)
    return number(value) if value >= 1 else amount(parts, unit).rsplit("\u00a0", 1)[0]


def _one_line(spot: Placed, x: float, room: float, unit: Unit) -> Markup:
    shown = _short(spot.node.parts, unit)
    name = d.fit(spot.node.name, room - d.width_of(shown, 12) - 12, 12)
    words = Markup('{}<tspan class="m" dx="6">{}</tspan>').format(name, shown)
    return Markup('<text x="{}" y="{}" class="{}"><title>{}</title>{}</text>').format(
        d.num(x), d.num(spot.middle + 4), _kind(spot.node.role), spot.node.name, words
    )


def _with_share(spot: Placed, x: float, room: float, unit: Unit, total: int) -> Iterator[Markup]:
    """Name on one or two lines, and below it the amount with its share of all effort."""
    lines = d.lines_of(spot.node.name, room, 12.5)
    y = spot.middle - 3 - 8 * (len(lines) - 1)
    for line in lines:
        yield d.text(x, y, line, kind="ls", title=spot.node.name)
        y += 16
    words = f"{amount(spot.node.parts, unit)}, {percent(Fraction(spot.node.parts, total))}"
    yield d.text(x, y, words, kind="m")


def _upon(spot: Placed, x: float, room: float, unit: Unit) -> Iterator[Markup]:
    """Name on one or two lines, and the amount below it."""
    lines = d.lines_of(spot.node.name, room, LABEL)
    y = spot.middle - 1 - 6 * (len(lines) - 1)
    for line in lines:
        yield d.text(x, y, line, kind=f"{_kind(spot.node.role)} halo")
        y += 12
    yield d.text(x, y, _short(spot.node.parts, unit), kind="m halo")
