"""What a page of a tracker becomes, gathered until it is a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.issue import Issue, work_of
from mainstem.sources.remote import Batch, Cursor, Refused, Reject, Row


@dataclass(slots=True)
class Made:
    """Rows and rejects of a page. The same thing twice counts once, the later one."""

    zone: ZoneInfo
    at: datetime
    items: dict[str, Row] = field(default_factory=dict)
    records: dict[str, Row] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    stems: dict[str, None] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    read: int = 0

    def add(self, place: str, make: Callable[[], Issue]) -> None:
        """An issue with all its effort, or a reject.

        Args:
            place: Where it stood, for the reject.
        """
        self.read += 1
        try:
            issue = make()
            work = work_of(issue, self.zone, self.at)
        except Refused as error:
            self.rejects.append(Reject(place, error.reason, error.sample))
            return
        self.read += len(issue.refused)
        self.rejects += [Reject(place, reason, sample) for reason, sample in issue.refused]
        prefix = f"{issue.ident}#"
        self.records = {k: r for k, r in self.records.items() if not k.startswith(prefix)}
        self.items[work.item["key"]] = work.item
        self.records |= {r["row_key"]: r for r in work.records}
        self.stems[issue.ident] = None

    def log(self, place: str, stem: str, make: Callable[[], dict[str, Any]]) -> None:
        """A time entry that stands for itself, or a reject, which withdraws what it was before."""
        self.read += 1
        if stem:
            self.stems[stem] = None
        try:
            row = make()
        except Refused as error:
            self.records.pop(f"{stem}#log", None)
            self.rejects.append(Reject(place, error.reason, error.sample))
            return
        self.records[row["row_key"]] = row

    def put(self, issue: Issue | None) -> None:
        """An item without effort of its own, such as a project on which time was logged."""
        if issue is not None:
            self.items[issue.key] = work_of(issue, self.zone, self.at).item

    def batch(self, cursor: Cursor) -> Batch:
        """All of it."""
        return Batch(
            cursor, self.read, list(self.items.values()), list(self.records.values()), self.rejects,
            list(self.stems), self.gone,
        )  # fmt: skip
