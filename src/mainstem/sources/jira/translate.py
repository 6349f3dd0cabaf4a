"""Issues of Jira to ``Issue``. Pure: any JSON gives an issue with its rejects, or ``Refused``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.dates import moment
from mainstem.sources.issue import MOST_SECONDS, Issue, Log, Move, Stretch, stretches_of
from mainstem.sources.jira.fields import Fields
from mainstem.sources.jira.history import History
from mainstem.sources.jira.people import People, Person
from mainstem.sources.jira.states import DONE, States, category_of, ident_of, way_of
from mainstem.sources.jira.values import (
    MOST_POINTS,
    named,
    names,
    sprints,
    text,
    words,
)  # fmt: skip
from mainstem.sources.remote import Refused, Reject
from mainstem.sources.shape import mapping, number

#: Longest time that an issue may give in one figure: everybody's, over all of its life.
MOST_SPENT = 50 * MOST_SECONDS
_MOST_TITLE = 1_000


@dataclass(frozen=True, slots=True)
class Reader:
    """What must be known to read an issue.

    Attributes:
        link: Address of Jira, for links to issues.
        zone: The organisation's; a work log's day is cut in it.
        time: Whether hours come from Jira.
    """

    fields: Fields
    states: States
    people: People
    zone: ZoneInfo
    link: str = ""
    time: bool = True


@dataclass(frozen=True, slots=True)
class Translated:
    """An issue, and what of it was refused.

    Attributes:
        read: The issue and its work logs, accepted or refused.
        logs: Ids of the work logs that it has.
        logs_total: How many Jira says that it has.
    """

    issue: Issue
    rejects: tuple[Reject, ...]
    read: int
    logs: tuple[str, ...]
    logs_total: int


@dataclass(slots=True)
class _Parts:
    rejects: list[Reject] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    read: int = 1


def translate(raw: Any, history: History, by: Reader) -> Translated:
    """An issue as the search gives it.

    Raises:
        Refused: it has no id, key or fields, or a moment of it is none.
    """
    ident, key, fields = _head(raw)
    status = fields.get("status")
    category = category_of(status) or by.states.category(ident_of(status))
    created = moment(fields.get("created"), "creation")
    resolved = moment(fields.get("resolutiondate"), "resolution")
    way = way_of(history, by.states, category, ident_of(status), created, resolved)
    done = _done(resolved, history, category, way.done, created)
    person = by.people.met(fields.get("assignee"))
    parts = _Parts()
    total = _read_logs(fields, key, by, parts) if by.time else 0
    _spent(fields, done, person, by, parts, key, total)
    _hidden(fields, parts, key, total)
    issue = Issue(
        ident, key, named(fields.get("issuetype")), _title(fields),
        named(status), _project(fields, key), names(fields.get("labels")),
        names(fields.get("components")), _epic(fields, by.fields), _parent(fields), (),
        _first_words(fields, by.fields.team), _further(fields, by.fields),
        f"{by.link}/browse/{key}" if by.link else None, created, way.started, done,
        _points(fields, by.fields, key, parts), person.name if person else None,
        person.bot if person else False, tuple(parts.logs), _moves(history, by.people),
        _stretches(history, way.busy, created, done, person, by.people),
    )  # fmt: skip
    logs = tuple(log.ident for log in parts.logs if log.ident != "spent")
    return Translated(issue, tuple(parts.rejects), parts.read, logs, total)


def _head(raw: Any) -> tuple[str, str, Mapping[str, Any]]:
    if not isinstance(raw, dict):
        raise Refused("an issue is no object", raw)
    ident, key, fields = raw.get("id"), text(raw.get("key")), raw.get("fields")
    if isinstance(ident, int) and not isinstance(ident, bool):
        ident = str(ident)
    ident = text(ident)
    if ident is None or "#" in ident:
        raise Refused("an issue without an id", raw.get("id", ""))
    if key is None:
        raise Refused("an issue without a key", ident)
    if not isinstance(fields, dict):
        raise Refused("an issue without fields", key)
    return ident, key, fields


def _done(
    resolved: datetime | None, history: History, category: str, went: datetime | None,
    created: datetime | None,
) -> datetime | None:  # fmt: skip
    """The last time that it went into a final state; where no history says, when it was resolved."""
    if category and category != DONE:
        return None
    if went is not None:
        return went
    if resolved is not None or category != DONE:
        return resolved
    # its first state was a final one
    whole = history.told and not history.cut and not history.transitions
    return created if whole else None


def _title(fields: Mapping[str, Any]) -> str | None:
    found = text(fields.get("summary"))
    return found[:_MOST_TITLE] if found else None


def _project(fields: Mapping[str, Any], key: str) -> str | None:
    return named(fields.get("project"), "key") or key.rpartition("-")[0] or None


def _parent(fields: Mapping[str, Any]) -> str | None:
    return named(fields.get("parent"), "key")


def _epic(fields: Mapping[str, Any], known: Fields) -> str | None:
    for ident in known.epic:
        if found := text(fields.get(ident)):
            return found
    parent = fields.get("parent")
    if not parent:
        return named(fields.get("epic"), "key")
    kind = mapping(mapping(mapping(parent).get("fields")).get("issuetype"))
    level, name = kind.get("hierarchyLevel"), text(kind.get("name")) or ""
    # an older Jira has no levels, and may call the type by another language's word
    if level == 1 or (level is None and name.casefold() in ("epic", "epos", "épopée", "épica")):
        return _parent(fields)
    return named(fields.get("epic"), "key")


def _first_words(fields: Mapping[str, Any], idents: tuple[str, ...]) -> str | None:
    return next((w for i in idents if (w := words(fields.get(i)))), None)


def _further(fields: Mapping[str, Any], known: Fields) -> dict[str, str]:
    sprint = next((s for i in known.sprint if (s := sprints(fields.get(i)))), None)
    versions = ", ".join(names(fields.get("fixVersions"))) or None
    found = {
        "priority": named(fields.get("priority")),
        "resolution": named(fields.get("resolution")),
        "fix version": versions, "sprint": sprint,
    }  # fmt: skip
    for name, idents in known.extra:
        found[name] = _first_words(fields, idents)
    return {name: value for name, value in found.items() if value}


def _points(
    fields: Mapping[str, Any], known: Fields, key: str, parts: _Parts
) -> float | None:  # fmt: skip
    for ident in known.points:
        value = number(fields.get(ident))
        if value is None:
            continue
        if 0 <= value <= MOST_POINTS:
            return value
        parts.read += 1
        parts.rejects.append(Reject(f"points of {key}", "an impossible number", str(value)))
        return None
    return None


# time


def _read_logs(fields: Mapping[str, Any], key: str, by: Reader, parts: _Parts) -> int:
    """Work logs, each accepted or refused; how many Jira says that there are."""
    given = mapping(fields.get("worklog"))
    entries, total = given.get("worklogs"), given.get("total")
    if entries is not None and not isinstance(entries, list):
        raise Refused("the work logs are no list", entries)
    seen: dict[str, Log] = {}
    for entry in entries or ():
        try:
            log = read_log(entry, by)
        except Refused as refused:
            parts.read += 1
            named = mapping(entry).get("id", "?")
            place = f"work log {named if isinstance(named, str | int) else '?'} of {key}"
            parts.rejects.append(Reject(place[:200], refused.reason, refused.sample))
        else:
            parts.read += log.ident not in seen
            seen[log.ident] = log
    parts.logs += seen.values()
    counted = total if isinstance(total, int) and not isinstance(total, bool) else 0
    return max(counted, len(entries or ()))


def read_log(entry: Any, by: Reader) -> Log:
    """A work log.

    Raises:
        Refused: it has no id, day or time, or an impossible one.
    """
    if not isinstance(entry, dict):
        raise Refused("a work log is no object", entry)
    ident = entry.get("id")
    if not isinstance(ident, str | int) or isinstance(ident, bool) or not str(ident).strip():
        raise Refused("a work log without an id", ident)
    seconds = checked_seconds(entry.get("timeSpentSeconds"))
    started = moment(entry.get("started"), "start")
    if started is None:
        raise Refused("a work log without a day", ident)
    person = by.people.met(entry.get("author"))
    name, bot = (person.name, person.bot) if person else (None, False)
    return Log(str(ident).strip(), _day(started, by.zone), seconds, name, bot)


def checked_seconds(value: Any, most: float = MOST_SECONDS) -> float:
    """Time in seconds.

    Raises:
        Refused: it is no number, negative or longer than anybody works.
    """
    found = None if isinstance(value, str) else number(value)
    if found is None:
        raise Refused("the time is no number of seconds", value)
    if not 0 <= found <= most:
        raise Refused("the time is negative or longer than a year", value)
    return found


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _spent(
    fields: Mapping[str, Any], done: datetime | None, person: Person | None, by: Reader,
    parts: _Parts, key: str, total: int,
) -> None:  # fmt: skip
    """Time that is given in one figure, where no work log may be seen."""
    given = fields.get("timespent")
    if not by.time or parts.logs or total or not given:
        return
    parts.read += 1
    try:
        seconds = checked_seconds(given, MOST_SPENT)
        at = done or moment(fields.get("updated"), "last change")
        if at is None:
            raise Refused("time without a day", given)
    except Refused as refused:
        parts.rejects.append(Reject(f"time of {key}", refused.reason, refused.sample))
        return
    name, bot = (person.name, person.bot) if person else (None, False)
    parts.logs.append(Log("spent", _day(at, by.zone), seconds, name, bot))


def _hidden(fields: Mapping[str, Any], parts: _Parts, key: str, total: int) -> None:
    """Time that the issue shows beyond its work logs: some are for a group or role alone."""
    spent = number(fields.get("timespent"))
    if spent is None or parts.rejects or not total or len(parts.logs) < total:
        return
    left = round(spent - sum(log.seconds for log in parts.logs))
    if left > 0:
        parts.read += 1
        reason = (
            "more time is shown as spent than its work logs tell; the seconds that nobody tells of"
        )
        parts.rejects.append(Reject(f"time of {key}", reason, str(left)))


# history


def _moves(history: History, people: People) -> tuple[Move, ...]:
    out: dict[str, Move] = {}
    for step in history.transitions:
        who = people.met(step.author)
        # two changes of state in one entry of the history
        ident = step.ident if step.ident not in out else f"{step.ident}.{len(out)}"
        out[ident] = Move(ident, step.at, who.name if who else None, bool(who and who.bot))
    return tuple(out.values())


def _stretches(
    history: History, busy: tuple[tuple[datetime, bool], ...], created: datetime | None,
    done: datetime | None, person: Person | None, people: People,
) -> tuple[Stretch, ...]:  # fmt: skip
    if not history.told or not any(working for _, working in busy):
        return ()
    begin = created or busy[0][0]
    had: list[tuple[datetime, str | None]] = []
    changes = history.assignments
    if changes:
        had.append((begin, _who(changes[0].before, people)))
    else:
        had.append((begin, person.name if person else None))
    had += [(change.at, _who(change.after, people)) for change in changes]
    return stretches_of(busy, had, done)


def _who(ident: str | None, people: People) -> str | None:
    return people.by_id(ident).name if ident else None
