"""What Jira says it has, by type and month: counts alone, no issue is read.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/ (approximate count);
on Data Center the ``total`` of a search for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from mainstem.sources.jira import jql
from mainstem.sources.jira.client import Client
from mainstem.sources.jira.setup import ask_setup
from mainstem.sources.jira.values import text
from mainstem.sources.remote import Connection, Count, Counted, Watch
from mainstem.sources.shape import listing, mapping

#: Months that are counted one by one, and requests that a count may cost.
MONTHS, MOST = 12, 200


def count(client: Client, of: Connection, watch: Watch) -> Counted:
    """Counts by type and month of creation, in UTC; what is older in one number with the month ``""``.

    Raises:
        SourceError: as ``Client``.
    """
    setup = ask_setup(client, of, watch.at)
    conditions = jql.scope(of, setup.zone)
    months = list(_months(watch.at))
    stretches = [("", jql.BEGINNING, months[0]), *_pairs(months)]
    kinds = _kinds(client, conditions, setup.zone, len(stretches))
    asked = [(kind, *stretch) for kind in kinds for stretch in stretches]

    def about(one: tuple[str | None, str, datetime, datetime | None]) -> Count:
        kind, month, begins, ends = one
        found = client.about(jql.created_in(conditions, kind, begins, ends, setup.zone))
        return Count(kind or "", month, found)

    counts = tuple(c for c in client.calls.each(about, asked) if c.count)
    words = f"issues by type, created in each of the last {MONTHS} months; older ones in one number"
    if kinds == [None]:
        words = f"issues created in each of the last {MONTHS} months, whatever their type; older ones in one number"
    if client.cloud:
        words += "; Jira Cloud gives estimates, which are behind by some minutes"
    return Counted(counts, f"{months[0]:%Y-%m}", client.cloud, words)


def _months(at: datetime) -> Iterator[datetime]:
    first = at.astimezone(UTC).year * 12 + at.astimezone(UTC).month - 1
    for month in range(first - MONTHS + 1, first + 1):
        yield datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _pairs(months: Sequence[datetime]) -> Iterator[tuple[str, datetime, datetime | None]]:
    for n, month in enumerate(months):
        yield f"{month:%Y-%m}", month, months[n + 1] if n + 1 < len(months) else None


def _kinds(
    client: Client, conditions: Sequence[str], zone: Any, each: int
) -> list[str] | list[None]:
    """Types that have any issue; ``[None]`` where there are too many to count each."""
    answer = client.get(client.api("issuetype"))
    names = list(dict.fromkeys(n for t in listing(answer) if (n := text(mapping(t).get("name")))))
    if not names or len(names) > MOST // 2:
        return [None]
    totals = list(
        client.calls.each(
            lambda n: client.about(jql.created_in(conditions, n, jql.BEGINNING, None, zone)), names
        )
    )
    used = [name for name, total in zip(names, totals, strict=True) if total]
    return used if used and len(used) * each + len(names) <= MOST else [None]
