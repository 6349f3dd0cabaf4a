"""Health of the process, answered before anything else: a probe knows no host name and follows no link."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from mainstem.services.server import ground
from mainstem.web.request import Request
from mainstem.web.views import operating


class Probes:
    """Answers ``/healthz`` and ``/readyz``."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """Answers a probe itself; hands everything else on."""
        if request.path_info == "/healthz":
            return operating.healthz(request)
        if request.path_info == "/readyz":
            return operating.readyz(request, ground.server_ground())
        return self.get_response(request)
