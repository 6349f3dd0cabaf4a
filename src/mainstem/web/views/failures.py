"""Pages for what went wrong: what happened, and the one thing to do next."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from mainstem.errors import Forbidden, MainstemError, TooMany
from mainstem.services.people.access import nothing_here
from mainstem.web.contexts.pieces import Failure

#: Statuses that have a page of their own; any other is shown as 500.
PAGES = (400, 403, 404, 409, 413, 429, 500)


def page(request: HttpRequest, status: int, error: Exception | None = None) -> HttpResponse:
    """The page for a status, with the words of the error if it is meant for people.

    It is printed without the shell: it must show even where nothing else works.
    """
    message = hint = code = ""
    if status == 404 and not isinstance(error, MainstemError) and is_outsider(request):
        # whether there is a page that they may not see, or none, is said alike
        error = nothing_here()
    if isinstance(error, MainstemError):
        message, hint, code = error.message, error.hint, error.code
    failure = Failure(message, hint, code, getattr(request, "request_id", ""))
    shown = status if status in PAGES else 500
    text = get_template(f"errors/{shown}.html").render({"failure": failure})
    response = HttpResponse(text, status=status)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def is_outsider(request: HttpRequest) -> bool:
    """Whether somebody is signed in who has no right at all."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    return not request.actor.is_known  # type: ignore[attr-defined]


def sign_in_first(request: HttpRequest) -> HttpResponse | None:
    """Where somebody goes who is not signed in, whether there is anything at the address or not."""
    user = getattr(request, "user", None)
    if request.method not in ("GET", "HEAD") or user is None or user.is_authenticated:
        return None
    return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)


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
    return sign_in_first(request) or page(request, 404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler for 403."""
    return page(request, 403)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler for 500."""
    return page(request, 500)
