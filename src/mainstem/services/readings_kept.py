"""Readings of a server, made once for a plan, a ledger, a day and what was decided until then."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max

from mainstem.services.access import Action, Actor, require
from mainstem.services.answers import kept_for
from mainstem.services.desk import Desk
from mainstem.services.effects import effects_seen
from mainstem.services.ground import Ground
from mainstem.services.reading_metrics import MetricReadings, metric_readings
from mainstem.store.models import Decision, DoneWork


def kept_readings(ground: Ground, desk: Desk, by: Actor, *, at: datetime) -> MetricReadings:
    """As ``reading_metrics.metric_readings``, kept as long as nothing that it looks at changes.

    Raises:
        Absent: to an outsider.
    """
    require(by, Action.READ)
    view = ground.shelf.view()
    decided = Decision.objects.aggregate(n=Count("id"), last=Max("id"))
    done = DoneWork.objects.aggregate(n=Count("id"), found=Max("found_at"), said=Max("said_at"))
    key = (
        "readings", desk.standing.revision, view.version if view else 0, desk.today,
        *decided.values(), *done.values(),
    )  # fmt: skip
    return kept_for(
        ground, key,
        lambda: metric_readings(desk, by, at=at, seen=effects_seen(ground, by, at=at)),
    )  # fmt: skip
