"""Each request has an id: in the log, in the answer's head, on error pages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
Answer = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """Takes the id that a proxy gave, if it looks like one, else makes one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers with the id in the head."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GIVEN.match(given) else secrets.token_urlsafe(12)
        request.request_id = request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
