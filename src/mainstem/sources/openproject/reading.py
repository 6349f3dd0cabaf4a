"""One sync with OpenProject: what changed, what was logged, what is in progress, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.making import Made
from mainstem.sources.openproject.client import Filters, OpenProject, one_of
from mainstem.sources.openproject.cursor import Place
from mainstem.sources.openproject.lookups import (
    Lookups,
    Person,
    fields_of,
    link,
    person_of,
    unnamed,
)
from mainstem.sources.openproject.translate import (
    PROJECT,
    TIME,
    entry_row,
    issue_of,
    package_in,
    people_in,
    project_item,
    was_worked_on,
)
from mainstem.sources.remote import Batch, Connection, Watch
from mainstem.sources.rounds import first_day, is_due, missing, number_of, today
from mainstem.sources.shape import ident, mapping, text

#: Things that are asked for together.
MANY = 100
#: Things that are missing at a roll call are asked for one by one, up to so many.
MOST_ASKED = 500
#: Without it, OpenProject gives open work packages only.
EVERY_STATUS = {"status": {"operator": "*", "values": []}}
_AWAY = "moved out of what is read"
Whole = tuple[Any, Sequence[Any] | None, set[str]]


class Reading:
    """One sync. ``place`` moves on while it goes; ``scope`` narrows every list to what is read."""

    def __init__(
        self, of: Connection, there: OpenProject, by: Lookups, place: Place, watch: Watch,
        scope: Filters,
    ) -> None:  # fmt: skip
        self._of, self._there, self._by, self._place = of, there, by, place
        self._watch, self._zone, self._scope = watch, ZoneInfo(of.timezone), list(scope)
        self._has_history = of.is_on("history")
        self._first = first_day(of)
        self._has_labels = False

    def batches(self) -> Iterator[Batch]:
        """Everything since the place."""
        is_first = not self._place.rolled
        if is_first:
            # everything is read now: that is a roll call
            self._place.rolled = self._watch.at.isoformat()
            self._place.day = today(self._of, self._watch.at)
        yield from self._changed()
        yield from self._new_time()
        yield from self._pending()
        yield from self._in_progress()
        hours = number_of(self._of, "roll_call", 24)
        if not is_first and is_due(self._place.rolled, hours, self._watch.at):
            yield from self._roll_call()
            self._place.rolled = self._watch.at.isoformat()
        yield Batch(self._place.as_cursor(), is_last=True)

    # work packages

    def _changed(self) -> Iterator[Batch]:
        mark, name = self._place.packages, "updatedAt"
        since = mark.since() or self._first_moment()
        filters = [EVERY_STATUS, *self._scope]
        for found in self._there.changed("work_packages", name, filters, since):
            made = self._packages(mark.unread(found.rows, name))
            mark.has_read(found.rows, name)
            self._watch.progress(found.done, found.total, "work packages")
            yield made.batch(self._place.as_cursor())
        mark.settle()

    def _pending(self) -> Iterator[Batch]:
        """Work packages on which time was logged: whoever logs time needs no traces."""
        place = self._place
        while place.pending:
            some, place.pending = place.pending[:MANY], place.pending[MANY:]
            yield self._by_number(some).batch(place.as_cursor())

    def _in_progress(self) -> Iterator[Batch]:
        """Once a day: each day of having something in progress is a trace."""
        on, working = today(self._of, self._watch.at), self._by.statuses.working
        if not self._has_history or on == self._place.day or not working:
            return
        filters = [
            one_of("status", [str(n) for n in sorted(working)]),
            {self._by.person: {"operator": "*", "values": []}}, *self._scope,
        ]  # fmt: skip
        numbers = sorted(self._there.numbers("work_packages", filters))
        for start in range(0, len(numbers), MANY):
            self._watch.progress(start, len(numbers), "work packages in progress")
            made = self._by_number(numbers[start : start + MANY])
            yield made.batch(self._place.as_cursor())
        self._place.day = on

    def _by_number(self, numbers: Sequence[int]) -> Made:
        """These work packages as they are now, where they are still there."""
        given = one_of("id", [str(n) for n in numbers])
        filters = [EVERY_STATUS, given, *self._scope, *self._changed_since()]
        rows = {ident(mapping(r).get("id")): r for p in self._there.all("work_packages", filters) for r in p}  # fmt: skip
        return self._packages(list(rows.values()))

    def _packages(self, rows: Sequence[Any]) -> Made:
        made = Made(self._zone, self._watch.at)
        self._look_up_schemas(rows)
        whole = (
            self._histories(rows, made) if self._has_history else [(r, None, set()) for r in rows]
        )
        self._meet(href for row, past, _ in whole for href in people_in(row, past or (), self._by))
        for row, past, who in whole:
            place = f"work package {ident(mapping(row).get('id')) or '?'}"
            made.add(
                place,
                lambda row=row, past=past, who=who: issue_of(row, self._by, past, who),  # type: ignore[misc]
            )
        return made

    def _histories(self, rows: Sequence[Any], made: Made) -> list[Whole]:
        numbered = {n: row for row in rows if (n := ident(mapping(row).get("id")))}
        out: list[Whole] = [(r, None, set()) for r in rows if ident(mapping(r).get("id")) is None]
        pasts = self._there.calls.each(self._there.history, numbered)
        for (nr, row), past in zip(numbered.items(), pasts, strict=True):
            if isinstance(past, str):
                made.gone[f"{self._by.prefix}{nr}"] = past
            else:
                out.append((row, past, set()))
        self._who_logged(out)
        return out

    def _who_logged(self, whole: Sequence[Whole]) -> None:
        worked = {
            nr: who for row, past, who in whole
            if (nr := ident(mapping(row).get("id"))) and was_worked_on(row, past or (), self._by)
        }  # fmt: skip
        numbers = list(worked)
        for start in range(0, len(numbers), MANY):
            for entry in self._there.time_on(numbers[start : start + MANY]):
                nr, user = package_in(entry), link(mapping(entry), "user")[0]
                if nr in worked and user:
                    worked[nr].add(user)

    # time

    def _new_time(self) -> Iterator[Batch]:
        place, name = self._place, "updatedAt"
        filters = [*self._scope, *self._spent_since()]
        for found in self._there.changed("time_entries", "updated_at", filters, place.time.since()):
            rows = place.time.unread(found.rows, name)
            made = self._time(rows)
            place.time.has_read(found.rows, name)
            if place.is_begun and self._has_history:
                numbers = [n for row in rows if (n := package_in(row))]
                place.pending = list(dict.fromkeys([*place.pending, *numbers]))
            self._watch.progress(found.done, found.total, "time entries")
            yield made.batch(place.as_cursor())
        place.time.settle()
        place.is_begun = True

    def _time(self, rows: Sequence[Any]) -> Made:
        made = Made(self._zone, self._watch.at)
        if rows and self._by.needs_schemas and "" not in self._by.schemas:
            self._by.schemas[""] = self._schema("time_entries/schema")
            self._by.schemas["time_entries/schema"] = self._by.schemas[""]
        self._meet(link(mapping(row), "user")[0] for row in rows)
        for row in rows:
            nr = ident(mapping(row).get("id"))
            stem = f"{TIME}{nr}" if nr else ""
            made.log(f"time entry {nr or '?'}", stem, lambda row=row: entry_row(row, self._by))  # type: ignore[misc]
            made.put(project_item(row, self._by) if f"{stem}#log" in made.records else None)
        return made

    # roll call

    def _roll_call(self) -> Iterator[Batch]:
        known = self._watch.known()
        met = self._there.numbers(
            "work_packages", [EVERY_STATUS, *self._scope, *self._changed_since()]
        )
        self._watch.progress(len(met), len(met), "roll call")
        unknown = sorted(n for n in met if str(n) not in known)
        for start in range(0, len(unknown), MANY):
            made = self._by_number(unknown[start : start + MANY])
            yield made.batch(self._place.as_cursor())
        here = {str(n) for n in met} | {f"{PROJECT}{n}" for n in self._by.projects}
        yield from self._gone(missing(known, here))
        yield from self._roll_call_of_time()

    def _gone(self, lost: Mapping[str, str]) -> Iterator[Batch]:
        """Says why; a list that changed while it was read may have passed over what is there."""
        made, found = Made(self._zone, self._watch.at), []
        asked = [n for one in list(lost)[:MOST_ASKED] if (n := ident(one))]
        answers = self._there.calls.each(lambda n: self._there.one(f"work_packages/{n}"), asked)
        said = dict(zip(asked, answers, strict=True))
        for one, key in lost.items():
            answer = said.get(ident(one) or 0, "deleted or out of reach")
            if isinstance(answer, str):
                made.gone[key] = answer
            else:
                found.append((ident(one) or 0, key))
        for start in range(0, len(found), MANY):
            some = found[start : start + MANY]
            back = self._by_number([n for n, _ in some])
            # it is there, but not in what is read
            back.gone |= {key: _AWAY for n, key in some if str(n) not in back.stems}
            yield back.batch(self._place.as_cursor())
        yield made.batch(self._place.as_cursor())

    def _roll_call_of_time(self) -> Iterator[Batch]:
        filters = [*self._scope, *self._spent_since()]
        met = self._there.numbers("time_entries", filters)
        known = {n for stem in self._watch.stems(TIME) if (n := ident(stem.removeprefix(TIME)))}
        # asked twice: a list that changed while it was read may have passed over what is there
        lost = known - met - self._there.numbers("time_entries", filters) if known - met else set()
        unknown = sorted(met - known)
        for start in range(0, len(unknown), MANY):
            asked = unknown[start : start + MANY]
            found = self._there.calls.each(lambda n: self._there.one(f"time_entries/{n}"), asked)
            rows = [row for row in found if not isinstance(row, str)]
            yield self._time(rows).batch(self._place.as_cursor())
        for start in range(0, len(lost), 1_000):
            made = Made(self._zone, self._watch.at)
            made.stems = {f"{TIME}{n}": None for n in sorted(lost)[start : start + 1_000]}
            yield made.batch(self._place.as_cursor())

    # what all need

    def _look_up_schemas(self, rows: Iterable[Any]) -> None:
        hrefs = dict.fromkeys(h for row in rows if (h := link(mapping(row), "schema")[0]))
        unknown = [h for h in hrefs if h not in self._by.schemas]
        if not self._by.needs_schemas:
            # one is enough to know what histories call status and assignee
            unknown = [] if self._has_labels or not self._has_history else unknown[:1]
        for href, names in zip(unknown, self._there.calls.each(self._schema, unknown), strict=True):
            self._by.schemas[href] = names

    def _schema(self, href: str) -> dict[str, str]:
        schema = self._there.one(href)
        if isinstance(schema, str):
            return {}
        status, who = (
            text(mapping(schema.get(n)).get("name")) for n in ("status", self._by.person)
        )
        if status and who:
            self._by.labels, self._has_labels = (status, who), True
        return fields_of(schema)

    def _meet(self, hrefs: Iterable[str]) -> None:
        """Looks up people who are not known yet."""
        met = {h for h in hrefs if h.startswith("users/") and h not in self._by.people}
        unknown = sorted(met)
        found = self._there.calls.each(self._person, unknown)
        self._by.people.update(zip(unknown, found, strict=True))

    def _person(self, href: str) -> Person:
        user = self._there.one(href)
        bots = self._of.words("bots")
        if isinstance(user, str):
            return Person(unnamed(href), href.rpartition("/")[2] in bots)
        return person_of(user, href, bots)

    def _spent_since(self) -> Filters:
        return (
            [{"spent_on": {"operator": "<>d", "values": [self._first, ""]}}] if self._first else []
        )

    def _changed_since(self) -> Filters:
        at = f"{self._first}T00:00:00Z"
        return [{"updatedAt": {"operator": "<>d", "values": [at, ""]}}] if self._first else []

    def _first_moment(self) -> datetime | None:
        return datetime.fromisoformat(self._first).replace(tzinfo=UTC) if self._first else None
