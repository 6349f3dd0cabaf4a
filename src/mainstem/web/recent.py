"""The things that a browser looked at lately: a cookie of its own, so that reading writes nothing.

It holds nothing but names of things of the plan; whether they are there, and may be seen, is asked when
they are shown.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mainstem.ids import is_id

COOKIE = "mainstem_recent"
MOST = 8
#: Name of an address → the section of the plan that its page shows a thing of.
THINGS = {
    "stream": "streams", "team": "teams", "objective": "objectives", "initiative": "initiatives",
    "key-result": "key_results",
}  # fmt: skip


def subject_of(request: HttpRequest) -> str:
    """The thing that a page is about, such as ``streams/start-fast``; empty for other pages."""
    match = request.resolver_match
    if match is None or match.url_name not in THINGS or not match.kwargs:
        return ""
    return f"{THINGS[match.url_name]}/{next(iter(match.kwargs.values()))}"


def recent_addresses(request: HttpRequest) -> tuple[str, ...]:
    """The things looked at, newest first; whatever else is in the cookie is left out."""
    given = request.COOKIES.get(COOKIE, "").split("|")
    sections = set(THINGS.values())
    return tuple(
        s for s in given[:MOST] if s.partition("/")[0] in sections and is_id(s.partition("/")[2])
    )


class Recent:
    """Puts the thing of a page that was shown at the front."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers."""
        response = self.get_response(request)
        subject = subject_of(request) if request.method == "GET" else ""
        if subject and response.status_code == 200:
            before = [s for s in recent_addresses(request) if s != subject]
            if is_id(subject.partition("/")[2]):
                response.set_cookie(
                    COOKIE, "|".join([subject, *before][:MOST]), max_age=60 * 60 * 24 * 60,
                    httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
                )  # fmt: skip
        return response
