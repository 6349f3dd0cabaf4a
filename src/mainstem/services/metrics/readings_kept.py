"""Readings of a server, made once for a plan, a ledger, a day and what was decided until then."""

from __future__ import annotations

from datetime import datetime

from mainstem.services.decisions.desk import Desk
from mainstem.services.metrics.effects import effects_seen
from mainstem.services.metrics.reading_metrics import MetricReadings, metric_readings
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.server.answers import kept_for
from mainstem.services.server.ground import Ground
from mainstem.store import glances


def kept_readings(ground: Ground, desk: Desk, by: Actor, *, at: datetime) -> MetricReadings:
    """As ``reading_metrics.metric_readings``, kept as long as nothing that it looks at changes.

    Raises:
        Absent: to an outsider.
    """
    require(by, Action.READ)
    view = ground.shelf.view()
    key = (
        "readings", desk.standing.revision, view.version if view else 0, desk.today,
        *glances.decided(),
    )  # fmt: skip
    return kept_for(
        ground, key,
        lambda: metric_readings(desk, by, at=at, seen=effects_seen(ground, by, at=at)),
    )  # fmt: skip
