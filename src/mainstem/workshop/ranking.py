"""Ranked choice: instant run-off, with every round and every tie told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Round:
    """One count.

    Attributes:
        counts: Candidate → ballots whose first remaining choice it is.
        out: Candidates that leave after this round; empty in the last.
        exhausted: Ballots that name nobody who remains.
    """

    counts: Mapping[str, int]
    out: tuple[str, ...]
    exhausted: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """How a ranked choice came out.

    Attributes:
        rounds: In order.
        winner: ``None`` if nobody voted or some are level in the end.
        tie: Those that are level in the end.
        ballots: How many were cast.
    """

    rounds: tuple[Round, ...]
    winner: str | None
    tie: tuple[str, ...]
    ballots: int

    def as_record(self) -> dict[str, object]:
        """As ``tally/CARD`` keeps it."""
        rounds = [
            {"counts": dict(r.counts), "out": list(r.out), "exhausted": r.exhausted}
            for r in self.rounds
        ]
        return {
            "rounds": rounds, "winner": self.winner, "tie": list(self.tie), "ballots": self.ballots,
        }  # fmt: skip


def run_off(candidates: Sequence[str], ballots: Sequence[Sequence[str]]) -> Ranked:
    """Counts first choices; who has fewest leaves, until one has more than half of those that still count.

    Of several that have equally few, the one with fewer first choices in an earlier round leaves, the
    newest such round first; then the one that fewer ballots name at all. Those that are level even so leave
    together. Where all that remain are level it is a tie, and people decide. A ballot that names nobody who remains counts no more.
    """
    left = list(dict.fromkeys(candidates))
    cast = [[c for c in ballot if c in set(left)] for ballot in ballots]
    cast = [ballot for ballot in cast if ballot]
    rounds: list[Round] = []
    while left and cast:
        counts, exhausted = _count(left, cast)
        leader = max(left, key=lambda c: counts[c])
        if counts[leader] * 2 > len(cast) - exhausted or len(left) == 1:
            rounds.append(Round(counts, (), exhausted))
            return Ranked(tuple(rounds), leader, (), len(cast))
        if len(set(counts.values())) == 1:
            rounds.append(Round(counts, (), exhausted))
            return Ranked(tuple(rounds), None, tuple(left), len(cast))
        out = _fewest(left, counts, rounds, cast)
        rounds.append(Round(counts, out, exhausted))
        left = [c for c in left if c not in out]
    return Ranked(tuple(rounds), None, (), len(cast))


def _count(left: Sequence[str], cast: Sequence[Sequence[str]]) -> tuple[dict[str, int], int]:
    counts = dict.fromkeys(left, 0)
    exhausted = 0
    for ballot in cast:
        first = next((c for c in ballot if c in counts), None)
        if first is None:
            exhausted += 1
        else:
            counts[first] += 1
    return counts, exhausted


def _fewest(
    left: Sequence[str],
    counts: Mapping[str, int],
    rounds: Sequence[Round],
    cast: Sequence[Sequence[str]],
) -> tuple[str, ...]:
    """Who leaves: those with fewest; of them those with fewest before, and then on fewest ballots."""
    low = [c for c in left if counts[c] == min(counts[d] for d in left)]
    if counts[low[0]] == 0 and len(low) < len(left):
        # nobody's first choice: leaving together changes nothing for the others
        return tuple(low)
    for earlier in reversed(rounds):
        low = [c for c in low if earlier.counts[c] == min(earlier.counts[d] for d in low)]
    named = {c: sum(c in ballot for ballot in cast) for c in low}
    low = [c for c in low if named[c] == min(named.values())]
    return tuple(low)
