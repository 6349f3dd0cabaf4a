"""Answers of Jira to batches: reads what is still missing of them, translates, makes rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.dates import moment
from mainstem.sources.issue import work_of
from mainstem.sources.jira.client import Client
from mainstem.sources.jira.history import History, history_of, read_history
from mainstem.sources.jira.kept_logs import KeptLogs
from mainstem.sources.jira.people import People
from mainstem.sources.jira.setup import Setup
from mainstem.sources.jira.states import ident_of, states_of, strange_states
from mainstem.sources.jira.translate import Reader, Translated, translate
from mainstem.sources.jira.values import named, text
from mainstem.sources.remote import Batch, Connection, Cursor, Refused, Reject, Row, Watch
from mainstem.sources.shape import mapping

#: Failures of a part of an issue that leave the rest of it standing.
_PARTIAL = ("source.rights", "source.absent")


@dataclass(slots=True)
class Raw:
    """An issue as it came, as far as it must be known before it is translated.

    Attributes:
        coming: All of its work logs, where they were asked for; ``None`` of them: they may not be seen.
    """

    ident: str
    key: str
    data: dict[str, Any]
    history: History
    updated: datetime | None
    coming: Future[list[Any] | None] | None = None

    @property
    def logs_cut(self) -> bool:
        """Whether it has more work logs than came with it."""
        given = mapping(self.fields.get("worklog"))
        total, entries = given.get("total"), given.get("worklogs")
        return isinstance(total, int) and isinstance(entries, list) and total > len(entries)

    @property
    def is_long(self) -> bool:
        """Whether more of it must be fetched."""
        return self.history.cut or self.logs_cut

    @property
    def fields(self) -> dict[str, Any]:
        """Its fields."""
        found = self.data.get("fields")
        return found if isinstance(found, dict) else {}

    @property
    def project(self) -> str:
        """Key of its project."""
        return named(self.fields.get("project"), "key") or self.key.rpartition("-")[0]


def raws_of(issues: Iterable[Any]) -> tuple[list[Raw], list[Reject]]:
    """Issues of an answer, each once and in its newest version, and what is none."""
    found: dict[str, Raw] = {}
    rejects: list[Reject] = []
    for one in issues:
        try:
            raw = _raw(one)
        except Refused as refused:
            rejects.append(Reject(_place(one), refused.reason, refused.sample))
            continue
        before = found.get(raw.ident)
        if before is None or not _is_older(raw, before):
            found.pop(raw.ident, None)
            found[raw.ident] = raw
    by_key = {raw.key: raw for raw in found.values()}
    return list(by_key.values()), rejects


def _raw(one: Any) -> Raw:
    if not isinstance(one, dict):
        raise Refused("an issue is no object", one)
    ident, key = one.get("id"), text(one.get("key"))
    if isinstance(ident, bool) or not isinstance(ident, str | int) or not str(ident).strip():
        raise Refused("an issue without an id", ident)
    if key is None:
        raise Refused("an issue without a key", ident)
    updated = moment(mapping(one.get("fields")).get("updated"), "last change")
    return Raw(str(ident).strip(), key, one, history_of(one), updated)


def _place(one: Any) -> str:
    key = text(mapping(one).get("key"))
    ident = mapping(one).get("id")
    return (key or (f"issue {ident}" if isinstance(ident, str | int) else "an issue"))[:200]


def _is_older(one: Raw, other: Raw) -> bool:
    return one.updated is not None and other.updated is not None and one.updated < other.updated


@dataclass(slots=True)
class Maker:
    """Makes batches of one sync.

    Attributes:
        logs: Ids of the work logs that were read.
        removed: Ids of work logs whose removal an issue that was read tells.
        keys: Keys of the issues that were read last, by id.
        partial: Issues of which a part could not be fetched.
    """

    of: Connection
    watch: Watch
    client: Client
    setup: Setup
    kept: KeptLogs
    time: bool
    people: People
    all_keys: bool = False
    remember_logs: bool = True
    logs: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)
    _may_look: bool = True
    _states_fresh: bool = False

    def asked_fields(self) -> list[str]:
        """Fields that a search must give."""
        return self.setup.fields.asked(time=self.time)

    def complete(self, raws: Sequence[Raw]) -> None:
        """Fetches the rest of histories and work logs of issues that have more than came."""
        cut = [r for r in raws if r.history.cut]
        if cut:
            self._complete_histories(cut)
        for raw, coming in self.begin(raws):
            if (found := coming.result()) is None:
                self.partial.add(raw.key)
            else:
                raw.fields["worklog"] = {"total": len(found), "worklogs": found}

    def begin(self, raws: Sequence[Raw]) -> list[tuple[Raw, Future[list[Any] | None]]]:
        """Begins to ask for the work logs of issues that have more than came, once for each of them."""
        out = []
        for raw in raws:
            if raw.logs_cut:
                raw.coming = raw.coming or self.client.calls.ahead(partial(self._logs, raw))
                out.append((raw, raw.coming))
        return out

    def _complete_histories(self, raws: Sequence[Raw]) -> None:
        try:
            found = self.client.histories([r.ident for r in raws])
        except SourceError as error:
            if error.code not in _PARTIAL:
                raise
            self.partial.update(r.key for r in raws)
            return
        for raw in raws:
            whole = read_history(found.get(raw.ident, []))
            if not whole.transitions and raw.history.transitions:
                self.partial.add(raw.key)
                continue
            raw.history = replace(whole, removed=raw.history.removed + whole.removed)

    def _logs(self, raw: Raw) -> list[Any] | None:
        try:
            return self.client.logs(raw.ident)
        except SourceError as error:
            if error.code not in _PARTIAL:
                raise
            return None

    def batch(
        self, raws: Sequence[Raw], cursor: Cursor, rejects: Sequence[Reject] = (),
        gone: Mapping[str, str] | None = None,
    ) -> Batch:  # fmt: skip
        """A batch of issues, with all the effort that follows from each."""
        self._learn(raws)
        reader = self._reader(raws)
        zone = ZoneInfo(self.of.timezone)
        refused, items, stems = list(rejects), [], []
        records: list[Row] = []
        read, logs = len(rejects), []
        for raw in raws:
            try:
                made = translate(raw.data, raw.history, reader)
            except Refused as error:
                read += 1
                refused.append(Reject(raw.key[:200], error.reason, error.sample))
                continue
            work = work_of(made.issue, zone, self.watch.at)
            items.append(work.item)
            records += work.records
            stems.append(made.issue.ident)
            read += made.read
            refused += made.rejects
            logs += self._noted(raw, made)
        self.kept.put(logs)
        return Batch(
            cursor, read, items, _each_once(records), refused, stems,
            {k: why for k, why in (gone or {}).items() if k not in {r.key for r in raws}},
        )  # fmt: skip

    def _noted(self, raw: Raw, made: Translated) -> list[tuple[str, str, str]]:
        if self.all_keys or len(self.keys) < _RECENT:
            self.keys[raw.ident] = raw.key
        else:
            self.keys.pop(next(iter(self.keys)))
            self.keys[raw.ident] = raw.key
        if made.logs_total > len(made.logs) + len(made.rejects):
            self.partial.add(raw.key)
        if self.remember_logs:
            self.logs.update(made.logs)
            self.removed.update(raw.history.removed)
        return [(log, raw.ident, "") for log in made.logs]

    def _learn(self, raws: Sequence[Raw]) -> None:
        """Looks up the people whom histories name by id alone."""
        for raw in raws:
            self.people.met(raw.fields.get("assignee"))
        named = (
            i for raw in raws for a in raw.history.assignments for i in (a.before, a.after) if i
        )
        unknown = self.people.unknown(named)
        if unknown and self._may_look:
            try:
                for user in self.client.users(unknown):
                    self.people.met(user)
            except SourceError as error:
                if error.code not in _PARTIAL:
                    raise
                self._may_look = False
        self.people.give_up(unknown)

    def _reader(self, raws: Sequence[Raw]) -> Reader:
        known = self.setup.states
        if not self._states_fresh and any(
            strange_states(r.history, known, ident_of(r.fields.get("status")))
            for r in raws
            if r.history.transitions
        ):
            # a state that was made after the list was asked for, or one that was deleted
            self._states_fresh = True
            self.setup = replace(self.setup, states=states_of(self.client.states()))
        return Reader(
            self.setup.fields, self.setup.states, self.people, ZoneInfo(self.of.timezone),
            self.setup.link, self.time,
        )  # fmt: skip

    def notes(self) -> tuple[str, ...]:
        """What a person should know of this sync."""
        if not self.partial:
            return ()
        shown = ", ".join(sorted(self.partial)[:5])
        return (
            f"Of {len(self.partial):,} issues Jira did not give all work logs or all of the history, such"
            f" as {shown}; their hours and states are counted as far as they came.",
        )


#: So many keys are remembered of what may not have landed yet.
_RECENT = 50_000


def _each_once(records: list[Row]) -> list[Row]:
    if len(set(map(itemgetter("row_key"), records))) == len(records):
        return records
    return list({row["row_key"]: row for row in records}.values())


def read_all(maker: Maker, part: Sequence[Any]) -> tuple[list[Raw], list[Reject]]:
    """Issues of an answer with all of their histories and work logs."""
    raws, rejects = raws_of(part)
    maker.complete([raw for raw in raws if raw.is_long])
    return raws, rejects
