"""Telling others what happened: notices to those who watch, deliveries to webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from mainstem.plan.changes import Change
from mainstem.plan.standing import Standing
from mainstem.services.access import Actor
from mainstem.store.models import Notice, Watch


def plan_changed(
    changes: Sequence[Change], said: str, standing: Standing, by: Actor, *, at: datetime
) -> None:
    """Tells those who watch what was changed."""
    subjects = dict.fromkeys(c.subject for c in changes if c.subject)
    tell_watchers(subjects, f"{by.name}: {said}", f"/plan/revisions/{standing.number}", by, at=at)


def tell_watchers(
    subjects: Iterable[str], sentence: str, address: str, by: Actor, *, at: datetime
) -> None:
    """Leaves one notice for each person who watches any of the subjects, except who did it."""
    watched = Watch.objects.filter(subject__in=list(subjects)).exclude(user=by.id)
    told: dict[int, str] = {}
    for user, subject in watched.values_list("user_id", "subject"):
        told.setdefault(user, subject)
    Notice.objects.bulk_create(
        Notice(user_id=user, at=at, subject=subject, sentence=sentence, address=address)
        for user, subject in told.items()
    )
