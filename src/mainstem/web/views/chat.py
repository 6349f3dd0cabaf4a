"""The address of a chat's slash command: no session, no page, an answer to whoever asked."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from mainstem.clock import now
from mainstem.errors import TooMany
from mainstem.services.decisions import chat
from mainstem.services.people.access import nothing_here
from mainstem.web.request import Request


@csrf_exempt
@never_cache
def receive(request: Request) -> HttpResponse:
    """Answers a command. Its signature is what lets it in."""
    if request.method != "POST" or not chat.is_open():
        raise nothing_here()
    body = bytes(request.read(chat.MOST + 1))
    if len(body) > chat.MOST:
        return HttpResponse(b"", status=413, content_type="text/plain")
    try:
        asked = chat.receive({k.lower(): v for k, v in request.headers.items()}, body, at=now())
    except chat.Refused:
        return HttpResponse(b"", status=401, content_type="text/plain")
    except TooMany as error:
        more = {"Retry-After": str(error.retry_after)}
        return HttpResponse(b"", status=429, content_type="text/plain", headers=more)
    ground = request.ground
    return JsonResponse(chat.answer(asked, ground, base=settings.PUBLIC_URL, at=ground.now()))
