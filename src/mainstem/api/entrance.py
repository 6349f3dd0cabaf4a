"""The one door of the API: whoever comes in is known, and whatever goes wrong has one shape."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from mainstem.api.errors import answer, failed
from mainstem.api.signing import sign
from mainstem.errors import Invalid

View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """A view for who is signed in; its errors are told in the one shape."""

    @functools.wraps(view)
    def inner(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
        try:
            sign(request)
            _require_plain(request)
            response = _asked(view, request, *given, **named)
        except Exception as error:
            return failed(request, error)
        if response.status_code == 405:
            refused = answer(request, 405, {})
            refused["Allow"] = response["Allow"].replace("GET", "GET, HEAD")
            return refused
        return response

    # writes of a browser are checked in ``sign``, with an answer in the one shape
    inner.csrf_exempt = True  # type: ignore[attr-defined]
    return inner


def _asked(view: View, request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
    """The answer of a view; ``HEAD`` is asked as ``GET``, and whoever sends the answer leaves its body out."""
    if request.method != "HEAD":
        return view(request, *given, **named)
    request.method = "GET"
    try:
        return view(request, *given, **named)
    finally:
        request.method = "HEAD"


def _require_plain(request: HttpRequest) -> None:
    """Databases keep no zero characters; saying so early keeps every service free of it."""
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        raise Invalid("The address holds a character that means nothing.", "Leave it out.")


@guarded
def unknown(request: HttpRequest) -> HttpResponse:
    """Any other address below ``/api/``."""
    return answer(request, 404, {})
