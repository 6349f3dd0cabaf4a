"""Structure rules about how much a team carries: S06 (spread) and S07 (capacity).

Both look at the plan only. Where a team's history is known, the share of its days that never goes to
initiatives should come from there; until then it is the limit ``S07.non_value_share``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, exp, log

from mainstem.challenge.ground import OPEN_STATES, Ground, begins
from mainstem.challenge.limits import limit
from mainstem.challenge.periods import calendar_of, working_days
from mainstem.challenge.rules import listed
from mainstem.challenge.structure_rules import finding
from mainstem.plan.findings import Finding, Severity
from mainstem.plan.model import Initiative, Participation

_TOLERANCE = 1e-9


def check_spread(ground: Ground) -> Iterator[Finding]:
    """S06: a team's planned effort goes to an effective number of streams of at most three."""
    most = limit(ground.plan, "S06.effective_streams")
    taken: dict[str, list[tuple[str, Participation]]] = defaultdict(list)
    for stream, flow in ground.plan.streams.items():
        for team, part in flow.teams.items():
            taken[team].append((stream, part))
    for team in ground.plan.teams:
        worst = max((_spread(ground, team, taken[team], c) for c in _cycles(ground)), default=None)
        if worst and worst[0] > most + _TOLERANCE:
            yield finding(
                "S06",
                Severity.WARNS,
                f"teams/{team}",
                f"{begins('teams', team)} is spread over {worst[0]:.2f} streams (effective number; "
                f"{listed(worst[1])}); more than {most:g}.",
                "Let the team deliver fewer streams, or give most of its effort to one of them.",
                matched=f"{worst[0]:.2f}",
            )


def _cycles(ground: Ground) -> list[str | None]:
    return [key for key, _ in ground.cycles] or [None]


def _spread(
    ground: Ground, team: str, parts: list[tuple[str, Participation]], cycle: str | None
) -> tuple[float, list[str]]:
    """Effective number of streams of a team in one cycle, and those streams; 0 if not judged."""
    here = [(s, p) for s, p in parts if p.cycle is None or p.cycle == cycle]
    shares = planned_shares(here)
    planned = sum(shares.values())
    size = ground.plan.teams[team].size
    if cycle is not None and size is not None:
        days = size * planned * _days(ground, team, cycle)
        if days < limit(ground.plan, "S06.person_days") - _TOLERANCE:
            return 0.0, []
    return effective_number(shares), sorted(shares)


def planned_shares(parts: list[tuple[str, Participation]]) -> dict[str, float]:
    """Share of a team's effort planned for each stream, above zero.

    Streams without a share divide equally what the others leave, up to the whole.
    """
    given = {stream: part.share for stream, part in parts if part.share is not None}
    left = max(0.0, 1 - sum(given.values()))
    open_ones = [stream for stream, part in parts if part.share is None]
    shares = given | {stream: left / len(open_ones) for stream in open_ones}
    return {stream: share for stream, share in shares.items() if share > 0}


def effective_number(shares: Mapping[str, float]) -> float:
    """``exp`` of the Shannon entropy of the shares: 4 for four equal ones, 1 for a single one.

    Shares need not sum to one. 0 if there is none. Source: Hill (1973), diversity of order one.
    """
    total = sum(shares.values())
    if total <= 0:
        return 0.0
    return exp(-sum(s / total * log(s / total) for s in sorted(shares.values()) if s > 0))


def _days(ground: Ground, team: str, cycle: str) -> int:
    found = ground.plan.cycles[cycle]
    return working_days(calendar_of(ground.plan, team), found.first_day, found.last_day)


@dataclass(frozen=True, slots=True)
class _Team:
    """A team with the people it can count on and all teams whose initiatives they carry."""

    key: str
    people: int
    carries: tuple[str, ...]


def check_capacity(ground: Ground) -> Iterator[Finding]:
    """S07: what a team is promised to in a cycle fits the days that it has."""
    promised: dict[str, list[Initiative]] = defaultdict(list)
    for bet in ground.plan.initiatives.values():
        if bet.team is not None:
            promised[bet.team].append(bet)
    below: dict[str, list[str]] = defaultdict(list)
    for key, found in ground.plan.teams.items():
        if found.in_ is not None:
            below[found.in_].append(key)
    for key in ground.plan.teams:
        team = _team(ground, key, below) if key in promised else None
        if team is None:
            continue
        bets = [bet for member in team.carries for bet in promised.get(member, ())]
        yield from _too_much(ground, team, bets)


def _team(ground: Ground, key: str, below: Mapping[str, list[str]]) -> _Team | None:
    """A team with a size stands for itself; one without stands for all teams in it, if sized."""
    size = ground.plan.teams[key].size
    if size is not None:
        return _Team(key, size, (key,))
    members, queue = {key}, [key]
    while queue:
        fresh = [child for child in below.get(queue.pop(), ()) if child not in members]
        members.update(fresh)
        queue += fresh
    sizes = [ground.plan.teams[m].size for m in members if m != key and not below.get(m)]
    if not sizes or None in sizes:
        return None
    people = sum(ground.plan.teams[m].size or 0 for m in members)
    return _Team(key, people, tuple(sorted(members)))


def _too_much(ground: Ground, team: _Team, bets: list[Initiative]) -> Iterator[Finding]:
    for cycle in _cycles(ground):
        here = [bet for bet in bets if _counts(ground, bet, cycle)]
        estimates = sorted(bet.effort for bet in here if bet.effort is not None)
        if estimates and cycle is not None:
            yield from _over_capacity(ground, team, cycle, sum(estimates))
        elif not estimates:
            yield from _too_many(ground, team, cycle, len([b for b in here if _is_open(b)]))


def _is_open(bet: Initiative) -> bool:
    return bet.state in OPEN_STATES


def _counts(ground: Ground, bet: Initiative, cycle: str | None) -> bool:
    """Open initiatives count in their cycle, or in the current one; finished ones in their own."""
    if bet.cycle is None or cycle is None:
        return _is_open(bet) and cycle == ground.current
    return bet.cycle == cycle and (_is_open(bet) or bet.state == "finished")


def _over_capacity(ground: Ground, team: _Team, cycle: str, effort: float) -> Iterator[Finding]:
    free = 1 - limit(ground.plan, "S07.non_value_share")
    available = team.people * _days(ground, team.key, cycle) * max(free, 0.0)
    if effort <= available * (limit(ground.plan, "S07.warn_over") + _TOLERANCE):
        return
    blocks = effort > available * (limit(ground.plan, "S07.block_over") + _TOLERANCE)
    load = f" ({effort / available:.0%})" if available else ""
    yield finding(
        "S07",
        Severity.BLOCKS if blocks else Severity.WARNS,
        f"teams/{team.key}",
        f"{begins('teams', team.key)} is promised to {effort:,.6g} person-days in cycle {cycle} and "
        f"has {available:,.6g}{load}.",
        "Drop or move initiatives until the rest fits, smallest loss to the metric first.",
        matched=f"{effort:,.6g} / {available:,.6g}",
    )


def _too_many(ground: Ground, team: _Team, cycle: str | None, number: int) -> Iterator[Finding]:
    per = limit(ground.plan, "S07.people_per_initiative")
    if per <= 0 or team.people == 0 or number <= (most := ceil(team.people / per - _TOLERANCE)):
        return
    when = f" in cycle {cycle}" if cycle else ""
    yield finding(
        "S07",
        Severity.WARNS,
        f"teams/{team.key}",
        f"{begins('teams', team.key)} has {number} open initiatives{when} and {team.people} people; "
        f"without estimates, at most {most} are taken to fit.",
        "Finish or drop some first, or give each an `effort` in person-days.",
        matched=str(number),
    )
