"""Cutting time: days, weeks, months, quarters and cycles, as half-open periods with names for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from mainstem.errors import QuestionError
from mainstem.plan.model import FIRST_DAY, LAST_DAY, Cycle
from mainstem.score.values import Grain, Period

#: Days that are in no cycle.
OUTSIDE = "outside cycles"
_DAY = timedelta(days=1)
_SHAPES = re.compile(
    r"^(?P<y>\d{4})(?:"
    r"-(?P<m>\d{2})(?:-(?P<d>\d{2}))?|[- ]?[qQ](?P<q>[1-4])|-?[wW](?P<w>\d{1,2}))?$"
)


def periods(
    grain: Grain,
    first: date,
    last: date,
    *,
    week_starts: str = "mon",
    cycles: Mapping[str, Cycle] | None = None,
) -> tuple[Period, ...]:
    """The stretch from ``first`` to ``last`` (both included) cut by ``grain``, in order of time.

    Every day is in exactly one period: the first and the last are cut off where the stretch begins and
    ends. Days in two cycles belong to the one that starts first; days in none to ``outside cycles``.

    Labels are ``2026-07-03``, ``2026-W27``, ``2026-07``, ``2026 Q3``, the cycle's name, and ``all``. A
    week that starts on Sunday is named after the ISO week of its Monday.
    """
    if last < first:
        return ()
    if grain is Grain.ALL:
        return (Period("all", first, last + _DAY),)
    if grain is Grain.CYCLE:
        return _unique(list(_by_cycle(first, last + _DAY, cycles or {})))
    if grain is Grain.DAY:
        return _by_calendar(grain, first, last, week_starts)
    return _seen_before(grain, first, last, week_starts)


def _by_calendar(grain: Grain, first: date, last: date, week_starts: str) -> tuple[Period, ...]:
    step = _starter(grain, week_starts)
    out: list[Period] = []
    at = first
    while at <= last:
        label, end = step(at)
        out.append(Period(label, at, min(end, last + _DAY)))
        at = end
    return tuple(out)


#: Pages about different teams show the same weeks; days may be too many to keep.
_seen_before = lru_cache(maxsize=64)(_by_calendar)


@lru_cache(maxsize=32_768)
def period_of(day: date, grain: Grain, *, week_starts: str = "mon") -> Period:
    """The whole day, week, month or quarter that a day is in.

    Raises:
        QuestionError: for grains that are not cut by the calendar alone (cycle, all).
    """
    if grain in (Grain.ALL, Grain.CYCLE):
        raise QuestionError(
            f"There is no {grain} of a day without a plan.",
            "Ask for a day, week, month or quarter.",
        )
    label, end = _starter(grain, week_starts)(day)
    if grain is Grain.DAY:
        start = day
    elif grain is Grain.WEEK:
        start = end - timedelta(days=7)
    else:
        start = date(
            day.year, day.month if grain is Grain.MONTH else (day.month - 1) // 3 * 3 + 1, 1
        )
    return Period(label, start, end)


def _starter(grain: Grain, week_starts: str) -> Callable[[date], tuple[str, date]]:
    """For a day: the label of its period and the first day after that period."""

    def day(at: date) -> tuple[str, date]:
        return at.isoformat(), at + _DAY

    def week(at: date) -> tuple[str, date]:
        offset = at.weekday() if week_starts == "mon" else (at.weekday() + 1) % 7
        start = at - timedelta(days=offset)
        year, number, _ = (start if week_starts == "mon" else start + _DAY).isocalendar()
        return f"{year}-W{number:02d}", start + timedelta(days=7)

    def month(at: date) -> tuple[str, date]:
        return f"{at:%Y-%m}", _month_after(at.year, at.month)

    def quarter(at: date) -> tuple[str, date]:
        number = (at.month - 1) // 3 + 1
        return f"{at.year} Q{number}", _month_after(at.year, number * 3)

    return {Grain.DAY: day, Grain.WEEK: week, Grain.MONTH: month, Grain.QUARTER: quarter}[grain]


def _month_after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def _by_cycle(start: date, end: date, cycles: Mapping[str, Cycle]) -> Iterator[Period]:
    ordered = sorted(cycles.items(), key=lambda pair: (pair[1].first_day, pair[1].last_day))
    at = start
    for key, cycle in ordered:
        begins, ends = max(cycle.first_day, at), min(cycle.last_day + _DAY, end)
        if begins >= ends:
            continue
        if begins > at:
            yield Period(OUTSIDE, at, begins)
        yield Period(cycle.name or key, begins, ends)
        at = ends
    if at < end:
        yield Period(OUTSIDE, at, end)


def _unique(found: list[Period]) -> tuple[Period, ...]:
    """Labels made unique by their first day, where several stretches would have the same one."""
    labels = [p.label for p in found]
    return tuple(
        p if labels.count(p.label) == 1 else Period(f"{p.label} from {p.start}", p.start, p.end)
        for p in found
    )


def parse_period(text: str, cycles: Mapping[str, Cycle] | None = None) -> Period:
    """The period that a person means: a cycle, or a day, week, month, quarter or year in ISO form.

    ``2026-Q3`` (a cycle of that name wins over the quarter), ``2026-07``, ``2026-W27``, ``2026-07-03``,
    ``2026``, and ``A..B`` from the first day of A to the last day of B.

    Raises:
        QuestionError: naming the forms and the cycles there are.
    """
    words = text.strip()
    left, dots, right = words.partition("..")
    if dots:
        start, end = parse_period(left, cycles).start, parse_period(right, cycles).end
        if start >= end:
            raise QuestionError(f"The period {words} ends before it starts.", "Swap the two sides.")
        return Period(f"{left.strip()} to {right.strip()}", start, end)
    for key, cycle in (cycles or {}).items():
        if words.casefold() in (key.casefold(), (cycle.name or key).casefold()):
            return Period(cycle.name or key, cycle.first_day, cycle.last_day + _DAY)
    found = _SHAPES.match(words)
    try:
        if found:
            return _calendar_period(found.groupdict())
    except ValueError:
        pass
    named = ", ".join(cycles or {}) or "none"
    raise QuestionError(
        f"{words!r} is no period.",
        "Write a day (2026-07-03), a week (2026-W27), a month (2026-07), a quarter (2026-Q3), a year "
        f"(2026), two of them joined by two dots, or a cycle of the plan ({named}).",
        code="question.period",
    )


def _calendar_period(part: Mapping[str, str | None]) -> Period:
    year = int(part["y"] or 0)
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise ValueError(year)
    if part["w"]:
        return period_of(date.fromisocalendar(year, int(part["w"]), 1), Grain.WEEK)
    if part["q"]:
        return period_of(date(year, int(part["q"]) * 3, 1), Grain.QUARTER)
    if part["d"]:
        return period_of(date(year, int(part["m"] or 0), int(part["d"])), Grain.DAY)
    if part["m"]:
        return period_of(date(year, int(part["m"]), 1), Grain.MONTH)
    return Period(str(year), date(year, 1, 1), date(year + 1, 1, 1))


def cycle_in_view(cycles: Mapping[str, Cycle], today: date) -> str:
    """The cycle under way today, else the last one that began, else the first; none: ``""``.

    Of several cycles under way, the shortest counts: a quarter within its year.
    """
    under_way = [k for k, c in cycles.items() if c.first_day <= today <= c.last_day]
    begun = [k for k, c in cycles.items() if c.first_day <= today]
    if under_way:
        return min(under_way, key=lambda k: (cycles[k].last_day - cycles[k].first_day, k))
    if begun:
        return max(begun, key=lambda k: (cycles[k].last_day, k))
    return min(cycles, key=lambda k: (cycles[k].first_day, k), default="")
