"""One line of the log, and one count, for each request. No query, no name, no address of a person."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mainstem.services.people.access import Actor
from mainstem.web import metrics

_LOG = structlog.get_logger("mainstem.request")
#: Parts of addresses that are as good as a password.
_SECRET = frozenset(("token", "secret", "uidb36"))


class Measuring:
    """Measures and tells."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers, and writes down that it did."""
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        route = _route(request)
        if metrics.is_on():
            metrics.count(request.method or "", route, response.status_code, seconds)
        is_quiet = route in ("static", "probe") and response.status_code < 500
        if not is_quiet:
            _LOG.info(
                "request", method=request.method, path=_path(request), route=route,
                status=response.status_code, ms=round(seconds * 1000, 1), person=_person(request),
            )  # fmt: skip
        return response


def _route(request: HttpRequest) -> str:
    if request.path_info in ("/healthz", "/readyz"):
        return "probe"
    if request.path_info.startswith(settings.STATIC_URL):
        return "static"
    match = request.resolver_match
    return "/" + match.route if match else "unknown"


def _path(request: HttpRequest) -> str:
    match = request.resolver_match
    if match and _SECRET & match.kwargs.keys():
        return "/" + match.route
    return request.path_info if match else "/…"


def _person(request: HttpRequest) -> int | None:
    """Number of the account, if something asked for it anyway."""
    user = getattr(request, "_cached_user", None)
    if user is not None and user.pk is not None:
        return int(user.pk)
    # a token's; that of a session is found out only when looked at, which must not happen here
    actor = vars(request).get("actor")
    return actor.id if type(actor) is Actor else None
