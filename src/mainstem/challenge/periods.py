"""Which days a check looks at, and how many of them a team works.

Days of a range are both included. Cycles that are closed are history and are not checked again.
"""

from __future__ import annotations

from datetime import date

from mainstem.plan.model import Calendar, Cycle, Plan

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def checked_cycles(plan: Plan) -> list[tuple[str, Cycle]]:
    """Cycles that are not closed, earliest first; cycles that end before they start are left out."""
    chosen = [
        (key, cycle)
        for key, cycle in plan.cycles.items()
        if cycle.state != "closed" and cycle.first_day <= cycle.last_day
    ]
    return sorted(chosen, key=lambda pair: (pair[1].first_day, pair[1].last_day, pair[0]))


def current_cycle(plan: Plan, today: date) -> str | None:
    """The cycle that ``today`` is in; else the next to come; else the last one. None: no cycles."""
    cycles = checked_cycles(plan)
    for key, cycle in cycles:
        if today <= cycle.last_day:
            return key
    return cycles[-1][0] if cycles else None


def checked_spans(plan: Plan, today: date) -> list[tuple[date, date]]:
    """Days that are checked: those of all cycles that are not closed, else ``today`` alone.

    Cycles that touch or overlap are joined, so that nothing is reported twice.
    """
    spans: list[tuple[date, date]] = []
    for _, cycle in checked_cycles(plan):
        if spans and cycle.first_day.toordinal() <= spans[-1][1].toordinal() + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], cycle.last_day))
        else:
            spans.append((cycle.first_day, cycle.last_day))
    return spans or [(today, today)]


def calendar_of(plan: Plan, team: str) -> Calendar:
    """The team's calendar, else that of the nearest team above, else the organisation's."""
    seen: set[str] = set()
    at: str | None = team
    while at is not None and at not in seen and at in plan.teams:
        seen.add(at)
        found = plan.teams[at].calendar
        if found is not None:
            return found
        at = plan.teams[at].in_
    return plan.organisation.calendar


def working_days(calendar: Calendar, first: date, last: date) -> int:
    """Working days between two days, both included; a holiday on a working day is taken off."""
    if last < first:
        return 0
    weekdays = {_WEEKDAYS.index(day) for day in calendar.working_days}
    weeks, odd = divmod(last.toordinal() - first.toordinal() + 1, 7)
    count = weeks * len(weekdays)
    count += sum((first.weekday() + step) % 7 in weekdays for step in range(odd))
    off = {day for day in calendar.holidays if first <= day <= last and day.weekday() in weekdays}
    return count - len(off)
