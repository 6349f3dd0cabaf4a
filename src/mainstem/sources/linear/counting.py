"""How many issues Linear has, by month of creation. Its API counts nothing, so ids are paged."""

from __future__ import annotations

from collections import Counter
from datetime import UTC

from mainstem.sources.linear.client import Linear
from mainstem.sources.linear.landing import is_trashed
from mainstem.sources.linear.paging import Window, moment_of, walk
from mainstem.sources.linear.queries import IDS
from mainstem.sources.linear.reading import IDS_SIZE
from mainstem.sources.linear.settings import Settings
from mainstem.sources.remote import Count, Counted, Watch

#: Pages of 250 that a count may cost.
MOST = 40


def count(linear: Linear, settings: Settings, watch: Watch) -> Counted | None:
    """Counts the newest issues, back to the last whole month that the pages reach.

    Raises:
        SourceError: as ``Linear.page``.
    """
    filter_ = {"team": {"key": {"in": list(settings.teams)}}} if settings.teams else {}
    found: dict[str, str] = {}
    whole = True
    pages = walk(linear, IDS, IDS_SIZE, filter_, "createdAt", Window(settings.since))
    for number, (page, left) in enumerate(pages, 1):
        for row in page.rows:
            at = moment_of(row, "createdAt")
            if at is not None and not is_trashed(row):
                found[str(row.get("id"))] = at.astimezone(UTC).isoformat()[:7]
        watch.progress(len(found), None, "counting")
        if number == MOST and left is not None:
            if left.high is None:
                # the oldest came first, so nothing is known of the newest
                return None
            whole = False
            break
    months = Counter(found.values())
    first = "" if whole and settings.since is None else _first(months, settings, whole)
    counts = tuple(Count("issue", m, n) for m, n in sorted(months.items()) if m >= first)
    words = "Issues by month of creation, out of all ids; without those in the trash."
    return Counted(counts, since=first, words=words)


def _first(months: Counter[str], settings: Settings, whole: bool) -> str:
    """The first month of which all were seen."""
    known = sorted(months)
    if not whole:
        # the month in which the pages ended is not whole
        return known[1] if len(known) > 1 else "9999-12"
    since = settings.since
    if since is None:
        return ""
    first = since.astimezone(settings.zone)
    return next((m for m in known if m > f"{first:%Y-%m}" or first.day == 1), "9999-12")
