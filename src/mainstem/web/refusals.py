"""What a page refused to somebody, for the audit log: one line, whichever view or middleware noticed it."""

from __future__ import annotations

from django.http import HttpRequest

from mainstem.errors import MainstemError
from mainstem.services.people import refusing
from mainstem.services.people.access import Actor
from mainstem.services.server.ground import Ground


def note_refusal(request: HttpRequest, error: MainstemError, *, subject: str = "") -> None:
    """Keeps a line in the audit log.

    Args:
        subject: What it was about; the address if empty.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ground: Ground = request.ground  # type: ignore[attr-defined]
    route = request.resolver_match.route if request.resolver_match else ""
    refusing.note_refusal(
        actor, ground, error, asked=f"{request.method} /{route}", subject=subject or request.path
    )
