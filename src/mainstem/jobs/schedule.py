"""Everything that the server does by itself: one line each. A job calls one service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from mainstem.clock import now
from mainstem.services.decisions import answering
from mainstem.services.decisions.done_work_job import LookForDone
from mainstem.services.server import cleaning
from mainstem.services.server.ground import Ground
from mainstem.services.server.queueing import Standing
from mainstem.services.server.upkeep import Upkeep, deliveries_wait
from mainstem.services.sources import runs as source_runs
from mainstem.services.sources import schedule as source_schedule
from mainstem.services.suggestions import job as suggesting_job
from mainstem.services.suggestions import suggesting
from mainstem.services.telling import digesting, hooks
from mainstem.services.unbundling import reminders as unbundling_reminders
from mainstem.services.work import work_uploads
from mainstem.services.workshops import questions as workshop_questions

Does = Callable[[Ground, Mapping[str, Any]], str]
_UPKEEP = Upkeep()
_DONE = LookForDone()
WORK, SENDING, SYNCING, FETCHING = "work", "sending", "syncing", "fetching"
ANSWERING, LEARNING = "answering", "learning"


@dataclass(frozen=True, slots=True)
class Lane:
    """How many threads of a process do the jobs of a lane, and how often they look, in seconds."""

    threads: int = 1
    look: float = 2.0


#: Lanes other than usual: a first sync may take hours, and what a source tells is wanted at once.
LANES: Mapping[str, Lane] = {
    SYNCING: Lane(threads=2),
    FETCHING: Lane(look=0.5),
    ANSWERING: Lane(look=0.5),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A job.

    Attributes:
        name: What it is called, on the page of jobs and in ``queueing.ask``.
        every: How long after its end it runs again; ``None``: only when somebody asks for it.
        at_most: How long it may take; after that another process may take it up.
        words: What it does, in a sentence for administrators.
        does: Calls the service; says what was done, or nothing where nothing was to do.
        wanted: A cheap look, each time it is due, at whether there is anything to do.
        lane: Jobs of one lane run one after the other (or as many at once as ``LANES`` says); what waits
            for others has a lane of its own.
        gives_up: Whether an error that is permanent ends it until somebody asks for it again.
        standing: What stands for good beside the line, each with a pace of its own.
        ends: Called when the process stops, so that what takes long comes to an end.
    """

    name: str
    every: timedelta | None
    at_most: timedelta
    words: str
    does: Does
    wanted: Callable[[Ground], bool] | None = None
    lane: str = WORK
    gives_up: bool = False
    standing: Callable[[], Iterable[Standing]] | None = None
    ends: Callable[[], None] | None = None


def _digests(ground: Ground, _: Mapping[str, Any]) -> str:
    sent = digesting.send_digests(
        ground, at=ground.now(), public_url=settings.PUBLIC_URL or "http://localhost:8000"
    )
    return f"{sent} digests sent" if sent else ""


def _deliveries(ground: Ground, _: Mapping[str, Any]) -> str:
    taken = hooks.deliver_due(at=ground.now())
    return f"{taken} events were taken" if taken else ""


def _unbundlings(ground: Ground, _: Mapping[str, Any]) -> str:
    told = unbundling_reminders.remind(ground, at=ground.now())
    return f"{told} reminded" if told else ""


SCHEDULE: tuple[Line, ...] = (
    Line(
        "derive", timedelta(seconds=1), timedelta(hours=2),
        "Brings the ledger's numbers up to the plan, the people and what was imported.",
        lambda ground, _: _UPKEEP.run(ground, at=ground.now()), wanted=_UPKEEP.is_needed,
    ),
    Line(
        "done-work", timedelta(seconds=20), timedelta(hours=1),
        "Looks in the ledger for work that was decided on: what was refused and then done anyway.",
        lambda ground, _: _DONE.run(ground, at=ground.now()), wanted=_DONE.is_needed,
    ),
    Line(
        "import-upload", None, timedelta(hours=2),
        "Reads a file that an administrator uploaded into the ledger, and derives its numbers.",
        lambda ground, of: work_uploads.import_upload(str(of["upload"]), ground, at=ground.now()),
    ),
    Line(
        source_schedule.SYNC, None, timedelta(days=7),
        "Reads what is new at a connected source.",
        lambda ground, of: source_runs.sync(str(of["source"]), ground),
        lane=SYNCING, gives_up=True, standing=source_schedule.all_syncs, ends=source_runs.end_all,
    ),
    Line(
        source_schedule.FETCH, None, timedelta(hours=2),
        "Reads what a connected source told it has changed.",
        lambda ground, of: source_runs.fetch_touched(str(of["source"]), ground),
        lane=FETCHING, standing=source_schedule.all_fetches,
    ),
    Line(
        source_schedule.ANSWER, None, timedelta(hours=2),
        "Answers at a connected source whether the items qualify that it told of.",
        lambda ground, of: answering.answer_touched(str(of["source"]), ground),
        lane=ANSWERING, standing=source_schedule.all_answers,
    ),
    Line(
        source_schedule.PROVE, None, timedelta(hours=2),
        "Counts on both sides what a connected source has.",
        lambda ground, of: source_runs.prove_now(str(of["source"]), ground),
        lane=SYNCING, gives_up=True,
    ),
    Line(
        source_schedule.TEST, None, timedelta(minutes=30),
        "Tests whether credentials and rights of a connected source suffice.",
        lambda ground, of: source_runs.test_now(str(of["source"]), ground),
        lane=FETCHING, gives_up=True,
    ),
    Line(
        "webhooks", timedelta(seconds=2), timedelta(minutes=30),
        "Tells events to the addresses that asked for them, until they are taken or given up.",
        _deliveries, wanted=lambda ground: deliveries_wait(at=ground.now()), lane=SENDING,
    ),
    Line(
        "digests", timedelta(minutes=15), timedelta(minutes=30),
        "Mails to people what they were told and have not read, as often as each wants it.",
        _digests, lane=SENDING,
    ),
    Line(
        "unbundlings", timedelta(hours=6), timedelta(minutes=10),
        "Reminds those who answer an unbundling of the day by which it is to be done.",
        _unbundlings, wanted=unbundling_reminders.is_due,
    ),
    Line(
        "workshop-questions", timedelta(hours=1), timedelta(minutes=30),
        "Reminds people of questions that a workshop left open, before their day and on it.",
        lambda ground, _: workshop_questions.remind(ground, at=ground.now()),
        wanted=workshop_questions.reminders_wait,
    ),
    Line(
        suggesting.JOB, timedelta(hours=1), timedelta(hours=1),
        "Learns what work was for and suggests it for work that nothing speaks for; needs scikit-learn.",
        suggesting_job.run, wanted=suggesting_job.is_due, lane=LEARNING,
    ),
    Line(
        "clean-up", timedelta(hours=1), timedelta(minutes=10),
        "Removes sessions that ended, old answers to repeated writes, jobs done long ago and old messages of"
        " sources.",
        # sessions end by the real clock, also where a demonstration holds the day
        lambda ground, _: cleaning.clean_up(at=now()),
    ),
)  # fmt: skip
