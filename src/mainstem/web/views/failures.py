"""Pages for what went wrong: what happened, and the one thing to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mainstem.errors import Forbidden, MainstemError, TooMany

_USUAL: dict[int, tuple[str, str]] = {
    400: ("This cannot be answered as it was asked.", "Go back, correct it and try again."),
    403: ("You may not do this.", "Ask somebody who may, or an administrator for the role."),
    404: ("There is no such page.", "Check the address, or look for it by name."),
    405: ("This address does not take that.", "Go back and use the page's own buttons."),
    409: ("Somebody else changed this meanwhile.", "Look at what is there now and try again."),
    413: ("That is too much at once.", "Send less at a time; long files have their own page."),
    429: ("That was too often.", "Wait a minute and try again."),
    500: ("Something went wrong on our side.", "Try again; if it stays, tell whoever runs this server the request id below."),
}  # fmt: skip


def page(request: HttpRequest, status: int, error: Exception | None = None) -> HttpResponse:
    """The page for a status, with the words of the error if it is meant for people."""
    what, todo = _USUAL.get(status, _USUAL[500])
    code = ""
    if isinstance(error, MainstemError):
        what, todo, code = error.message, error.hint or todo, error.code
    data = {
        "what": what,
        "todo": todo,
        "code": code,
        "status": status,
        "request_id": getattr(request, "request_id", ""),
    }
    response = render(
        request, f"errors/{status if status in _USUAL else 500}.html", data, status=status
    )
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came from somewhere else, or after a long time."""
    return page(
        request,
        403,
        Forbidden(
            "This form was not sent from our page, or it has grown too old.",
            "Open the page again and send it from there; your browser must keep cookies.",
            code="form.stale",
        ),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for 400."""
    return page(request, 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for 404."""
    return page(request, 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for 403."""
    return page(request, 403)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler for 500."""
    return page(request, 500)
