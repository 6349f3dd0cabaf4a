"""What happened to issues and pull requests: moves, stretches in progress; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mainstem.sources.dates import moment
from mainstem.sources.github.people import Person, person_in
from mainstem.sources.github.shape import Node, needed, nodes, text
from mainstem.sources.issue import Move, Stretch, stretches_of
from mainstem.sources.remote import Refused

#: Reviews that were begun and not yet sent.
_UNSENT = "PENDING"


@dataclass(frozen=True, slots=True)
class Histories:
    """What follows from the timeline of an issue."""

    started: datetime | None
    moves: tuple[Move, ...]
    stretches: tuple[Stretch, ...]


@dataclass(slots=True)
class _Told:
    """What the timeline tells, in order of time."""

    states: list[tuple[datetime, bool]]
    statuses: list[tuple[datetime, bool]]
    people: dict[str, list[tuple[datetime, str | None]]]
    moves: dict[str, Move]


def histories_of(
    found: Node, closed: datetime | None, bots: Iterable[str], in_progress: frozenset[str]
) -> Histories:
    """Moves of an issue, and who had it when.

    In progress is what has one of the words ``in_progress`` as its Status in a project; without such words,
    GitHub knows no such state and it is whatever is assigned and not closed. Programs have no stretches.

    Raises:
        Refused: an event is none.
    """
    told = _told(found, bots, in_progress)
    states = told.statuses if in_progress else told.states
    stretches = tuple(
        stretch
        for having in told.people.values()
        for stretch in stretches_of(_running(states, told.states, in_progress), having, closed)
    )
    begun = [at for at, working in told.statuses if working] if in_progress else [
        s.since for s in stretches
    ]  # fmt: skip
    return Histories(min(begun, default=None), tuple(told.moves.values()), stretches)


def _running(
    states: list[tuple[datetime, bool]], closing: list[tuple[datetime, bool]],
    in_progress: frozenset[str],
) -> list[tuple[datetime, bool]]:  # fmt: skip
    """Whether it is in progress, from moment to moment: nothing that is closed is."""
    if not in_progress:
        return states
    is_open, working, out = True, False, []
    changes = [(at, 0, value) for at, value in closing] + [(at, 1, value) for at, value in states]
    for at, which, value in sorted(changes):
        if which == 0:
            is_open = value
        else:
            working = value
        out.append((at, is_open and working))
    return out


def _told(found: Node, bots: Iterable[str], in_progress: frozenset[str]) -> _Told:
    created = moment(found.get("createdAt"), "moment of creation")
    told = _Told([(created, True)] if created else [], [], {}, {})
    for event in sorted(nodes(found, "timelineItems"), key=_when):
        kind, at = text(event, "__typename") or "", _when(event)
        who = person_in(event, "actor", bots)
        if kind in ("ClosedEvent", "ReopenedEvent"):
            told.states.append((at, kind == "ReopenedEvent"))
        elif kind == "ProjectV2ItemStatusChangedEvent":
            told.statuses.append((at, (text(event, "status") or "").lower() in in_progress))
        else:
            _assigned(told, event, kind, at, bots)
            continue
        ident = needed(event, "id")
        told.moves[ident] = Move(ident, at, who.name if who else None, bool(who and who.is_bot))
    return told


def _assigned(told: _Told, event: Node, kind: str, at: datetime, bots: Iterable[str]) -> None:
    if kind not in ("AssignedEvent", "UnassignedEvent"):
        return
    assignee = person_in(event, "assignee", bots)
    if assignee is not None and not assignee.is_bot:
        has = assignee.name if kind == "AssignedEvent" else None
        told.people.setdefault(assignee.name, []).append((at, has))


def _when(event: Node) -> datetime:
    at = moment(event.get("createdAt"), "moment of an event")
    if at is None:
        raise Refused("an event has no moment")
    return at


def reviews_of(
    found: Node, author: Person | None, created: datetime | None, merged: datetime | None,
    bots: Iterable[str],
) -> tuple[Move, ...]:  # fmt: skip
    """Moves of a pull request: opened, each review that was sent, merged.

    Raises:
        Refused: a review is none.
    """
    out: dict[str, Move] = {}
    if created is not None:
        out["opened"] = _move("opened", created, author)
    for review in nodes(found, "reviews"):
        at = moment(review.get("submittedAt"), "moment of a review")
        if at is not None and (text(review, "state") or "").upper() != _UNSENT:
            ident = f"review:{needed(review, 'id')}"
            out[ident] = _move(ident, at, person_in(review, "author", bots))
    if merged is not None:
        out["merged"] = _move("merged", merged, person_in(found, "mergedBy", bots))
    return tuple(out.values())


def _move(ident: str, at: datetime, who: Person | None) -> Move:
    return Move(ident, at, who.name if who else None, bool(who and who.is_bot))
