"""Items of GitHub → batches of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.github.translate import Reading, issue_of
from mainstem.sources.issue import Issue, work_of
from mainstem.sources.remote import Batch, Cursor, Refused, Reject


@dataclass(slots=True)
class Rows:
    """What a batch will hold.

    Attributes:
        keys: Stable id → key, of what was taken.
    """

    items: list[Mapping[str, Any]] = field(default_factory=list)
    records: list[Mapping[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    def batch(
        self, cursor: Cursor, gone: Mapping[str, str] | None = None, notes: Iterable[str] = ()
    ) -> Batch:
        """The batch; what it has is not gone."""
        taken = set(self.keys.values())
        away = {key: why for key, why in (gone or {}).items() if key not in taken}
        return Batch(
            cursor, len(self.items) + len(self.rejects), self.items, self.records, self.rejects,
            tuple(self.keys), away, notes=tuple(notes),
        )  # fmt: skip


def rows_of(
    nodes: Iterable[Mapping[str, Any]], how: Reading, zone: ZoneInfo, now: datetime
) -> Rows:
    """Translates items. Of one that comes twice, the last counts; of two with one key too.

    Args:
        zone: Days are cut in it.
        now: What is in progress goes on until then.
    """
    rows = Rows()
    taken: dict[str, Issue] = {}
    last = {str(node.get("id")): node for node in nodes}
    for node in last.values():
        try:
            issue = issue_of(node, how)
        except Refused as refused:
            rows.rejects.append(Reject(_place(node), refused.reason, refused.sample))
            continue
        taken[issue.key] = issue
    for issue in taken.values():
        work = work_of(issue, zone, now)
        rows.items.append(work.item)
        rows.records += [_with_team(r, issue, how) for r in work.records]
        rows.keys[issue.ident] = issue.key
    return rows


def _with_team(record: dict[str, Any], issue: Issue, how: Reading) -> dict[str, Any]:
    """A reviewer's team is the reviewer's own, not that of whoever made the pull request."""
    who = record["person"]
    if how.groups and who and who != issue.person:
        own = how.groups.get(str(who).lower())
        return {**record, "team": own} if own else record
    return record


def _place(node: Mapping[str, Any]) -> str:
    for name in ("url", "id"):
        if isinstance(node.get(name), str) and node[name]:
            return str(node[name])[:200]
    return "an item of GitHub"
