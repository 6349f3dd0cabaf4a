"""Jobs as they are kept: asked for, taken up by one process at a time, done, or failed with a reason.

Every step is one conditional write, so two processes never hold the same job, and a process that dies
keeps nothing: what it held is free again a minute later.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from mainstem.errors import Absent
from mainstem.services import auditing
from mainstem.services.access import Action, Actor, require
from mainstem.store.models import Job
from mainstem.store.together import together

#: How long a job is held without a sign of life.
HOLD = timedelta(seconds=60)
#: What was asked for is given up after so many tries; what is on the schedule never is.
MOST_TRIES = 8
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


@dataclass(frozen=True, slots=True)
class Task:
    """A job that a process holds."""

    id: int
    name: str
    argument: Mapping[str, Any]
    tries: int
    is_scheduled: bool


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as an administrator sees it.

    ``words`` says what it is for, ``said`` what it did last, ``reason`` why it failed.
    """

    id: int
    name: str
    words: str
    state: str
    asked_by: str
    tries: int
    next_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    well_at: datetime | None
    said: str
    reason: str


def ask(name: str, argument: Mapping[str, Any], by: Actor, *, at: datetime) -> int:
    """Asks for something to be done soon, whatever happens to this process. Call it in a transaction.

    Args:
        name: A line of ``jobs.schedule``.
        argument: Plain values that the job needs.

    Returns:
        Its number, for ``state_of``.
    """
    key = f"{name}:{secrets.token_hex(8)}"
    return Job.objects.create(
        name=name, key=key, argument=dict(argument), next_at=at, asked_at=at, asked_by=by.name
    ).pk


def soon(name: str, *, at: datetime) -> None:
    """Brings a line of the schedule forward to ``at``."""
    Job.objects.filter(key=name, state=WAITING, next_at__gt=at).update(next_at=at)


def settle(lines: Mapping[str, str], *, at: datetime) -> None:
    """Makes a row for each line of the schedule and takes those away that it has no more.

    Args:
        lines: Name of the line → what it does, in words.
        at: The moment.
    """
    fresh = [
        Job(name=n, key=n, argument={"words": words}, next_at=at, asked_at=at)
        for n, words in lines.items()
    ]
    Job.objects.bulk_create(
        fresh, update_conflicts=True, unique_fields=["key"], update_fields=["argument"]
    )
    Job.objects.filter(key=F("name")).exclude(name__in=list(lines)).delete()


def take(names: Iterable[str], holder: str, *, at: datetime) -> Task | None:
    """Takes up the job that has been due longest, or nothing. Costs one query if nothing is due."""
    free = Q(state=WAITING) | Q(state=RUNNING, held_until__lt=at)
    due = Job.objects.filter(free, name__in=list(names), next_at__lte=at).order_by("next_at", "pk")
    for job in due[:5]:
        mine = Job.objects.filter(free, pk=job.pk, next_at__lte=at).update(
            state=RUNNING, holder=holder, held_until=at + HOLD, started_at=at,
            tries=F("tries") + 1,
        )  # fmt: skip
        if mine:
            return Task(job.pk, job.name, job.argument, job.tries + 1, job.key == job.name)
    return None


def hold_on(task: Task, holder: str, *, at: datetime) -> bool:
    """A sign of life. ``False`` if somebody else has taken the job meanwhile."""
    mine = Job.objects.filter(pk=task.id, holder=holder, state=RUNNING)
    return bool(mine.update(held_until=at + HOLD))


def done(task: Task, holder: str, said: str, *, next_at: datetime | None, at: datetime) -> None:
    """It went well; ``next_at`` is when it is due again, if ever."""
    Job.objects.filter(pk=task.id, holder=holder, state=RUNNING).update(
        state=WAITING if next_at else DONE, next_at=next_at or at, held_until=None, holder="",
        tries=0 if next_at else task.tries, ended_at=at, well_at=at, said=said, reason="",
    )  # fmt: skip


def failed(
    task: Task, holder: str, reason: str, *, every: timedelta | None, at: datetime
) -> datetime | None:
    """It went wrong: tried again after a wait that grows, at least ``every`` apart.

    Returns:
        When it is tried again; ``None`` if it is given up.
    """
    again = None if not task.is_scheduled and task.tries >= MOST_TRIES else at + wait(task.tries)
    if again and every:
        again = max(again, at + min(every, _LONGEST_WAIT))
    Job.objects.filter(pk=task.id, holder=holder, state=RUNNING).update(
        state=WAITING if again else FAILED, next_at=again or at, held_until=None, holder="",
        ended_at=at, reason=reason[:4000],
    )  # fmt: skip
    return again


def wait(tries: int) -> timedelta:
    """How long after so many tries: half a minute, then three times as long each time, to six hours."""
    factor: int = 3 ** min(tries - 1, 12)
    return min(_FIRST_WAIT * factor, _LONGEST_WAIT)


def let_go(holder: str) -> None:
    """Frees what a process holds that is about to end; it is taken up at once by another."""
    Job.objects.filter(holder=holder, state=RUNNING).update(
        state=WAITING, holder="", held_until=None
    )


def listed(by: Actor, *, most: int = 200) -> list[JobRow]:
    """Lines of the schedule, then what was asked for, newest first.

    Raises:
        Forbidden: to anybody but an administrator.
    """
    require(by, Action.ADMINISTER)
    scheduled = Job.objects.filter(key=F("name")).order_by("name")
    asked = Job.objects.exclude(key=F("name")).order_by("-asked_at", "-pk")[:most]
    return [_row(job) for job in (*scheduled, *asked)]


def run_again(number: int, by: Actor, *, at: datetime) -> JobRow:
    """Makes a job due now, also one that was given up.

    Raises:
        Absent: there is no such job.
        Forbidden: to anybody but an administrator.
    """
    require(by, Action.ADMINISTER)
    job = Job.objects.filter(pk=number).first()
    if job is None:
        raise Absent(f"There is no job {number}.", "It may have been done and cleared away.")
    with together():
        Job.objects.filter(pk=number).exclude(state=RUNNING).update(
            state=WAITING, next_at=at, tries=0
        )
        auditing.record(by, "job.run", f"job/{job.name}", at=at, sentence=f"Runs {job.name} again")
    job.refresh_from_db()
    return _row(job)


def state_of(number: int) -> JobRow | None:
    """A job as it stands, for whoever asked for it."""
    job = Job.objects.filter(pk=number).first()
    return _row(job) if job else None


def counts() -> dict[str, int]:
    """How many jobs wait too long, run, or failed: for metrics."""
    return {
        "running": Job.objects.filter(state=RUNNING).count(),
        "failing": Job.objects.exclude(reason="").count(),
    }


def _row(job: Job) -> JobRow:
    return JobRow(
        job.pk, job.name, str(job.argument.get("words", "")), job.state, job.asked_by, job.tries, job.next_at, job.started_at,
        job.ended_at, job.well_at, job.said, job.reason,
    )  # fmt: skip
