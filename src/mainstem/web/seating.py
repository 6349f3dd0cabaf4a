"""Who sits in a room: a member by their session, a guest by a cookie that holds the secret of their seat."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from mainstem.errors import Absent, Forbidden, MainstemError
from mainstem.services.workshops import seats as workshop_seats
from mainstem.services.workshops.seats import Seated

#: Seconds that a guest's browser remembers its seat: two weeks, as sessions.
_KEPT = 60 * 60 * 24 * 14
_ROOM = re.compile(r"/workshop/(\d{1,15})/")
_SCRIPTS = re.compile(r"/workshop/\d{1,15}/(live|acts)\Z")
_PATH, _SALT = "/workshop/", "mainstem.guest"


def seat_of(request: HttpRequest, number: int) -> Seated:
    """The seat that a request comes from, in workshop ``number``. Members get theirs when they first come.

    Raises:
        Absent: there is no such workshop, or it is nothing to this person.
        Forbidden: the seat was removed, or the room has ended for it.
    """
    if not request.user.is_authenticated:
        return guest_of(request, number)
    try:
        return workshop_seats.seat_of_member(number, request.actor)  # type: ignore[attr-defined]
    except (Absent, Forbidden):
        # somebody with an account of no rights may have joined by the link, as a guest
        if _name(number) not in request.COOKIES:
            raise
        return guest_of(request, number)


def guest_of(request: HttpRequest, number: int) -> Seated:
    """The guest's seat of a request, by its cookie. Errors are those of ``seat_of``."""
    known: dict[int, Seated] = request.__dict__.setdefault("guest_seats", {})
    if number not in known:
        secret = request.get_signed_cookie(_name(number), "", salt=_SALT)
        if not secret:
            raise Absent("There is no such workshop.", "Open the link that you were given.")
        at = request.ground.now()  # type: ignore[attr-defined]
        known[number] = workshop_seats.seat_of_guest(number, secret, at=at)
    return known[number]


def keep_guest(response: HttpResponse, number: int, secret: str) -> None:
    """Has the browser remember a guest's seat; only the server reads it, and only rooms are sent it."""
    response.set_signed_cookie(
        _name(number), secret, salt=_SALT, max_age=_KEPT, path=_PATH, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def forget_guest(response: HttpResponse, number: int) -> None:
    """Has the browser forget a guest's seat."""
    response.delete_cookie(_name(number), path=_PATH, samesite="Lax")


def is_guest_at_home(request: HttpRequest) -> bool:
    """Whether a request comes from a guest of the very room that it asks for."""
    found = _ROOM.match(request.path_info)
    if found is None or _name(int(found[1])) not in request.COOKIES:
        return False
    try:
        guest_of(request, int(found[1]))
    except MainstemError:
        return False
    return True


def told_to_script(request: HttpRequest) -> HttpResponse | None:
    """What a room's script is told that has no seat any more: to follow a link to a form helps no script."""
    wanted = request.headers.get("Accept", "")
    is_script = "application/json" in wanted or "text/event-stream" in wanted
    if not is_script or not _SCRIPTS.match(request.path_info):
        return None
    return JsonResponse({"message": "You are not in this room.", "hint": "Open its link again.",
                         "code": "access.sign_in"}, status=401)  # fmt: skip


def _name(number: int) -> str:
    return f"mainstem_guest_{number}"
