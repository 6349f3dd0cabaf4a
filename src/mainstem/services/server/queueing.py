"""Jobs as they are kept: asked for, taken up by one process at a time, done, or failed with a reason.

Every step is one conditional write, so two processes never hold the same job, and a process that dies
keeps nothing: what it held is free again a minute later.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Least

from mainstem.errors import Absent
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require
from mainstem.store.models import Job
from mainstem.store.together import together

#: How long a job is held without a sign of life.
HOLD = timedelta(seconds=60)
#: What was asked for is given up after so many tries; what is on the schedule never is.
MOST_TRIES = 8
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
#: Something with a pace of its own is tried again within this, or its pace if that is longer.
_STANDING_WAIT = timedelta(minutes=30)
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


class Bell:
    """Wakes the threads of this process that wait for something to be due."""

    def __init__(self) -> None:
        self._changed = threading.Condition()

    def ring(self) -> None:
        """Something is due now."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Returns when it rings, at the latest after so long."""
        with self._changed:
            self._changed.wait(seconds)


BELL = Bell()


class Later(Exception):
    """Raised by a job that cannot be done just now, which is no failure: it is due again after a while."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"in {wait.total_seconds():g} s")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Task:
    """A job that a process holds; ``every`` is its own pace, if it has one."""

    id: int
    name: str
    argument: Mapping[str, Any]
    tries: int
    is_scheduled: bool
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A job that stands for good beside the schedule, with a pace of its own.

    Attributes:
        key: Its name, ``sync:tracker``; what stands before the colon is the line of the schedule.
        every: How long after its end it is due again.
        argument: Plain values that it needs; ``words`` says what it does.
    """

    key: str
    every: timedelta
    argument: Mapping[str, Any]

    @property
    def line(self) -> str:
        """The line of the schedule that does it."""
        return self.key.partition(":")[0]


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
    transaction.on_commit(BELL.ring)
    return Job.objects.create(
        name=name, key=key, argument=dict(argument), next_at=at, asked_at=at, asked_by=by.name
    ).pk


def soon(key: str, *, at: datetime) -> None:
    """Brings a line of the schedule, or what stands beside it, forward to ``at``.

    If it runs just now, it is due again then: what made it due may have come too late for this time.
    """
    Job.objects.filter(key=key, state=WAITING, next_at__gt=at).update(next_at=at)
    Job.objects.filter(key=key, state=RUNNING, again_at=None).update(again_at=at)
    transaction.on_commit(BELL.ring)


def stand(job: Standing, *, at: datetime) -> None:
    """Makes what stands due at ``at``, also if it had been given up; it is made if there is none."""
    fresh = {"every_seconds": int(job.every.total_seconds()), "argument": dict(job.argument)}
    row, is_new = Job.objects.get_or_create(
        key=job.key, defaults={"name": job.line, "next_at": at, "asked_at": at, **fresh}
    )
    if not is_new:
        Job.objects.filter(pk=row.pk).update(**fresh)
        resting = Job.objects.filter(pk=row.pk).exclude(state=RUNNING)
        resting.update(state=WAITING, next_at=at, tries=0, reason="")
    soon(job.key, at=at)


def lift(*keys: str) -> None:
    """Takes away what stood. What runs ends as it likes; nothing is kept of it."""
    Job.objects.filter(key__in=keys, every_seconds__isnull=False).delete()


def settle_standing(line: str, wanted: Iterable[Standing], *, at: datetime) -> None:
    """Makes rows of a line that are missing and takes away those that nobody wants any more."""
    standing = {job.key: job for job in wanted}
    rows = Job.objects.filter(name=line, every_seconds__isnull=False)
    known = set(rows.values_list("key", flat=True))
    for key in standing.keys() - known:
        stand(standing[key], at=at)
    lift(*(known - standing.keys()))


def standing_rows(keys: Iterable[str]) -> dict[str, JobRow]:
    """What stands under these keys."""
    return {job.key: _row(job) for job in Job.objects.filter(key__in=list(keys))}


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
            return _task(job)
    return None


def _task(job: Job) -> Task:
    every = timedelta(seconds=job.every_seconds) if job.every_seconds else None
    is_scheduled = job.key == job.name or every is not None
    return Task(job.pk, job.name, job.argument, job.tries + 1, is_scheduled, every)


def hold_on(task: Task, holder: str, *, at: datetime) -> bool:
    """A sign of life. ``False`` if somebody else has taken the job meanwhile."""
    mine = Job.objects.filter(pk=task.id, holder=holder, state=RUNNING)
    return bool(mine.update(held_until=at + HOLD))


def done(task: Task, holder: str, said: str, *, next_at: datetime | None, at: datetime) -> None:
    """It went well; ``next_at`` is when it is due again, if ever."""
    _mine(task, holder).update(
        state=WAITING if next_at else DONE, next_at=_or_sooner(next_at or at), again_at=None,
        held_until=None, holder="", tries=0 if next_at else task.tries, ended_at=at, well_at=at,
        said=said, reason="",
    )  # fmt: skip


def later(task: Task, holder: str, *, next_at: datetime) -> None:
    """It could not be done just now: due again at ``next_at``, as if it had not been tried."""
    _mine(task, holder).update(
        state=WAITING, next_at=next_at, again_at=None, held_until=None, holder="",
        tries=max(task.tries - 1, 0),
    )  # fmt: skip


def _mine(task: Task, holder: str) -> QuerySet[Job]:
    return Job.objects.filter(pk=task.id, holder=holder, state=RUNNING)


def _or_sooner(moment: datetime) -> Any:
    """That moment, or the one at which it was asked for while it ran."""
    given = Value(moment, output_field=DateTimeField())
    return Least(given, Coalesce(F("again_at"), given))


def failed(
    task: Task, holder: str, reason: str, *, every: timedelta | None, at: datetime,
    is_final: bool = False,
) -> datetime | None:  # fmt: skip
    """It went wrong: tried again after a wait that grows, at least ``every`` apart.

    Args:
        is_final: Trying again cannot help.

    Returns:
        When it is tried again; ``None`` if it is given up.
    """
    gives_up = is_final or (not task.is_scheduled and task.tries >= MOST_TRIES)
    again = None if gives_up else at + _wait_of(task, every)
    _mine(task, holder).update(
        state=WAITING if again else FAILED, next_at=_or_sooner(again) if again else at,
        again_at=None, held_until=None, holder="", ended_at=at, reason=reason[:4000],
    )  # fmt: skip
    return again


def _wait_of(task: Task, every: timedelta | None) -> timedelta:
    if task.every is not None:
        return min(wait(task.tries), max(task.every, _STANDING_WAIT))
    return max(wait(task.tries), min(every, _LONGEST_WAIT)) if every else wait(task.tries)


def wait(tries: int) -> timedelta:
    """How long after so many tries: half a minute, then three times as long each time, to six hours."""
    factor: int = 3 ** min(tries - 1, 12)
    return min(_FIRST_WAIT * factor, _LONGEST_WAIT)


def let_go(holder: str) -> None:
    """Frees what a process holds that is about to end; it is taken up at once by another."""
    Job.objects.filter(holder=holder, state=RUNNING).update(
        state=WAITING, holder="", held_until=None, again_at=None
    )


def listed(by: Actor, *, most: int = 200) -> list[JobRow]:
    """Lines of the schedule, then what was asked for, newest first.

    Raises:
        Forbidden: to anybody but an administrator.
    """
    require(by, Action.READ_SETTINGS)
    is_standing = Q(key=F("name")) | Q(every_seconds__isnull=False)
    scheduled = Job.objects.filter(is_standing).order_by("key")
    asked = Job.objects.exclude(is_standing).order_by("-asked_at", "-pk")[:most]
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
        job.pk, job.name if job.every_seconds is None else job.key,
        str(job.argument.get("words", "")), job.state, job.asked_by, job.tries, job.next_at,
        job.started_at, job.ended_at, job.well_at, job.said, job.reason,
    )  # fmt: skip
