"""What happens around every endpoint: rights before the request is read, once, with its version."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja.operation import Operation

from mainstem.api.errors import failed
from mainstem.api.repeating import once
from mainstem.api.versions import asked_versions, unless_known
from mainstem.errors import Invalid
from mainstem.services.people.access import Action, require, require_writing

F = TypeVar("F", bound=Callable[..., Any])
Run = Callable[..., HttpResponse]
_MARK, _ASKS, _MEANS = "mainstem_needs", "mainstem_asks", "mainstem_means_a_version"


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


def takes_version(view: F) -> F:
    """Says that an endpoint looks at ``If-Match``; one that does not must not be asked to."""
    setattr(view, _MEANS, True)
    return view


def does_take_version(view: Callable[..., Any]) -> bool:
    """Whether an endpoint looks at ``If-Match``."""
    return getattr(view, _MEANS, False)


def needed(view: Callable[..., Any]) -> Action:
    """What an endpoint needs; reading, if it does not say."""
    found: Action = getattr(view, _MARK, Action.READ)
    return found


def around(run: Run) -> Run:
    """An endpoint with all that; given to ninja as a decorator of operations before they read a request."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    view, questions = operation.view_func, _questions(operation)
    action, asks, means = needed(view), getattr(view, _ASKS, False), does_take_version(view)

    @functools.wraps(run)
    def inner(request: HttpRequest, **given: Any) -> HttpResponse:
        try:
            require(request.actor, action)  # type: ignore[attr-defined]
            _require_known(request, questions)
            if request.method == "GET":
                return unless_known(request, run(request, **given))
            if asks:
                return run(request, **given)
            require_writing(request.actor)  # type: ignore[attr-defined]
            if asked_versions(request) and not means:
                raise _blind()
            return once(request, lambda: run(request, **given))
        except Exception as error:
            return failed(request, error)

    return inner


def _questions(operation: Operation) -> frozenset[str]:
    """What may stand behind the question mark of an endpoint's address."""
    return frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )


def _require_known(request: HttpRequest, questions: frozenset[str]) -> None:
    """A misspelt filter would answer with everything, and nobody would notice."""
    unknown = next((name for name in request.GET if name not in questions), None)
    if unknown is not None:
        known = ", ".join(f"`{name}`" for name in sorted(questions))
        raise Invalid(
            f"This address does not know `{unknown[:100]}`.",
            f"It takes {known}." if known else "It takes nothing behind a question mark.",
            field=unknown[:100],
        )


def _blind() -> Invalid:
    return Invalid(
        "This address does not look at If-Match, so nothing was done.",
        "Send it with changes of the plan only; leave it out here.", field="If-Match",
    )  # fmt: skip
