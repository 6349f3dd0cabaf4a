"""A request as it reaches an endpoint."""

from __future__ import annotations

from django.http import HttpRequest

from mainstem.services.people.access import Actor
from mainstem.services.server.ground import Ground


class Request(HttpRequest):
    """For annotations only; Django makes its own.

    Attributes:
        actor: Who acts: by the session, or by a token.
        ground: What the server stands on.
        request_id: Finds this request in the log.
        address: Network address that it comes from.
    """

    actor: Actor
    ground: Ground
    request_id: str
    address: str
