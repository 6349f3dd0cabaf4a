"""A tracker in a few lines, as a connected source: issues with logged time that move, go and come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.issue import Issue, Log, work_of
from mainstem.sources.remote import (
    Batch,
    Checked,
    Connection,
    Count,
    Counted,
    Cursor,
    Option,
    Reject,
    Watch,
)

DAY = date(2026, 7, 1)
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@dataclass
class Tracker:
    """Its world: id → issue, and when each was last touched by a counter."""

    issues: dict[str, Issue] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    clock: int = 0
    fails_after: int | None = None
    broken: set[str] = field(default_factory=set)
    deleted_while_read: str = ""
    shifted: str = ""  # an issue that stands on every page: others move while pages are read
    pages: int = 0

    kind: ClassVar[str] = "small"
    words: ClassVar[str] = "A tracker for tests"
    options: ClassVar[tuple[Option, ...]] = (
        Option("page", "number", "Issues on a page.", "2"),
        Option("token", "secret", "Lets one in."),
    )

    def put(self, ident: str, **given: object) -> None:
        """Makes or changes an issue."""
        old = self.issues.get(ident) or Issue(ident, f"A-{ident}", type="task", state="open")
        self.issues[ident] = replace(old, **given)  # type: ignore[arg-type]
        self._touch(ident)

    def log(self, ident: str, log: str, hours: float, person: str = "ann@x") -> None:
        """Logs time, or corrects it."""
        others = tuple(x for x in self.issues[ident].logs if x.ident != log)
        self.put(ident, logs=(*others, Log(log, DAY, hours * 3600, person)))

    def unlog(self, ident: str, log: str) -> None:
        """Takes logged time away."""
        self.put(ident, logs=tuple(x for x in self.issues[ident].logs if x.ident != log))

    def remove(self, ident: str) -> None:
        """Deletes an issue: nothing tells of it but its absence."""
        del self.issues[ident]
        del self.touched[ident]

    def _touch(self, ident: str) -> None:
        self.clock += 1
        self.touched[ident] = self.clock

    # the protocol

    def test(self, of: Connection, watch: Watch) -> Iterator[Checked]:
        yield Checked("credentials", True, "They will do.")
        if self.fails_after == 0:
            raise SourceError("It is not there.", "Switch it on.", permanent=False)

    def pull(self, of: Connection, cursor: Cursor, watch: Watch) -> Iterator[Batch]:
        mark, size = int(cursor.get("after", 0)), int(of.text("page") or 2)
        for n, page in enumerate(self._pages(mark, size)):
            watch.check()
            if self.fails_after is not None and n >= self.fails_after:
                raise SourceError("It broke off.", "Wait.", permanent=False)
            self.pages += 1
            mark = max((self.touched[i.ident] for i in page), default=mark)
            yield self._batch(page, {"after": mark}, of)
        known = dict(watch.known())
        if self.deleted_while_read in self.issues:
            known[self.deleted_while_read] = self.issues[self.deleted_while_read].key
            self.remove(self.deleted_while_read)
        gone = {k: "deleted" for i, k in known.items() if i not in self.issues}
        yield Batch({"after": mark}, gone=gone, is_last=True)

    def _pages(self, mark: int, size: int) -> Iterator[Sequence[Issue]]:
        order = sorted((n, ident) for ident, n in self.touched.items() if n > mark)
        for start in range(0, len(order), size):
            page = [ident for _, ident in order[start : start + size]]
            again = [self.shifted] if self.shifted and self.shifted not in page else []
            yield [self.issues[ident] for ident in (*page, *again)]

    def _batch(self, page: Sequence[Issue], cursor: Cursor, of: Connection) -> Batch:
        made = {
            i.ident: work_of(i, ZoneInfo(of.timezone), NOW)
            for i in page
            if i.ident not in self.broken
        }
        return Batch(
            cursor, len(page), [w.item for w in made.values()],
            [r for w in made.values() for r in w.records],
            [Reject(i.key, "cannot be read") for i in page if i.ident in self.broken],
            list(made),
        )  # fmt: skip

    def fetch(self, of: Connection, keys: Sequence[str], watch: Watch) -> Iterator[Batch]:
        wanted = {watch.known().get(k, k) for k in keys}  # it may be told by id
        found = [i for i in self.issues.values() if i.key in wanted or i.ident in keys]
        gone = dict.fromkeys(wanted - {i.key for i in found}, "deleted")
        yield replace(self._batch(found, {}, of), gone=gone, is_last=True)

    def read_hook(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> object:
        raise NotImplementedError

    def count(self, of: Connection, watch: Watch) -> Counted | None:
        months: dict[str, int] = {}
        for i in self.issues.values():
            month = (i.created or NOW - timedelta(days=90)).strftime("%Y-%m")
            months[month] = months.get(month, 0) + 1
        return Counted(tuple(Count("task", m, n) for m, n in months.items()))

    def truth(self) -> tuple[dict[str, str], dict[str, int]]:
        """Items (key → state) and effort (row key → amount) that a ledger must hold."""
        rows = [
            work_of(i, ZoneInfo("UTC"), NOW)
            for i in self.issues.values()
            if i.ident not in self.broken
        ]
        items = {w.item["key"]: w.item["state"] for w in rows}
        return items, {r["row_key"]: r["amount"] for w in rows for r in w.records}
