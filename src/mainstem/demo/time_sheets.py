"""The demo company's time sheets, a file a month, day by day: large ones are never held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.demo.organisation import HOLIDAYS
from mainstem.demo.work import Tracker, random_numbers

if TYPE_CHECKING:
    import numpy as np

HEADER = ("Row ID", "Issue key", "Person", "Date", "Hours", "Comment")
#: The month whose files come from another program: semicolons, decimal commas, 04.05.2026.
FOREIGN_MONTH = 5
#: Rows of a person's day, by tenths of luck.
_ROWS = (3, 3, 4, 4, 4, 5, 5, 5, 6, 7)
_COMMENTS = ("",) * 12 + (
    "review", "pairing", "tests", "with support", "reproduced it", "waiting for an answer", "again",
    '"talked to two clubs, wrote it down"', "call with the league", "match day",
)  # fmt: skip
_NO_ITEM = ("Meetings", "Interviews", "Planning", "All hands")
_MOST_CORRECTIONS = 5000


@dataclass(slots=True)
class Dirt:
    """What was put in on purpose, so that an import's report can be held against it."""

    impossible_dates: int = 0
    negative_hours: int = 0
    long_days: int = 0
    repeated_rows: int = 0
    total_rows: int = 0
    unknown_items: int = 0


@dataclass(slots=True)
class TimeSheets:
    """Writes the months. ``corrections`` grows to a few thousand rows at most."""

    tracker: Tracker
    rows: int = 0
    dirt: Dirt = field(default_factory=Dirt)
    corrections: list[str] = field(default_factory=list)
    _next_id: int = 1

    def write(self, folder: Path, done: Callable[[int, str], None]) -> tuple[Path, ...]:
        """Writes ``time-2026-04.csv`` and so on.

        Args:
            folder: Where to.
            done: Called with rows so far and words, once a day.
        """
        makers = _Days(self.tracker)
        company = self.tracker.company
        span = (company.last_day - company.first_day).days + 1
        days = (company.first_day + timedelta(days=i) for i in range(span))
        files: list[Path] = []
        for (year, month), in_month in groupby(days, key=lambda d: (d.year, d.month)):
            path = folder / f"time-{year}-{month:02d}.csv"
            files.append(path)
            self._write_month(path, month == FOREIGN_MONTH, in_month, makers, done)
        return tuple(files)

    def _write_month(
        self,
        path: Path,
        foreign: bool,
        days: Iterator[date],
        makers: _Days,
        done: Callable[[int, str], None],
    ) -> None:
        separator = ";" if foreign else ","
        total = 0
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(separator.join(HEADER) + "\r\n")
            for day in days:
                lines, quarters = self._lines(makers, day, foreign)
                if lines:
                    file.write("\r\n".join(lines) + "\r\n")
                    total += quarters
                done(self.rows, path.name)
            hours = f"{total / 4:.2f}"
            shown = hours.replace(".", ",") if foreign else hours
            file.write(separator.join(("Total", "", "", "", shown, "")) + "\r\n\r\n")
            self.dirt.total_rows += 1

    def _lines(self, makers: _Days, day: date, foreign: bool) -> tuple[list[str], int]:
        made = makers.make(day)
        if made is None:
            return [], 0
        count = len(made.quarters)
        first = self._next_id
        self._next_id += count
        hours = _HOURS_FOREIGN if foreign else _HOURS
        when = f"{day:%d.%m.%Y}" if foreign else day.isoformat()
        people, keys, notes = made.people, made.keys, made.notes
        quarters = made.quarters.tolist()
        each = zip(range(first, first + count), keys, people, quarters, notes, strict=True)
        if foreign:
            lines = [f"TS-{i:08d};{k};{p};{when};{hours[q]};{n}" for i, k, p, q, n in each]
        else:
            lines = [f"TS-{i:08d},{k},{p},{when},{hours[q]},{n}" for i, k, p, q, n in each]
        self._spoil(lines, made, day, ";" if foreign else ",")
        self._correct(made, first, day)
        self.rows += len(lines)
        return lines, int(made.quarters.sum())

    def _spoil(self, lines: list[str], made: _Made, day: date, separator: str) -> None:
        """Puts a little dirt into a day's lines; never changes how many ids were used."""
        for place in made.spoilt:
            row, luck = lines[place].split(separator, 5), (place * 7919 + day.toordinal()) % 10
            if luck < 4:
                row[3] = ("2026-02-30", "31.06.2026", "0026-07-01", "tomorrow")[luck]
                self.dirt.impossible_dates += 1
            elif luck < 6:
                row[4] = f"-{row[4]}"
                self.dirt.negative_hours += 1
            elif luck < 7:
                row[4] = "80"
                self.dirt.long_days += 1
            elif luck < 8:
                row[1] = f"OLD-{place + 1}"
                self.dirt.unknown_items += 1
            else:
                lines.append(lines[place])
                self.dirt.repeated_rows += 1
            lines[place] = separator.join(row)

    def _correct(self, made: _Made, first: int, day: date) -> None:
        """Remembers some rows with another amount or another item, for the file that comes later."""
        for place in made.corrected:
            if len(self.corrections) >= _MOST_CORRECTIONS:
                return
            moved = place % 3 == 0
            key = made.keys[max(place - 1, 0)] if moved else made.keys[place]
            quarters = int(made.quarters[place]) + (0 if moved else 2)
            self.corrections.append(
                f"TS-{first + place:08d},{key},{made.people[place]},{day.isoformat()},"
                f"{_HOURS[quarters]},corrected"
            )


_HOURS = tuple(f"{q / 4:g}" for q in range(200))
_HOURS_FOREIGN = tuple(h.replace(".", ",") for h in _HOURS)


@dataclass(frozen=True, slots=True)
class _Made:
    """The rows of one day, column by column."""

    people: list[str]
    keys: list[str]
    quarters: np.ndarray[Any, np.dtype[np.int64]]
    notes: list[str]
    spoilt: list[int]
    corrected: list[int]


class _Days:
    """Makes the rows of a day for everybody at once."""

    def __init__(self, tracker: Tracker) -> None:
        import numpy as np

        self.tracker, self.company = tracker, tracker.company
        rows = self._stints()
        self.person = np.array([r[0] for r in rows], dtype=np.int64)
        self.unit = np.array([r[1] for r in rows], dtype=np.int64)
        self.first = np.array([r[2] for r in rows], dtype=np.int64)
        self.last = np.array([r[3] for r in rows], dtype=np.int64)
        self.fraction = np.array([r[4] for r in rows])
        self.sizes, self.starts = np.array(tracker.sizes), np.array(tracker.starts)
        self.names = np.array(self.company.names, dtype=object)
        self.notes = np.array(_COMMENTS, dtype=object)
        self._keys: dict[int, Any] = {}

    @cached_property
    def _holidays(self) -> frozenset[tuple[int, int]]:
        return frozenset(HOLIDAYS)

    def _stints(self) -> list[tuple[int, int, int, int, float]]:
        """Who works where when; those whose team nobody told us work in theirs all the same."""
        number = {name: i for i, name in enumerate(self.company.names)}
        rows = [
            (number[m.person], m.unit, m.first.toordinal() if m.first else 0,
             m.last.toordinal() if m.last else 10**7, float(m.fraction or 1))
            for m in self.company.members
        ]  # fmt: skip
        told = {row[0] for row in rows}
        homes = enumerate(self.company.homes)
        return rows + [(i, unit, 0, 10**7, 1.0) for i, unit in homes if i not in told]

    def keys(self, week: int) -> Any:
        """Keys of a week's items; only two weeks are kept."""
        import numpy as np

        if week not in self._keys:
            self._keys = {w: k for w, k in self._keys.items() if w == week - 1}
            self._keys[week] = np.array(self.tracker.keys(week), dtype=object)
        return self._keys[week]

    def make(self, day: date) -> _Made | None:
        """The rows of a day, or nothing on a day off."""
        import numpy as np

        if (day.month, day.day) in self._holidays or day.weekday() == 6:
            return None
        week = (day - self.tracker.mondays[0]).days // 7
        dice = random_numbers(self.company, 2, day.toordinal())
        here = self._present(dice, day)
        if not len(here):
            return None
        counts = np.array(_ROWS)[(dice.random(len(here)) * len(_ROWS)).astype(np.int64)]
        counts = np.maximum(1, np.rint(counts * self.fraction[here])).astype(np.int64)
        stint = np.repeat(here, counts)
        luck = dice.random((7, len(stint)))
        quarters = self._quarters(dice, here, counts, luck[0])
        keys = self._choose(week, self.unit[stint], luck[1], luck[2])
        without = np.flatnonzero(luck[3] < 0.015)
        notes = self.notes[(luck[4] * len(_COMMENTS)).astype(np.int64)]
        keys[without] = ""
        notes[without] = [_NO_ITEM[i % len(_NO_ITEM)] for i in without.tolist()]
        return _Made(
            self.names[self.person[stint]].tolist(), keys.tolist(), quarters, notes.tolist(),
            np.flatnonzero(luck[5] < 1 / 1500).tolist(), np.flatnonzero(luck[6] < 1 / 700).tolist(),
        )  # fmt: skip

    def _present(self, dice: np.random.Generator, day: date) -> Any:
        """Stints of people who worked that day: fewer in August, a handful on Saturdays."""
        import numpy as np

        at = day.toordinal()
        usual = 0.02 if day.weekday() == 5 else 0.93 if day.month == 8 else 0.965
        luck = dice.random(len(self.person))
        return np.flatnonzero((self.first <= at) & (at <= self.last) & (luck < usual))

    def _quarters(self, dice: np.random.Generator, here: Any, counts: Any, luck: Any) -> Any:
        """Quarters of an hour of each row: about eight hours a day, cut at random."""
        import numpy as np

        hours = (7.4 + 1.2 * dice.random(len(here))) * self.fraction[here]
        weights = 0.4 + luck
        ends = np.cumsum(counts)
        sums = np.add.reduceat(weights, ends - counts)
        shares = weights * np.repeat(hours / sums, counts)
        return np.maximum(1, np.rint(shares * 4)).astype(np.int64)

    def _choose(self, week: int, unit: Any, when: Any, which: Any) -> Any:
        """An item of the unit, of this week or of the one before; some items see more work than others."""
        import numpy as np

        place = self.starts[unit] + (which**1.3 * self.sizes[unit]).astype(np.int64)
        keys = self.keys(week)[place]
        if week > 0:
            earlier = np.flatnonzero(when < 0.3)
            keys[earlier] = self.keys(week - 1)[place[earlier]]
        return keys
