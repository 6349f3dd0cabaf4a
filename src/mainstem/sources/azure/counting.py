"""How many work items Azure DevOps says it has, by month of creation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from mainstem.sources.azure.client import Azure, since, written
from mainstem.sources.remote import Connection, Count, Counted, Watch
from mainstem.sources.rounds import first_day

#: Months that are counted; each costs one request for each 10,000 work items.
MONTHS = 12


def count(of: Connection, there: Azure, watch: Watch) -> Counted | None:
    """As ``Connected.count``; ``None`` where only a part of the work items is read."""
    if first_day(of):
        return None
    months = _months(watch.at.date())
    found = there.calls.each(lambda month: _in_month(there, month), months)
    counts = zip(months, found, strict=True)
    return Counted(
        tuple(Count("", f"{month:%Y-%m}", n) for month, n in counts if n), since=f"{months[-1]:%Y-%m}",
        words=f"Work items that the account may see, created in the last {MONTHS} months, of all types.",
    )  # fmt: skip


def _in_month(there: Azure, month: date) -> int:
    begins = datetime(month.year, month.month, 1, tzinfo=UTC)
    ends = (begins + timedelta(days=32)).replace(day=1)
    clauses = since("System.CreatedDate", begins), f"[System.CreatedDate] < '{written(ends)}'"
    return sum(len(part.numbers) for part in there.numbers(*clauses))


def _months(last: date) -> list[date]:
    """First days of months, the latest first."""
    out = [last.replace(day=1)]
    while len(out) < MONTHS:
        out.append((out[-1] - timedelta(days=1)).replace(day=1))
    return out
