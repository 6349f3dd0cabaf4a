"""A work package of OpenProject with its activities, and a time entry, as work. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from mainstem.sources.dates import day, moment
from mainstem.sources.issue import MOST_SECONDS, Issue, Move, Stretch, points_of, stretches_of
from mainstem.sources.openproject.durations import seconds_of
from mainstem.sources.openproject.history import Change, changes_of
from mainstem.sources.openproject.lookups import (
    Lookups,
    Person,
    address,
    link,
    number_in,
    unnamed,
)
from mainstem.sources.remote import Refused
from mainstem.sources.shape import ident, listing, mapping, text, words
from mainstem.work.records import MICRO, UNIT_CODES

#: Begins the stems of time entries, before their number.
TIME = "time:"
#: Begins the stable ids of projects, which are items where time was logged on nothing else.
PROJECT = "project:"
_PLAIN = {"start date": "startDate", "due date": "dueDate", "done ratio": "percentageDone"}


def number_of(row: Any, what: str) -> int:
    """The number of a work package or time entry.

    Raises:
        Refused: it has none.
    """
    found = ident(mapping(row).get("id"))
    if found is None:
        raise Refused(f"the {what} has no number", repr(row)[:200])
    return found


def people_in(row: Any, activities: Sequence[Any], by: Lookups) -> set[str]:
    """Addresses of those who have or had it, and who changed its status."""
    found = {link(mapping(row), by.person)[0]}
    try:
        changes = changes_of(activities, by.labels)
    except Refused:
        changes = []
    for change in changes:
        if change.label == by.labels[0]:
            found.add(change.user)
        else:
            found |= {by.called.get(change.before, ""), by.called.get(change.after, "")}
    return {href for href in found if href}


def was_worked_on(row: Any, activities: Sequence[Any], by: Lookups) -> bool:
    """Whether it ever was in progress: only then it matters who logged time on it."""
    try:
        changes = changes_of(activities, by.labels[:1])
    except Refused:
        return False
    names = {name.casefold() for c in changes for name in (c.before, c.after)}
    numbers = {by.statuses.named.get(name) for name in names} | {_status(mapping(row))}
    return bool(numbers & by.statuses.working)


def issue_of(
    row: Any,
    by: Lookups,
    activities: Sequence[Any] | None = None,
    loggers: Collection[str] = (),
) -> Issue:
    """A work package.

    Args:
        activities: Its history; ``None`` where it was not read.
        loggers: Addresses of those who logged time on it: their days are known and need no traces.

    Raises:
        Refused: it cannot become work.
    """
    package, nr = mapping(row), number_of(row, "work package")
    if not _status(package):
        raise Refused("the work package has no status", link(package, "status")[0])
    created = moment(package.get("createdAt"), "moment of creation")
    changes = changes_of(activities or (), by.labels)
    states, had = _histories(package, changes, None if activities is None else created, by)
    done = _done(package, states, by)
    href, title = link(package, by.person)
    who = _person(href, title, by)
    version = link(package, "version")[1]
    custom = _custom(package, by)
    points, refused = points_of(custom(by.points) if by.points else None)
    fields = {
        "priority": link(package, "priority")[1], "fix version": version,
        "project name": link(package, "project")[1],
        **{name: words(package.get(given)) for name, given in _PLAIN.items()},
        **{name: custom(name) for name in by.fields},
    }  # fmt: skip
    return Issue(
        str(nr), f"{by.prefix}{nr}", type=link(package, "type")[1],
        title=text(package.get("subject")), state=link(package, "status")[1],
        project=_project(package, by), components=_named(package, "category"),
        parent=_parent(package, by), team=custom(by.team_field) if by.team_field else who.team,
        fields={name: value for name, value in fields.items() if value},
        url=f"{by.url}/work_packages/{nr}", created=created,
        started=next((at for at, s in states if s in by.statuses.working), None), done=done,
        points=points, person=who.name, bot=who.bot, moves=tuple(_moves(changes, by)),
        stretches=_stretches(states, had, done, by, set(loggers)), refused=refused,
    )  # fmt: skip


def entry_row(row: Any, by: Lookups) -> dict[str, Any]:
    """A time entry as a row of ``RECORD_COLUMNS``.

    Raises:
        Refused: it cannot become effort.
    """
    entry, nr = mapping(row), number_of(row, "time entry")
    if entry.get("ongoing") is True:
        raise Refused("the time is still running")
    seconds, on = seconds_of(entry.get("hours")), day(entry.get("spentOn"), "day of the time")
    if on is None:
        raise Refused("the time has no day")
    if seconds is None:
        raise Refused("the time is no duration", repr(entry.get("hours")))
    if seconds > MOST_SECONDS:
        raise Refused("the time is more than a year", repr(entry.get("hours")))
    who = _person(*link(entry, "user"), by)
    team = _custom(entry, by)(by.team_field) if by.team_field else None
    return {
        "row_key": f"{TIME}{nr}#log", "item_key": _item_of(entry, by), "day": on.isoformat(),
        "person": who.name, "team": team or who.team, "unit": UNIT_CODES["hour"],
        "amount": round(seconds * MICRO / 3600), "bot": who.bot,
    }  # fmt: skip


def package_in(row: Any) -> int | None:
    """The number of the work package that a time entry is for; newer versions say ``entity``."""
    entry = mapping(row)
    hrefs = (link(entry, name)[0] for name in ("workPackage", "entity"))
    return next((n for href in hrefs if (n := number_in(href, "work_packages"))), None)


def project_item(row: Any, by: Lookups) -> Issue | None:
    """The project, as an item, of a time entry that is for no work package."""
    href, title = link(mapping(row), "project")
    nr = number_in(href, "projects")
    if nr is None or package_in(row) is not None:
        return None
    key = by.projects.get(nr, f"project {nr}")
    return Issue(
        f"{PROJECT}{nr}", key, type="project", title=title, project=key,
        url=f"{by.url}/projects/{nr}",
    )  # fmt: skip


def _item_of(entry: Mapping[str, Any], by: Lookups) -> str | None:
    nr = package_in(entry)
    if nr is not None:
        return f"{by.prefix}{nr}"
    project = project_item(entry, by)
    return project.key if project else None


def _histories(
    package: Mapping[str, Any], changes: list[Change], created: datetime | None, by: Lookups
) -> tuple[list[tuple[datetime, int]], list[tuple[datetime, str]]]:
    """(moment, status) and (moment, address of who has it) from the beginning on."""
    states = [c for c in changes if c.label == by.labels[0]]
    had = [c for c in changes if c.label != by.labels[0]]
    if created is None:
        return [], []
    named = by.statuses.named
    status = named.get(states[0].before.casefold(), 0) if states else _status(package)
    who = by.called.get(had[0].before, "") if had else link(package, by.person)[0]
    return (
        [(created, status), *((c.at, named.get(c.after.casefold(), 0)) for c in states)],
        [(created, who), *((c.at, by.called.get(c.after, "")) for c in had)],
    )


def _done(
    package: Mapping[str, Any], states: list[tuple[datetime, int]], by: Lookups
) -> datetime | None:
    if _status(package) not in by.statuses.done:
        return None
    went_in, before = None, False
    for at, status in states:
        is_done = status in by.statuses.done
        went_in, before = (at if is_done and not before else went_in), is_done
    if before:
        return went_in
    return moment(package.get("updatedAt"), "moment of the last change")


def _stretches(
    states: list[tuple[datetime, int]],
    had: list[tuple[datetime, str]],
    done: datetime | None,
    by: Lookups,
    loggers: set[str],
) -> tuple[Stretch, ...]:
    people = [(at, None if href in loggers else _person(href, None, by)) for at, href in had]
    return stretches_of(
        [(at, status in by.statuses.working) for at, status in states],
        [(at, None if p is None or p.bot else p.name) for at, p in people],
        done,
    )


def _moves(changes: list[Change], by: Lookups) -> list[Move]:
    out: dict[str, Move] = {}
    for change in changes:
        if change.label == by.labels[0]:
            who = _person(change.user, None, by)
            out[change.ident] = Move(change.ident, change.at, who.name, who.bot)
    return list(out.values())


def _person(href: str, title: str | None, by: Lookups) -> Person:
    if not href:
        return Person(None)
    if href in by.people:
        return by.people[href]
    if href.startswith("users/"):
        return Person(unnamed(href))
    # a group, or a placeholder for somebody who is not there yet
    return Person(None, team=title if href.startswith("groups/") else None)


def _status(package: Mapping[str, Any]) -> int:
    return number_in(link(package, "status")[0], "statuses") or 0


def _project(package: Mapping[str, Any], by: Lookups) -> str | None:
    href, title = link(package, "project")
    return by.projects.get(number_in(href, "projects") or 0) or title


def _parent(package: Mapping[str, Any], by: Lookups) -> str | None:
    nr = number_in(link(package, "parent")[0], "work_packages")
    return f"{by.prefix}{nr}" if nr else None


def _named(package: Mapping[str, Any], name: str) -> tuple[str, ...]:
    title = link(package, name)[1]
    return (title,) if title else ()


class _Custom:
    """Values of fields by property or by name."""

    def __init__(self, row: Mapping[str, Any], names: Mapping[str, str]) -> None:
        self._row, self._names = row, names

    def __call__(self, called: str) -> str | None:
        prop = called if called in self._row else self._names.get(called.casefold(), called)
        linked = mapping(self._row.get("_links")).get(prop)
        if isinstance(linked, dict):
            return address(linked)[1]
        if isinstance(linked, list):
            return words([address(mapping(one))[1] for one in listing(linked)])
        value = self._row.get(prop)
        return words(mapping(value).get("raw") if isinstance(value, dict) else value)


def _custom(row: Mapping[str, Any], by: Lookups) -> _Custom:
    return _Custom(row, by.schemas.get(link(row, "schema")[0], {}))
