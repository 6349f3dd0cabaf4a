"""An issue as trackers have it, and the work that follows from it: one item, and effort on days.

Every tracker's ``translate.py`` makes an ``Issue``; what counts as effort is decided here, once:

* done: one item, and its points, on the day when it was done;
* logged: hours on the day that they were logged for;
* moved: a change of state is a trace of the day of whoever made it;
* in progress: each working day of a stretch in which somebody had it is a trace of that person's day,
  unless that person logged hours on the issue.

What a person did on a program's issue is a person's work: each row says itself whether a program did it.
Traces carry no effort of their own: person-days are split by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.shape import number
from mainstem.work.records import MICRO, UNIT_CODES

#: Working days of one stretch that become traces; longer ones say nothing about a day.
MOST_DAYS = 60
#: Days in which there are certainly so many working days.
_SPAN = MOST_DAYS * 7 // 5 + 7
#: Longest time that one entry of a log may have: a year of it is a slip of somebody's hand.
MOST_SECONDS = 366 * 86_400
#: More points than this are a slip, or another number.
MOST_POINTS = 1_000_000.0
_HOUR, _POINT, _ITEM, _EVENT = (UNIT_CODES[u] for u in ("hour", "point", "item", "event"))


@dataclass(frozen=True, slots=True)
class Log:
    """Time that somebody logged. ``ident`` is unique within the issue."""

    ident: str
    on: date
    seconds: float
    person: str | None
    bot: bool = False
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state, by somebody. ``ident`` is unique within the issue."""

    ident: str
    at: datetime
    person: str | None
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody had the issue in progress; ``until`` is ``None`` while it still is."""

    person: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Issue:
    """What a tracker says of an issue; texts as they are, moments with an offset.

    Attributes:
        ident: Stable id, the stem of its row keys; the key where keys never change.
        key: What people call it.
        done: When it reached the counting state; ``None`` while it is open.
        person: Who has it.
        fields: What else a claim may ask for. ``id`` is added where it differs from the key.
        refused: Parts that could not be taken: reason and value. The rest of it stands.
    """

    ident: str
    key: str
    type: str | None = None
    title: str | None = None
    state: str | None = None
    project: str | None = None
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    epic: str | None = None
    parent: str | None = None
    paths: tuple[str, ...] = ()
    team: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    created: datetime | None = None
    started: datetime | None = None
    done: datetime | None = None
    points: float | None = None
    person: str | None = None
    bot: bool = False
    logs: tuple[Log, ...] = ()
    moves: tuple[Move, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """The item and the records that follow from an issue, as rows of ``work.records``."""

    item: dict[str, Any]
    records: list[dict[str, Any]]


def work_of(issue: Issue, zone: ZoneInfo, now: datetime) -> Work:
    """What an issue becomes.

    Args:
        zone: Days are cut in it.
        now: A stretch that is still open ends here.
    """
    fields = dict(issue.fields)
    if issue.ident != issue.key:
        fields["id"] = issue.ident
    item = {
        "key": issue.key, "type": issue.type, "title": issue.title, "state": issue.state,
        "project": issue.project, "labels": list(issue.labels), "components": list(issue.components),
        "epic": issue.epic, "parent": issue.parent, "paths": list(issue.paths), "team": issue.team,
        "fields": fields, "url": issue.url, "created": stamp(issue.created),
        "started": stamp(issue.started), "done": stamp(issue.done), "shares": {}, "bot": issue.bot,
    }  # fmt: skip
    return Work(item, list(_records(issue, zone, now)))


def points_of(value: object) -> tuple[float | None, tuple[tuple[str, str], ...]]:
    """Points out of a field's value, and why they are refused where it is no number of points."""
    if value is None or value == "":
        return None, ()
    found = number(value)
    if found is None:
        return None, (("the points are no number", str(value)[:200]),)
    if not 0 <= found <= MOST_POINTS:
        return None, (("the points are an impossible number", str(value)[:200]),)
    return found, ()


def stamp(at: datetime | None) -> str | None:
    """A moment as the ledger keeps it: UTC, without an offset."""
    if at is None:
        return None
    # without `+00:00`
    return at.astimezone(UTC).isoformat(sep=" ")[:-6]


def _records(issue: Issue, zone: ZoneInfo, now: datetime) -> Iterator[dict[str, Any]]:
    if issue.done is not None:
        day = issue.done.astimezone(zone).date()
        yield _row(issue, "item", day, issue.person, _ITEM, MICRO)
        if issue.points is not None and issue.points > 0:
            yield _row(issue, "points", day, issue.person, _POINT, round(issue.points * MICRO))
    for log in issue.logs:
        amount = round(log.seconds * MICRO / 3600)
        row = _row(issue, f"log:{log.ident}", log.on, log.person, _HOUR, amount)
        row["bot"], row["team"] = log.bot, log.team or issue.team
        yield row
    for move in issue.moves:
        if move.person:
            on = move.at.astimezone(zone).date()
            row = _row(issue, f"move:{move.ident}", on, move.person, _EVENT, MICRO)
            row["bot"] = move.bot
            yield row
    if issue.stretches:
        yield from _traces(issue, zone, now)


def _row(
    issue: Issue, rest: str, on: date, person: str | None, unit: int, amount: int
) -> dict[str, Any]:
    return {
        "row_key": f"{issue.ident}#{rest}", "item_key": issue.key, "day": on.isoformat(),
        "person": person, "team": issue.team, "unit": unit, "amount": amount, "bot": issue.bot,
    }  # fmt: skip


def _traces(issue: Issue, zone: ZoneInfo, now: datetime) -> Iterable[dict[str, Any]]:
    """A row for each person and day in progress; these are most of all rows, so little is done for each."""
    loggers = {log.person for log in issue.logs}
    had: dict[tuple[str, int], None] = {}
    for stretch in issue.stretches:
        if stretch.person not in loggers:
            had.update(
                zip(zip(repeat(stretch.person), _working_days(stretch, zone, now)), repeat(None))
            )
    stem, key, team, bot = f"{issue.ident}#day:", issue.key, issue.team, issue.bot
    return [
        {
            "row_key": f"{stem}{person}:{(on := _iso(ordinal))}", "item_key": key, "day": on,
            "person": person, "team": team, "unit": _EVENT, "amount": MICRO, "bot": bot,
        }
        for person, ordinal in had
    ]  # fmt: skip


def _working_days(stretch: Stretch, zone: ZoneInfo, now: datetime) -> list[int]:
    """The last days, Monday to Friday, of a stretch, as proleptic ordinals."""
    first = stretch.since.astimezone(zone).toordinal()
    last = (stretch.until or now).astimezone(zone).toordinal()
    # an ordinal is 6 modulo 7 on a Saturday and 0 on a Sunday
    days = [on for on in range(max(first, last - _SPAN), last + 1) if 0 < on % 7 < 6]
    return days[-MOST_DAYS:]


@lru_cache(maxsize=20_000)
def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def stretches_of(
    states: Iterable[tuple[datetime, bool]],
    people: Iterable[tuple[datetime, str | None]],
    end: datetime | None = None,
) -> tuple[Stretch, ...]:
    """Who had an issue in progress, and when, out of its two histories.

    Args:
        states: (moment, whether it is in progress from then on), in order of time.
        people: (moment, who has it from then on, or nobody), in order of time.
        end: When it ended, whatever the histories say; ``None``: it has not.
    """
    states = tuple(states)
    if not any(working for _, working in states):
        return ()
    changes = sorted(
        [(at, 0, working) for at, working in states] + [(at, 1, who) for at, who in people],
        key=lambda change: (change[0], change[1]),
    )
    out: list[Stretch] = []
    working, who, since = False, None, None
    for at, which, value in changes:
        if end is not None and at >= end:
            break
        before = (working, who)
        if which == 0:
            working = bool(value)
        else:
            who = value if isinstance(value, str) else None
        if (working, who) == before:
            continue
        if since is not None and before[0] and before[1] and at > since:
            out.append(Stretch(str(before[1]), since, at))
        since = at
    if working and who and since is not None:
        out.append(Stretch(who, since, end))
    return tuple(out)
