"""What happened to an issue: who closed it, who had it while it was in progress; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.gitlab.spent import clean
from mainstem.sources.issue import Move, Stretch, stretches_of
from mainstem.sources.remote import Refused

_UNASSIGNED = re.compile(r"(?:^| and )unassigned (?=@)")
_NAMED = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9_.\-]*)")


@dataclass(frozen=True, slots=True)
class Turn:
    """From a moment on something holds, or does not any more."""

    at: datetime
    what: str
    holds: bool


def moves_of(events: Iterable[Any], is_bot: Callable[[str], bool]) -> tuple[Move, ...]:
    """Changes of state, by whom."""
    out: dict[str, Move] = {}
    for event in events:
        at, ident, person = _event(event)
        if at is not None and ident and person:
            out[ident] = Move(ident, at, person, is_bot(person))
    return tuple(out.values())


def last_closed(events: Iterable[Any]) -> datetime | None:
    """The last time that it was closed."""
    closed = [_event(e)[0] for e in events if isinstance(e, dict) and e.get("state") == "closed"]
    return max((at for at in closed if at is not None), default=None)


def label_turns(events: Iterable[Any], labels: frozenset[str]) -> list[Turn]:
    """When the labels that mean "in progress" were put on and taken off."""
    out = []
    for event in events:
        at = _event(event)[0]
        label = event.get("label") if isinstance(event, dict) else None
        name = clean(label.get("name")) if isinstance(label, dict) else None
        if at is not None and name and name.casefold() in labels:
            out.append(Turn(at, name.casefold(), event.get("action") == "add"))
    return sorted(out, key=lambda turn: turn.at)


def assignee_turns(notes: Iterable[Any]) -> list[Turn]:
    """Who was assigned and unassigned, out of GitLab's own notes."""
    out: list[Turn] = []
    for note in notes:
        at = _event(note)[0]
        body = note.get("body") if isinstance(note, dict) else None
        if at is None or not isinstance(body, str) or note.get("system") is not True:
            continue
        if not body.startswith(("assigned to @", "unassigned @")):
            continue
        added, *removed = _UNASSIGNED.split(body[:10_000])
        out += [Turn(at, name, True) for name in _NAMED.findall(added)]
        out += [Turn(at, name, False) for part in removed for name in _NAMED.findall(part)]
    return sorted(out, key=lambda turn: turn.at)


def state_turns(events: Iterable[Any]) -> list[Turn]:
    """When it was closed and opened again."""
    out = []
    for event in events:
        at = _event(event)[0]
        state = event.get("state") if isinstance(event, dict) else None
        if at is not None and state in ("closed", "reopened", "opened"):
            out.append(Turn(at, "closed", state == "closed"))
    return sorted(out, key=lambda turn: turn.at)


def worked(
    labels: Sequence[Turn], held: Iterable[str], closed: Sequence[Turn], created: datetime
) -> list[tuple[datetime, bool]]:
    """From when on it was in progress, and when no longer.

    Args:
        held: Labels that mean "in progress" and are on it now.
        closed: ``state_turns``: nothing that is closed is in progress.
    """
    now_on = _at_first(labels, held)
    is_closed = False
    out = [(created, bool(now_on))]
    for turn in sorted([*labels, *closed], key=lambda t: t.at):
        if turn.what == "closed":
            is_closed = turn.holds
        elif turn.holds:
            now_on.add(turn.what)
        else:
            now_on.discard(turn.what)
        out.append((turn.at, bool(now_on) and not is_closed))
    return out


def had_it(
    states: Sequence[tuple[datetime, bool]],
    turns: Sequence[Turn],
    now: Iterable[str],
    created: datetime,
    end: datetime | None,
) -> tuple[Stretch, ...]:
    """Who had it while it was in progress; each of several assignees by themselves.

    Args:
        now: Who is assigned now; what the notes do not tell follows from it.
    """
    first = _at_first(turns, now)
    out: list[Stretch] = []
    for person in dict.fromkeys([*sorted(first), *(turn.what for turn in turns)]):
        own = [(t.at, person if t.holds else None) for t in turns if t.what == person]
        begins: list[tuple[datetime, str | None]] = [(created, person if person in first else None)]
        out += stretches_of(states, [*begins, *own], end)
    return tuple(out)


def _at_first(turns: Sequence[Turn], now: Iterable[str]) -> set[str]:
    """What held when it was made: what is there now, gone back through all that changed."""
    out = set(now)
    for turn in reversed(turns):
        if turn.holds:
            out.discard(turn.what)
        else:
            out.add(turn.what)
    return out


def _event(event: object) -> tuple[datetime | None, str, str | None]:
    """Moment, id and account of an event or a note; nothing of what is damaged."""
    if not isinstance(event, Mapping):
        return None, "", None
    try:
        at = moment(event.get("created_at"))
    except Refused:
        return None, "", None
    ident, user = event.get("id"), event.get("user") or event.get("author")
    person = clean(user.get("username")) if isinstance(user, dict) else None
    known = ident if isinstance(ident, (int, str)) and not isinstance(ident, bool) else ""
    return at, (clean(str(known)) or "").replace("#", ""), person


def damaged(events: Iterable[Any]) -> list[str]:
    """Events that have no readable moment, so that nothing can be made of them."""
    return [str(event)[:200] for event in events if _event(event)[0] is None]
