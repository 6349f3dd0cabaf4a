"""What is read about each issue beside itself: histories, time spent, changed paths. HTTP, at once.

A page of 100 issues costs: one request for all time spent of each project on it; with ``history`` one for
the states of each issue; with labels that mean "in progress" one more for its labels, and one for its notes
if it ever had such a label.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.gitlab import history
from mainstem.sources.gitlab.client import REFUSALS, GitLab
from mainstem.sources.gitlab.paging import moment_of
from mainstem.sources.gitlab.scopes import MARKS
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.gitlab.translate import Details, key_of, spent_of
from mainstem.sources.remote import Refused

#: Entries of time spent of one issue that are read: so many times a hundred.
_MOST_PAGES = 50


class Reader:
    """Reads details, and remembers what GitLab does not allow."""

    def __init__(self, gitlab: GitLab, settings: Settings) -> None:
        self._gitlab, self._settings = gitlab, settings
        self._lock = threading.Lock()
        self.refused: dict[str, str] = {}

    def read(self, rows: Sequence[Any], kind: str) -> list[Details]:
        """The details of each row, in their order.

        Raises:
            SourceError: GitLab is not well; what is not allowed or not there is left out.
        """
        if kind == "epics":
            return [Details() for _ in rows]
        spent = self._spent(rows, kind)
        pairs = [(row, spent.get(_number(row))) for row in rows]
        return list(self._gitlab.calls.each(lambda pair: self._one(*pair, kind), pairs))

    def _one(self, row: Any, timelogs: Sequence[Any] | None, kind: str) -> Details:
        details = Details(timelogs=timelogs)
        where = _where(row)
        if where is None:
            return details
        if kind == "merge_requests":
            details = self._merge_request(row, where, details)
        elif not row.get("moved_to_id"):
            details = self._issue(row, where, details)
        if self._settings.time and spent_of(row) > 0 and details.timelogs is None:
            details = self._with_notes(details, where, kind)
        return details

    def _issue(self, row: Any, where: tuple[int, int], details: Details) -> Details:
        if not self._settings.history:
            return details
        if _is_untouched(row):
            # what it has now, it has had from the beginning
            return replace(details, labels=[])
        states = self._history(where, "issues", "resource_state_events")
        details = replace(details, states=states)
        wanted = self._settings.in_progress
        if not wanted:
            return details
        events = self._history(where, "issues", "resource_label_events")
        details = replace(details, labels=events or [])
        had = history.label_turns(events or (), wanted)
        has = any(str(label).casefold() in wanted for label in _labels(row))
        return self._with_notes(details, where, "issues") if had or has else details

    def _merge_request(self, row: Any, where: tuple[int, int], details: Details) -> Details:
        if not self._settings.files or row.get("state") == "closed":
            return details
        found = self._allowed("files", lambda: self._gitlab.changed(*where))
        return replace(details, changed=found or ())

    def _with_notes(self, details: Details, where: tuple[int, int], kind: str) -> Details:
        return replace(details, notes=self._history(where, kind, "notes"))

    def _history(self, where: tuple[int, int], kind: str, of: str) -> Sequence[Any] | None:
        found = self._allowed(of, lambda: self._gitlab.history(where[0], kind, where[1], of))
        return found if isinstance(found, list) else None

    def _allowed(self, what: str, ask: Any) -> Any:
        """An answer, or ``None`` where GitLab refuses it; what it refuses is remembered."""
        try:
            return ask()
        except SourceError as error:
            if error.code not in REFUSALS:
                raise
            if error.code != "source.absent":
                with self._lock:
                    self.refused.setdefault(what, error.message)
            return None

    def _spent(self, rows: Iterable[Any], kind: str) -> dict[int, Sequence[Any]]:
        """Entries of time spent by the number of the issue; what is missing may not be read."""
        asked: dict[str, dict[int, int]] = {}
        for row in rows:
            path, iid = self._path(row, kind), _iid(row)
            if self._settings.time and spent_of(row) > 0 and path and iid is not None:
                asked.setdefault(path, {})[iid] = _number(row)
        found: dict[int, Sequence[Any]] = {}
        for path, of_project, nodes in self._gitlab.calls.each(
            lambda pair: (*pair, self._timelogs(pair[0], kind, list(pair[1]))), asked.items()
        ):
            for iid, logs in self._whole(path, kind, nodes).items():
                if iid in of_project:
                    found[of_project[iid]] = logs
        return found

    def _timelogs(
        self, path: str, kind: str, iids: Sequence[int], after: str | None = None
    ) -> Sequence[Any]:
        nodes = self._allowed("timelogs", lambda: self._gitlab.timelogs(path, kind, iids, after))
        return nodes if isinstance(nodes, list) else ()

    def _whole(self, path: str, kind: str, nodes: Iterable[Any]) -> dict[int, Sequence[Any]]:
        """Entries by number; where one answer does not hold all of an issue, the rest is fetched."""
        out: dict[int, Sequence[Any]] = {}
        for node in nodes:
            iid, logs, after = _parts(node)
            for _ in range(_MOST_PAGES):
                if iid is None or logs is None or after is None:
                    break
                more = self._timelogs(path, kind, [iid], after)
                _, rest, after = _parts(more[0] if more else None)
                # a part of it would be a wrong figure: the notes are read instead
                logs = None if rest is None else [*logs, *rest]
            if iid is not None and logs is not None:
                out[iid] = logs
        return out

    def _path(self, row: Any, kind: str) -> str:
        try:
            return key_of(row, kind, self._settings.below).split(MARKS[kind])[0]
        except (Refused, AttributeError):
            return ""


def _parts(node: Any) -> tuple[int | None, Sequence[Any] | None, str | None]:
    """Number, entries, and where the next entries begin."""
    logs = node.get("timelogs") if isinstance(node, dict) else None
    iid = str(node.get("iid")) if isinstance(node, dict) else ""
    nodes = logs.get("nodes") if isinstance(logs, dict) else None
    info = logs.get("pageInfo") if isinstance(logs, dict) else None
    after = info.get("endCursor") if isinstance(info, dict) and info.get("hasNextPage") else None
    return (
        int(iid) if iid.isdecimal() and len(iid) < 19 else None,
        nodes if isinstance(nodes, list) else None,
        after if isinstance(after, str) and after else None,
    )


def _where(row: Any) -> tuple[int, int] | None:
    """Numbers of the project and of the issue in it."""
    project, iid = (row.get("project_id"), _iid(row)) if isinstance(row, dict) else (None, None)
    if not isinstance(project, int) or isinstance(project, bool) or iid is None:
        return None
    return project, iid


def _number(row: Any) -> int:
    number = row.get("id") if isinstance(row, dict) else None
    return number if isinstance(number, int) else -1


def _iid(row: Any) -> int | None:
    iid = row.get("iid") if isinstance(row, dict) else None
    return iid if isinstance(iid, int) and not isinstance(iid, bool) else None


def _labels(row: Any) -> Sequence[Any]:
    found = row.get("labels")
    return found if isinstance(found, list) else ()


def _is_untouched(row: Any) -> bool:
    """Whether nothing happened since it was made, so that there is no history to ask for."""
    made, changed = moment_of(row, "created_at"), moment_of(row, "updated_at")
    return made is not None and made == changed and row.get("state") == "opened"
