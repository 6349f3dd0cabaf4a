"""One sync of a GitHub source, from a cursor to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.github.batching import Rows, rows_of
from mainstem.sources.github.client import Hub, in_lots
from mainstem.sources.github.failing import EXPIRED
from mainstem.sources.github.groups import groups_of
from mainstem.sources.github.passes import Pass, advance, plan_passes
from mainstem.sources.github.queries import Features
from mainstem.sources.github.reading import Item, Page, Reader
from mainstem.sources.github.repositories import (
    Found,
    Repository,
    find_repositories,
    is_wanted,
    wanted,
)
from mainstem.sources.github.rollcall import roll_call
from mainstem.sources.github.settings import (
    features_of,
    organisation_of,
    reading_of,
)
from mainstem.sources.github.state import OPEN, State
from mainstem.sources.github.translate import Reading
from mainstem.sources.remote import Batch, Connection, Cursor, Watch
from mainstem.sources.rounds import first_moment, number_of

#: So few repositories are each asked whether anything changed (one call each, which counts against no
#: limit if nothing did). Of more, one call of GraphQL asks for fifty.
ASKED_ONE_BY_ONE = 3
#: Newest things that are looked at to see whether anything changed: as many may change in one second.
_TOP = 10
_LOT = 50


class Sync:
    """A sync. Made for one ``pull`` or ``fetch`` and then thrown away."""

    def __init__(self, of: Connection, hub: Hub, watch: Watch, cursor: Cursor) -> None:
        self._of, self._hub, self._watch = of, hub, watch
        self._zone = ZoneInfo(of.timezone)
        self._words = wanted(of)
        self._since = first_moment(of)
        self._roll_every = timedelta(hours=number_of(of, "roll_call", 24))
        self._day = watch.at.astimezone(self._zone).date().isoformat()
        self._state = State.from_json(cursor)
        self._is_resumed = bool(cursor)
        self._etags: dict[str, str] = {}
        self._seen: dict[str, str] = {}
        self._how = reading_of(of, {})
        self._made: Reader | None = None
        #: What belongs to the source: the words of the settings, and names that led elsewhere.
        self._scope = self._words
        self._keeps_cursor = True

    def batches(self) -> Iterator[Batch]:
        """What changed, what is in progress, what is gone.

        Raises:
            SourceError: something could not be had. Where it is one repository of several, the others are
                read first.
        """
        if self._is_quiet():
            yield Batch(self._cursor(), is_last=True)
            return
        found = find_repositories(self._hub, self._words)
        self._follow_names(found)
        yield from self._read(found)
        if self._is_roll_due(found):
            yield from self._roll_call(found)
            self._state.roll = found.at
        self._state.roll = self._state.roll or found.at
        self._state.etags = self._etags
        for repository in found.repositories:
            if not repository.open:
                self._state.change(repository.ident, OPEN, day=self._day)
        missing = next(iter(found.missing.values()), None)
        yield Batch(self._cursor(), is_last=missing is None)
        if missing is not None:
            raise missing

    def _cursor(self) -> Cursor:
        return self._state.to_json() if self._keeps_cursor else {}

    # is there anything to do?

    def _is_quiet(self) -> bool:
        """Asks whether anything changed, where that is all there is to do today."""
        state = self._state
        few = len(self._words) <= ASKED_ONE_BY_ONE
        if not few or any(w.endswith("/*") for w in self._words):
            return False
        news = [self._has_news(word) for word in self._words]
        names = {name.lower() for name in state.names.values()}
        whole = names == {w.lower() for w in self._words} and all(
            state.is_whole(r) and state.of(r, OPEN).day == self._day for r in state.stands
        )
        is_due = state.roll is None or self._watch.at - state.roll >= self._roll_every
        return whole and not is_due and not any(news)

    def _has_news(self, name: str) -> bool:
        asked = {"state": "all", "sort": "updated", "direction": "desc", "per_page": _TOP}
        try:
            answer = self._hub.get(
                f"repos/{name}/issues", asked, etag=self._state.etags.get(name, "")
            )
        except SourceError as error:
            if not error.permanent or error.code == "source.credentials":
                raise
            return True  # what is wrong with it is said after the others were read
        self._etags[name] = answer.etag or self._state.etags.get(name, "")
        return not answer.is_same

    def _follow_names(self, found: Found) -> None:
        """A repository with another name is read anew: its keys are others. Their ids stay the same."""
        state, here = self._state, {r.ident: r.name for r in found.repositories}
        for ident, name in list(state.names.items()):
            if here.get(ident, name) != name or (ident not in here and not found.missing):
                state.forget(ident)
        state.names.update(here)
        self._scope = (*self._words, *here.values())
        for ident in here:
            state.stands.setdefault(ident, {})

    def _is_roll_due(self, found: Found) -> bool:
        """After a first reading, only if it was resumed: something may have gone in the meantime."""
        roll = self._state.roll
        return self._is_resumed if roll is None else found.at - roll >= self._roll_every

    # reading

    def _read(self, found: Found) -> Iterator[Batch]:
        passes = self._planned(found)
        yield from self._through(passes)
        # a pass that was resumed knows what changed before it began, which may be long ago
        resumed = {(p.repository.ident, p.kind) for p in passes if p.began != found.at}
        yield from self._through(
            [p for p in self._planned(found) if (p.repository.ident, p.kind) in resumed]
        )

    def _planned(self, found: Found) -> list[Pass]:
        return plan_passes(self._state, found.repositories, found.at, self._day, self._since)

    def _through(self, passes: Sequence[Pass]) -> Iterator[Batch]:
        if not passes:
            return
        self._prepare()
        total, done = _size(passes), 0
        for one, page in zip(passes, self._hub.each(self._first, passes), strict=True):
            for batch in self._pages(one, page):
                done += batch.read
                self._watch.progress(min(done, total), total, one.repository.name)
                yield batch

    def _pages(self, one: Pass, page: Page) -> Iterator[Batch]:
        while True:
            is_over = not page.after or one.is_over(page.nodes)
            coming = None if is_over else self._hub.ahead(partial(self._page, one, page.after))
            rows = self._rows(one.news(page.nodes), page)
            advance(self._state, one, "" if is_over else page.after, self._day)
            yield rows.batch(self._cursor(), notes=page.notes)
            if coming is None:
                return
            page = coming.result()

    def _first(self, one: Pass) -> Page:
        return self._page(one, self._state.of(one.repository.ident, one.kind).after)

    def _page(self, one: Pass, after: str) -> Page:
        name = one.repository.name
        try:
            return self._reader.page(name, one.is_pulls, one.asked(after))
        except SourceError as error:
            if error.code != EXPIRED or not after:
                raise
        # the token has ended: the pass begins anew
        return self._reader.page(name, one.is_pulls, one.asked(""))

    def _rows(self, nodes: Sequence[Mapping[str, Any]], page: Page) -> Rows:
        items: list[Item] = [dict(n) for n in nodes]
        self._reader.complete(items)
        rows = rows_of(items, self._how, self._zone, self._watch.at)
        rows.rejects += page.rejects
        if self._is_resumed:
            self._seen.update(rows.keys)
        return rows

    @property
    def _reader(self) -> Reader:
        self._prepare()
        assert self._made is not None
        return self._made

    def _prepare(self) -> None:
        """What is needed only where something is read: the schema, the teams."""
        if self._made is None:
            has: Features = features_of(self._of, self._hub)
            self._how = self._reading()
            self._made = Reader(self._hub, has)

    def _reading(self) -> Reading:
        on = self._of.is_on("groups")
        return reading_of(
            self._of, groups_of(self._hub, organisation_of(self._of)) if on else {}
        )  # fmt: skip

    # what is gone

    def _roll_call(self, found: Found) -> Iterator[Batch]:
        ours: dict[str, dict[str, str]] = {}
        for ident, key in {**self._watch.known(), **self._seen}.items():
            ours.setdefault(key.rpartition("#")[0], {})[ident] = key
        is_projects = self._of.is_on("projects_fields") or bool(self._of.words("in_progress"))
        for repository in found.repositories:
            mine = ours.pop(repository.name, {})
            changed = self._state.roll if is_projects else None
            called = roll_call(self._hub, repository, mine, self._since, changed)
            yield from self._settle(called.read, {})
            yield from self._settle(called.gone, mine)
        away = {k: "out of reach" for r, mine in ours.items() if self._is_away(r, found)
                for k in mine.values()}  # fmt: skip
        if away:
            note = f"{len(away)} items are in repositories that are no longer read."
            yield Batch(self._cursor(), gone=away, notes=(note,))

    def _is_away(self, repository: str, found: Found) -> bool:
        """Whether a repository is out of reach for good, not merely unanswered this time."""
        return not is_wanted(repository, tuple(found.missing))

    def _settle(self, ids: Sequence[str], ours: Mapping[str, str]) -> Iterator[Batch]:
        """Reads items by their ids; of ours, those that are not there are gone."""
        for lot in in_lots(ids, _LOT):
            page = self._reader.by_ids(lot)
            here = [n for n in page.nodes if is_wanted(_repository(n), self._scope)]
            reach = {str(n.get("id")) for n in page.nodes}
            rejected = {r.place for r in page.rejects}
            rows = self._rows(here, page)
            gone = {
                ours[i]: "out of reach" if i in reach else "deleted"
                for i in lot if i in ours and i not in rows.keys and i not in rejected
                and not (i in reach and any(str(n.get("id")) == i for n in here))
            }  # fmt: skip
            yield rows.batch(self._cursor(), gone, page.notes)

    # one by one, for messages

    def fetch(self, keys: Sequence[str]) -> Iterator[Batch]:
        """Items by key (``owner/name#12``) or node id (``id:…``), anew or gone.

        Raises:
            SourceError: GitHub does not answer.
        """
        by_id = [k[3:] for k in keys if k.startswith("id:")]
        by_key = {k: numbered(k) for k in keys if not k.startswith("id:")}
        known = dict(self._watch.known()) if keys else {}
        # a repository that has another name than in the settings is known by its items
        self._scope = (*self._words, *{key.rpartition("#")[0] for key in known.values()})
        self._keeps_cursor = False
        asked = [
            (k, n) for k, n in by_key.items() if n and is_wanted(f"{n[0]}/{n[1]}", self._scope)
        ]  # fmt: skip
        if by_id:
            yield from self._settle(by_id, {i: known[i] for i in by_id if i in known})
        nodes: list[Item] = []
        gone: dict[str, str] = {}
        for (key, _), (item, is_seen) in zip(
            asked, self._reader.by_numbers([n for _, n in asked]) if asked else [], strict=True
        ):
            if item is not None and is_wanted(_repository(item), self._scope):
                nodes.append(item)
            moved = item is not None and known.get(str(item.get("id"))) == key
            if is_seen and not moved and (item is None or _key(item) != key):
                gone[key] = "deleted" if item is None else f"moved to {_key(item)}"
        if asked:
            rows = self._rows(nodes, Page())
            yield rows.batch({}, gone)


def numbered(key: str) -> tuple[str, str, int] | None:
    """Owner, name and number of a key; ``None`` where it is none."""
    repository, _, number = key.rpartition("#")
    owner, _, name = repository.partition("/")
    if owner and name and "/" not in name and number.isascii() and number.isdigit():
        return owner, name, int(number)
    return None


def _repository(item: Mapping[str, Any]) -> str:
    found = item.get("repository")
    return str(found.get("nameWithOwner", "")) if isinstance(found, Mapping) else ""


def _key(item: Mapping[str, Any]) -> str:
    return f"{_repository(item)}#{item.get('number')}"


def _size(passes: Sequence[Pass]) -> int:
    """About how many things are to be read: all of first readings, a page of the others."""
    return sum(
        _LOT if one.until or one.kind == OPEN else _all(one.repository, one.is_pulls)
        for one in passes
    )


def _all(repository: Repository, pulls: bool) -> int:
    return repository.pulls if pulls else repository.issues
