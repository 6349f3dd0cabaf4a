"""Time spent, out of GitLab's entries or its notes; pure.

GitLab keeps corrections as entries below nought, also "remove all time spent". Amounts of the ledger are
never below nought, so entries are netted until the sum is the one that GitLab shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.dates import day, moment
from mainstem.sources.issue import MOST_SECONDS, Log
from mainstem.sources.remote import Refused, Reject

#: Longest time that an issue may give in one figure: everybody's, over all of its life.
MOST_TOTAL = 50 * MOST_SECONDS
#: What GitLab's own words for time mean, in seconds: a day has 8 hours, a week 5 days, a month 4 weeks.
_SECONDS = {"mo": 576_000, "w": 144_000, "d": 28_800, "h": 3_600, "m": 60, "s": 1}
_PART = re.compile(r"(\d{1,9})\s?(mo|w|d|h|m|s)(?![a-z])")
_NOTE = re.compile(
    r"^(?P<did>added|subtracted|deleted) (?P<time>[\dmowdhs ]{2,60}?) of (?:time spent|spent time)"
    r"(?: (?:at|from) (?P<on>\d{4}-\d{2}-\d{2})(?P<rest>.*))?",
    re.DOTALL,
)
_NUMBER = re.compile(r"(\d{1,18})$")


@dataclass(frozen=True, slots=True)
class Entry:
    """Time that somebody added, or took back where it is below nought. ``order`` is that of making.

    ``is_deletion``: it takes one whole entry away, which may be another person's.
    """

    order: int
    person: str
    on: date
    seconds: int
    is_deletion: bool = False


@dataclass(frozen=True, slots=True)
class Spent:
    """What is left after netting, and what was refused."""

    logs: tuple[Log, ...] = ()
    rejects: tuple[Reject, ...] = ()


def of_timelogs(
    nodes: Iterable[Any], place: str, zone: ZoneInfo
) -> tuple[list[Entry], list[Reject]]:
    """Entries out of GraphQL's ``timelogs``."""
    return _each(nodes, place, lambda node: _of_timelog(node, zone))


def of_notes(notes: Iterable[Any], place: str, zone: ZoneInfo) -> tuple[list[Entry], list[Reject]]:
    """Entries out of the system notes of an issue, in the order of their making.

    "removed time spent" takes back all that was there; "deleted 1h of spent time" one entry, whoever it was
    by: that note is by whoever deleted it.
    """
    entries, rejects = _each(notes, place, lambda note: _of_note(note, zone))
    out: list[Entry] = []
    for entry in entries:
        if entry.seconds == 0:
            out.clear()
        elif (gone := _deleted_by(entry, out)) is not None:
            out.remove(gone)
        else:
            out.append(entry)
    return out, rejects


def _deleted_by(entry: Entry, among: Sequence[Entry]) -> Entry | None:
    """The entry that a deletion means: of that time and day, the same person's and the latest before others."""
    if not entry.is_deletion:
        return None
    # deletions name the day in UTC
    alike = [e for e in among if e.seconds == -entry.seconds and abs((e.on - entry.on).days) <= 1]
    near = lambda e: (e.person == entry.person, -abs((e.on - entry.on).days), e.order)  # noqa: E731
    return max(alike, key=near, default=None)


def net(entries: Iterable[Entry], place: str, is_bot: Callable[[str], bool]) -> Spent:
    """Nets corrections: by person and day, then against that person's other days, the latest first.

    What brings the sum of all to nought or below ends what was before it, whoever it was by: that is how
    "remove all time spent" is kept. What is then left below nought is refused.
    """
    kept: dict[tuple[str, date], int] = {}
    total = 0
    for entry in sorted(entries, key=lambda e: e.order):
        total += entry.seconds
        if entry.seconds < 0 and total <= 0:
            kept.clear()
            total = 0
            continue
        where = entry.person, entry.on
        kept[where] = kept.get(where, 0) + entry.seconds
    owed = _settle(kept)
    rejects = [
        Reject(place, "more time was taken back than this person had logged", str(seconds))
        for seconds in owed.values()
    ]
    logs = []
    for (person, on), seconds in kept.items():
        if seconds > MOST_SECONDS:
            rejects.append(Reject(place, "more than a year of time on one day", str(seconds)))
        elif seconds > 0:
            logs.append(Log(f"{person}:{on.isoformat()}", on, seconds, person, is_bot(person)))
    return Spent(tuple(logs), tuple(rejects))


def _settle(kept: dict[tuple[str, date], int]) -> dict[str, int]:
    """Takes what is below nought from the same person's other days; returns what could not be taken."""
    owed: dict[str, int] = {}
    for (person, on), seconds in list(kept.items()):
        if seconds < 0:
            owed[person] = owed.get(person, 0) - seconds
            kept[person, on] = 0
    for person, on in sorted(kept, key=lambda where: where[1], reverse=True):
        if owed.get(person):
            taken = min(owed[person], kept[person, on])
            kept[person, on] -= taken
            owed[person] -= taken
    return {person: seconds for person, seconds in owed.items() if seconds}


def _each(
    given: Iterable[Any], place: str, read: Callable[[Mapping[str, Any]], Entry | None]
) -> tuple[list[Entry], list[Reject]]:
    entries: dict[int, Entry] = {}
    rejects: list[Reject] = []
    for one in given:
        try:
            entry = read(one if isinstance(one, dict) else _refuse(one))
        except Refused as error:
            rejects.append(Reject(place, str(error), error.sample))
            continue
        if entry is not None:
            entries[entry.order] = entry
    return sorted(entries.values(), key=lambda e: e.order), rejects


def _refuse(one: object) -> Mapping[str, Any]:
    raise Refused("an entry of time spent is no object", one)


def _of_timelog(node: Mapping[str, Any], zone: ZoneInfo) -> Entry:
    seconds = node.get("timeSpent")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or abs(seconds) > 10**12:
        raise Refused("time spent is no number of seconds", seconds)
    number = _NUMBER.search(str(node.get("id") or ""))
    if number is None:
        raise Refused("an entry of time spent has no id", node.get("id"))
    at = moment(node.get("spentAt"), "day of time spent")
    if at is None:
        raise Refused("an entry of time spent has no day")
    return Entry(int(number[1]), _username(node.get("user")), _day_of(at, zone), seconds)


def _of_note(note: Mapping[str, Any], zone: ZoneInfo) -> Entry | None:
    body = note.get("body")
    if note.get("system") is not True or not isinstance(body, str):
        return None
    order = note.get("id")
    if not isinstance(order, int) or isinstance(order, bool):
        raise Refused("a note has no id", order)
    at = moment(note.get("created_at"), "moment of a note")
    if at is None:
        raise Refused("a note has no moment")
    person = _username(note.get("author"))
    if body.strip().lower().startswith("removed time spent"):
        return Entry(order, person, at.date(), 0)
    found = _NOTE.match(body.strip())
    if found is None:
        return None
    seconds = sum(int(n) * _SECONDS[unit] for n, unit in _PART.findall(found["time"]))
    if seconds == 0:
        raise Refused("a note of time spent has a time that is none", found["time"])
    on = _noted_day(found["on"], found["rest"] or "", zone) or at.astimezone(zone).date()
    did = found["did"]
    return Entry(order, person, on, seconds if did == "added" else -seconds, did == "deleted")


def _noted_day(on: str | None, rest: str, zone: ZoneInfo) -> date | None:
    clock = re.match(r" (\d{2}:\d{2}:\d{2}) UTC", rest)
    if on and clock:
        at = moment(f"{on}T{clock[1]}+00:00", "day of time spent")
        return None if at is None else _day_of(at, zone)
    return day(on, "day of time spent")


def _day_of(at: datetime, zone: ZoneInfo) -> date:
    """Whoever names only a day gets midnight or noon in UTC: that is the day itself, in every zone."""
    if (at.minute, at.second, at.microsecond) == (0, 0, 0) and at.hour in (0, 12):
        return at.date()
    return at.astimezone(zone).date()


def _username(user: object) -> str:
    """The account; entries of deleted accounts belong to GitLab's own ``ghost``."""
    name = user.get("username") if isinstance(user, dict) else None
    return clean(name) or "ghost"


def clean(value: object) -> str | None:
    """A text that can be kept everywhere; ``None`` for anything else, and for an empty one."""
    if not isinstance(value, str):
        return None
    text = value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()
    return text or None


def as_one(total: int, on: date, person: str | None, is_bot: bool, place: str) -> Spent:
    """The one figure that is left where neither entries nor notes may be read."""
    if total > MOST_TOTAL:
        reason = "the time spent is an impossible number"
        return Spent(rejects=(Reject(place, reason, str(total)),))
    return Spent((Log("total", on, total, person, is_bot),) if total > 0 else ())
