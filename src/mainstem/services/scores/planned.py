"""How much of the effort the plan means for each stream, to set beside what it got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mainstem.plan.exact import exact_sum
from mainstem.plan.model import Plan
from mainstem.score.values import Period
from mainstem.services.scores.book import Book

#: Where it stands in the plan, team, stream, the cycle in which it counts, and the share of the team.
_Share = tuple[int, str, str, str | None, Fraction]


@dataclass(frozen=True, slots=True)
class PlannedParts:
    """What the teams of a scope mean to give to streams.

    Attributes:
        plan: The plan.
        streams: Streams that name a share for some team, in the order of the plan.
        parts: Stream, cycle in which it counts (``None``: always), and share of the whole scope.
    """

    plan: Plan
    streams: tuple[str, ...]
    parts: tuple[tuple[str, str | None, Fraction], ...]

    @classmethod
    def of(cls, book: Book, team: str | None) -> PlannedParts:
        """The parts of a team and the teams in it; of all teams for ``None``."""
        tree, plan = book.tree, book.plan
        inside = set(tree.subtree(team)) if team else set(plan.teams)
        weight = _weights(plan, inside)
        leaves = {k for k in inside if not tree.children(k) or plan.teams[k].size}
        whole = exact_sum([weight[k] for k in leaves])
        streams, of_team = book.memo(("shares",), lambda: _shares(plan))
        named = sorted(one for name in inside for one in of_team.get(name, ())) if whole else []
        parts = []
        for _, name, key, cycle, share in named:
            below = exact_sum([weight[k] for k in tree.subtree(name) if k in leaves])
            parts.append((key, cycle, share * (below or weight[name]) / whole))
        return cls(plan, streams, tuple(parts))

    def on(self, period: Period | None) -> dict[str, Fraction]:
        """Share of the effort meant for each stream, as far as its cycles touch the period."""
        out = dict.fromkeys(self.streams, Fraction(0))
        for stream, cycle, share in self.parts:
            if _in_cycle(cycle, self.plan, period):
                out[stream] += share
        return out

    def cycles_on(self, period: Period) -> frozenset[str]:
        """The cycles that touch a period: periods with the same ones have the same shares."""
        named = {cycle for _, cycle, _ in self.parts if cycle is not None}
        return frozenset(c for c in named if _in_cycle(c, self.plan, period))


def planned_shares(
    book: Book, *, team: str | None = None, on: Period | None = None
) -> dict[str, Fraction]:
    """Planned share of effort of each stream: participations weighted by the size of their teams.

    Teams without a size weigh as the average of those with one.
    """
    parts = book.memo(("planned", team), lambda: PlannedParts.of(book, team))
    return parts.on(on)


def _shares(plan: Plan) -> tuple[tuple[str, ...], Mapping[str, Sequence[_Share]]]:
    """Streams that name a share for some team, and team → its shares."""
    streams: dict[str, None] = {}
    of_team: dict[str, list[_Share]] = {}
    count = 0
    for key, stream in plan.streams.items():
        for name, part in stream.teams.items():
            if part.share is not None:
                streams[key] = None
                share = Fraction(str(part.share))
                of_team.setdefault(name, []).append((count, name, key, part.cycle, share))
                count += 1
    return tuple(streams), of_team


def _weights(plan: Plan, inside: set[str]) -> dict[str, Fraction]:
    sizes = [size for key in inside if (size := plan.teams[key].size)]
    usual = Fraction(sum(sizes), len(sizes)) if sizes else Fraction(1)
    return {k: Fraction(plan.teams[k].size or 0) or usual for k in inside}


def _in_cycle(cycle: str | None, plan: Plan, on: Period | None) -> bool:
    if cycle is None or on is None or cycle not in plan.cycles:
        return True
    c = plan.cycles[cycle]
    return c.first_day < on.end and c.last_day >= on.start
