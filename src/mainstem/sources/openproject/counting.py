"""How many work packages OpenProject says it has, by type and month of creation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from mainstem.sources.openproject.client import Filters, OpenProject, between
from mainstem.sources.openproject.reading import EVERY_STATUS
from mainstem.sources.remote import Connection, Count, Counted, Watch
from mainstem.sources.rounds import first_day
from mainstem.sources.shape import listing, mapping, text

#: Months that are counted, one request each.
MONTHS = 24


def count(of: Connection, there: OpenProject, scope: Filters, watch: Watch) -> Counted | None:
    """As ``Connected.count``; ``None`` where only a part of the work packages is read."""
    if first_day(of):
        return None
    spans = _months(watch.at.date())
    found = there.calls.each(lambda first: _month(there, scope, first), spans)
    counts = tuple(c for month in found for c in month)
    return Counted(
        counts, since=f"{spans[-1]:%Y-%m}",
        words=f"Work packages that the account may see, created in the last {MONTHS} months.",
    )  # fmt: skip


def _month(there: OpenProject, scope: Filters, first: date) -> list[Count]:
    import json

    begins = datetime(first.year, first.month, 1, tzinfo=UTC)
    ends = (begins + timedelta(days=32)).replace(day=1) - timedelta(milliseconds=1)
    filters = [EVERY_STATUS, *scope, *between("createdAt", begins, ends)]
    params: dict[str, Any] = {"filters": json.dumps(filters), "groupBy": "type", "pageSize": 1}
    groups = listing(mapping(there.calls.get_json("work_packages", params)).get("groups"))
    return [
        Count(text(g.get("value")) or "", f"{first:%Y-%m}", n)
        for g in map(mapping, groups) if isinstance(n := g.get("count"), int) and n
    ]  # fmt: skip


def _months(last: date) -> list[date]:
    """First days of months, the latest first."""
    out = [last.replace(day=1)]
    while len(out) < MONTHS:
        out.append((out[-1] - timedelta(days=1)).replace(day=1))
    return out
