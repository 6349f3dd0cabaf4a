"""One sync: lists that changed, what is in progress once a day, the roll call; as batches with a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.gitlab.client import REFUSALS, GitLab, Page
from mainstem.sources.gitlab.cursor import (
    MOST_SEEN,
    Kept,
    Position,
    Stream,
    read_moment,
    write_moment,
)
from mainstem.sources.gitlab.landing import Rows
from mainstem.sources.gitlab.paging import Spot, moment_of, walk
from mainstem.sources.gitlab.scopes import Scope, encoded
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.translate import ident_of
from mainstem.sources.remote import Batch, Refused, Watch

#: So far before its beginning the next sync goes back: a change may be kept after its own moment.
OVERLAP = timedelta(minutes=5)
#: What changed so lately is read again: another of GitLab's databases may not know all of it yet.
SETTLED = timedelta(minutes=1)


class Sync:
    """One sync of one connection. Use it once."""

    def __init__(
        self, gitlab: GitLab, settings: Settings, position: Position, watch: Watch
    ) -> None:
        self.gitlab, self.settings, self.position, self.watch = gitlab, settings, position, watch
        self.rows = Rows(gitlab, settings, watch)
        self.failures: list[SourceError] = []
        #: (word of the scope, kind) of lists that GitLab does not show.
        self.closed: set[tuple[str, str]] = set()
        self.is_first = not any(
            stream.is_whole for kept in position.scopes.values() for stream in kept.streams.values()
        )
        self.is_due = self._is_due()
        self._done = 0

    def run(self) -> Iterator[Batch]:
        """All of it.

        Raises:
            SourceError: a configured path may not be read; raised after the others were.
        """
        words = {scope.word for scope in self.settings.scopes}
        self.position.scopes = {w: k for w, k in self.position.scopes.items() if w in words}
        self.position.began = self.position.began or write_moment(self.watch.at)
        for scope in self.settings.scopes:
            try:
                yield from self._scope(scope)
            except SourceError as error:
                if error.code not in REFUSALS:
                    raise
                self.failures.append(error)
        if self.failures:
            yield self.batch()
            raise self.failures[0]
        yield from self._in_progress()
        if self.is_due:
            from mainstem.sources.gitlab.rolling import roll_call

            yield from roll_call(self)
        self.position.rolled = self.position.rolled or self.position.began
        yield self.batch(is_last=True, notes=self.rows.notes())

    def batch(self, **given: Any) -> Batch:
        """A batch that ends where the sync is."""
        return Batch(cursor=self.position.as_json(), **given)

    def read(self, rows: Sequence[Any], kind: str) -> Batch:
        """A batch of these rows."""
        return self.batch(**self.rows.read(rows, kind))

    def lists(self, scope: Scope) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """The lists of a scope that GitLab shows: kind, address, parameters."""
        number = self.position.scopes[scope.word].number
        for kind in self._kinds(scope):
            if (scope.word, kind) not in self.closed:
                yield kind, f"{scope.home}/{number}/{kind}", _params(scope, kind)

    def _is_due(self) -> bool:
        rolled = read_moment(self.position.rolled)
        if rolled is None:
            return not self.settings.roll_call
        return self.watch.at - rolled >= self.settings.roll_call

    def _kinds(self, scope: Scope) -> list[str]:
        out = ["issues"]
        if self.settings.merge_requests:
            out.append("merge_requests")
        if scope.is_group and self.settings.epics:
            out.append("epics")
        return out

    def _scope(self, scope: Scope) -> Iterator[Batch]:
        kept = self.position.scopes.setdefault(scope.word, Kept())
        if not kept.number or self.is_due:
            self.position.scopes[scope.word] = self._found(scope, kept)
        for kind, path, params in list(self.lists(scope)):
            try:
                yield from self._stream(scope, kind, path, params)
            except SourceError as error:
                if error.code not in REFUSALS:
                    raise
                self._close(scope, kind, error)

    def _close(self, scope: Scope, kind: str, error: SourceError) -> None:
        """A list that is not shown leaves something out; the project itself was found."""
        self.closed.add((scope.word, kind))
        stream = self.position.stream(scope.word, kind)
        # groups of the free tier have no epics: that is no news
        if kind != "epics" or stream.is_whole:
            what = kind.replace("_", " ")
            self.rows.note(f"GitLab does not show the {what} of {scope.word}: {error.message}")

    def _found(self, scope: Scope, kept: Kept) -> Kept:
        """The number of a scope: by it, a renamed project is still found."""
        found = self.gitlab.one_or_none(f"{scope.home}/{kept.number}") if kept.number else None
        if found is None:
            found = self.gitlab.one(f"{scope.home}/{encoded(scope.path)}")
        number = found.get("id") if isinstance(found, dict) else None
        if not isinstance(number, int):
            raise SourceError(
                f"GitLab answered {scope.word} with something that has no id.",
                "Check the address in the settings.",
                code="source.answer",
            )
        path = str(found.get("path_with_namespace") or found.get("full_path") or scope.path)
        return Kept(number, path, kept.streams if number == kept.number else {})

    def _stream(
        self, scope: Scope, kind: str, path: str, params: Mapping[str, Any]
    ) -> Iterator[Batch]:
        stream = self.position.stream(scope.word, kind)
        spot = stream.spot(self.settings.since)
        started: datetime | None = None
        known, near = dict(stream.seen), dict[str, str]()
        for page, behind in walk(self.gitlab, path, params, "updated", spot, stream.etag):
            if page.is_same:
                return
            fresh = _fresh(page, known)
            if started is None and behind is None and not fresh and stream.is_whole:
                stream.etag = page.etag
                return
            started = started or page.at
            self._advance(stream, page, behind, started, near)
            known = {**stream.seen, **_changes(page.rows)}
            self._tell(len(page.rows), page.total, kind, scope)
            yield self.read(fresh, kind)

    def _advance(
        self, stream: Stream, page: Page, behind: Spot | None, started: datetime, near: dict[str, str]
    ) -> None:  # fmt: skip
        """Moves the mark behind a page, never beyond what is sure to be whole."""
        sure = started - OVERLAP
        near.update(_near(page, sure, started - SETTLED))
        stream.mark, stream.made = write_moment(sure), ""
        if behind is not None and behind.at is not None and behind.at <= sure:
            stream.mark = write_moment(behind.at)
            stream.made = write_moment(behind.made) if behind.made else ""
        stream.etag = ""
        stream.seen = dict(list(near.items())[-MOST_SEEN:])
        stream.is_whole = stream.is_whole or behind is None

    def _tell(self, done: int, total: int | None, kind: str, scope: Scope) -> None:
        self._done += done
        whole = None if total is None else self._done - done + max(total, done)
        self.watch.progress(self._done, whole, f"{kind.replace('_', ' ')} of {scope.word}")

    def _in_progress(self) -> Iterator[Batch]:
        """Once a day: each day in progress is a trace, whether or not anything changed."""
        today = self.watch.at.astimezone(self.settings.zone).date().isoformat()
        if not self.settings.working or self.position.looked == today:
            return
        if not self.is_first:
            for scope in self.settings.scopes:
                yield from self._working(scope)
        self.position.looked = today

    def _working(self, scope: Scope) -> Iterator[Batch]:
        for kind, path, params in self.lists(scope):
            if kind != "issues":
                continue
            for label in self.settings.working:
                asked = {**params, "state": "opened", "labels": label}
                for page, _ in walk(self.gitlab, path, asked, "created", Spot()):
                    left = [row for row in page.rows if not self.rows.has(row, kind)]
                    if left:
                        yield self.read(left, kind)


def _params(scope: Scope, kind: str) -> dict[str, Any]:
    if kind == "epics":
        return {"state": "all", "include_descendant_groups": "true"}
    params = {"state": "all", "scope": "all"}
    # archived projects keep their history
    return {**params, "non_archived": "false"} if scope.is_group else params


def _changes(rows: Sequence[Any]) -> dict[str, str]:
    """Number → moment of change, of rows that have both."""
    out = {}
    for row in rows:
        at = moment_of(row, "updated_at")
        if at is not None and row.get("id") is not None:
            out[str(row["id"])] = write_moment(at)
    return out


def _fresh(page: Page, known: Mapping[str, str]) -> list[Any]:
    """Rows that were not read as they are: those that came twice on a page only once."""
    out: dict[str, Any] = {}
    for place, row in enumerate(page.rows):
        at, number = moment_of(row, "updated_at"), row.get("id") if isinstance(row, dict) else None
        if at is None or number is None or known.get(str(number)) != write_moment(at):
            out[str(number) if number is not None else f"at {place}"] = row
    return list(out.values())


def _near(page: Page, first: datetime, last: datetime) -> dict[str, str]:
    """Rows whose change may be read again, and need not be."""
    out = {}
    for row in page.rows:
        at = moment_of(row, "updated_at")
        if at is not None and first <= at <= last:
            out.update(_changes([row]))
    return out


def stable_id(row: Any, kind: str) -> str:
    """The stable id; empty where there is none."""
    try:
        return ident_of(row, kind)
    except Refused:
        return ""
