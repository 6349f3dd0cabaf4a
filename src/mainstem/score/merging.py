"""Groups too small to show are merged into their parent, so that no figure speaks of one or two people.

A figure must also not follow from others: a total minus its published parts is itself a figure. So when
what is left over of a parent would be a small group, its smallest remaining child is merged as well
(complementary suppression; Cox 1980). Head counts should be the smallest over the periods shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mainstem.plan.model import RestKind
from mainstem.score.tree import TeamTree
from mainstem.score.values import Amounts

#: The whole organisation, above all teams.
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Merging:
    """Which team's figures are shown under which.

    Attributes:
        into: Every team with people or effort → the team under whose name it is shown (itself, if it is
            shown; ``WHOLE`` for the organisation).
        absorbed: Shown team → the other teams inside its figure, in the order of the tree.
        too_small: Even the whole has fewer than ``k_min`` people: nothing may be shown.
    """

    into: Mapping[str, str]
    absorbed: Mapping[str, tuple[str, ...]]
    too_small: bool = False

    def is_shown(self, team: str) -> bool:
        """Whether figures may carry this team's name, totals of the teams in it included."""
        return not self.too_small and self.into.get(team, team) == team


@dataclass(slots=True)
class _Group:
    """A node on the way up: people of its own cell, and of everything in it that is still apart."""

    name: str
    own: int
    has_effort: bool
    taken: list[str] = field(default_factory=list)
    apart: list[_Group] = field(default_factory=list)

    @property
    def people(self) -> int:
        return self.own + sum(child.people for child in self.apart)

    @property
    def is_used(self) -> bool:
        return self.has_effort or self.own > 0 or bool(self.apart)

    def names(self) -> list[str]:
        """Everything in the group's subtree, itself first."""
        out = [self.name, *self.taken]
        for child in self.apart:
            out += child.names()
        return out

    def take(self, child: _Group) -> None:
        """Merges a child with all that is in it into this group's own cell."""
        self.apart.remove(child)
        self.taken += child.names()
        self.own += child.people
        self.has_effort = self.has_effort or child.is_used


def merge_small(
    tree: TeamTree,
    heads: Mapping[str, int],
    k_min: int,
    *,
    with_effort: frozenset[str] = frozenset(),
) -> Merging:
    """Decides which teams are shown, given the people in each team itself.

    Args:
        tree: The teams.
        heads: Team → people in the team itself (not in the teams in it); ``WHOLE`` for people in none.
        k_min: The smallest group that may be shown; 1 shows everything that has people.
        with_effort: Teams that have effort of their own, even if nobody is known to be in them; their
            figures are shown under a parent unless ``k_min`` is 1.

    Returns:
        A merging in which every shown figure, and every difference of a shown total and shown parts,
        covers at least ``k_min`` people, or nothing at all.
    """
    if k_min <= 1:
        teams = (*tree.order, WHOLE)
        return Merging(into={team: team for team in teams}, absorbed={})
    groups = {team: _Group(team, heads.get(team, 0), team in with_effort) for team in tree.order}
    whole = _Group(WHOLE, heads.get(WHOLE, 0), WHOLE in with_effort)
    for team in reversed(tree.order):
        up = tree.parents[team]
        parent = whole if up is None else groups[up]
        parent.apart.insert(0, groups[team])
        _settle(groups[team], k_min)
    _settle(whole, k_min)
    return _as_merging(whole, k_min)


def fewest(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Head counts for figures of several periods side by side: of each team the smallest in which it is."""
    out: dict[str, int] = {}
    for heads in counts:
        for team, people in heads.items():
            out[team] = min(people, out.get(team, people))
    return out


def _settle(group: _Group, k_min: int) -> None:
    """Takes in children that are too small, then the smallest others until the rest is large enough."""
    for child in list(group.apart):
        if child.people < k_min:
            group.take(child)
    while group.apart and group.own < k_min and (group.has_effort or group.own > 0):
        group.take(min(group.apart, key=lambda child: (child.people, child.name)))


def _as_merging(whole: _Group, k_min: int) -> Merging:
    into: dict[str, str] = {}
    absorbed: dict[str, tuple[str, ...]] = {}
    stack = [whole]
    while stack:
        group = stack.pop()
        into[group.name] = group.name
        into.update(dict.fromkeys(group.taken, group.name))
        if group.taken:
            absorbed[group.name] = tuple(group.taken)
        stack += group.apart
    return Merging(into, absorbed, too_small=whole.people < k_min)


def merge_cells(cells: Mapping[str, Amounts], merging: Merging) -> dict[str, Amounts]:
    """The amounts of disjoint cells (each team's own), under the names that may be shown.

    Nothing is lost: the sums before and after are the same to the last part. Teams that the tree does
    not know go to the whole.
    """
    out: dict[str, Amounts] = {}
    for team, amounts in cells.items():
        name = merging.into.get(team, WHOLE)
        out[name] = add(out[name], amounts) if name in out else amounts
    return out


def add(left: Amounts, right: Amounts) -> Amounts:
    """Two disjoint cells as one."""
    rest: dict[RestKind, int] = dict(left.rest)
    for kind, amount in right.rest.items():
        rest[kind] = rest.get(kind, 0) + amount
    return Amounts(left.value + right.value, left.elsewhere + right.elsewhere, rest)
