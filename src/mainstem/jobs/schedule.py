"""Everything that the server does by itself: one line each. A job calls one service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from mainstem.clock import now
from mainstem.services import cleaning, digesting, hooks, work_uploads
from mainstem.services.ground import Ground
from mainstem.services.upkeep import Upkeep, deliveries_wait

Does = Callable[[Ground, Mapping[str, Any]], str]
_UPKEEP = Upkeep()
WORK, SENDING = "work", "sending"


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
        lane: Jobs of one lane run one after the other; what waits for others has a lane of its own.
    """

    name: str
    every: timedelta | None
    at_most: timedelta
    words: str
    does: Does
    wanted: Callable[[Ground], bool] | None = None
    lane: str = WORK


def _digests(ground: Ground, _: Mapping[str, Any]) -> str:
    sent = digesting.send_digests(
        ground, at=ground.now(), public_url=settings.PUBLIC_URL or "http://localhost:8000"
    )
    return f"{sent} digests sent" if sent else ""


def _deliveries(ground: Ground, _: Mapping[str, Any]) -> str:
    taken = hooks.deliver_due(at=ground.now())
    return f"{taken} events were taken" if taken else ""


SCHEDULE: tuple[Line, ...] = (
    Line(
        "derive", timedelta(seconds=1), timedelta(hours=2),
        "Brings the ledger's numbers up to the plan, the people and what was imported.",
        lambda ground, _: _UPKEEP.run(ground, at=ground.now()), wanted=_UPKEEP.is_needed,
    ),
    Line(
        "import-upload", None, timedelta(hours=2),
        "Reads a file that an administrator uploaded into the ledger, and derives its numbers.",
        lambda ground, of: work_uploads.import_upload(str(of["upload"]), ground, at=ground.now()),
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
        "clean-up", timedelta(hours=1), timedelta(minutes=10),
        "Removes sessions that ended, old answers to repeated writes, and jobs done long ago.",
        # sessions end by the real clock, also where a demonstration holds the day
        lambda ground, _: cleaning.clean_up(at=now()),
    ),
)  # fmt: skip
