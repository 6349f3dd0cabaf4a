"""Coming in by the link: what it leads to, and the ways in that are open to whoever asks."""

from __future__ import annotations

import time

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mainstem.errors import Absent, Conflict, Forbidden, Invalid, TooMany
from mainstem.services.people.access import Action, may
from mainstem.services.workshops.links import Door, door_of, join_as_guest, join_as_member
from mainstem.web.address import address_of
from mainstem.web.contexts.workshop_join import build_join, build_no_way
from mainstem.web.forms.workshop import GuestForm
from mainstem.web.join_tries import Tries
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.seating import keep_guest

_TRIES = Tries()


@require_safe
def short(request: Request, code: str) -> HttpResponse:
    """The address that people type off a wall; it says nothing of whether there is such a link."""
    return redirect("join-workshop", code=_word(code) or "-")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Request, code: str) -> HttpResponse:
    """What is this, who holds it, and how do I come in?"""
    word, address = _word(code), address_of(request)
    _TRIES.check(address, time.monotonic())
    try:
        door = door_of(word, request.ground.now())
    except Absent:
        _TRIES.wrong(address, time.monotonic())
        return _quiet(render(request, "workshop/no_way.html", {"page": build_no_way()}, status=404))
    form = GuestForm(request.POST if request.POST.get("as") == "guest" else None)
    if request.method == "POST":
        came = _come_in(request, word, door, form)
        if came is not None:
            return _quiet(came)
    return _quiet(_page(request, word, door, form))


def _come_in(request: Request, word: str, door: Door, form: GuestForm) -> HttpResponse | None:
    """Into the room; nothing if the form has to be looked at again."""
    at, room = request.ground.now(), f"/workshop/{door.number}/"
    if request.POST.get("as") == "member":
        seat = join_as_member(word, request.actor, at)
        return redirect(f"{room}lead" if seat.leads else room)
    if not form.is_valid():
        return None
    try:
        seat, secret = join_as_guest(word, form.cleaned_data["name"], at)
    except (Invalid, Forbidden, Conflict, TooMany) as error:
        form.add_error(None, f"{error.message} {error.hint}")
        return None
    response = redirect(room)
    keep_guest(response, door.number, secret)
    say(request, f"Welcome, {seat.name}.")
    return response


def _page(request: Request, word: str, door: Door, form: GuestForm) -> HttpResponse:
    is_known = request.user.is_authenticated
    is_member = is_known and may(request.actor, Action.READ)
    page = build_join(
        title=door.title, holder=door.held_by, why=door.why, state=door.state, guests=door.takes_guests,
        code=word, member=request.actor.name if is_member else "", is_outsider=is_known and not is_member,
    )  # fmt: skip
    return render(
        request,
        "workshop/join.html",
        {"page": page, "form": form},
        status=400 if form.errors else 200,
    )


def _word(code: str) -> str:
    """The word of a link as somebody typed it: case, blanks and dashes do not matter."""
    return "".join(c for c in code.lower() if c.isalnum())[:64]


def _quiet(response: HttpResponse) -> HttpResponse:
    # the address of this page opens a room: nobody else is to learn it, nor to keep it
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
