"""The demo company's tracker: which items its teams have, what they are for, and how they are marked.

Items of a week are made from the seed and the week alone, so that any week can be made again without
holding the others: memory does not grow with time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from mainstem.demo.company import Company, Unit
from mainstem.demo.organisation import REST, TODAY, UNLINKED
from mainstem.demo.planning import epics_of
from mainstem.demo.streams import STREAMS, StreamSpec

if TYPE_CHECKING:
    import numpy as np

#: Items that a person starts in a week.
ITEMS_A_WEEK = 4
#: What planned shares become before a stream's own factor; the rest of a team's time has its own ways.
_REACH = 1.12
#: How the rest is spread over its kinds: (incident, compliance, support, operations, debt, enablement).
_REST_OF = {
    "stream-aligned": (12, 6, 26, 16, 32, 8),
    "platform": (15, 5, 10, 42, 23, 5),
    "complicated-subsystem": (10, 4, 8, 30, 43, 5),
    "enabling": (0, 10, 25, 5, 10, 50),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CLOCK = tuple(f"{h}:{m:02d} {half}" for half, h in
               (("AM", 8), ("AM", 9), ("AM", 10), ("AM", 11), ("PM", 1), ("PM", 2), ("PM", 4), ("PM", 5))
               for m in (4, 12, 27, 41, 53))  # fmt: skip

HEADER = (
    "Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Resolution,Assignee,"
    "Reporter,Created,Updated,Resolved,Component/s,Component/s,Labels,Labels,Labels,"
    "Custom field (Epic Link),Parent key,Custom field (Story Points),Custom field (Team),"
    "Goal"
)
PROJECT_NAMES = {
    "PLAY": "Playback", "LIVE": "Live Delivery", "DISC": "Discovery", "ACC": "Accounts", "PAY": "Payments",
    "CONT": "Rights", "STUD": "Studio", "PART": "Partners", "DEVX": "Developer Platform",
    "REL": "Reliability", "ROAD": "Roadmap",
}  # fmt: skip


def random_numbers(company: Company, purpose: int, place: int) -> np.random.Generator:
    """The random numbers of one purpose at one place, always the same."""
    import numpy as np

    return np.random.Generator(np.random.PCG64([company.seed, company.people, purpose, place]))


@dataclass(frozen=True, slots=True)
class Marks:
    """How one item is marked in the tracker."""

    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    epic: str = ""
    goal: str = ""
    title: str = ""


@dataclass(frozen=True)
class Tracker:
    """All items of the company, by week and unit."""

    company: Company

    @cached_property
    def mondays(self) -> tuple[date, ...]:
        """The first day of each week with work; the first may lie before the first day."""
        first = self.company.first_day - timedelta(days=self.company.first_day.weekday())
        weeks = (self.company.last_day - first).days // 7 + 1
        return tuple(first + timedelta(weeks=w) for w in range(weeks))

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Items that each unit starts in a week."""
        return tuple(max(3, unit.people * ITEMS_A_WEEK) for unit in self.company.units)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Place of the first item of each unit among all items of a week."""
        out, at = [], 0
        for size in self.sizes:
            out.append(at)
            at += size
        return tuple(out)

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """The project of each unit."""
        units = self.company.units
        return tuple(self.company.project(u.market, u.team.project) for u in units)

    @cached_property
    def _numbering(self) -> tuple[dict[str, int], tuple[int, ...]]:
        """Items of each project in a week, and the place of each unit's first item among them."""
        weekly: dict[str, int] = {}
        places: list[int] = []
        for project, size in zip(self.projects, self.sizes, strict=True):
            places.append(weekly.get(project, 0))
            weekly[project] = places[-1] + size
        return weekly, tuple(places)

    def keys(self, week: int) -> list[str]:
        """Keys of all items of a week, unit by unit."""
        weekly, places = self._numbering
        out: list[str] = []
        for project, place, size in zip(self.projects, places, self.sizes, strict=True):
            low = week * weekly[project] + place + 1
            out += [f"{project}-{number}" for number in range(low, low + size)]
        return out

    @cached_property
    def people_of(self) -> tuple[tuple[str, ...], ...]:
        """Handles of the people who sit in each unit at first."""
        out: list[list[str]] = [[] for _ in self.company.units]
        for name, unit in zip(self.company.names, self.company.homes, strict=True):
            out[unit].append(name)
        return tuple(tuple(people) or ("",) for people in out)

    def rows(self) -> Iterator[str]:
        """The tracker's export: the epics, then all items in order of time. Without line ends."""
        yield from self._epics()
        for week in range(len(self.mondays)):
            yield from self.week_rows(week)

    def _epics(self) -> Iterator[str]:
        for market in range(len(self.company.markets)):
            project = self.company.project(market, "ROAD")
            created = _stamp(self.company.first_day - timedelta(days=20), 3)
            for place, spec in enumerate(STREAMS):
                for number, key in enumerate(epics_of(self.company, market, spec.id)):
                    name = spec.bets[number % len(spec.bets)][0]
                    yield (
                        f"{_cell(name)},{key},{900_000 + market * 100 + place * 2 + number},Epic,In Progress,"
                        f"{project},Roadmap,Medium,,,,{created},{created},,,,,,,,,,,"
                    )

    def week_rows(self, week: int) -> Iterator[str]:
        """The items of one week as rows of the export."""
        keys = self.keys(week)
        dice = random_numbers(self.company, 1, week).random((len(keys), 10)).tolist()
        first_id = 1_000_000 + week * len(keys)
        for number, unit in enumerate(self.company.units):
            mix = self._mix(number, week)
            start, size = self.starts[number], self.sizes[number]
            for at in range(start, start + size):
                parent = keys[at - 1] if at > start else ""
                yield self._row(unit, number, week, keys[at], first_id + at, dice[at], mix, parent)

    def _row(
        self, unit: Unit, number: int, week: int, key: str, id_: int, dice: list[float],
        mix: tuple[tuple[float, str, Any], ...], before: str,
    ) -> str:  # fmt: skip
        kind, what = next((k, w) for upto, k, w in mix if dice[0] < upto)
        parent, marks, type_ = "", Marks(), "Story"
        if kind == "stream":
            marks = self._marks(unit, what, dice)
            type_ = "Bug" if dice[4] < 0.2 else "Task" if dice[4] < 0.4 else "Story"
            if before and dice[5] < 0.05:
                parent, type_ = before, "Sub-task"
        elif kind == "unlinked":
            marks = _unlinked(self.company, unit, dice)
            type_ = "Task" if dice[4] < 0.5 else "Story"
        else:
            labels, types, titles = REST[kind]
            type_ = types[int(dice[4] * len(types))]
            is_plain = type_ in ("Incident", "Support") and dice[6] < 0.6
            title = titles[int(dice[2] * len(titles))]
            marks = Marks(() if is_plain else (labels[int(dice[3] * len(labels))],), title=title)
        return self._line(unit, number, week, key, id_, dice, marks, type_, parent)

    def _marks(
        self, unit: Unit, what: tuple[StreamSpec, StreamSpec | None], dice: list[float]
    ) -> Marks:
        """Marks of one or, now and then, two streams."""
        spec, other = what
        marks = _marks_of(self.company, unit.market, spec.id, int(dice[1] * 100))
        title = marks.title or spec.titles[int(dice[2] * len(spec.titles))]
        labels = marks.labels
        if other is not None and dice[7] < 0.05:
            labels += _marks_of(self.company, unit.market, other.id, int(dice[3] * 100)).labels
        return Marks(labels, marks.components, marks.epic, marks.goal, title)

    def _line(
        self, unit: Unit, number: int, week: int, key: str, id_: int, dice: list[float], marks: Marks,
        type_: str, parent: str,
    ) -> str:  # fmt: skip
        monday = self.mondays[week]
        created = max(
            monday - timedelta(days=int(dice[6] * 12)), self.company.first_day - timedelta(20)
        )
        state, resolution, resolved = self._end(monday, dice)
        people = self.people_of[number]
        who = people[int(dice[9] * len(people))] if dice[8] > 0.03 else ""
        made = _stamp(created, int(dice[2] * 40))
        labels = (*marks.labels[:3], "", "", "")[:3]
        parts = (*marks.components[:2], "", "")[:2]
        points = ("1", "2", "3", "5", "8", "")[int(dice[3] * 6)] if type_ != "Incident" else ""
        project = self.projects[number]
        return (
            f"{_cell(marks.title)},{key},{id_},{type_},{state},{project},{PROJECT_NAMES[unit.team.project]},"
            f"{'High' if dice[4] < 0.1 else 'Medium'},{resolution},{who},{people[0]},{made},"
            f"{resolved or made},{resolved},{','.join(parts)},{','.join(labels)},{marks.epic},{parent},"
            f"{points},{unit.team.name},{marks.goal}"
        )

    def _end(self, monday: date, dice: list[float]) -> tuple[str, str, str]:
        """State, resolution and the day of it; what would end after the last day is still open."""
        luck, late = dice[8], dice[9]
        if luck > 0.985:
            return "Reopened", "", ""
        if luck > 0.955:
            return "To Do" if late < 0.3 else "In Progress", "", ""
        days = 7 + int(late * 5) if luck < 0.85 else 14 + int(late * 30)
        day = monday + timedelta(days=days)
        if day.weekday() > 4:
            day -= timedelta(days=2)
        if day > self.company.last_day:
            return "In Progress", "", ""
        stamp = _stamp(day, int(dice[1] * 40))
        return ("Closed", "Won't Do", stamp) if luck < 0.02 else ("Done", "Done", stamp)

    def _mix(self, number: int, week: int) -> tuple[tuple[float, str, Any], ...]:
        """What a unit's items of a week are for: running sums of shares, ending at one."""
        unit = self.company.units[number]
        late = week * 2 >= len(self.mondays)
        season = self.mondays[week].isocalendar().week
        shares: list[tuple[float, str, Any]] = []
        mine = self.company.streams_of(unit)
        for place, (spec, planned) in enumerate(mine):
            other = mine[place - 1][0] if len(mine) > 1 else _near(spec)
            shares.append((planned / 100 * spec.actual[late] * _REACH, "stream", (spec, other)))
        value = sum(share for share, _, _ in shares)
        if value > 0.84:
            shares = [(share * 0.84 / value, kind, what) for share, kind, what in shares]
            value = 0.84
        unlinked = min(
            0.05 + (number * 37 % 11) / 100 + (0.14 if unit.team.id == "guide" else 0), 1 - value
        )
        weights = list(_REST_OF[unit.team.kind or "platform"])
        weights[0] = weights[0] * 2 if 33 <= season <= 36 else weights[0]
        left = 1 - value - unlinked
        shares += [
            (left * w / sum(weights), kind, None)
            for kind, w in zip(REST, weights, strict=True)
            if w
        ]
        shares.append((unlinked, "unlinked", None))
        return _running(shares)


def _cell(text: str) -> str:
    """A text as a cell of a CSV file."""
    return f'"{text}"' if "," in text else text


def _near(spec: StreamSpec) -> StreamSpec | None:
    """Another stream of the same objective, for work that serves two."""
    same = [s for s in STREAMS if s.objective == spec.objective and s.id != spec.id]
    return same[0] if same else None


def _running(shares: list[tuple[float, str, Any]]) -> tuple[tuple[float, str, Any], ...]:
    out: list[tuple[float, str, Any]] = []
    total = 0.0
    for share, kind, what in shares:
        total += share
        out.append((total, kind, what))
    return (*out[:-1], (2.0, *out[-1][1:]))


@lru_cache(maxsize=100_000)
def _marks_of(company: Company, market: int, stream: str, dice: int) -> Marks:
    """By which mark an item of a stream is recognised; ``dice`` is 0 to 99."""
    spec = next(s for s in STREAMS if s.id == stream)
    total = 0
    for kind, value, weight in spec.marks:
        total += weight
        if dice >= total:
            continue
        if kind == "label":
            return Marks(labels=(company.label(market, value),))
        if kind == "component":
            return Marks(components=(company.label(market, value),))
        if kind == "epic":
            return Marks(epic=epics_of(company, market, stream)[dice % 2])
        if kind == "goal":
            return Marks(goal=_cell(company.named(market, value)))
        if kind == "text":
            word = value.strip("/").split("(")[0]
            titles = [t for t in spec.titles if word in t.lower()]
            return Marks(title=titles[dice % len(titles)])
        return Marks()
    return Marks()


def _unlinked(company: Company, unit: Unit, dice: list[float]) -> Marks:
    """Work that nothing speaks for; most of a team's is of one kind, so that it makes a lump."""
    favourite = sum(map(ord, unit.team.id)) % len(UNLINKED)
    place = favourite if dice[1] < 0.5 else int(dice[2] * len(UNLINKED))
    label, component, titles = UNLINKED[place]
    return Marks(
        (company.label(unit.market, label),) if label else (),
        (company.label(unit.market, component),) if component else (),
        title=titles[int(dice[3] * len(titles))],
    )


@lru_cache(maxsize=4000)
def _day(day: date) -> str:
    return f"{day.day:02d}/{_MONTHS[day.month - 1]}/{day.year % 100:02d}"


def _stamp(day: date, clock: int) -> str:
    """A stamp as trackers export it: ``02/Apr/26 9:12 AM``."""
    return f"{_day(min(day, TODAY))} {_CLOCK[clock]}"
