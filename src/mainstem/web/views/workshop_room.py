"""The page of a room: the step on screen, or another one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.template.backends.utils import csrf_input
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mainstem.services.workshops import catching_up as workshop_catching_up
from mainstem.web.contexts.workshop.room import build_room
from mainstem.web.contexts.workshop_clock import clock_of
from mainstem.web.request import Request
from mainstem.web.seating import seat_of
from mainstem.web.views.workshop_prepare import zone


@never_cache
@require_safe
def step(request: Request, number: int) -> HttpResponse:
    """What does the room do now, and what can I add?"""
    seat = seat_of(request, number)
    whole = workshop_catching_up.whole(number, seat)
    frame, page = build_room(
        whole, seat, step=request.GET.get("step", ""), card=request.GET.get("card", ""),
        here=request.get_full_path(), csrf=csrf_input(request),
    )  # fmt: skip
    clock = clock_of(whole.records.get("timer"), request.ground.now(), zone(request))
    return render(request, "workshop/room.html", {"room": frame, "page": page, "clock": clock})
