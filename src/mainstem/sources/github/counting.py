"""What GitHub says it has: issues and pull requests by month of creation, out of its search index.

Many searches go with one call of GraphQL, so that the thirty searches a minute of REST do not bind.
https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from mainstem.sources.dates import moment
from mainstem.sources.github import queries
from mainstem.sources.github.client import Hub, in_lots
from mainstem.sources.github.repositories import find_repositories, wanted
from mainstem.sources.remote import Connection, Count, Counted, Refused, Watch
from mainstem.sources.rounds import first_moment

#: Searches of one call.
_AT_ONCE = 24
#: Repositories that one search names: a search may be 256 letters long, without its qualifiers.
_NAMED = 10
#: Months counted at most, the newest.
MOST_MONTHS = 120


def counted(of: Connection, watch: Watch) -> Counted:
    """Counts by month, of all repositories together.

    Raises:
        SourceError: GitHub does not answer.
    """
    with Hub(of, watch) as hub:
        names = [r.name for r in find_repositories(hub, wanted(of)).repositories]
        lots = [" ".join(f"repo:{n}" for n in lot) for lot in in_lots(names, _NAMED)]
        last = hub.now().date()
        first = _first_month(hub, lots, last)
        since = first_moment(of)
        if since is not None:
            first = max(first, _whole_month(since.date()))
        months = _months(first, last)[-MOST_MONTHS:]
        sums = _counts(hub, lots, months)
    words = (
        "Issues and pull requests by month of creation (UTC), as GitHub's search counts them; its index"
        " may be some minutes behind."
    )
    start = months[0][:7] if months and (since or len(months) == MOST_MONTHS) else ""
    return Counted(
        tuple(Count("", month, sums[month]) for month in months if sums[month]), start, words=words
    )


def _first_month(hub: Hub, lots: Sequence[str], last: date) -> date:
    out = last
    for repositories in lots:
        data = hub.ask(queries.FIRST, {"text": f"{repositories} sort:created-asc"}).data
        found = data.get("search")
        nodes = found.get("nodes") if isinstance(found, Mapping) else None
        for node in nodes or []:
            created = _created(node)
            out = min(out, created.date()) if created else out
    return out.replace(day=1)


def _created(node: Any) -> datetime | None:
    try:
        return moment(node.get("createdAt")) if isinstance(node, Mapping) else None
    except Refused:
        return None


def _whole_month(since: date) -> date:
    """The first month that lies after ``since`` as a whole."""
    return since if since.day == 1 else _next(since)


def _next(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


def _months(first: date, last: date) -> list[str]:
    out = []
    at = first.replace(day=1)
    while at <= last:
        out.append(f"{at.year:04}-{at.month:02}")
        at = _next(at)
    return out


def _counts(hub: Hub, lots: Sequence[str], months: Sequence[str]) -> dict[str, int]:
    sums = dict.fromkeys(months, 0)
    wanted_counts = [(lot, month) for lot in lots for month in months]
    for part in in_lots(wanted_counts, _AT_ONCE):
        query, given = queries.counts(f"{lot} created:{_span(month)}" for lot, month in part)
        data = hub.ask(query, given).data
        for i, (_, month) in enumerate(part):
            found = data.get(f"c{i}")
            sums[month] += int(found["issueCount"]) if isinstance(found, Mapping) else 0
    return sums


def _span(month: str) -> str:
    first = date.fromisoformat(f"{month}-01")
    return f"{first.isoformat()}..{(_next(first) - timedelta(days=1)).isoformat()}"
