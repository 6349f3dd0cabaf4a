"""Rows of lists become the parts of a batch: items, records, rejects, what was trashed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.issue import Work, work_of
from mainstem.sources.linear.client import MOST_PAGES, Linear, connection
from mainstem.sources.linear.names import Names, ask_names, clean
from mainstem.sources.linear.queries import HISTORY
from mainstem.sources.linear.settings import Settings
from mainstem.sources.linear.translate import ident_of, key_of, read_issue
from mainstem.sources.remote import Refused, Reject, Watch


class Rows:
    """Reads rows with the rest of their histories. Remembers what it read in this sync."""

    def __init__(self, linear: Linear, settings: Settings, watch: Watch) -> None:
        self._linear, self._settings, self._watch = linear, settings, watch
        self._names: Names | None = None
        self._known: dict[str, str] | None = None
        #: Stable id → key of what was read in this sync.
        self.yielded: dict[str, str] = {}

    def read(self, rows: Sequence[Any]) -> dict[str, Any]:
        """Fields of a batch.

        Raises:
            SourceError: Linear is not well.
        """
        live = [row for row in rows if not is_trashed(row)]
        names = self._ask_names() if live else Names()
        rejects: list[Reject] = []
        works: dict[str, Work] = {}
        idents: list[str] = []
        for row, entries in zip(live, self._linear.calls.each(self._history, live), strict=True):
            try:
                read = read_issue(row, entries, names, self._settings)
                work = work_of(read.issue, self._settings.zone, self._watch.at)
            except Refused as error:
                rejects.append(Reject(_place(row), str(error), error.sample))
                continue
            rejects += read.rejects
            works[read.issue.key] = work
            idents.append(read.issue.ident)
            self.yielded[read.issue.ident] = read.issue.key
        return {
            # refused parts of an issue were read as well as the issue
            "read": len(idents) + len(rejects),
            "items": [work.item for work in works.values()],
            "records": [record for work in works.values() for record in work.records],
            "rejects": rejects,
            "stems": idents,
            "gone": self._gone([row for row in rows if is_trashed(row)], works),
        }

    def has(self, row: Any) -> bool:
        """Whether this row was read in this sync."""
        try:
            return ident_of(row) in self.yielded
        except Refused:
            return False

    def known(self) -> dict[str, str]:
        """Stable id → key of what the ledger has, with what was read in this sync."""
        if self._known is None:
            self._known = dict(self._watch.known())
        return {**self._known, **self.yielded}

    def _ask_names(self) -> Names:
        if self._names is None:
            self._names = ask_names(self._linear)
        return self._names

    def _gone(self, trashed: Sequence[Any], works: dict[str, Work]) -> dict[str, str]:
        """Keys of what lies in the trash, under the key that the ledger has too."""
        out: dict[str, str] = {}
        for row in trashed:
            try:
                ident, key = ident_of(row), key_of(row)
            except Refused:
                continue
            known = self.known().get(ident)
            self.yielded.pop(ident, None)
            out.update({one: "trashed" for one in (known, key) if one and one not in works})
        return out

    def _history(self, row: Any) -> Sequence[Any]:
        """The whole history: a page of issues brings only its last entries."""
        if not self._settings.history or not isinstance(row, dict):
            return ()
        entries, after = connection(row.get("history"))
        out, ident = list(entries or ()), clean(row.get("id"))
        for _ in range(MOST_PAGES):
            if not after or ident is None:
                break
            try:
                data, _ = self._linear.ask(HISTORY, {"id": ident, "after": after})
            except SourceError as error:
                if error.code != "source.refused":
                    raise
                # it was deleted meanwhile; the roll call will tell
                break
            found = data.get("issue")
            more, after = connection(found.get("history") if isinstance(found, dict) else None)
            out += more or ()
        return out


def is_trashed(row: Any) -> bool:
    """Whether it lies in the trash, from where it is deleted after some days."""
    return isinstance(row, dict) and row.get("trashed") is True


def _place(row: Any) -> str:
    try:
        return key_of(row)
    except Refused:
        return f"issue {str(row.get('id'))[:40]}" if isinstance(row, dict) else "an issue"
