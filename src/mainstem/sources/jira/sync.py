"""One sync: what changed since the mark, then what search alone cannot tell.

Search gives what was changed, oldest first. Three things it does not tell: work logs that were changed without
a change of their issue (``_log_changes``), a new day for what is in progress (``_today``), and what is no
longer there (``roll_call.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.jira import jql
from mainstem.sources.jira.client import RESTARTS, Client
from mainstem.sources.jira.explain import TOKEN
from mainstem.sources.jira.fetching import fetch
from mainstem.sources.jira.making import Maker, Raw, raws_of
from mainstem.sources.jira.roll_call import roll_call, sweep
from mainstem.sources.jira.seen import Seen
from mainstem.sources.jira.state import Standing
from mainstem.sources.jira.states import BUSY
from mainstem.sources.jira.tempo import TempoSync
from mainstem.sources.remote import Batch, Reject
from mainstem.sources.rounds import number_of
from mainstem.sources.shape import mapping

#: What has more history or work logs than came is held back and completed every so many pages, since one
#: request gives the histories of a thousand issues.
HOLD_PAGES = 10


#: Milliseconds before the beginning of a sync from which changes of work logs are asked for: Jira tells them
#: a minute late.
MARGIN = 120_000


@dataclass(slots=True)
class Sync:
    """A sync of one connection.

    Attributes:
        standing: Where it stands.
        seen: Issues that were read.
        tempo: Where hours come from Tempo.
    """

    maker: Maker
    client: Client
    standing: Standing
    tempo: TempoSync | None = None
    seen: Seen = field(default_factory=Seen)
    _held: dict[str, Raw] = field(default_factory=dict)
    _reached: datetime | None = None
    _pages: int = 0
    _done: int = 0
    _total: int | None = None
    _was_whole: bool = False
    _was_resumed: bool = False
    _knew: bool = True
    _notes: list[str] = field(default_factory=list)

    def run(self) -> Iterator[Batch]:
        """All of it."""
        self._begin()
        yield from self._changes()
        yield from self._log_changes()
        yield from self._today()
        yield from self._roll_call()
        if self.tempo is not None:
            for batch, standing in self.tempo.run(self.standing, self._was_whole):
                self.standing = standing
                yield replace(batch, cursor=self._cursor())
            self._notes += self.tempo.notes()
        notes = (*self._notes, *self.maker.notes())
        yield Batch(self._cursor(), is_last=True, notes=notes)

    def _begin(self) -> None:
        now = self.standing
        if now.again and self._is_due(now.called):
            now = replace(now, whole=True, mark=None, begun=None, called=None, again=False)
        self._was_whole = now.whole
        self._was_resumed = now.mark is not None if now.whole else now.begun is not None
        if now.whole and now.mark is None:
            now = replace(now, kept=self.maker.kept.begin(), logs=0)
            # an empty ledger needs no comparison with what it has
            self._knew = bool(self.maker.watch.known())
        self.maker.remember_logs = not now.whole
        self.standing = replace(now, setup=self.maker.setup.as_json())

    # what changed

    def _changes(self) -> Iterator[Batch]:
        now = self.standing
        begun = now.begun or now.mark
        self._reached = now.mark
        if not now.whole:
            self.standing = replace(now, begun=begun)
        else:
            self._total = self._count()
        since = None if now.mark is None else now.mark - jql.OVERLAP
        yield from self._search(since)
        yield from self._flush()
        if not now.whole and begun is not None and (self._pages > 1 or self._was_resumed):
            found = sweep(self.maker, self.seen, self._changed(begun - jql.OVERLAP), self._cursor())
            yield from self._met(found)
        # what is changed from here on is the next sync's, by Jira's clock
        at = self.client.began or self.maker.watch.at
        self.standing = replace(self.standing, mark=at, begun=None, whole=False)

    def _search(self, since: datetime | None) -> Iterator[Batch]:
        """All pages; begun again from where it was if Jira no longer takes a page token."""
        tries = 0
        while True:
            before = self._reached
            try:
                query = self._changed(since)
                fields = self.maker.asked_fields()
                for page in self.client.pages(query, fields, changelog=True):
                    self.maker.watch.check()
                    yield from self._page(page.issues, page.total)
                return
            except SourceError as error:
                if error.code != TOKEN:
                    raise
                tries = 0 if self._reached != before else tries + 1
                if tries >= RESTARTS:
                    raise SourceError(
                        error.message, error.hint, code="source.passing", permanent=False
                    ) from error
                since = self._reached or since

    def _changed(self, since: datetime | None) -> str:
        zone = self.maker.setup.zone
        return jql.changed(jql.scope(self.maker.of, zone), since, zone)

    def _page(self, issues: list[Any], total: int | None) -> Iterator[Batch]:
        raws, rejects = raws_of(issues)
        for one in issues:
            # also what is refused: it is there
            if ident := mapping(one).get("id"):
                self.seen.add(str(ident))
        for raw in raws:
            # a newer version of what is held back
            self._held.pop(raw.ident, None)
            if raw.updated and (self._reached is None or raw.updated > self._reached):
                self._reached = raw.updated
        self._pages += 1
        self._held.update((raw.ident, raw) for raw in raws if raw.is_long)
        # what is missing comes while further pages are read
        self.maker.begin(raws)
        ready = [raw for raw in raws if not raw.is_long]
        self._tell(len(issues), total)
        yield self._made(ready, rejects)
        if self._pages % HOLD_PAGES == 0:
            yield from self._flush()

    def _flush(self) -> Iterator[Batch]:
        """Completes what was held back."""
        held, self._held = list(self._held.values()), {}
        if held:
            self.maker.complete(held)
            yield self._made(held, [])

    def _made(self, raws: list[Raw], rejects: list[Reject]) -> Batch:
        if not self._held and self._reached is not None:
            self.standing = replace(self.standing, mark=self._reached)
        if not self.standing.logs:
            began = _milliseconds(self.client.began or self.maker.watch.at)
            self.standing = replace(self.standing, logs=began - MARGIN)
        return self._noted(self.maker.batch(raws, {}, rejects))

    def _noted(self, batch: Batch) -> Batch:
        if self.tempo is not None:
            self.standing = self.tempo.moved_by(batch, self.standing)
        return replace(batch, cursor=self._cursor())

    def _tell(self, more: int, total: int | None) -> None:
        self._done += more
        self._total = self._total if self._was_whole and self.client.cloud else total
        most = max(self._total, self._done) if self._total is not None else None
        self.maker.watch.progress(self._done, most, "issues")

    def _count(self) -> int | None:
        if not self.client.cloud:
            return None
        zone = self.maker.setup.zone
        conditions = jql.scope(self.maker.of, zone)
        try:
            return self.client.about(jql.created_in(conditions, None, jql.BEGINNING, None, zone))
        except SourceError as error:
            # a number for people to look at is not worth a failed sync
            if error.code in ("source.absent", "source.refused"):
                return None
            raise

    # what search does not tell

    def _log_changes(self) -> Iterator[Batch]:
        """Issues whose work logs were changed or deleted without a change of the issue."""
        if not self.maker.time:
            return
        began = _milliseconds(self.client.began or self.maker.watch.at)
        if not self.standing.logs:
            self.standing = replace(self.standing, logs=began - MARGIN)
        if self._was_whole and not self._was_resumed:
            return
        asked = [("updated", self.standing.logs), ("deleted", self.standing.logs)]
        try:
            found = list(self.client.calls.each(lambda a: self.client.logs_since(*a), asked))
        except SourceError as error:
            if error.code not in ("source.rights", "source.absent"):
                raise
            self._notes.append(
                "Jira does not tell which work logs were changed or deleted; they are noticed when their"
                " issue changes."
            )
            return
        (updated, next_updated), (deleted, next_deleted) = found
        touched = self._touched(updated, deleted, began)
        keys = self._keys(touched)
        yield from self._met(fetch(self.maker, sorted(touched), keys, self._cursor()))
        # a moment of overlap: two may happen in one millisecond
        further = max(min(next_updated, next_deleted) - 1, self.standing.logs)
        self.standing = replace(self.standing, logs=further)

    def _touched(
        self, updated: Mapping[str, int], deleted: Mapping[str, int], began: int
    ) -> set[str]:
        """Issues of these work logs that must be read (again)."""
        maker = self.maker
        changed = {i: at for i, at in updated.items() if i not in maker.logs or at >= began}
        lost = {i: at for i, at in deleted.items() if i not in maker.removed or at >= began}
        owners = maker.kept.issues_of([*changed, *lost])
        strange = [i for i in changed if i not in owners]
        out = set(self.client.issues_of_logs(strange)) if strange else set()
        if out:
            # work logs of other projects are told as well
            out &= {*maker.watch.known(), *maker.keys}
        if any(i not in owners for i in lost) and not maker.kept.whole:
            self.standing = replace(self.standing, again=True)
        # what was read after the change needs no second look
        late = {owners.get(i) for i, at in (*changed.items(), *lost.items()) if at >= began}
        anew = any(changed[i] >= began for i in strange)
        out = {i for i in out if anew or i not in self.seen}
        return out | {i for i in owners.values() if i in late or i not in self.seen}

    def _today(self) -> Iterator[Batch]:
        """Once a day: what is in progress, since each day of it is a trace of somebody's day."""
        zone = ZoneInfo(self.maker.of.timezone)
        today = self.maker.watch.at.astimezone(zone).date().isoformat()
        if self.standing.day == today:
            return
        if not self._was_whole or self._was_resumed:
            yield from self._in_progress()
        self.standing = replace(self.standing, day=today)

    def _in_progress(self) -> Iterator[Batch]:
        states = [
            i for i, c in self.maker.setup.states.by_id.items() if c == BUSY and i.isdecimal()
        ]
        if not states:
            return
        zone = self.maker.setup.zone
        query = jql.in_progress(jql.scope(self.maker.of, zone), states, zone)
        for page in self.client.pages_anew(query, self.maker.asked_fields(), changelog=True):
            self.maker.watch.check()
            raws, rejects = raws_of(page.issues)
            fresh = [raw for raw in raws if raw.ident not in self.seen]
            self.maker.complete([raw for raw in fresh if raw.is_long])
            yield from self._met(iter([self.maker.batch(fresh, self._cursor(), rejects)]))

    def _roll_call(self) -> Iterator[Batch]:
        if not self._is_due(self.standing.called):
            return
        anew = self._was_whole and not self._was_resumed
        found = roll_call(self.maker, self.seen, self._cursor(), anew=anew, knew=self._knew)
        yield from self._met(found)
        self.standing = replace(self.standing, called=self.maker.watch.at)

    def _is_due(self, called: datetime | None) -> bool:
        hours = timedelta(hours=number_of(self.maker.of, "roll_call", 24))
        return called is None or not timedelta() <= self.maker.watch.at - called < hours

    # what all have in common

    def _met(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            for stem in batch.stems:
                self.seen.add(stem)
            yield self._noted(batch)

    def _keys(self, idents: set[str]) -> Mapping[str, str]:
        if not idents:
            return {}
        return {**self.maker.watch.known(), **self.maker.keys}

    def _cursor(self) -> dict[str, Any]:
        return self.standing.as_cursor()


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
