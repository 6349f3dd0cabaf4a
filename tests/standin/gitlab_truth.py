"""What the ledger must hold of the stand-in's world, worked out by itself and slowly."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mainstem.sources.issue import MOST_DAYS
from tests.standin.gitlab_world import KINDS, GitLabWorld, Thing, Time


def truth(
    world: GitLabWorld, *, scope: str = "shop", at: datetime | None = None, working: str = "",
    kinds: Iterable[str] = KINDS,
) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:  # fmt: skip
    """Items by key (``id``, ``state``, ``done``, ``person``, ``points``), and amounts by row key.

    Args:
        scope: A group with all below it, or one project.
        at: What is in progress ends then.
        working: The label that means "in progress".
    """
    items: dict[str, dict[str, Any]] = {}
    rows: dict[str, int] = {}
    for kind in kinds:
        for thing in world.within(scope, kind):
            name = {"issues": "issue", "merge_requests": "mr", "epics": "epic"}[kind]
            ident, key = f"{name}:{thing.id}", world.key(thing)
            done = None if thing.moved_to else thing.closed
            done = thing.merged if kind == "merge_requests" else done
            person = thing.author if kind == "merge_requests" else (thing.assignees or [None])[0]
            state = "moved" if thing.moved_to else thing.state
            items[key] = {"id": ident, "state": state, "done": _second(done), "person": person,
                          "title": thing.title}  # fmt: skip
            for rest, amount in effort(thing, done, at, working).items():
                rows[f"{ident}#{rest}"] = amount
    return items, rows


def effort(
    thing: Thing, done: datetime | None, at: datetime | None, working: str
) -> dict[str, int]:
    if thing.moved_to:
        return {}
    out: dict[str, int] = {}
    if done is not None:
        out["item"] = 1_000_000
        if thing.weight and thing.kind == "issues":
            out["points"] = thing.weight * 1_000_000
    logged = _netted(thing.spent) if thing.kind != "epics" else {}
    for (person, on), seconds in logged.items():
        out[f"log:{person}:{on}"] = round(seconds * 1_000_000 / 3_600)
    if thing.kind == "issues":
        out |= {f"move:{event.id}": 1_000_000 for event in thing.states}
        if working and at:
            loggers = {person for person, _ in logged}
            for person, on in _days(thing, at, working):
                if person not in loggers:
                    out[f"day:{person}:{on}"] = 1_000_000
    if thing.kind == "merge_requests":
        out["move:opened"] = 1_000_000
        if thing.state in ("merged", "closed"):
            out[f"move:{thing.state}"] = 1_000_000
    return out


def _netted(spent: list[Time]) -> dict[tuple[str, date], int]:
    """What is left of somebody's day: taking all back ends all; else one's latest days pay."""
    begins = 0
    for place in range(len(spent)):
        if spent[place].seconds < 0 and sum(t.seconds for t in spent[begins : place + 1]) <= 0:
            begins = place + 1
    left: dict[tuple[str, date], int] = defaultdict(int)
    for time in spent[begins:]:
        left[time.person, time.at.date()] += time.seconds
    for person in {person for person, _ in left}:
        days = sorted((on for who, on in left if who == person), reverse=True)
        owed = -sum(left[person, on] for on in days if left[person, on] < 0)
        for on in days:
            has = max(left[person, on], 0)
            left[person, on] = has - min(has, owed)
            owed -= min(has, owed)
    return {where: seconds for where, seconds in left.items() if seconds > 0}


def _days(thing: Thing, at: datetime, working: str) -> set[tuple[str, date]]:
    """Who had it on which working day: looked up moment by moment."""
    end = thing.closed if thing.state == "closed" else None
    edges = {thing.created} | {e.at for e in thing.states + thing.label_events + thing.notes}
    edges = {cut(e) for e in edges if end is None or cut(e) < cut(end)}
    order = sorted(edges)
    if not order:
        return set()
    held: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for begin, until in zip(order, [*order[1:], cut(end) if end else at], strict=True):
        for person in _had(thing, begin) if _holds(thing, begin, working) else ():
            goes_on = bool(held[person]) and held[person][-1][1] == begin
            first = held[person].pop()[0] if goes_on else begin
            held[person].append((first, until))
    return {
        (person, on)
        for person, stretches in held.items()
        for begin, until in stretches
        for on in _weekdays(begin.date(), until.date())[-MOST_DAYS:]
    }


def _weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [on for on in days if on.weekday() < 5]


def _holds(thing: Thing, at: datetime, working: str) -> bool:
    labels = [e for e in thing.label_events if cut(e.at) <= at and e.label == working]
    states = [e for e in thing.states if cut(e.at) <= at]
    is_closed = bool(states) and states[-1].what == "closed"
    return bool(labels) and labels[-1].what == "add" and not is_closed


def _had(thing: Thing, at: datetime) -> set[str]:
    """Who was assigned: what is so now, without what came later."""
    now = set(thing.assignees)
    for note in sorted(thing.notes, key=lambda e: e.at, reverse=True):
        if cut(note.at) > at and "assigned" in note.what:
            added, _, removed = note.what.partition("unassigned ")
            now -= set(re.findall(r"@(\w+)", added))
            now |= set(re.findall(r"@(\w+)", removed))
    return now


def cut(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)


def shown(at: datetime | None) -> str | None:
    return None if at is None else cut(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _second(at: datetime | None) -> str | None:
    return None if at is None else cut(at).astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
