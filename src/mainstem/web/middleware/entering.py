"""Who may come in: nobody before the first account is made, then whoever signed in; a guest to their room only."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from mainstem.services.people.first_run import is_first_run
from mainstem.services.server import demo_server
from mainstem.web.seating import is_guest_at_home, told_to_script

#: What programs ask for, and what a page is drawn with; each looks after itself.
_OPEN = ("/static/", "/api/", "/hooks/in/", "/hooks/chat/", "/healthz", "/readyz", "/metrics", "/theme", "/favicon.ico", "/robots.txt")  # fmt: skip
#: Where somebody who is not signed in may go; pages of one's own account ask for themselves.
_DOORS = (*_OPEN, "/account/", "/invitation/", "/start/", "/demo/", "/workshop/join/", "/j/")
START, SIGN_IN, DEMO = "/start/", "/account/login/", "/demo/"


class Entering:
    """Sends whoever has no business here to the door. Every address is treated alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.has_people = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers, or shows the door."""
        path = request.path
        if not self.has_people and not path.startswith((*_OPEN, START)):
            if is_first_run():
                return _to(request, START)
            # there is always an account from now on: none is ever removed
            self.has_people = True
        if path.startswith(_DOORS) or request.user.is_authenticated or is_guest_at_home(request):
            return self.get_response(request)
        if told := told_to_script(request):
            return told
        if demo_server.is_open(request.ground.data):  # type: ignore[attr-defined]
            return _to(request, DEMO)
        return _to(request, f"{SIGN_IN}?{urlencode({'next': _back(request)})}")


def _back(request: HttpRequest) -> str:
    """Where to go on after signing in: this page, or the one whose form was sent."""
    if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(came_from, hosts, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # the whole page goes there, not only the part that was asked for
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
