"""What somebody was refused, kept in the audit log: the same line from every face."""

from __future__ import annotations

from mainstem.errors import MainstemError
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor
from mainstem.services.server.ground import Ground


def note_refusal(
    actor: Actor, ground: Ground, error: MainstemError, *, asked: str, subject: str
) -> None:
    """Keeps a line for a refused attempt.

    Args:
        actor: Who tried.
        ground: The server's ground.
        error: Why it was refused.
        asked: What was asked for: method and route, such as ``POST /plan/confirm``.
        subject: The address that was asked.
    """
    auditing.record(
        actor, asked[:60], subject, at=ground.now(), outcome="refused", sentence=error.message,
        detail={"code": error.code},
    )  # fmt: skip
