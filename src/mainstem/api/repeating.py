"""``Idempotency-Key``: a write that is sent twice is done once, and answered alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mainstem.services.people.access import Actor
from mainstem.services.server.repeating import Hold, KeptAnswer, begin, held, keep

_HEAD = "Idempotency-Key"
#: Answers that say nothing of what was asked for; the same request may do better later.
_PASSING = (401, 409, 412, 429)


def once(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to a write: the one that was given first, if its key is known."""
    key = request.headers.get(_HEAD)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if key is None or actor.id is None:
        return answer()
    # the real clock: a key is held for seconds, also where a demonstration holds the day
    at = request.ground.now()  # type: ignore[attr-defined]
    found = begin(actor.id, key, _hashed(request), at=at)
    if isinstance(found, KeptAnswer):
        return _again(found)
    return _first(found, answer)


def _first(hold: Hold, answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        with held(hold):
            response = answer()
            if response.status_code >= 500 or response.status_code in _PASSING:
                raise _NotKept(response)
            body = response.content.decode()
            keep(hold, KeptAnswer(response.status_code, body, response.get("ETag", "").strip('"')))
            return response
    except _NotKept as passing:
        return passing.response


class _NotKept(Exception):
    """Leaves the transaction with an answer that is not kept; whatever was done in it is undone."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def _again(kept: KeptAnswer) -> HttpResponse:
    response = HttpResponse(
        kept.body, status=kept.status, content_type="application/json; charset=utf-8"
    )
    response["Idempotent-Replayed"] = "true"
    if kept.etag:
        response["ETag"] = f'"{kept.etag}"'
    return response


def _hashed(request: HttpRequest) -> str:
    told = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    told.update(request.headers.get("If-Match", "").encode() + b"\n")
    if (request.content_type or "").startswith("multipart/"):
        # a file may be larger than memory; its boundary and length tell one sending from another
        told.update(f"{request.content_type}{request.META.get('CONTENT_LENGTH')}".encode())
    else:
        told.update(request.body)
    return told.hexdigest()
