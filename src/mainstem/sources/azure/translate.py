"""A work item of Azure DevOps with its updates, as work. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from mainstem.sources.azure.history import Change, changes_of, worked_of
from mainstem.sources.azure.lookups import (
    ACTIVATED,
    AREA,
    ASSIGNED,
    CHANGED,
    CLOSED,
    CREATED,
    DONE,
    PARENT,
    PLAIN,
    PROJECT,
    RESOLVED,
    STATE,
    TAGS,
    TITLE,
    TYPE,
    Lookups,
    person_of,
)
from mainstem.sources.dates import moment
from mainstem.sources.issue import MOST_SECONDS, Issue, Log, Move, points_of, stretches_of
from mainstem.sources.marks import as_moment
from mainstem.sources.remote import Refused
from mainstem.sources.shape import ident, listing, mapping, number, text, words

_ABOVE = "System.LinkTypes.Hierarchy-Reverse"
#: A year from which on a moment means that there is none yet.
_NEVER = 2100


def revision_of(row: Any) -> int:
    """Number of the last revision of a work item; 0 if it has none."""
    return ident(mapping(row).get("rev")) or 0


def changed_of(row: Any) -> datetime | None:
    """When it was changed last."""
    return as_moment(mapping(mapping(row).get("fields")).get(CHANGED))


def kinds_of(row: Any, updates: Sequence[Any] | None) -> set[tuple[str, str]]:
    """Projects and types that it is of or was of; each project with each type."""
    now = mapping(mapping(row).get("fields"))
    past = [mapping(mapping(update).get("fields")) for update in updates or ()]
    projects, kinds = (
        {text(now.get(name)), *(text(mapping(f.get(name)).get("newValue")) for f in past)}
        for name in (PROJECT, TYPE)
    )
    return {(p, k) for p in projects for k in kinds if p and k}


def working_state(row: Any, by: Lookups) -> str:
    """Its state, if somebody works on what is in it; else empty."""
    fields = mapping(mapping(row).get("fields"))
    state = text(fields.get(STATE)) or ""
    at = text(fields.get(PROJECT)) or "", text(fields.get(TYPE)) or ""
    return state if state and by.is_working(*at, state) else ""


def issue_of(row: Any, by: Lookups, updates: Sequence[Any] | None, zone: ZoneInfo) -> Issue:
    """A work item.

    Args:
        updates: What each revision changed; ``None`` where it was not read.
        zone: Days of hours are cut in it.

    Raises:
        Refused: it cannot become work.
    """
    item = mapping(row)
    nr, fields = ident(item.get("id")), mapping(item.get("fields"))
    if nr is None:
        raise Refused("the work item has no number", repr(row)[:200])
    state, type_, project = (text(fields.get(n)) for n in (STATE, TYPE, PROJECT))
    if not state:
        raise Refused("the work item has no state", fields.get(STATE, ""))
    past = _Past(item, updates, by)
    who = person_of(fields.get(ASSIGNED), by.bots)
    done, area = past.done(), text(fields.get(AREA))
    points, refused = points_of(_points(fields, by))
    return Issue(
        str(nr), f"{by.prefix}{nr}", type=type_, title=text(fields.get(TITLE)), state=state,
        project=project, labels=_tags(fields.get(TAGS)), components=(area,) if area else (),
        parent=_parent(item, by), team=_team(fields, by) or who.team, fields=_more(fields, by),
        url=f"{by.url}/{quote(project or '', safe='')}/_workitems/edit/{nr}".replace("//_", "/_"),
        created=moment(fields.get(CREATED), "moment of creation"), started=past.started(),
        done=done, points=points, person=who.name, bot=who.bot,
        logs=tuple(past.logs(done, zone)), moves=tuple(past.moves()), stretches=past.stretches(done),
        refused=refused,
    )  # fmt: skip


class _Past:
    """The history of a work item, or what it says of it without one."""

    def __init__(self, item: Mapping[str, Any], updates: Sequence[Any] | None, by: Lookups) -> None:
        self._by, self._fields = by, mapping(item.get("fields"))
        self._updates, self._last = updates or (), revision_of(item) or 2**62
        self._has = updates is not None
        self._states = self._changes(STATE)
        self._were = [(text(self._fields.get(n)) or "", self._changes(n)) for n in (PROJECT, TYPE)]

    def _changes(self, name: str) -> list[Change]:
        return changes_of(self._updates, name, self._last) if name else []

    def _at(self, revision: int) -> tuple[str, str]:
        """Project and type in a revision: states mean what they mean there."""
        found = []
        for now, changes in self._were:
            before = [text(c.value) for c in changes if c.revision <= revision]
            found.append((before[-1] if before else None) or now)
        return found[0], found[1]

    def _is_done(self, change: Change) -> bool:
        at = self._at(change.revision)
        return self._by.category(*at, text(change.value) or "") == DONE

    def _is_working(self, change: Change) -> bool:
        return self._by.is_working(*self._at(change.revision), text(change.value) or "")

    def done(self) -> datetime | None:
        """The last time that it went into a state of the category Completed, and stayed there."""
        now = (self._were[0][0], self._were[1][0], text(self._fields.get(STATE)) or "")
        if self._by.category(*now) != DONE:
            return None
        went_in: datetime | None = None
        for change in self._states:
            went_in = (went_in or change.at) if self._is_done(change) else None
        names = (CLOSED, RESOLVED, "Microsoft.VSTS.Common.StateChangeDate", CHANGED, CREATED)
        return went_in or next((at for n in names if (at := _moment(self._fields.get(n)))), None)

    def started(self) -> datetime | None:
        """The first time that somebody worked on it."""
        if self._has:
            return next((c.at for c in self._states if self._is_working(c)), None)
        return _moment(self._fields.get(ACTIVATED))

    def logs(self, done: datetime | None, zone: ZoneInfo) -> Iterable[Log]:
        """Hours on the days on which the figure was raised; without a history all on one day."""
        if not self._has:
            yield from self._one_log(done, zone)
            return
        for worked in worked_of(self._changes(self._by.hours)):
            who = person_of(worked.by, self._by.bots)
            on = worked.at.astimezone(zone).date()
            yield Log(str(worked.revision), on, _seconds(worked.hours), who.name, who.bot)

    def _one_log(self, done: datetime | None, zone: ZoneInfo) -> Iterable[Log]:
        hours = number(self._fields.get(self._by.hours)) if self._by.hours else None
        at = done or _moment(self._fields.get(CHANGED))
        if hours and hours > 0 and at:
            who = person_of(self._fields.get(ASSIGNED), self._by.bots)
            yield Log("all", at.astimezone(zone).date(), _seconds(hours), who.name, who.bot)

    def moves(self) -> Iterable[Move]:
        """Changes of state, by whom."""
        # the first revision is its creation
        for change in self._states[1:]:
            who = person_of(change.by, self._by.bots)
            yield Move(str(change.revision), change.at, who.name, who.bot)

    def stretches(self, done: datetime | None) -> Any:
        """Who had it while it was in progress."""
        people = [(c.at, person_of(c.value, self._by.bots)) for c in self._changes(ASSIGNED)]
        return stretches_of(
            [(c.at, self._is_working(c)) for c in self._states],
            [(at, None if who.bot else who.name) for at, who in people],
            done,
        )


def _moment(given: object) -> datetime | None:
    found = as_moment(given)
    return found if found and found.year < _NEVER else None


def _seconds(hours: float) -> float:
    if hours * 3600 > MOST_SECONDS:
        raise Refused("the time is more than a year", hours)
    return hours * 3600


def _tags(given: object) -> tuple[str, ...]:
    found = given.split(";") if isinstance(given, str) else ()
    return tuple(dict.fromkeys(t for tag in found if (t := text(tag))))


def _parent(item: Mapping[str, Any], by: Lookups) -> str | None:
    found = ident(mapping(item.get("fields")).get(PARENT))
    for relation in map(mapping, listing(item.get("relations"))):
        if found is None and relation.get("rel") == _ABOVE:
            found = ident((text(relation.get("url")) or "").rpartition("/")[2])
    return f"{by.prefix}{found}" if found else None


def _points(fields: Mapping[str, Any], by: Lookups) -> float | None:
    found = (number(fields.get(name)) for name in by.points)
    return next((n for n in found if n is not None), None)


def _team(fields: Mapping[str, Any], by: Lookups) -> str | None:
    if not by.team_field:
        return None
    if by.team_field == AREA:
        # the area of a team is, unless somebody changed it, PROJECT\TEAM
        parts = [p for p in (text(fields.get(AREA)) or "").split("\\") if p]
        return parts[1] if len(parts) > 1 else parts[0] if parts else None
    return _words(fields.get(by.team_field))


def _more(fields: Mapping[str, Any], by: Lookups) -> dict[str, str]:
    wanted = {**PLAIN, **by.more}
    return {name: found for name, f in wanted.items() if (found := _words(fields.get(f)))}


def _words(given: object) -> str | None:
    if isinstance(given, dict):
        who = person_of(given)
        return who.name or who.team
    return words(given)
