"""A request as our middleware leaves it: who acts, on what ground, under which id."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from mainstem.plan.standing import Standing
from mainstem.services.people.access import Actor
from mainstem.services.server.ground import Ground
from mainstem.web.contexts.shell import Picker


class Request(HttpRequest):
    """For annotations only; Django makes its own.

    Attributes:
        actor: Who acts.
        ground: What the server stands on.
        request_id: Finds this request in the log.
        pickers: Set by a view whose page answers for a period, scope or unit.
        shown: Set by a view that shows another revision of the plan than the newest.
    """

    actor: Actor
    ground: Ground
    request_id: str
    session: SessionBase
    pickers: tuple[Picker, ...]
    shown: Standing
