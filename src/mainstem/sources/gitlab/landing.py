"""Rows of lists become the parts of a batch: items, records, rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mainstem.sources.gitlab.client import GitLab
from mainstem.sources.gitlab.details import Reader
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.teams import teams_of
from mainstem.sources.gitlab.translate import Given, Read, ident_of, key_of, read_issue
from mainstem.sources.issue import Work, work_of
from mainstem.sources.remote import Refused, Reject, Watch

_WHAT = {
    "timelogs": "entries of time spent, so the notes of issues are read instead",
    "notes": "notes of issues",
    "files": "changed files of merge requests",
    "resource_state_events": "changes of state",
    "resource_label_events": "changes of labels",
}


class Rows:
    """Reads rows with their details. Remembers what it read in this sync."""

    def __init__(self, gitlab: GitLab, settings: Settings, watch: Watch) -> None:
        self._gitlab, self._settings, self._watch = gitlab, settings, watch
        self._reader = Reader(gitlab, settings)
        self._given: Given | None = None
        self._has_asked_for_epics = False
        self._notes: dict[str, None] = {}
        #: Stable id → key of what was read in this sync.
        self.yielded: dict[str, str] = {}

    def read(self, rows: Sequence[Any], kind: str) -> dict[str, Any]:
        """Fields of a batch."""
        given = self._with_epics(rows, kind)
        rejects: list[Reject] = []
        works: dict[str, Work] = {}
        idents: list[str] = []
        for row, details in zip(rows, self._reader.read(rows, kind), strict=True):
            try:
                read = read_issue(row, kind, details, given)
                work = work_of(read.issue, self._settings.zone, self._watch.at)
            except Refused as error:
                rejects.append(Reject(place_of_row(row, kind), str(error), error.sample))
                continue
            rejects += read.rejects
            self._keep(read, work, works, idents)
        return {
            # refused parts of an issue were read as well as the issue
            "read": len(idents) + len(rejects),
            "items": [work.item for work in works.values()],
            "records": [record for work in works.values() for record in work.records],
            "rejects": rejects,
            "stems": idents,
        }

    def has(self, row: Any, kind: str) -> bool:
        """Whether this row was read in this sync."""
        try:
            return ident_of(row, kind) in self.yielded
        except Refused:
            return False

    def note(self, words: str) -> None:
        """Something worth a person's attention."""
        self._notes[words] = None

    def notes(self) -> tuple[str, ...]:
        """What was noted, and what GitLab did not allow."""
        refused = [
            f"GitLab does not give {_WHAT.get(what, what)}: {words}"
            for what, words in self._reader.refused.items()
        ]
        return (*self._notes, *refused)

    def _keep(self, read: Read, work: Work, works: dict[str, Work], idents: list[str]) -> None:
        ident, key = read.issue.ident, read.issue.key
        works[key] = work
        self.yielded[ident] = key
        idents.append(ident)

    def _with_epics(self, rows: Sequence[Any], kind: str) -> Given:
        if self._given is None:
            self._given = Given(self._settings, teams_of(self._gitlab, self._settings, self._watch))
        if kind != "epics":
            return self._given
        epics = {**self._given.epics, **_keys(rows, self._settings.below)}
        parents = {f"epic:{row.get('parent_id')}" for row in rows if isinstance(row, dict)}
        if parents - {"epic:None"} - epics.keys() and not self._has_asked_for_epics:
            self._has_asked_for_epics = True
            known = self._watch.known()
            epics = {**{i: k for i, k in known.items() if i.startswith("epic:")}, **epics}
        self._given = replace(self._given, epics=epics)
        return self._given


def place_of_row(row: Any, kind: str, below: str = "") -> str:
    """Where a row that was refused came from, as well as it can be said."""
    try:
        return key_of(row if isinstance(row, dict) else {}, kind, below)
    except Refused:
        number = row.get("id") if isinstance(row, dict) else None
        return f"{kind.replace('_', ' ')} {str(number)[:40]}"


def _keys(rows: Sequence[Any], below: str) -> dict[str, str]:
    out = {}
    for row in rows:
        try:
            out[ident_of(row, "epics")] = key_of(row, "epics", below)
        except Refused:
            continue
    return out
