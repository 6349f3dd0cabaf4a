"""Connected sources as people see them: how each stands, and for administrators what it is told.

Whoever may read sees how fresh each source is. What a source is told, why it failed word for word, and
where its messages come in is for administrators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mainstem.errors import Invalid
from mainstem.services.people.access import Action, Actor, may, require
from mainstem.services.server import queueing
from mainstem.services.server.queueing import JobRow
from mainstem.services.sources import schedule as source_schedule
from mainstem.services.sources.connecting import Kind, kind_of, kinds
from mainstem.services.sources.rows import row_of, secrets_of
from mainstem.services.sources.sync_state import SyncState
from mainstem.store.models import SourceConnection

#: A source that has not been synced well for so many of its times, and this long beside, is late.
_LATE_TIMES, _LATE = 3, timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SourceShown:
    """A connected source and how it stands.

    Attributes:
        name: What it is called.
        kind: Its kind, in the words of settings.
        what: What that is.
        brings: ``work`` or ``metrics``.
        is_on: Whether it is asked at all.
        every_minutes: Time between two syncs.
        state: ``off``, ``syncing``, ``waiting`` (for its first sync), ``well``, ``late``, ``failed`` (and
            tried again), ``stopped`` (by somebody; it goes on), ``given up`` (until somebody changes it).
        failed: Why the last sync failed and what to do; without the words for who is no administrator.
        began: When the last sync began; empty: never.
        well: When one last ended well; ``None``: never.
        next_at: When it is synced next; ``None``: not before somebody asks.
        progress: How far the sync is that runs: ``done``, ``total``, ``words``.
        report: What the last sync that ended well did.
        proof: What was counted on both sides, ``proved`` when.
    """

    name: str
    kind: str
    what: str
    brings: str
    is_on: bool
    every_minutes: int
    state: str
    failed: str
    began: datetime | None
    well: datetime | None
    next_at: datetime | None
    progress: Mapping[str, Any]
    report: Mapping[str, Any]
    proof: Mapping[str, Any]
    proved: datetime | None


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What an administrator has told a source; of credentials only which there are.

    Attributes:
        hook_token: Last part of the address for messages; empty for kinds that send none.
        tested: What the last test found: ``at``, ``checks``.
    """

    options: Mapping[str, str]
    secrets: tuple[str, ...]
    hook_token: str
    by: int | None
    at: datetime
    changed_at: datetime
    tested: Mapping[str, Any] = field(default_factory=dict)
    waiting: int = 0


def connected_sources(by: Actor, *, at: datetime) -> tuple[SourceShown, ...]:
    """All of them, by name. Costs two queries.

    Args:
        at: The real moment, which syncs go by.

    Raises:
        Absent: to an outsider.
    """
    require(by, Action.READ)
    rows = list(SourceConnection.objects.order_by("name"))
    jobs = source_schedule.syncs_of(row.name for row in rows) if rows else {}
    sees_all = may(by, Action.CONNECT)
    return tuple(_shown(row, jobs.get(row.name), at, sees_all) for row in rows)


def connected_source(name: str, by: Actor, *, at: datetime) -> SourceShown:
    """One of them.

    Raises:
        Absent: there is none of that name, or the actor is an outsider.
    """
    require(by, Action.READ)
    row = row_of(name)
    job = source_schedule.syncs_of([name]).get(name)
    return _shown(row, job, at, may(by, Action.CONNECT))


def settings_of(name: str, by: Actor) -> SourceSettings:
    """What a source is told.

    Raises:
        Absent: there is none of that name.
        Forbidden: to anybody but an administrator.
    """
    require(by, Action.CONNECT)
    row = row_of(name)
    is_hooked = _kind(row).is_hooked
    return SourceSettings(
        dict(row.options), secrets_of(row), row.hook_token if is_hooked else "", row.by_id, row.at,
        row.changed_at, dict(row.tested), row.received.filter(is_open=True).count(),
    )  # fmt: skip


def kinds_offered(by: Actor) -> tuple[Kind, ...]:
    """Kinds of sources that can be connected here.

    Raises:
        Forbidden: to anybody but an administrator.
    """
    require(by, Action.CONNECT)
    return kinds()


def _kind(row: SourceConnection) -> Kind:
    try:
        return kind_of(row.kind)
    except Invalid:
        # a kind that this version no longer has
        return Kind(row.kind, row.kind, (), "work", False)


def _shown(row: SourceConnection, job: JobRow | None, at: datetime, sees_all: bool) -> SourceShown:
    kind, state = _kind(row), SyncState.of_json(row.state)
    stands = _standing(row, state, job, at)
    failed = state.failed if stands in ("failed", "given up") else ""
    return SourceShown(
        row.name, row.kind, kind.words, kind.brings, row.is_on, row.every_minutes, stands,
        failed if sees_all or not failed else "An administrator sees why.",
        _moment(state.began), _moment(state.well), _next(stands, job), dict(row.progress),
        _for_all(state.report) if not sees_all else state.report, state.proof, _moment(state.proved),
    )  # fmt: skip


def _standing(row: SourceConnection, state: SyncState, job: JobRow | None, at: datetime) -> str:
    if job is not None and job.state == queueing.RUNNING:
        return "syncing"
    if not row.is_on:
        return "off"
    if job is not None and job.state == queueing.FAILED:
        return "given up"
    if row.progress.get("stopped"):
        return "stopped"
    if state.failed:
        return "failed"
    well = _moment(state.well)
    if well is None:
        return "waiting"
    late = well + timedelta(minutes=row.every_minutes) * _LATE_TIMES + _LATE
    return "late" if at > late else "well"


def _next(stands: str, job: JobRow | None) -> datetime | None:
    return None if job is None or stands in ("off", "given up", "syncing") else job.next_at


def _for_all(report: Mapping[str, Any]) -> Mapping[str, Any]:
    """A report without the rejected values themselves, which may name people."""
    reasons = [{**one, "sample": ""} for one in report.get("reasons", ())]
    return {**report, "reasons": reasons, "notes": []} if report else {}


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
