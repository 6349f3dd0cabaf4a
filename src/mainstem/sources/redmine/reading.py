"""One sync with Redmine: what changed, what was logged, what is in progress, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.making import Made
from mainstem.sources.marks import latest
from mainstem.sources.redmine.client import LIMIT, Redmine, Scope
from mainstem.sources.redmine.cursor import Place
from mainstem.sources.redmine.lookups import Lookups, Person, person_of, unnamed
from mainstem.sources.redmine.translate import (
    PROJECT,
    TIME,
    entry_row,
    issue_in,
    issue_of,
    people_in,
    project_item,
    user_in,
    was_worked_on,
)
from mainstem.sources.remote import Batch, Connection, Watch
from mainstem.sources.rounds import first_day, is_due, missing, today
from mainstem.sources.rounds import number_of as hours_of
from mainstem.sources.shape import ident, mapping, number, text

#: Issues that are missing at a roll call are asked for one by one, up to so many, to say why.
MOST_ASKED = 200
_GONE, _AWAY = "deleted", "moved out of what is read"


class Reading:
    """One sync. ``place`` moves on while it goes."""

    def __init__(
        self, of: Connection, redmine: Redmine, by: Lookups, place: Place, watch: Watch,
        scopes: Sequence[Scope],
    ) -> None:  # fmt: skip
        self._of, self._redmine, self._by, self._place = of, redmine, by, place
        self._watch, self._scopes, self._zone = watch, scopes, ZoneInfo(of.timezone)
        self._has_history = of.is_on("history")
        self._first = first_day(of)
        self._notes: dict[str, None] = {}
        # kept at the end only: entries do not come in the order of their changes
        self._newest = place.touched

    def batches(self) -> Iterator[Batch]:
        """Everything since the place."""
        is_first = not self._place.rolled
        if is_first:
            # everything is read now: that is a roll call
            self._place.rolled = self._watch.at.isoformat()
            self._place.day = today(self._of, self._watch.at)
        for scope in self._scopes:
            yield from self._changed(scope)
        for scope in self._scopes:
            yield from self._with_rights(scope, self._new_time(scope))
        yield from self._pending()
        yield from self._in_progress()
        if not is_first:
            yield from self._again()
        self._place.touched = self._newest
        yield Batch(self._place.as_cursor(), is_last=True, notes=tuple(self._notes))

    def _again(self) -> Iterator[Batch]:
        hours = hours_of(self._of, "roll_call", 24)
        if is_due(self._place.rolled, hours, self._watch.at):
            yield from self._roll_call()
            self._place.rolled = self._watch.at.isoformat()
        else:
            for scope in self._scopes:
                yield from self._with_rights(scope, self._recent_time(scope))
        yield from self._pending()

    # issues

    def _changed(self, scope: Scope) -> Iterator[Batch]:
        mark, changed = self._place.mark(scope.project), "updated_on"
        for step in self._redmine.changed(scope, mark.since(), self._first):
            made = self._issues(mark.unread(step.rows, changed))
            mark.has_read(step.rows, changed)
            self._tell(step.offset, step.total, "issues")
            yield made.batch(self._place.as_cursor())
        mark.settle()

    def _pending(self) -> Iterator[Batch]:
        """Issues on which time was logged: whoever logs time needs no traces."""
        place = self._place
        while place.pending:
            some, place.pending = place.pending[:LIMIT], place.pending[LIMIT:]
            yield self._issues([{"id": nr} for nr in some]).batch(place.as_cursor())

    def _in_progress(self) -> Iterator[Batch]:
        """Once a day: each day of having something in progress is a trace."""
        on = today(self._of, self._watch.at)
        if not self._has_history or on == self._place.day or not self._by.statuses.working:
            return
        status = "|".join(map(str, sorted(self._by.statuses.working)))
        for scope in self._scopes:
            more = {"status_id": status, "assigned_to_id": "*", **self._from_first()}
            for step in self._redmine.issues(scope, more):
                self._tell(step.offset, step.total, "issues in progress")
                yield self._issues(step.rows).batch(self._place.as_cursor())
        self._place.day = on

    def _issues(self, rows: Sequence[Any]) -> Made:
        made = self._made()
        whole = self._histories(rows, made) if self._has_history else [(r, set()) for r in rows]
        self._meet({nr for row, _ in whole for nr in people_in(mapping(row))})
        for row, loggers in whole:
            place = f"issue {ident(mapping(row).get('id')) or '?'}"
            made.add(place, lambda row=row, who=loggers: issue_of(row, self._by, who))  # type: ignore[misc]
        return made

    def _histories(
        self, rows: Sequence[Any], made: Made
    ) -> list[tuple[Mapping[str, Any], set[int]]]:
        numbers = list(dict.fromkeys(n for r in rows if (n := ident(mapping(r).get("id")))))
        out = [(r, set[int]()) for r in rows if ident(mapping(r).get("id")) is None]
        for nr, found in zip(
            numbers, self._redmine.calls.each(self._history, numbers), strict=True
        ):
            if isinstance(found, str):
                made.gone[f"{self._by.prefix}{nr}"] = found
            elif (text(found[0].get("updated_on")) or self._first) >= self._first:
                out.append(found)
        return out

    def _history(self, nr: int) -> tuple[Mapping[str, Any], set[int]] | str:
        issue = self._redmine.issue(nr)
        if isinstance(issue, str):
            return issue
        if number(issue.get("spent_hours")) and was_worked_on(issue, self._by):
            return issue, self._redmine.who_logged(nr)
        return issue, set()

    # time

    def _new_time(self, scope: Scope) -> Iterator[Batch]:
        """Time entries that were made since, in the order in which they were made."""
        name, place = scope.project, self._place
        before, offset = place.made.get(name, ["", 0])
        for step in self._redmine.entries(scope, self._from(), start=offset, before=before):
            made = self._time(step.rows)
            newest = latest(step.rows, "created_on", place.made.get(name, ["", 0])[0])
            # begins before the last one next time, so that it shows whether others moved up
            place.made[name] = [newest, max(step.offset - 2, 0)]
            self._tell(step.offset, step.total, "time entries")
            yield made.batch(place.as_cursor())

    def _recent_time(self, scope: Scope) -> Iterator[Batch]:
        """Time of the last days again: entries are corrected, and Redmine does not tell which."""
        days = hours_of(self._of, "time_days", 7)
        if days:
            first = (self._watch.at - timedelta(days=days)).date().isoformat()
            for step in self._redmine.entries(scope, {"from": max(first, self._first)}):
                yield self._time(step.rows).batch(self._place.as_cursor())

    def _time(self, rows: Sequence[Any]) -> Made:
        made = self._made()
        self._meet({nr for row in rows if (nr := user_in(row))})
        for row in rows:
            nr = ident(mapping(row).get("id"))
            stem = f"{TIME}{nr}" if nr else ""
            made.log(f"time entry {nr or '?'}", stem, lambda row=row: entry_row(row, self._by))  # type: ignore[misc]
            made.put(project_item(row, self._by) if f"{stem}#log" in made.records else None)
        self._touch(rows)
        return made

    def _touch(self, rows: Sequence[Any]) -> None:
        place, before = self._place, self._place.touched
        if before and self._has_history:
            numbers = (issue_in(row) for row in rows if latest([row], "updated_on", "") > before)
            place.pending = list(dict.fromkeys([*place.pending, *(n for n in numbers if n)]))
        self._newest = latest(rows, "updated_on", self._newest)

    # roll call

    def _roll_call(self) -> Iterator[Batch]:
        known = self._watch.known()
        met = {f"{PROJECT}{nr}" for nr in self._by.projects}
        for scope in self._scopes:
            for step in self._redmine.issues(scope, self._from_first()):
                self._tell(step.offset, step.total, "roll call")
                rows = {str(n): r for r in step.rows if (n := ident(mapping(r).get("id")))}
                met |= set(rows)
                unknown = [row for nr, row in rows.items() if nr not in known]
                if unknown:
                    yield self._issues(unknown).batch(self._place.as_cursor())
        yield from self._gone(missing(known, met))
        yield from self._roll_call_of_time()

    def _gone(self, lost: Mapping[str, str]) -> Iterator[Batch]:
        made, found = self._made(), []
        asked = [n for ident_ in list(lost)[:MOST_ASKED] if (n := ident(ident_))]
        answers = dict(
            zip(asked, self._redmine.calls.each(self._redmine.issue, asked), strict=True)
        )
        for nr, key in lost.items():
            answer = answers.get(ident(nr) or 0, _GONE)
            if isinstance(answer, str):
                made.gone[key] = answer
            elif self._scopes[0].project or self._first:
                made.gone[key] = _AWAY
            else:
                found.append(answer)
        yield made.batch(self._place.as_cursor())
        if found:
            yield self._issues(found).batch(self._place.as_cursor())

    def _roll_call_of_time(self) -> Iterator[Batch]:
        met: set[str] = set()
        for scope in self._scopes:
            for batch in self._with_rights(scope, self._all_time(scope)):
                met.update(batch.stems)
                yield batch
        # a right that was taken away says nothing of what was logged
        if not self._notes:
            lost = sorted(set(self._watch.stems(TIME)) - met)
            for start in range(0, len(lost), 1_000):
                made = self._made()
                made.stems = dict.fromkeys(lost[start : start + 1_000])
                yield made.batch(self._place.as_cursor())

    def _all_time(self, scope: Scope) -> Iterator[Batch]:
        for step in self._redmine.entries(scope, self._from()):
            self._tell(step.offset, step.total, "roll call of time entries")
            yield self._time(step.rows).batch(self._place.as_cursor())

    # what all need

    def _with_rights(self, scope: Scope, batches: Iterator[Batch]) -> Iterator[Batch]:
        try:
            yield from batches
        except SourceError as error:
            if error.code != "source.rights":
                raise
            where = f" of {scope.project}" if scope.project else ""
            self._notes[f"The account may not see the time that was logged{where}."] = None

    def _meet(self, numbers: set[int]) -> None:
        """Looks up people who are not known yet."""
        unknown = sorted(numbers - set(self._by.people))
        self._by.people.update(
            zip(unknown, self._redmine.calls.each(self._person, unknown), strict=True)
        )

    def _person(self, nr: int) -> Person:
        user = self._redmine.user(nr)
        if not isinstance(user, str):
            return person_of(user, nr, self._of.words("bots"), self._by.groups)
        group = self._redmine.group(nr)
        if not isinstance(group, str):
            return Person(None, team=str(group.get("name") or "") or None)
        return Person(unnamed(nr), str(nr) in self._of.words("bots"))

    def _made(self) -> Made:
        return Made(self._zone, self._watch.at)

    def _from(self) -> dict[str, str]:
        return {"from": self._first} if self._first else {}

    def _from_first(self) -> dict[str, str]:
        return {"updated_on": f">={self._first}"} if self._first else {}

    def _tell(self, done: int, total: int, words: str) -> None:
        self._watch.progress(done, total, words)
