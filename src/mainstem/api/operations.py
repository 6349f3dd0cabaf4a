"""What happens around every endpoint: rights before the request is read, once, with its version."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from mainstem.api.errors import failed
from mainstem.api.repeating import once
from mainstem.api.versions import unless_known
from mainstem.services.people.access import Action, require, require_writing

F = TypeVar("F", bound=Callable[..., Any])
Run = Callable[..., HttpResponse]
_MARK, _ASKS = "mainstem_needs", "mainstem_asks"


def needs(action: Action) -> Callable[[F], F]:
    """Says what one must be allowed anywhere at all to get as far as an endpoint."""

    def marked(view: F) -> F:
        setattr(view, _MARK, action)
        return view

    return marked


def only_asks(view: F) -> F:
    """Says that an endpoint writes nothing though its question comes in a body: a token for reading may ask."""
    setattr(view, _ASKS, True)
    return view


def needed(view: Callable[..., Any]) -> Action:
    """What an endpoint needs; reading, if it does not say."""
    found: Action = getattr(view, _MARK, Action.READ)
    return found


def around(run: Run) -> Run:
    """An endpoint with all that; given to ninja as a decorator of operations before they read a request."""
    view = run.__self__.view_func  # type: ignore[attr-defined]
    action, asks = needed(view), getattr(view, _ASKS, False)

    @functools.wraps(run)
    def inner(request: HttpRequest, **given: Any) -> HttpResponse:
        try:
            require(request.actor, action)  # type: ignore[attr-defined]
            if request.method == "GET":
                return unless_known(request, run(request, **given))
            if asks:
                return run(request, **given)
            require_writing(request.actor)  # type: ignore[attr-defined]
            return once(request, lambda: run(request, **given))
        except Exception as error:
            return failed(request, error)

    return inner
