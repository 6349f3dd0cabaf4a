"""Telling others what happened: notices to those who watch, deliveries to webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from mainstem.plan.changes import Change
from mainstem.plan.standing import Standing
from mainstem.services.people.access import Actor
from mainstem.store.models import Delivery, Hook, Notice, Watch

#: What can be told of, and what it is.
EVENTS = {
    "plan": "the plan was changed",
    "proposal": "a proposal was opened, changed, applied or declined",
    "cycle": "a cycle went a step on",
    "check-in": "somebody checked in on a key result",
    "score": "a key result was scored",
    "remark": "somebody said something about a thing",
    "contest": "an attribution was contested or answered",
    "decision": "somebody asked for a decision on work, decided, appealed or answered",
    "import": "work was imported",
}


def plan_changed(
    changes: Sequence[Change], said: str, standing: Standing, by: Actor, *, at: datetime
) -> None:
    """Tells those who watch what was changed."""
    subjects = dict.fromkeys(c.subject for c in changes if c.subject)
    tell("plan", subjects, f"{by.name}: {said}", f"/plan/revisions/{standing.number}", by, at=at)


def tell(
    event: str,
    subjects: Iterable[str],
    sentence: str,
    address: str,
    by: Actor,
    *,
    at: datetime,
) -> None:
    """Tells everybody who wants to know of an event. Called inside the transaction of what happened.

    Args:
        event: What kind of thing happened, such as ``plan``, ``check-in`` or ``proposal``.
        subjects: What it was about, such as ``streams/start-fast``.
        sentence: What happened, read aloud.
        address: The page to look at.
        by: Who did it; they are not told.
        at: The moment.
    """
    named = list(subjects)
    _tell_watchers(named, sentence, address, by, at)
    _tell_hooks(event, named, sentence, address, by, at)


def _tell_hooks(
    event: str, subjects: Sequence[str], sentence: str, address: str, by: Actor, at: datetime
) -> None:
    """Leaves one delivery for each webhook that wants such events."""
    body = {
        "event": event, "at": at.isoformat(), "by": by.name, "subjects": list(subjects)[:200],
        "sentence": sentence, "address": address,
    }  # fmt: skip
    wanting = [h for h in Hook.objects.filter(is_on=True).only("id", "events") if event in h.events]
    Delivery.objects.bulk_create(
        Delivery(hook=hook, event=event, body=body, at=at, next_at=at) for hook in wanting
    )


def _tell_watchers(
    subjects: Sequence[str], sentence: str, address: str, by: Actor, at: datetime
) -> None:
    """Leaves one notice for each person who watches any of the subjects."""
    watched = Watch.objects.filter(subject__in=subjects).exclude(user=by.id)
    told: dict[int, str] = {}
    for user, subject in watched.values_list("user_id", "subject"):
        told.setdefault(user, subject)
    Notice.objects.bulk_create(
        Notice(user_id=user, at=at, subject=subject, sentence=sentence, address=address)
        for user, subject in told.items()
    )
