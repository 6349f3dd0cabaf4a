"""Who was in which team when, cut into stretches in which nothing changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from mainstem.ledger.engine import Small
from mainstem.plan.model import Calendar, Plan
from mainstem.work.records import WHOLE

FAR_PAST, FAR_FUTURE = date(1900, 1, 1), date(2200, 1, 1)
#: Work on a day off counts on a working day at most this much earlier.
REACH_DAYS = 366
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A person belongs to a team from ``first`` until before ``last``, with ``parts`` of 10,000."""

    person: int
    team: int
    first: date
    last: date
    parts: int


def member_days(stretches: Iterable[Stretch]) -> Small:
    """Cuts overlapping memberships so that in each stretch the teams of a person are fixed.

    ``below`` and ``above`` are the running sum of parts before and after a team, ``whole`` their sum:
    an amount is split without loss as ``amount*above//whole - amount*below//whole``. Parts that sum to
    more than a whole person are scaled down to one.
    """
    rows: list[tuple[object, ...]] = []
    for person, own in sorted(_by_person(stretches).items()):
        for low, high in pairwise(_cuts(own)):
            rows += [(person, low, high, *part) for part in _parts(own, low, high)]
    columns = {
        "person": "INTEGER", "first": "DATE", "last": "DATE", "team": "INTEGER",
        "below": "INTEGER", "above": "INTEGER", "whole": "INTEGER",
    }  # fmt: skip
    return Small(columns, rows)


def changed_days(
    old: Iterable[Stretch], new: Iterable[Stretch]
) -> dict[int, list[tuple[date, date]]]:
    """For each person: from which to before which day the two do not give them the same teams."""
    then, now = _by_person(old), _by_person(new)
    out: dict[int, list[tuple[date, date]]] = {}
    for person in sorted(then.keys() | now.keys()):
        was, is_ = then.get(person, []), now.get(person, [])
        if was != is_:
            out[person] = [
                (low, high)
                for low, high in pairwise(_cuts([*was, *is_]))
                if _parts(was, low, high) != _parts(is_, low, high)
            ]
    return {person: spans for person, spans in out.items() if spans}


def _by_person(stretches: Iterable[Stretch]) -> dict[int, list[Stretch]]:
    out: dict[int, list[Stretch]] = defaultdict(list)
    for s in stretches:
        if s.parts > 0 and s.first < s.last:
            out[s.person].append(s)
    return out


def _cuts(own: Sequence[Stretch]) -> list[date]:
    return sorted({s.first for s in own} | {s.last for s in own})


def _parts(own: Sequence[Stretch], low: date, high: date) -> list[tuple[int, int, int, int]]:
    """(team, below, above, whole) of each team that a person is in all the time from low to high."""
    active: dict[int, int] = defaultdict(int)
    for s in own:
        if s.first <= low and s.last >= high:
            active[s.team] += s.parts
    total, running = sum(active.values()), 0
    out: list[tuple[int, int, int, int]] = []
    for team, parts in sorted(active.items()):
        scaled = parts if total <= WHOLE else parts * WHOLE // total
        out.append((team, running, running + scaled, min(total, WHOLE)))
        running += scaled
    if out and total > WHOLE:
        out[-1] = (*out[-1][:2], WHOLE, WHOLE)
    return out


def workdays(calendars: Sequence[Calendar], first: date, last: date) -> Small:
    """For each calendar and day: the working day on which work of that day counts.

    Work on a day off counts on the working day before it, so that a person's day stays one and no
    trace is lost. Where no working day lies within ``REACH_DAYS`` before it, it counts on the day itself.
    """
    rows: list[tuple[object, ...]] = []
    for number, calendar in enumerate(calendars):
        open_days = {_WEEK.index(d) for d in calendar.working_days} or set(range(7))
        holidays = set(calendar.holidays)
        day, worked = first - timedelta(days=REACH_DAYS), date.min
        while day <= last:
            if day.weekday() in open_days and day not in holidays:
                worked = day
            if day >= first:
                near = (day - worked).days <= REACH_DAYS
                rows.append((number, day, worked if near else day))
            day += timedelta(days=1)
    return Small({"calendar": "INTEGER", "day": "DATE", "counts_on": "DATE"}, rows)


def months_of_work(calendars: Sequence[Calendar], months: Iterable[str]) -> set[str]:
    """The months themselves, and those of the working days on which their days count."""
    out = set[str]()
    for month in months:
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        out.add(month)
        out |= {str(counts_on)[:7] for _, _, counts_on in workdays(calendars, first, last).rows}
    return out


def months_between(low: date, high: date) -> list[str]:
    """Every month from that of ``low`` to that of ``high``, both included."""
    count = (high.year - low.year) * 12 + high.month - low.month + 1
    places = (low.year * 12 + low.month - 1 + n for n in range(count))
    return [f"{p // 12:04}-{p % 12 + 1:02}" for p in places]


def team_calendars(plan: Plan, team_no: Mapping[str, int]) -> tuple[list[Calendar], Small]:
    """Calendars in use (0 is the organisation's) and which team has which; teams inherit upwards."""
    calendars = [plan.organisation.calendar]
    rows: list[tuple[object, ...]] = []
    for team in plan.teams:
        at: str | None = team
        seen: set[str] = set()
        while at and at in plan.teams and at not in seen:
            seen.add(at)
            own = plan.teams[at].calendar
            if own is not None:
                if own not in calendars:
                    calendars.append(own)
                if team in team_no:
                    rows.append((team_no[team], calendars.index(own)))
                break
            at = plan.teams[at].in_
    return calendars, Small({"team": "INTEGER", "calendar": "INTEGER"}, rows)
