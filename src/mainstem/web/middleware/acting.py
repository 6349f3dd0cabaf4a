"""Who acts, and on what ground: both hang on the request for views, pages and the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from mainstem.services.people import accounts
from mainstem.services.people.access import OUTSIDER, Actor
from mainstem.services.plans.plans import HeldPlans
from mainstem.services.server.ground import Ground, server_ground
from mainstem.web.address import address_of
from mainstem.web.contexts.account import zone_of
from mainstem.web.contexts.here import read_in
from mainstem.web.request import Request


class Acting:
    """Sets ``request.actor`` (asked for only when looked at), ``request.ground``, ``request.address``
    and the time zone in which pages tell days."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.ground: Ground = server_ground()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers, with both set."""
        ground = self.ground
        if request.method in ("GET", "HEAD"):
            ground = replace(ground, plans=HeldPlans(ground.plans))
        request.ground = ground  # type: ignore[attr-defined]
        request.address = address_of(request)  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: _actor(request, ground))  # type: ignore[attr-defined]
        read_in(lambda: zone_of(cast("Request", request)))
        return self.get_response(request)


def _actor(request: HttpRequest, ground: Ground) -> Actor:
    if not request.user.is_authenticated:
        return OUTSIDER
    return accounts.actor_of(
        request.user,
        today=ground.today(),
        face="page",
        address=address_of(request),
        request=request.request_id,  # type: ignore[attr-defined]
    )
