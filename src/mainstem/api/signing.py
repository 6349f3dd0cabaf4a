"""Who acts: by a token in the head of the request, else by the session of a browser."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.utils import check_csrf

from mainstem.errors import Forbidden, MainstemError
from mainstem.services.people.access import Actor, nothing_here
from mainstem.services.people.tokens import actor_of_token

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_BEARER = "bearer "


class Unsigned(MainstemError):
    """Nobody is signed in, or the token does not work: both are said alike."""

    code = "access.unsigned"


def sign(request: HttpRequest) -> None:
    """Makes ``request.actor`` the one who acts; a token acts for its owner, within its scope.

    Raises:
        Unsigned: there is neither a session nor a token that works.
        Forbidden: a write of a browser without the token that proves where it comes from.
        Absent: for an outsider, to whom nothing exists.
    """
    given = request.headers.get("Authorization", "")
    actor = _by_token(request, given) if given else _by_session(request)
    if not actor.is_known:
        raise nothing_here()
    request.actor = actor  # type: ignore[attr-defined]


def _by_token(request: HttpRequest, given: str) -> Actor:
    ground = request.ground  # type: ignore[attr-defined]
    found = None
    if given[: len(_BEARER)].lower() == _BEARER:
        found = actor_of_token(
            given[len(_BEARER) :].strip(), ground.now(), today=ground.today(), face="api",
            address=request.address, request=request.request_id,  # type: ignore[attr-defined]
        )  # fmt: skip
    if found is None:
        raise _unsigned()
    return found


def _by_session(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        raise _unsigned()
    if request.method not in _SAFE and check_csrf(request) is not None:
        raise Forbidden(
            "This write does not prove that it comes from our own pages.",
            "Send the CSRF token in the head X-CSRFToken, or use an API token.",
            code="access.csrf",
        )
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _unsigned() -> Unsigned:
    return Unsigned(
        "You are not signed in, or the token does not work.",
        "Send `Authorization: Bearer ms_…` with a token of your account.",
    )
