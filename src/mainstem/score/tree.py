"""The tree of teams: who is above whom, how deep, and which team stands for another at a level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mainstem.plan.kept import kept_with_plan
from mainstem.plan.model import Plan, Team


@dataclass(frozen=True)
class TeamTree:
    """Teams by the team they are in. Order of siblings is the order given.

    A team whose parent is missing is a root. Of teams that are in each other's circle, the one that
    comes first in the text is taken as a root, so that every question still has an answer (a check
    reports the circle).

    Attributes:
        parents: Team → the team it is in, or ``None`` for a root; circle-free.
    """

    parents: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, teams: Mapping[str, Team]) -> TeamTree:
        """The tree of a plan's teams."""
        return cls.from_parents({key: team.in_ for key, team in teams.items()})

    @classmethod
    def from_parents(cls, given: Mapping[str, str | None]) -> TeamTree:
        """A tree from raw links, with missing parents and circles cut."""
        known = {team: (up if up in given else None) for team, up in given.items()}
        sound: set[str] = set()
        for team in known:
            walked: set[str] = set()
            at: str | None = team
            while at is not None and at not in sound and at not in walked:
                walked.add(at)
                at = known[at]
            if at is not None and at in walked:
                known[min(_circle(known, at), key=list(known).index)] = None
            sound |= walked
        return cls(known)

    @cached_property
    def _children(self) -> Mapping[str | None, tuple[str, ...]]:
        out: dict[str | None, list[str]] = {}
        for team, up in self.parents.items():
            out.setdefault(up, []).append(team)
        return {up: tuple(below) for up, below in out.items()}

    @cached_property
    def _depths(self) -> Mapping[str, int]:
        return dict(self._walk(None, 0))

    def _walk(self, below: str | None, depth: int) -> Iterator[tuple[str, int]]:
        stack = [(team, depth) for team in reversed(self.children(below))]
        while stack:
            team, level = stack.pop()
            yield team, level
            stack.extend((child, level + 1) for child in reversed(self.children(team)))

    def __contains__(self, team: object) -> bool:
        return team in self.parents

    @property
    def roots(self) -> tuple[str, ...]:
        """Teams that are in no other."""
        return self.children(None)

    def children(self, team: str | None) -> tuple[str, ...]:
        """Teams directly in ``team``; the roots for ``None``."""
        return self._children.get(team, ())

    def depth(self, team: str) -> int:
        """Number of teams above; 0 for a root."""
        return self._depths[team]

    def path(self, team: str) -> tuple[str, ...]:
        """From the root down to ``team``, which is included."""
        return (*reversed(self.ancestors(team)), team)

    def ancestors(self, team: str) -> tuple[str, ...]:
        """Teams above, nearest first."""
        out: list[str] = []
        at = self.parents[team]
        while at is not None:
            out.append(at)
            at = self.parents[at]
        return tuple(out)

    def subtree(self, team: str) -> tuple[str, ...]:
        """``team`` and all teams in it, parents before children."""
        return (team, *(below for below, _ in self._walk(team, 0)))

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All teams, parents before children, siblings in the order of the text."""
        return tuple(self._depths)

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each team in ``order``."""
        return {team: n for n, team in enumerate(self.order)}

    @property
    def has_one_root(self) -> bool:
        """Whether one team stands for the whole; otherwise the organisation does."""
        return len(self.roots) == 1

    @property
    def levels(self) -> int:
        """Number of levels below the root (the organisation, if no single team stands for it)."""
        deepest = max(self._depths.values(), default=-1)
        return deepest if self.has_one_root else deepest + 1

    def at_level(self, team: str, level: int) -> str | None:
        """The team that stands for ``team`` when the tree is cut at ``level`` (1 = below the root).

        A team that is itself above the cut stands for itself.

        Returns:
            ``None`` at level 0 of a tree without a single root: the organisation itself.
        """
        index = level if self.has_one_root else level - 1
        if index < 0:
            return None
        path = self.path(team)
        return path[min(index, len(path) - 1)]

    def cut(self, level: int) -> tuple[str, ...]:
        """Teams shown when the tree is cut at ``level``: those at it, and shallower leaves."""
        shown = (self.at_level(team, level) for team in self.order if not self.children(team))
        return tuple(dict.fromkeys(team for team in shown if team is not None))


@kept_with_plan
def tree_of(plan: Plan) -> TeamTree:
    """The tree of a plan's teams; the same as long as the plan is in memory."""
    return TeamTree.of(plan.teams)


def _circle(parents: Mapping[str, str | None], start: str) -> list[str]:
    out = [start]
    at = parents[start]
    while at is not None and at != start:
        out.append(at)
        at = parents[at]
    return out
