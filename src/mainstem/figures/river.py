"""The River as places and widths: teams, streams and the rest, objectives, and what flows between.

Pure layout. Every part of the input is in exactly one ribbon, so that the widths on the left, in the
middle, and (for value) on the right agree; small teams and streams are grouped, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mainstem.figures.given import FlowLike
from mainstem.figures.wording import one_line, plural
from mainstem.plan.model import Plan, RestKind
from mainstem.score.tree import TeamTree, tree_of
from mainstem.score.words import REST_WORDS

#: Most nodes of a kind; what is smaller is one node of others.
MOST_TEAMS, MOST_STREAMS, MOST_OBJECTIVES = 12, 15, 8
#: Streams kept if there are more than that; the others of each objective are one node.
KEPT_STREAMS = 10
#: Fewer teams than this say little: the next level of the tree is shown instead.
FEW_TEAMS = 4
OTHER, NO_TEAM, NONE = "\x00other", "", "\x00none"


class Role(StrEnum):
    """What a node is."""

    TEAM = "team"
    STREAM = "stream"
    OBJECTIVE = "objective"
    REST = "rest"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the River; ``key`` is unique together with ``role``."""

    role: Role
    key: str
    name: str
    parts: int
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """What flows from one node to another."""

    source: Node
    target: Node
    parts: int


@dataclass(frozen=True, slots=True)
class Course:
    """The River before it is drawn: three columns in order, and what flows between them."""

    teams: tuple[Node, ...]
    targets: tuple[Node, ...]
    objectives: tuple[Node, ...]
    left: tuple[Stretch, ...]
    right: tuple[Stretch, ...]
    level_words: str = ""


def course(flows: Sequence[FlowLike], plan: Plan) -> Course:
    """Groups flows to what a picture can hold and puts the nodes in an order with few crossings.

    Teams are shown at the deepest level of the tree that has at most ``MOST_TEAMS`` of them with
    effort; if even the first level has more, the biggest and one node of others.
    """
    held = [f for f in flows if f.parts > 0]
    teams, words = _teams(held, plan)
    objectives = _objectives(held, plan)
    streams = _streams(held, plan, objectives)
    totals: dict[tuple[tuple[str, str], tuple[Role, str]], int] = {}
    right: dict[tuple[str, str], int] = {}
    for flow in held:
        target = _target(flow.target, streams)
        key = (teams[flow.team], target)
        totals[key] = totals.get(key, 0) + flow.parts
        if target[0] is Role.STREAM:
            up = objectives[_objective_of(flow.target, plan)][0]
            right[(target[1], up)] = right.get((target[1], up), 0) + flow.parts
    middle = _middle(totals, right, dict(streams.values()), plan)
    ends = _ends(right, dict(objectives.values()), plan)
    first = _first(totals, middle)
    by_target = {(n.role, n.key): n for n in middle}
    left = [
        Stretch(first_node, by_target[target], totals[((first_node.key, first_node.name), target)])
        for first_node in first
        for target in by_target
        if ((first_node.key, first_node.name), target) in totals
    ]
    by_end = {n.key: n for n in ends}
    flowing = [
        Stretch(node, by_end[up], right[(node.key, up)])
        for node in middle if node.role is Role.STREAM
        for up in by_end if (node.key, up) in right
    ]  # fmt: skip
    return Course(tuple(first), tuple(middle), tuple(ends), tuple(left), tuple(flowing), words)


def _target(word: str, streams: Mapping[str, tuple[str, str]]) -> tuple[Role, str]:
    kind, _, name = word.partition(":")
    if kind == "stream":
        return (Role.STREAM, streams[word][0])
    return (Role.UNKNOWN if name == RestKind.UNKNOWN else Role.REST, name)


def _sums(pairs: Sequence[tuple[str, int]]) -> dict[str, int]:
    out: dict[str, int] = {}
    for key, parts in pairs:
        out[key] = out.get(key, 0) + parts
    return out


def _teams(flows: Sequence[FlowLike], plan: Plan) -> tuple[dict[str, tuple[str, str]], str]:
    """Each team of a flow → (key, name) of the node that stands for it."""
    tree = tree_of(plan)
    given = _sums([(f.team, f.parts) for f in flows])
    known = [team for team in given if team in tree]
    at = {team: team for team in given}
    words, depth = "", _level(known, tree)
    if depth is not None:
        at |= {team: tree.at_level(team, depth) or team for team in known}
        if depth < tree.levels:
            words = "Teams are shown together with the teams in them. "
    sums = _sums([(at[team], parts) for team, parts in given.items() if team != NO_TEAM])
    kept = _biggest(sums, MOST_TEAMS)
    gone = len(sums) - len(kept)
    other = (OTHER, f"{gone} other {'team' if gone == 1 else 'teams'}")
    named = {t: (t, one_line(plan.teams[t].name or t) if t in plan.teams else t) for t in kept}
    out = {team: named.get(at[team], other) for team in given if team != NO_TEAM}
    return out | {NO_TEAM: (NO_TEAM, "No team")}, words


def _level(known: Sequence[str], tree: TeamTree) -> int | None:
    """The depth at which to cut the tree; ``None`` for no cut."""
    if len(known) <= MOST_TEAMS:
        return None
    counts = {n: len({tree.at_level(t, n) for t in known}) for n in range(1, tree.levels + 1)}
    fitting = [n for n, count in counts.items() if count <= MOST_TEAMS]
    best = max(fitting, default=1)
    return best + 1 if counts.get(best, 0) < FEW_TEAMS and best < tree.levels else best


def _biggest(sums: Mapping[str, int], most: int) -> list[str]:
    """The biggest, one fewer than ``most`` if some are left over for a node of others."""
    order = sorted(sums, key=lambda k: -sums[k])
    return order if len(order) <= most else order[: most - 1]


def _streams(
    flows: Sequence[FlowLike], plan: Plan, objectives: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Each stream target of a flow → (key, name) of its node; what is small is grouped by objective."""
    sums = _sums([(f.target, f.parts) for f in flows if f.target.startswith("stream:")])
    order = sorted(sums, key=lambda word: -sums[word])
    kept = set(order if len(order) <= MOST_STREAMS else order[:KEPT_STREAMS])
    ups = {word: objectives[_objective_of(word, plan)][0] for word in order if word not in kept}
    counts = _sums([(up, 1) for up in ups.values()])
    kept |= {word for word, up in ups.items() if counts[up] == 1}
    return {
        word: (word, _stream_name(word, plan)) if word in kept
        else (f"{OTHER}:{ups[word]}", f"{counts[ups[word]]} other streams")
        for word in sums
    }  # fmt: skip


def _stream_name(word: str, plan: Plan) -> str:
    name = word.partition(":")[2]
    stream = plan.streams.get(name)
    return one_line(stream.name or name) if stream else f"{name} (no longer in the plan)"


def _objective_of(word: str, plan: Plan) -> str:
    stream = plan.streams.get(word.partition(":")[2])
    return stream.objective[0] if stream and stream.objective else NONE


def _objectives(flows: Sequence[FlowLike], plan: Plan) -> dict[str, tuple[str, str]]:
    """Each objective that gets effort → (key, name) of its node."""
    streams = [f for f in flows if f.target.startswith("stream:")]
    sums = _sums([(_objective_of(f.target, plan), f.parts) for f in streams])
    kept = _biggest(sums, MOST_OBJECTIVES)
    other = (OTHER, f"{len(sums) - len(kept)} other objectives")
    return {key: (key, _objective_name(key, plan)) if key in kept else other for key in sums}


def _objective_name(key: str, plan: Plan) -> str:
    if key == NONE:
        return "No objective"
    found = plan.objectives.get(key)
    return one_line(found.name or key) if found else key


def _middle(
    totals: Mapping[tuple[tuple[str, str], tuple[Role, str]], int],
    right: Mapping[tuple[str, str], int],
    names: Mapping[str, str],
    plan: Plan,
) -> list[Node]:
    """Streams by their objective's place in the plan, then the kinds of the rest, the unknown last."""
    sums: dict[tuple[Role, str], int] = {}
    for (_, target), parts in totals.items():
        sums[target] = sums.get(target, 0) + parts
    places = {key: n for n, key in enumerate(plan.objectives)}
    up = dict(right.keys())
    nodes = []
    for (role, key), parts in sums.items():
        name = names[key] if role is Role.STREAM else REST_WORDS[RestKind(key)].capitalize()
        nodes.append(Node(role, key, name, parts, key.startswith(OTHER)))
    roles = (Role.STREAM, Role.REST, Role.UNKNOWN)
    return sorted(
        nodes,
        key=lambda n: (
            roles.index(n.role), places.get(up.get(n.key, ""), len(places) + 1), n.is_other, -n.parts,
        ),
    )  # fmt: skip


def _ends(right: Mapping[tuple[str, str], int], names: Mapping[str, str], plan: Plan) -> list[Node]:
    sums = _sums([(up, parts) for (_, up), parts in right.items()])
    places = {key: n for n, key in enumerate(plan.objectives)}
    nodes = [
        Node(Role.OBJECTIVE, key, names[key], parts, key in (OTHER, NONE))
        for key, parts in sums.items()
    ]
    return sorted(nodes, key=lambda n: (n.is_other, places.get(n.key, len(places)), n.key))


def _first(
    totals: Mapping[tuple[tuple[str, str], tuple[Role, str]], int], middle: Sequence[Node]
) -> list[Node]:
    """Teams in the order of the middle of what they flow to; others and no team last."""
    places = {(n.role, n.key): at for at, n in enumerate(middle)}
    sums: dict[tuple[str, str], int] = {}
    pull: dict[tuple[str, str], int] = {}
    for (team, target), parts in totals.items():
        sums[team] = sums.get(team, 0) + parts
        pull[team] = pull.get(team, 0) + parts * places[target]
    nodes = [
        Node(Role.TEAM, key, name, parts, key in (OTHER, NO_TEAM))
        for (key, name), parts in sums.items()
    ]

    def place(node: Node) -> tuple[bool, float]:
        team = (node.key, node.name)
        last = 1 if node.key == NO_TEAM else 0
        return (node.is_other, last if node.is_other else pull[team] / sums[team])

    return sorted(nodes, key=place)


def course_words(made: Course) -> str:
    """What the picture shows, for those who do not see it."""
    streams = [n for n in made.targets if n.role is Role.STREAM]
    rest = sum(1 for n in made.targets if n.role is Role.REST)
    text = (
        f"Effort flows from {plural(len(made.teams), 'team')} to {plural(len(streams), 'stream')}"
    )
    if made.objectives:
        text += f" and {plural(len(made.objectives), 'objective')}"
    if rest:
        text += f"; some leaves to {plural(rest, 'kind')} of the rest"
    if any(n.role is Role.UNKNOWN for n in made.targets):
        text += ", some is unknown" if rest else "; some is unknown"
    return f"{text}. The table has every number."
