"""How many items GitLab says it has, by type and month of creation."""

from __future__ import annotations

from datetime import datetime

from mainstem.sources.gitlab.client import GitLab
from mainstem.sources.gitlab.paging import last_moment, stamp_of
from mainstem.sources.gitlab.scopes import Scope, encoded
from mainstem.sources.gitlab.settings import Settings
from mainstem.sources.remote import Count, Counted, Watch

#: Types of issues, as ``issue_type`` of the list knows them.
TYPES = ("issue", "incident", "task", "test_case")
#: Requests that a count may cost, and the most and the fewest months that are counted with them.
BUDGET, MOST, FEWEST = 240, 24, 3


def count(gitlab: GitLab, settings: Settings, watch: Watch) -> Counted | None:
    """Asks for one row of each list, because GitLab says how long the list is.

    Raises:
        SourceError: a list may not be read.
    """
    lists = [one for scope in settings.scopes for one in _lists(gitlab, scope, settings)]
    if not lists:
        return Counted((), words="There is nothing in these projects.")
    months = _months(watch.at, max(FEWEST, min(MOST, BUDGET // len(lists))), settings.since)
    asked = [(one, month) for one in lists for month in months]
    found: dict[tuple[str, str], int] = {}
    uncounted = 0
    totals = gitlab.calls.each(lambda pair: _total(gitlab, *pair), asked)
    for ((kind, _, _), (name, _, _)), total in zip(asked, totals, strict=True):
        if total is None:
            uncounted += 1
        else:
            found[kind, name] = found.get((kind, name), 0) + total
    counts = tuple(Count(kind, name, n) for (kind, name), n in sorted(found.items()) if n)
    return Counted(counts, since=months[0][0], words=_words(months, uncounted))


def _lists(
    gitlab: GitLab, scope: Scope, settings: Settings
) -> list[tuple[str, str, dict[str, str]]]:
    """Type, address and parameters of the lists that are not empty."""
    home = f"{scope.home}/{encoded(scope.path)}"
    more = {"non_archived": "false"} if scope.is_group else {}
    plain = {"state": "all", "scope": "all", **more}
    out = [(kind, f"{home}/issues", {**plain, "issue_type": kind}) for kind in TYPES]
    if settings.merge_requests:
        out.append(("merge_request", f"{home}/merge_requests", plain))
    if settings.epics and scope.is_group:
        out.append(("epic", f"{home}/epics", {"state": "all"}))
    return [one for one in out if gitlab.has_rows(one[1], one[2])]


def _total(
    gitlab: GitLab, of: tuple[str, str, dict[str, str]], month: tuple[str, datetime, datetime]
) -> int | None:
    given = {**of[2], "created_after": stamp_of(month[1]), "created_before": last_moment(month[2])}
    return gitlab.count(of[1], given)


def _months(
    at: datetime, most: int, since: datetime | None
) -> list[tuple[str, datetime, datetime]]:
    """Name, beginning and end of the last months, the oldest first, all in UTC as ``created`` is."""
    out: list[tuple[str, datetime, datetime]] = []
    year, month = at.year, at.month
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=at.tzinfo)
    while len(out) < most and (since is None or end > since):
        begins = datetime(year, month, 1, tzinfo=at.tzinfo)
        # what was made before the first day to read may be missing, so that month says nothing
        if since is not None and begins < since and out:
            break
        out.append((f"{year:04}-{month:02}", begins, end))
        end = begins
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return out[::-1]


def _words(months: list[tuple[str, datetime, datetime]], uncounted: int) -> str:
    words = f"Created in the last {len(months)} months, by type, as GitLab counts its lists."
    if uncounted:
        words += f" {uncounted} lists have more than 10,000 rows, which GitLab does not count."
    return words
