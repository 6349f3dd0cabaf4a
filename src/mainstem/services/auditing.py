"""The audit log: one line for each write, sign-in, export and refused attempt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mainstem.services.access import Actor
from mainstem.store.models import AuditLine


def record(
    actor: Actor,
    action: str,
    subject: str = "",
    *,
    at: datetime,
    outcome: str = "ok",
    sentence: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Adds a line. Called inside the transaction of what it tells, so that both happen or neither.

    Args:
        actor: Who.
        action: A word or two with a dot, such as ``plan.change`` or ``sign-in.failed``.
        subject: What it was about, such as ``streams/start-fast``.
        at: When.
        outcome: ``ok``, ``refused`` or ``failed``.
        sentence: What happened, read aloud. Never holds a secret.
        detail: More, as plain values. Never holds a secret.
    """
    AuditLine.objects.create(
        at=at,
        by_id=actor.id,
        by_name=actor.name[:254],
        face=actor.face,
        action=action,
        subject=subject[:400],
        outcome=outcome,
        sentence=sentence,
        detail=dict(detail or {}),
        request=actor.request,
        address=actor.address,
    )
