"""How many commits a repository has, by month: asked of git itself, in one short log."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from mainstem.sources.git.syncing import opened, read_asked
from mainstem.sources.remote import Connection, Count, Counted, Watch


def count_commits(of: Connection, watch: Watch) -> Counted:
    """Commits by the month in which they were written, in UTC; types are not told apart."""
    asked = read_asked(of)
    repository = opened(asked, watch)
    refs, _ = repository.tips(asked.branch)
    counts: Counter[str] = Counter()
    for seconds in repository.moments_of(tuple(set(refs.values())), asked.words):
        counts[_month(seconds)] += 1
    words = "Commits that git lists; those with an impossible date are refused here."
    return Counted(tuple(Count("", m, n) for m, n in sorted(counts.items())), words=words)


def _month(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m")
    except (ValueError, OSError, OverflowError):
        return ""
