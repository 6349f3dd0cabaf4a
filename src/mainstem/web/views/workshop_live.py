"""What a room's script asks for: what happened since, and that acts are taken.

``live`` answers in JSON to everybody. Where the server can hold streams (``mainstem.streams`` is in the request's
environment), a browser that asks for one gets a header that hands it over: ``web/asgi.py``.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import MainstemError, TooMany
from mainstem.services.workshops import acting as workshop_acting
from mainstem.services.workshops import catching_up as workshop_catching_up
from mainstem.services.workshops.seats import Seated
from mainstem.web import live_messages as messages
from mainstem.web.middleware.errors import status_of
from mainstem.web.request import Request
from mainstem.web.room_acts import acted_of, acts_of, refusal_of, taken
from mainstem.web.room_forms import answer_form
from mainstem.web.seating import seat_of
from mainstem.web.wsgi_bridge import HAND_OFF

#: Events that are told at once; who is further behind asks again.
_MOST = 500
_STREAM = "text/event-stream"


@never_cache
@require_safe
def live(request: Request, number: int) -> HttpResponse:
    """What has happened in this room since event ``after``?"""
    wants_stream = _STREAM in request.headers.get("Accept", "")
    try:
        seat = seat_of(request, number)
        told = _told(number, _after(request), seat)
    except MainstemError as error:
        return _refused(error)
    if wants_stream and request.META.get("mainstem.streams") and request.method == "GET":
        return _handed(seat, told)
    return JsonResponse(told)


def _after(request: Request) -> int:
    """The event up to which the browser knows everything; -1 if nothing."""
    given = [request.headers.get("Last-Event-ID", ""), request.GET.get("after", "")]
    return max((int(word) for word in given if word.isdecimal() and len(word) < 16), default=-1)


def _told(number: int, after: int, seat: Seated) -> dict[str, Any]:
    found = workshop_catching_up.since(number, after, seat, limit=_MOST) if after >= 0 else None
    if found is None:
        whole = workshop_catching_up.whole(number, seat)
        return {"n": whole.number, "records": whole.records}
    events = [{"n": n, "puts": puts} for n, puts in found.events]
    last = events[-1]["n"] if events else after
    return {"n": last, "events": events, "more": len(events) == _MOST}


def _handed(seat: Seated, told: dict[str, Any]) -> HttpResponse:
    if "records" in told:
        first = messages.whole(told["n"], told["records"])
    else:
        puts: dict[str, Any] = {}
        for event in told["events"]:
            puts.update(event["puts"])
        first = messages.put(told["n"], puts) if puts else messages.beat(told["n"])
    handed = {"room": seat.workshop, "seat": seat.id, "role": seat.role, "number": told["n"]}
    # proxies pass on what comes as it comes; it is packed by nobody
    return HttpResponse(first, content_type=_STREAM, headers={
        HAND_OFF: json.dumps(handed), "Content-Encoding": "identity", "X-Accel-Buffering": "no"})  # fmt: skip


@never_cache
@require_POST
def acts(request: Request, number: int) -> HttpResponse:
    """Takes acts: a batch from a script, or one from a form."""
    if request.content_type != "application/json":
        return answer_form(request, number)
    try:
        sent = acts_of(request.body)
        seat = seat_of(request, number)
        taken(seat, len(sent))
        acted = workshop_acting.act(number, seat, sent, at=request.ground.now())
    except MainstemError as error:
        return _refused(error)
    return JsonResponse(acted_of(acted))


def _refused(error: MainstemError) -> HttpResponse:
    response = JsonResponse(refusal_of(error), status=status_of(error))
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response
