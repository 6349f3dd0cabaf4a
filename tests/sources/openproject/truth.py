"""What a ledger must hold of the stand-in's world, worked out another way than the source does."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from tests.sources.openproject.stand_in import (
    DONE,
    GROUPS,
    MAILS,
    PROGRESS,
    PROJECTS,
    STATUSES,
    OpenProjectStandIn,
    Package,
)

MOST_DAYS = 60


def items(world: OpenProjectStandIn) -> dict[str, tuple[str | None, str | None]]:
    """Key → (state, project); projects on which time was logged are items, too."""
    out = {
        f"#{p.number}": (STATUSES[p.status][0], PROJECTS[p.project][0])
        for p in world.packages.values()
    }
    bare = {e.project for e in world.entries.values() if e.package is None}
    return out | {PROJECTS[n][0]: (None, PROJECTS[n][0]) for n in bare}


def hours(world: OpenProjectStandIn) -> dict[str, float]:
    """Row key of each time entry → hours."""
    return {f"time:{e.number}#log": e.minutes / 60 for e in world.entries.values()}


def traces(world: OpenProjectStandIn, now: datetime) -> dict[str, set[str]]:
    """Number of a work package → row keys of what follows from its history."""
    return {str(p.number): _rows(world, p, now) for p in world.packages.values()}


def _rows(world: OpenProjectStandIn, p: Package, now: datetime) -> set[str]:
    rows = {f"{p.number}#move:{nr}" for _, _, _, nr in p.states[1:]}
    done = _done(p)
    if done is not None:
        rows |= {f"{p.number}#item"} | ({f"{p.number}#points"} if p.points else set())
    loggers = {e.user for e in world.entries.values() if e.package == p.number}
    for who, first, last in _had(p, done or now):
        if who not in loggers and who not in GROUPS:
            name = MAILS.get(who, f"user {who}")
            rows |= {f"{p.number}#day:{name}:{day}" for day in _workdays(first, last)}
    return rows


def _done(p: Package) -> datetime | None:
    if p.status != DONE:
        return None
    return p.states[-1][0]


def _had(p: Package, end: datetime) -> list[tuple[int, datetime, datetime]]:
    """(who, from, to) of having it in progress, moment by moment."""
    out: list[tuple[int, datetime, datetime]] = []
    moments = sorted({at for at, *_ in (*p.states, *p.owners)} | {end})
    for first, last in itertools.pairwise(moments):
        state = next(s for at, s, *_ in reversed(p.states) if at <= first)
        owner = next(o for at, o, *_ in reversed(p.owners) if at <= first)
        if state != PROGRESS or not owner or first >= end:
            continue
        if out and out[-1][0] == owner and out[-1][2] == first:
            out[-1] = (owner, out[-1][1], last)
        else:
            out.append((owner, first, last))
    return out


def _workdays(first: datetime, last: datetime) -> list[str]:
    days = [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]
    return [d.isoformat() for d in days if d.weekday() < 5][-MOST_DAYS:]
