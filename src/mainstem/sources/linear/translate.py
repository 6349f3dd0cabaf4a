"""JSON of Linear → ``Issue``; pure. Whatever comes, it is an issue or ``Refused``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.issue import Issue, Move, Stretch, stretches_of
from mainstem.sources.linear.names import Names, clean
from mainstem.sources.linear.settings import Settings
from mainstem.sources.remote import Refused, Reject
from mainstem.sources.shape import mapping

#: More points than this are a slip.
MOST_POINTS = 1_000_000
_IDENT = re.compile(r"^[A-Za-z0-9_\-]{1,100}$")
_KEY = re.compile(r"^[^\s#]{1,100}$")


@dataclass(frozen=True, slots=True)
class Read:
    """An issue, and the parts of it that were refused."""

    issue: Issue
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of a history that changed the state or the assignee; ids as Linear has them."""

    ident: str
    at: datetime
    actor: str | None = None
    states: tuple[str | None, str | None] = (None, None)
    people: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class History:
    """Changes in order of time, and what of it was refused."""

    changes: tuple[Change, ...] = ()
    refused: tuple[str, ...] = field(default=())


def ident_of(raw: object) -> str:
    """The stable id, which survives a move to another team.

    Raises:
        Refused: there is none.
    """
    ident = raw.get("id") if isinstance(raw, dict) else None
    if not isinstance(ident, str) or not _IDENT.match(ident):
        raise Refused("it has no id", ident)
    return ident


def key_of(raw: object) -> str:
    """What people call it, such as ``ENG-12``.

    Raises:
        Refused: there is none.
    """
    key = clean(raw.get("identifier")) if isinstance(raw, dict) else None
    if key is None or not _KEY.match(key):
        raise Refused("it has no identifier", key)
    return key


def read_issue(raw: object, entries: Sequence[Any], names: Names, settings: Settings) -> Read:
    """What an issue says.

    Args:
        entries: All of its history, in any order.

    Raises:
        Refused: it cannot become work.
    """
    if not isinstance(raw, dict):
        raise Refused("it is no object", raw)
    issue = _plain(raw, names, settings)
    if not settings.history:
        # an issue whose history was not asked for is not one to which nothing happened
        return Read(issue)
    history = history_of(entries)
    ended = issue.done or moment(raw.get("canceledAt"), "moment of cancelling")
    issue = replace(
        issue, moves=_moves(history, names, settings),
        stretches=_stretches(issue, raw, history, ended, names),
    )  # fmt: skip
    reason = "an entry of its history has no id or moment"
    rejects = [Reject(issue.key, reason, sample) for sample in history.refused]
    return Read(issue, (*rejects, *_unknown_states(issue.key, history, names)))


def history_of(entries: Sequence[Any]) -> History:
    """What changed the state or the assignee; entries that come twice count once."""
    found: dict[str, Change] = {}
    refused = []
    for entry in entries:
        try:
            ident = ident_of(entry)
            at = moment(entry.get("createdAt"))
        except Refused:
            ident, at = "", None
        if at is None:
            refused.append(str(entry)[:200])
            continue
        states = clean(entry.get("fromStateId")), clean(entry.get("toStateId"))
        people = clean(entry.get("fromAssigneeId")), clean(entry.get("toAssigneeId"))
        if any(states) or any(people):
            found[ident] = Change(ident, at, clean(entry.get("actorId")), states, people)
    ordered = sorted(found.values(), key=lambda change: (change.at, change.ident))
    return History(tuple(ordered), tuple(refused))


def _plain(raw: Mapping[str, Any], names: Names, settings: Settings) -> Issue:
    state = mapping(raw.get("state"))
    name, kind = clean(state.get("name")), clean(state.get("type"))
    if name is None or kind is None:
        raise Refused("it has no state", raw.get("state"))
    groups, labels = _labels(raw.get("labelIds"), names)
    team = mapping(raw.get("team"))
    who = clean(mapping(raw.get("assignee")).get("id"))
    person = names.people.get(who, who) if who else None
    done = moment(raw.get("completedAt"), "moment of completion")
    # a group may be called like the team of Linear, so nothing of Linear's own is lost to it
    own = clean(team.get("name")) or clean(team.get("key"))
    return Issue(
        ident=ident_of(raw),
        key=key_of(raw),
        type="issue",
        title=clean(raw.get("title")),
        state=name,
        project=clean(team.get("key")) or key_of(raw).rpartition("-")[0] or None,
        labels=labels,
        epic=clean(mapping(raw.get("project")).get("name")),
        parent=clean(mapping(raw.get("parent")).get("identifier")),
        team=groups.get(settings.team_field) if settings.team_field else own,
        fields={**groups, **_fields(raw, kind, own, names)},
        url=clean(raw.get("url")),
        created=moment(raw.get("createdAt"), "moment of creation"),
        started=moment(raw.get("startedAt"), "moment of the start"),
        # what was cancelled is not done, also where it once had been completed
        done=done if kind == "completed" else None,
        points=_points(raw, groups, settings.points),
        person=person,
        bot=who in names.programs or settings.is_bot(person),
    )


def _fields(raw: Mapping[str, Any], kind: str, team: str | None, names: Names) -> dict[str, str]:
    cycle = mapping(raw.get("cycle"))
    number = cycle.get("number")
    numbered = f"{number:g}" if isinstance(number, (int, float)) and abs(number) < 10**9 else None
    creator = clean(mapping(raw.get("creator")).get("id"))
    found = {
        "state_type": kind,
        "priority": clean(raw.get("priorityLabel")),
        "cycle": clean(cycle.get("name")) or numbered,
        "milestone": clean(mapping(raw.get("projectMilestone")).get("name")),
        "linear_team": team,
        "due": clean(raw.get("dueDate")),
        "author": names.people.get(creator, creator) if creator else None,
        "archived": "yes" if clean(raw.get("archivedAt")) else None,
    }
    return {name: value for name, value in found.items() if value}


def _labels(ids: object, names: Names) -> tuple[dict[str, str], tuple[str, ...]]:
    """Group → label of it, and the names of all labels. One that is unknown keeps its id."""
    groups: dict[str, str] = {}
    out: dict[str, None] = {}
    for one in ids if isinstance(ids, list) else ():
        ident = clean(one)
        if ident is not None:
            group, name = names.labels.get(ident, ("", ident))
            out[name or ident] = None
            if group:
                groups[group] = name or ident
    return groups, tuple(out)


def _points(raw: Mapping[str, Any], groups: Mapping[str, str], name: str) -> float | None:
    value = raw.get("estimate") if name == "estimate" else None
    if name != "estimate" and name in groups:
        try:
            value = float(groups[name])
        except ValueError:
            return None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused("the estimate is no number", value)
    if not 0 <= value <= MOST_POINTS:
        raise Refused("the estimate is no number of points", value)
    return float(value)


def _moves(history: History, names: Names, settings: Settings) -> tuple[Move, ...]:
    """Changes of state by people; automations have no actor."""
    out = []
    for change in history.changes:
        if change.states[1] and change.actor:
            person = names.people.get(change.actor, change.actor)
            is_bot = change.actor in names.programs or settings.is_bot(person)
            out.append(Move(change.ident, change.at, person, is_bot))
    return tuple(out)


def _stretches(
    issue: Issue, raw: Mapping[str, Any], history: History, ended: datetime | None, names: Names
) -> tuple[Stretch, ...]:
    """Who had it while it was started. What it was when it was made follows from its first change."""
    if issue.created is None:
        return ()
    states = [c for c in history.changes if c.states[1]]
    people = [c for c in history.changes if any(c.people)]
    now = clean(mapping(raw.get("state")).get("id"))
    first_state = states[0].states[0] if states else now
    who = clean(mapping(raw.get("assignee")).get("id"))
    first_person = people[0].people[0] if people else who
    kind = names.states.get(first_state or "") or ("" if states else issue.fields["state_type"])
    return stretches_of(
        [(issue.created, kind == "started"),
         *((c.at, names.states.get(c.states[1] or "") == "started") for c in states)],
        [(issue.created, _person(first_person, names)),
         *((c.at, _person(c.people[1], names)) for c in people)],
        ended,
    )  # fmt: skip


def _person(ident: str | None, names: Names) -> str | None:
    return names.people.get(ident, ident) if ident else None


def _unknown_states(key: str, history: History, names: Names) -> list[Reject]:
    """States that Linear does not tell of any more: whether it was in progress then is not known."""
    known = names.states
    ids = {s for c in history.changes for s in c.states if s is not None and s not in known}
    return [Reject(key, "a state of its history is unknown", ident) for ident in sorted(ids)]
