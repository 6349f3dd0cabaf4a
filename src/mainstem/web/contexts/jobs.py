"""The page of jobs: what the server does by itself, in words, what failed first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstem.clock import now as _now
from mainstem.figures.shown import Tag
from mainstem.services.server.queueing import DONE, FAILED, RUNNING, JobRow
from mainstem.web.contexts.pieces import Link

_OFTEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job: what it is, how it stands, when it runs next, and what it said or why it failed."""

    name: str
    words: str
    state: Tag
    next: str
    last: str
    said: str
    reason: str
    number: int
    can_run: bool


@dataclass(frozen=True, slots=True)
class JobsPage:
    """The page."""

    head: str
    lead: str
    jobs: tuple[JobShown, ...]
    crumbs: tuple[Link, ...] = (Link("Settings", "/settings/"), Link("Jobs", ""))


def moment() -> datetime:
    """Jobs run by the real clock, also where a demonstration holds the day."""
    return _now()


def page(rows: Sequence[JobRow], *, now: datetime) -> JobsPage:
    """What the page shows; failures come first."""
    failing = [r for r in rows if r.reason]
    head = (
        "Everything that the server does by itself works."
        if not failing
        else f"{len(failing)} job{'s' * (len(failing) > 1)} failed last time."
    )
    ordered = sorted(rows, key=lambda r: not r.reason)
    return JobsPage(head, _lead(rows, now), tuple(_shown(r, now) for r in ordered))


def _lead(rows: Sequence[JobRow], now: datetime) -> str:
    running = [r.name for r in rows if r.state == RUNNING]
    if running:
        return f"Now: {', '.join(running)}."
    waiting = [r for r in rows if r.state not in (DONE, FAILED) and r.next_at > now]
    if not waiting:
        return "Nothing waits."
    first = min(waiting, key=lambda r: r.next_at)
    return f"Next: {first.name}, {when(first.next_at, now)}."


def _shown(row: JobRow, now: datetime) -> JobShown:
    is_over = row.state in (DONE, FAILED)
    return JobShown(
        name=row.name + (f", asked for by {row.asked_by}" if row.asked_by else ""),
        words=row.words,
        state=_tag(row),
        next="" if is_over else _next(row, now),
        last=when(row.ended_at, now) if row.ended_at else "never",
        said=row.said,
        reason=row.reason,
        number=row.id,
        can_run=row.state not in (RUNNING, DONE),
    )


def _next(row: JobRow, now: datetime) -> str:
    if row.state == RUNNING:
        return "now"
    return when(row.next_at, now) if row.next_at > now else "when needed"


def _tag(row: JobRow) -> Tag:
    if row.state == FAILED:
        return Tag("given up", "bad")
    if row.state == RUNNING:
        return Tag("runs", "value")
    if row.reason:
        return Tag(f"failed {row.tries} times" if row.tries > 1 else "failed", "bad")
    if row.state == DONE:
        return Tag("done", "good")
    return Tag("well", "good") if row.well_at else Tag("not run yet")


def when(at: datetime, now: datetime) -> str:
    """A moment seen from another: ``3 min ago``, ``in 2 hours``."""
    gap = at - now
    is_past, size = gap < timedelta(), abs(gap)
    if size < _OFTEN:
        return "just now" if is_past else "in a moment"
    minutes = int(size.total_seconds() // 60)
    amount = f"{minutes} min" if minutes < 120 else f"{minutes // 60} hours"
    if minutes >= 60 * 48:
        amount = f"{minutes // (60 * 24)} days"
    return f"{amount} ago" if is_past else f"in {amount}"
