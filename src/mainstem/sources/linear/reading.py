"""One sync: what changed, what is in progress once a day, the roll call; as batches with a cursor."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mainstem.sources.linear.client import Linear, Page
from mainstem.sources.linear.cursor import Position, read_moment, write_moment
from mainstem.sources.linear.landing import Rows, is_trashed
from mainstem.sources.linear.paging import Window, moment_of, walk
from mainstem.sources.linear.queries import IDS, ISSUES, ISSUES_BARE
from mainstem.sources.linear.settings import Settings
from mainstem.sources.linear.translate import ident_of, key_of
from mainstem.sources.remote import Batch, Refused, Watch

#: So far before its beginning the next sync goes back: a change may be kept after its own moment.
OVERLAP = timedelta(minutes=5)
#: What changed so lately is read again, in case its history was not whole yet.
SETTLED = timedelta(minutes=1)
#: Issues on a page, and ids; both stay below the most complex question that Linear takes.
SIZE, IDS_SIZE = 100, 250
#: Issues that are fetched by their ids at once.
AT_ONCE = 50
_MOST_SEEN = 200


class Sync:
    """One sync of one connection. Use it once."""

    def __init__(
        self, linear: Linear, settings: Settings, position: Position, watch: Watch
    ) -> None:
        self._linear, self._settings, self._watch = linear, settings, watch
        self._position = position
        self._rows = Rows(linear, settings, watch)
        self._done = 0
        self._is_first = not position.mark

    def run(self) -> Iterator[Batch]:
        """All of it.

        Raises:
            SourceError: as ``Linear.page``.
        """
        position = self._position
        self._start_again_for_new_teams()
        position.began = position.began or write_moment(self._watch.at)
        for _ in range(2):
            # what changed while a long reading ran is read in a second one
            pages = yield from self._changes()
            if pages < 2:
                break
        yield from self._in_progress()
        if self._is_due():
            yield from self._roll_call()
        position.rolled = position.rolled or position.began
        yield self._batch(is_last=True)

    def _batch(self, **given: Any) -> Batch:
        return Batch(cursor=self._position.as_json(), **given)

    def _start_again_for_new_teams(self) -> None:
        """Issues of a team that was not read so far may have changed long ago."""
        position, wanted = self._position, sorted(self._settings.teams)
        if position.began and position.teams != wanted and not _covers(position.teams, wanted):
            position.mark = position.top = position.low = position.high = ""
            position.seen = {}
        position.teams = wanted

    def _filter(self) -> dict[str, Any]:
        teams = self._settings.teams
        return {"team": {"key": {"in": list(teams)}}} if teams else {}

    def _changes(self) -> Generator[Batch, None, int]:
        """Reads the window that is left, or begins a new one; returns how many pages that took."""
        position = self._position
        since = read_moment(position.mark) or self._settings.since
        began = read_moment(position.top)
        window = position.left() if began else Window(since)
        pages = 0
        known = dict(position.seen)
        query = ISSUES if self._settings.history else ISSUES_BARE
        for page, left in walk(self._linear, query, SIZE, self._filter(), "updatedAt", window):
            pages += 1
            began = began or page.at
            fresh = _fresh(page.rows, known)
            self._advance(page, left, began)
            known |= _changed(page.rows)
            self._done += len(page.rows)
            self._watch.progress(self._done, None, "issues")
            if fresh or left is not None:
                yield self._batch(**self._rows.read(fresh))
        return pages

    def _advance(self, page: Page, left: Window | None, began: datetime) -> None:
        position = self._position
        settled = {
            ident: at
            for ident, at in _changed(page.rows).items()
            if write_moment(began - OVERLAP) <= at <= write_moment(began - SETTLED)
        }
        position.seen = dict(list({**position.seen, **settled}.items())[-_MOST_SEEN:])
        if left is None:
            position.mark = write_moment(began - OVERLAP)
            position.top = position.low = position.high = ""
            position.seen = {i: at for i, at in position.seen.items() if at >= position.mark}
        else:
            position.top = write_moment(began)
            position.low, position.high = write_moment(left.low), write_moment(left.high)

    def _in_progress(self) -> Iterator[Batch]:
        """Once a day: each day in progress is a trace, whether or not anything changed."""
        today = self._watch.at.astimezone(self._settings.zone).date().isoformat()
        if not self._settings.history or self._position.looked == today:
            return
        if not self._is_first:
            filter_ = {**self._filter(), "state": {"type": {"eq": "started"}}}
            for page, _ in walk(self._linear, ISSUES, SIZE, filter_, "createdAt", Window()):
                left = [row for row in page.rows if not self._rows.has(row)]
                if left:
                    yield self._batch(**self._rows.read(left))
        self._position.looked = today

    def _is_due(self) -> bool:
        rolled = read_moment(self._position.rolled)
        if rolled is None:
            return not self._settings.roll_call
        return self._watch.at - rolled >= self._settings.roll_call

    def _roll_call(self) -> Iterator[Batch]:
        """All ids on Linear's side against those of the ledger: what is gone, and what was missed."""
        before = self._rows.known()
        left, missed, there = dict(before), list[str](), set[str]()
        for page, _ in walk(self._linear, IDS, IDS_SIZE, self._filter(), "createdAt", Window()):
            self._watch.progress(len(before) - len(left), len(before) or None, "comparing ids")
            for row in page.rows:
                self._compare(row, before, left, missed, there)
        for start in range(0, len(missed), AT_ONCE):
            rows = by_ids(self._linear, self._settings, missed[start : start + AT_ONCE])
            yield self._batch(**self._rows.read(rows))
        self._position.rolled = write_moment(self._watch.at)
        there |= {key for ident, key in self._rows.yielded.items() if ident not in left}
        gone = {key: self._why(key) for key in left.values() if key not in there}
        if gone:
            yield self._batch(gone=gone)

    def _compare(
        self, row: Any, before: Mapping[str, str], left: dict[str, str], missed: list[str],
        there: set[str],
    ) -> None:  # fmt: skip
        try:
            ident, key = ident_of(row), key_of(row)
        except Refused:
            return
        if is_trashed(row):
            return
        left.pop(ident, None)
        changed, since = moment_of(row, "updatedAt"), self._settings.since
        is_old = since is not None and changed is not None and changed < since
        if before.get(ident) != key:
            there.add(key)
            if not is_old:
                missed.append(ident)

    def _why(self, key: str) -> str:
        return "deleted" if self._settings.has_team(key.rpartition("-")[0]) else "out of reach"


def by_ids(linear: Linear, settings: Settings, idents: Sequence[str]) -> list[Any]:
    """Issues by their ids, in any order; those that are not there are left out.

    Raises:
        SourceError: as ``Linear.page``.
    """
    query = ISSUES if settings.history else ISSUES_BARE
    given = {
        "first": AT_ONCE,
        "after": None,
        "by": "createdAt",
        "filter": {"id": {"in": list(idents)}},
    }
    found: dict[str, Any] = {}
    for row in linear.page(query, "issues", given).rows:
        if isinstance(row, dict):
            found[str(row.get("id"))] = row
    return list(found.values())


def _covers(before: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether what was read so far holds all that is wanted; no team named means all of them."""
    return not before or (bool(wanted) and set(wanted) <= set(before))


def _changed(rows: Sequence[Any]) -> dict[str, str]:
    """Id → moment of change, of rows that have both."""
    out = {}
    for row in rows:
        at = moment_of(row, "updatedAt")
        if at is not None and isinstance(row.get("id"), str):
            out[row["id"]] = write_moment(at)
    return out


def _fresh(rows: Sequence[Any], known: Mapping[str, str]) -> list[Any]:
    """Rows that were not read as they are: those that came twice on a page only once."""
    out: dict[str, Any] = {}
    for place, row in enumerate(rows):
        at = moment_of(row, "updatedAt")
        ident = row.get("id") if isinstance(row, dict) else None
        if at is None or not isinstance(ident, str):
            out[f"at {place}"] = row
        elif known.get(ident) != write_moment(at):
            out[ident] = row
    return list(out.values())
