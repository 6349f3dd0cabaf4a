"""One sync with Azure DevOps: what changed, what is in progress, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.azure.client import GONE, MANY, Azure, one_of, since
from mainstem.sources.azure.cursor import MOST_STATES, Place
from mainstem.sources.azure.lookups import STATE, Lookups
from mainstem.sources.azure.translate import (
    changed_of,
    issue_of,
    kinds_of,
    revision_of,
    working_state,
)
from mainstem.sources.making import Made
from mainstem.sources.remote import Batch, Connection, Watch
from mainstem.sources.rounds import is_due, missing, number_of, today
from mainstem.sources.shape import ident

_AWAY = "moved out of what is read"


class Reading:
    """One sync. ``place`` moves on while it goes."""

    def __init__(
        self, of: Connection, there: Azure, by: Lookups, place: Place, watch: Watch
    ) -> None:
        self._of, self._there, self._by, self._place = of, there, by, place
        self._watch, self._zone = watch, ZoneInfo(of.timezone)
        self._hours = number_of(of, "roll_call", 24)
        self._kinds: set[tuple[str, str]] = set()

    def batches(self) -> Iterator[Batch]:
        """Everything since the place."""
        is_first = not self._place.rolled
        if is_first:
            # everything is read now: that is a roll call
            self._place.rolled = self._watch.at.isoformat()
            self._place.day = today(self._of, self._watch.at)
        if self._place.begun:
            # a pass that broke off: what was changed behind it since then is read in one of its own
            yield from self._changed()
        yield from self._changed()
        yield from self._in_progress()
        if not is_first and is_due(self._place.rolled, self._hours, self._watch.at):
            yield from self._roll_call()
            self._place.rolled = self._watch.at.isoformat()
        yield Batch(self._place.as_cursor(), is_last=True)

    def _changed(self) -> Iterator[Batch]:
        """What was changed since the last pass began, or since this one broke off."""
        place, done, total = self._place, 0, 0
        clauses = [since("System.ChangedDate", place.low)] if place.low else []
        for found in self._there.numbers(*clauses, after=place.after):
            place.begun = place.begun or found.at
            total += len(found.numbers)
            for some in _parts(found.numbers):
                made = self._work_items(some, again=False)
                place.after, done = some[-1], done + len(some)
                self._watch.progress(done, total, "work items")
                yield made.batch(place.as_cursor())
        place.end_pass()

    def _in_progress(self) -> Iterator[Batch]:
        """Once a day: each day of having something in progress is a trace."""
        on, states = today(self._of, self._watch.at), tuple(self._place.working)
        if not self._by.has_history or on == self._place.day or not states:
            return
        clauses = (one_of(STATE, states), "[System.AssignedTo] <> ''")
        yield from self._again(n for part in self._there.numbers(*clauses) for n in part.numbers)
        self._place.day = on

    def _again(self, numbers: Iterable[int]) -> Iterator[Batch]:
        for some in _parts(list(numbers)):
            yield self._work_items(some, again=True).batch(self._place.as_cursor())

    # work items

    def _work_items(self, numbers: Sequence[int], *, again: bool) -> Made:
        """As they are now; ``again``: also those that were read in this revision."""
        made = Made(self._zone, self._watch.at)
        rows = self._there.work_items(numbers, self._by.asked)
        made.gone = {f"{self._by.prefix}{n}": GONE for n in numbers if n not in rows}
        if not again:
            rows = {n: r for n, r in rows.items() if self._place.seen.get(n) != revision_of(r)}
        whole: list[tuple[int, Any, Sequence[Any] | None]] = []
        for (nr, row), past in zip(rows.items(), self._histories(rows), strict=True):
            if isinstance(past, str):
                made.gone[f"{self._by.prefix}{nr}"] = past
            else:
                whole.append((nr, row, past))
        self._meet(whole)
        for nr, row, past in whole:
            make = lambda row=row, past=past: issue_of(row, self._by, past, self._zone)  # noqa: E731
            made.add(f"work item {nr}", make)
            self._place.has_read(nr, revision_of(row), changed_of(row))
        return made

    def _histories(self, rows: Mapping[int, Any]) -> Iterable[Sequence[Any] | str | None]:
        if not self._by.has_history:
            return [None] * len(rows)
        return self._there.calls.each(self._there.history, list(rows))

    def _meet(self, whole: Sequence[tuple[int, Any, Sequence[Any] | None]]) -> None:
        """Looks up the states of types that were not met yet, and keeps those of work."""
        met = {kind for _, row, past in whole for kind in kinds_of(row, past)}
        new = sorted(met - self._kinds)
        found = self._there.calls.each(lambda kind: self._there.states(*kind), new)
        for kind, states in zip(new, found, strict=True):
            self._by.meet(*kind, states)
        self._kinds |= met
        for _, row, _ in whole:
            if len(self._place.working) < MOST_STATES and (state := working_state(row, self._by)):
                self._place.working[state] = None

    # roll call

    def _roll_call(self) -> Iterator[Batch]:
        known = self._watch.known()
        met = {n for part in self._there.numbers() for n in part.numbers}
        self._watch.progress(len(met), len(met), "roll call")
        yield from self._again(sorted(n for n in met if str(n) not in known))
        yield from self._lost(missing(known, map(str, met)))

    def _lost(self, lost: Mapping[str, str]) -> Iterator[Batch]:
        """Says why they are gone. A query may be behind: what is there and is read stays."""
        keys = {n: key for one, key in lost.items() if (n := ident(one))}
        for some in _parts(sorted(keys)):
            rows = self._there.work_items(some, self._by.asked)
            here = [n for n, row in rows.items() if self._there.is_inside(row)]
            made = self._work_items(here, again=True) if here else Made(self._zone, self._watch.at)
            why = {n: _AWAY if n in rows else GONE for n in some if n not in here}
            made.gone |= {keys[n]: words for n, words in why.items()}
            yield made.batch(self._place.as_cursor())


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), MANY):
        yield numbers[start : start + MANY]
