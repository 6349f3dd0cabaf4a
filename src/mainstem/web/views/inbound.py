"""The address at which sources tell of changes: no session, no page, next to no words."""

from __future__ import annotations

import structlog
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from mainstem.clock import now
from mainstem.errors import TooMany
from mainstem.services.people.access import nothing_here
from mainstem.services.sources import inbound
from mainstem.web.request import Request

_LOG = structlog.get_logger("mainstem.web")


@csrf_exempt
@never_cache
def receive(request: Request, token: str) -> HttpResponse:
    """Takes a message in. Its signature is what lets it in."""
    if request.method != "POST":
        raise nothing_here()
    body = _body(request)
    if body is None:
        return _answer(413)
    try:
        done = inbound.receive(
            token, {k.lower(): v for k, v in request.headers.items()}, body, at=now(),
            address=request.address,  # type: ignore[attr-defined]
        )  # fmt: skip
    except inbound.Refused:
        return _answer(401)
    except TooMany as error:
        return _answer(429, **{"Retry-After": str(error.retry_after)})
    _LOG.info("message of a source", became=done)
    return _answer(200)


def _body(request: Request) -> bytes | None:
    """The whole of it, read here because it may be longer than forms are; nothing if it is too long."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > inbound.MOST:
        return None
    found = bytes(request.read(inbound.MOST + 1))
    return found if len(found) <= inbound.MOST else None


def _answer(status: int, **heads: str) -> HttpResponse:
    return HttpResponse(b"", status=status, content_type="text/plain", headers=heads)
