"""An issue of Redmine with its journals, and a time entry, as work. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.sources.dates import day, moment
from mainstem.sources.issue import MOST_SECONDS, Issue, Move, Stretch, points_of, stretches_of
from mainstem.sources.redmine.lookups import Lookups, Person, unnamed
from mainstem.sources.remote import Refused
from mainstem.sources.shape import ident, listing, mapping, number, text, words
from mainstem.work.records import MICRO, UNIT_CODES

#: Begins the stems of time entries, before their number.
TIME = "time:"
#: Begins the stable ids of projects, which are items where time was logged on no issue.
PROJECT = "project:"
_PLAIN = {
    "start date": "start_date", "due date": "due_date", "estimated hours": "estimated_hours",
    "done ratio": "done_ratio",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What a journal says of status or assignee: numbers before and after; 0 is nobody."""

    journal: int
    at: datetime
    user: int
    what: str
    before: int
    after: int


def number_of(row: Any, what: str) -> int:
    """The number of an issue or time entry.

    Raises:
        Refused: it has none.
    """
    found = ident(mapping(row).get("id"))
    if found is None:
        raise Refused(f"the {what} has no number", repr(row)[:200])
    return found


def changes_of(issue: Mapping[str, Any]) -> list[Change]:
    """Changes of status and assignee, oldest first: some accounts get journals the other way round.

    Raises:
        Refused: a change has no moment.
    """
    found = [c for j in listing(issue.get("journals")) for c in _changes(mapping(j))]
    return sorted(found, key=lambda c: (c.at, c.journal))


def people_in(issue: Mapping[str, Any]) -> set[int]:
    """Numbers of those who have or had it, and who changed its status."""
    own = ident(mapping(issue.get("assigned_to")).get("id"))
    found = {own} if own else set()
    try:
        changes = changes_of(issue)
    except Refused:
        return {n for n in found if n}
    for change in changes:
        found |= {change.user} if change.what == "status_id" else {change.before, change.after}
    return {n for n in found if n}


def was_worked_on(issue: Mapping[str, Any], by: Lookups) -> bool:
    """Whether it ever was in progress: only then it matters who logged time on it."""
    try:
        states = [change for change in changes_of(issue) if change.what == "status_id"]
    except Refused:
        return False
    numbers = {c.after for c in states} | {c.before for c in states} | {_status(issue)}
    return bool(numbers & by.statuses.working)


def issue_of(row: Any, by: Lookups, loggers: Collection[int] = ()) -> Issue:
    """An issue.

    Args:
        row: As ``/issues/12.json`` gives it, or with less history as a list does.
        loggers: Those who logged time on it: their days are known and need no traces.

    Raises:
        Refused: it cannot become work.
    """
    issue = mapping(row)
    nr = number_of(row, "issue")
    status = mapping(issue.get("status"))
    if _status(issue) == 0:
        raise Refused("the issue has no status", repr(issue.get("status")))
    created = moment(issue.get("created_on"), "moment of creation")
    states, had = _histories(issue, changes_of(issue), created)
    done = _done(issue, states, by)
    who = _person(ident(mapping(issue.get("assigned_to")).get("id")), by)
    custom = _custom(issue)
    points, refused = points_of(custom.get(by.points.casefold()) if by.points else None)
    return Issue(
        str(nr), f"{by.prefix}{nr}", type=_name(issue, "tracker"), title=text(issue.get("subject")),
        state=text(status.get("name")), project=project_of(issue, by), labels=_tags(issue),
        components=tuple(n for n in (_name(issue, "category"),) if n), parent=_parent(issue, by),
        team=custom.get(by.team_field.casefold()) if by.team_field else who.team,
        fields=_fields(issue, custom, by), url=f"{by.url}/issues/{nr}", created=created,
        started=next((at for at, s in states if s in by.statuses.working), None), done=done,
        points=points, person=who.name, bot=who.bot, moves=tuple(_moves(issue, by)),
        stretches=_stretches(states, had, done, by, set(loggers)), refused=refused,
    )  # fmt: skip


def entry_row(row: Any, by: Lookups) -> dict[str, Any]:
    """A time entry as a row of ``RECORD_COLUMNS``.

    Raises:
        Refused: it cannot become effort.
    """
    entry, nr = mapping(row), number_of(row, "time entry")
    hours, on = number(entry.get("hours")), day(entry.get("spent_on"), "day of the time")
    if on is None:
        raise Refused("the time has no day")
    if hours is None:
        raise Refused("the time is no number of hours", repr(entry.get("hours")))
    if not 0 <= hours <= MOST_SECONDS / 3600:
        raise Refused("the time is less than none, or more than a year", hours)
    who = _person(ident(mapping(entry.get("user")).get("id")), by)
    custom = _custom(entry)
    team = custom.get(by.team_field.casefold()) if by.team_field else None
    return {
        "row_key": f"{TIME}{nr}#log", "item_key": _item_of(entry, by), "day": on.isoformat(),
        "person": who.name, "team": team or who.team, "unit": UNIT_CODES["hour"],
        "amount": round(hours * MICRO), "bot": who.bot,
    }  # fmt: skip


def issue_in(row: Any) -> int | None:
    """The number of the issue that a time entry is for."""
    return ident(mapping(mapping(row).get("issue")).get("id"))


def user_in(row: Any) -> int | None:
    """The number of whose time it is."""
    return ident(mapping(mapping(row).get("user")).get("id"))


def project_item(row: Any, by: Lookups) -> Issue | None:
    """The project, as an item, of a time entry that is for no issue."""
    project = mapping(mapping(row).get("project"))
    nr = ident(project.get("id"))
    if nr is None or issue_in(row) is not None:
        return None
    key = by.projects.get(nr, f"project {nr}")
    return Issue(
        f"{PROJECT}{nr}", key, type="project", title=text(project.get("name")), project=key,
        url=f"{by.url}/projects/{key}",
    )  # fmt: skip


def project_of(row: Mapping[str, Any], by: Lookups) -> str | None:
    """The project's identifier, its name where that is not known."""
    nr = ident(mapping(row.get("project")).get("id"))
    return by.projects.get(nr or 0) or _name(row, "project")


def _item_of(entry: Mapping[str, Any], by: Lookups) -> str | None:
    nr = issue_in(entry)
    if nr is not None:
        return f"{by.prefix}{nr}"
    project = project_item(entry, by)
    return project.key if project else None


def _changes(journal: Mapping[str, Any]) -> Iterator[Change]:
    details = [mapping(d) for d in listing(journal.get("details"))]
    ours = [
        d for d in details
        if d.get("property") == "attr" and d.get("name") in ("status_id", "assigned_to_id")
    ]  # fmt: skip
    if not ours:
        return
    at = moment(journal.get("created_on"), "moment of a change")
    if at is None:
        raise Refused("a change in the history has no moment", repr(journal.get("id")))
    nr, user = ident(journal.get("id")), ident(mapping(journal.get("user")).get("id"))
    for d in ours:
        before, after = ident(d.get("old_value")) or 0, ident(d.get("new_value")) or 0
        yield Change(nr or 0, at, user or 0, str(d["name"]), before, after)


def _histories(
    issue: Mapping[str, Any], changes: list[Change], created: datetime | None
) -> tuple[list[tuple[datetime, int]], list[tuple[datetime, int]]]:
    """(moment, status) and (moment, assignee) from the beginning on."""
    now = {
        "status_id": _status(issue),
        "assigned_to_id": ident(mapping(issue.get("assigned_to")).get("id")) or 0,
    }
    out = []
    for what in ("status_id", "assigned_to_id"):
        of = [c for c in changes if c.what == what]
        first = of[0].before if of else now[what]
        # without a history nobody knows since when it is as it is
        begins = [(created, first)] if created and ("journals" in issue) else []
        out.append([*begins, *((c.at, c.after) for c in of)])
    return out[0], out[1]


def _done(
    issue: Mapping[str, Any], states: list[tuple[datetime, int]], by: Lookups
) -> datetime | None:
    if _status(issue) not in by.statuses.done:
        return None
    went_in, before = None, False
    for at, status in states:
        is_done = status in by.statuses.done
        if is_done and not before:
            went_in = at
        before = is_done
    # the moment of closing stays after a reopening, so it is asked for closed issues only
    closed = moment(issue.get("closed_on"), "moment of closing")
    last = moment(issue.get("updated_on"), "moment of the last change")
    return (went_in if before else None) or closed or last


def _stretches(
    states: list[tuple[datetime, int]],
    had: list[tuple[datetime, int]],
    done: datetime | None,
    by: Lookups,
    loggers: set[int],
) -> tuple[Stretch, ...]:
    people = [(at, None if n in loggers or not n else _person(n, by)) for at, n in had]
    return stretches_of(
        [(at, status in by.statuses.working) for at, status in states],
        [(at, None if p is None or p.bot else p.name) for at, p in people],
        done,
    )


def _moves(issue: Mapping[str, Any], by: Lookups) -> Iterator[Move]:
    for change in changes_of(issue):
        if change.what == "status_id":
            who = _person(change.user or None, by)
            yield Move(str(change.journal or change.at.isoformat()), change.at, who.name, who.bot)


def _person(nr: int | None, by: Lookups) -> Person:
    if nr is None:
        return Person(None)
    return by.people.get(nr) or Person(unnamed(nr))


def _status(issue: Mapping[str, Any]) -> int:
    return ident(mapping(issue.get("status")).get("id")) or 0


def _parent(issue: Mapping[str, Any], by: Lookups) -> str | None:
    nr = ident(mapping(issue.get("parent")).get("id"))
    return f"{by.prefix}{nr}" if nr else None


def _name(row: Mapping[str, Any], what: str) -> str | None:
    return text(mapping(row.get(what)).get("name"))


def _tags(issue: Mapping[str, Any]) -> tuple[str, ...]:
    """Tags of the plug-ins that have some."""
    found = (text(mapping(t).get("name")) or text(t) for t in listing(issue.get("tags")))
    return tuple(dict.fromkeys(t for t in found if t))


def _custom(row: Mapping[str, Any]) -> dict[str, str]:
    """Values of custom fields by name and by number, in lower case."""
    out: dict[str, str] = {}
    for one in map(mapping, listing(row.get("custom_fields"))):
        value = words(one.get("value"))
        for called in (text(one.get("id")), text(one.get("name"))):
            if value is not None and called:
                out.setdefault(called.casefold(), value)
    return out


def _fields(issue: Mapping[str, Any], custom: Mapping[str, str], by: Lookups) -> dict[str, str]:
    found = {
        "priority": _name(issue, "priority"), "fix version": _name(issue, "fixed_version"),
        "project name": _name(issue, "project"),
        **{name: text(issue.get(given)) for name, given in _PLAIN.items()},
        **{name: custom.get(name.casefold()) for name in by.fields},
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}
