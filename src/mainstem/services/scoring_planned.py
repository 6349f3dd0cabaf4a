"""How much of the effort the plan means for each stream, to set beside what it got."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mainstem.plan.model import Plan
from mainstem.score.values import Period
from mainstem.services.scoring_book import Book


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
        whole = sum((weight[k] for k in leaves), Fraction(0))
        streams, parts = [], []
        for key, stream in plan.streams.items():
            shares = [(name, p) for name, p in stream.teams.items() if p.share is not None]
            streams += [key] if shares else []
            for name, part in shares:
                if name not in inside or not whole:
                    continue
                below = sum((weight[k] for k in tree.subtree(name) if k in leaves), Fraction(0))
                share = Fraction(str(part.share)) * (below or weight[name]) / whole
                parts.append((key, part.cycle, share))
        return cls(plan, tuple(streams), tuple(parts))

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
    return PlannedParts.of(book, team).on(on)


def _weights(plan: Plan, inside: set[str]) -> dict[str, Fraction]:
    sizes = [t.size for key, t in plan.teams.items() if key in inside and t.size]
    usual = Fraction(sum(sizes), len(sizes)) if sizes else Fraction(1)
    return {k: Fraction(plan.teams[k].size or 0) or usual for k in inside}


def _in_cycle(cycle: str | None, plan: Plan, on: Period | None) -> bool:
    if cycle is None or on is None or cycle not in plan.cycles:
        return True
    c = plan.cycles[cycle]
    return c.first_day < on.end and c.last_day >= on.start
