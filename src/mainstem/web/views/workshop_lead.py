"""The facilitator's desk, the people of a room, its link, its wall, its beginning and its end."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Forbidden, Invalid
from mainstem.services.workshops import links as workshop_links
from mainstem.services.workshops import rooms as workshops
from mainstem.services.workshops import seats as workshop_seats
from mainstem.services.workshops.catching_up import whole
from mainstem.services.workshops.seats import Seated
from mainstem.web.contexts.workshop.frame import room_frame
from mainstem.web.contexts.workshop_lead import ADDABLE, Button, build_lead
from mainstem.web.contexts.workshop_people import Invitation, build_invitation, build_people
from mainstem.web.contexts.workshop_wall import build_wall
from mainstem.web.forms.workshop import LinkForm
from mainstem.web.request import Request
from mainstem.web.saying import say, warn
from mainstem.web.seating import seat_of
from mainstem.web.views.plan.posting import safe_back
from mainstem.web.views.workshop_prepare import in_zone, zone

#: People at the desk; all are on their own page.
MOST_AT_DESK = 12
_SCRIPTS = ("room/workshop-room", "workshop-fresh", "workshop-timer")
_WHOLE = {
    "undo": Button("Undo last", "undo", key="u"),
    "pause": Button("Pause the workshop", "state", (("to", "paused"),)),
    "resume": Button("Go on with the workshop", "state", (("to", "running"),), "main"),
    "addable": ADDABLE,
}


@never_cache
@require_safe
def lead(request: Request, number: int) -> HttpResponse:
    """What does the facilitator need now?"""
    seat = _leader(request, number)
    held, at, clock = whole(number, seat), request.ground.now(), zone(request)
    starts_at = workshops.workshop_named(number, seat).starts_at
    return render(request, "workshop/lead.html", {
        "room": room_frame(held, seat, here=f"/workshop/{number}/lead"),
        "page": build_lead(number, held.records, at, clock, starts_at),
        "people": build_people(held.records, seat.id, seat.role, MOST_AT_DESK),
        "link": _invitation(request, seat), **_WHOLE,
    })  # fmt: skip


@never_cache
@require_safe
def people(request: Request, number: int) -> HttpResponse:
    """Who is in the room?"""
    seat = seat_of(request, number)
    held = whole(number, seat)
    return render(request, "workshop/people.html", {
        "room": room_frame(held, seat, here=f"/workshop/{number}/people"),
        "page": build_people(held.records, seat.id, seat.role),
        "link": _invitation(request, seat) if seat.leads else None,
    })  # fmt: skip


@never_cache
@require_safe
def wall(request: Request, number: int) -> HttpResponse:
    """The room's wall."""
    seat = seat_of(request, number)
    held, at = whole(number, seat), request.ground.now()
    link = _invitation(request, seat).address if seat.leads else ""
    page = build_wall(held.records, link.replace("/workshop/join/", "/j/"), at, zone(request))
    return render(request, "workshop/wall.html", {
        "room": room_frame(held, seat, here=f"/workshop/{number}/wall"), "page": page, "scripts": _SCRIPTS,
        "theme": getattr(request.user, "theme", "") or "auto",
    })  # fmt: skip


@require_POST
def appoint(request: Request, number: int) -> HttpResponse:
    """Makes somebody a facilitator, or a member again."""
    seat = seat_of(request, number)
    role = request.POST.get("role", "")
    workshop_seats.appoint(seat, _target(request), role, at=request.ground.now())
    say(request, "They lead with you now." if role == "facilitator" else "They are a member now.")
    return _back(request, number)


@require_POST
def remove(request: Request, number: int) -> HttpResponse:
    """Removes somebody, at once and for good."""
    workshop_seats.remove_seat(seat_of(request, number), _target(request), at=request.ground.now())
    say(request, "They are out. What they wrote stays.")
    return _back(request, number)


@require_POST
def link(request: Request, number: int) -> HttpResponse:
    """Makes a new link."""
    seat, form = seat_of(request, number), LinkForm(request.POST)
    until = in_zone(form.cleaned_data["until"], zone(request)) if form.is_valid() else None
    if until is None:
        warn(request, "Say until when the link works, as a day and a time.")
        return _back(request, number)
    try:
        workshop_links.renew_link(seat, until, form.cleaned_data["guests"], at=request.ground.now())
    except Invalid as error:
        warn(request, f"{error.message} {error.hint}")
    else:
        say(request, "The new link works.")
    return _back(request, number)


@require_POST
def end_link(request: Request, number: int) -> HttpResponse:
    """Ends the link."""
    workshop_links.end_link(seat_of(request, number), at=request.ground.now())
    say(request, "The link is ended.")
    return _back(request, number)


@require_POST
def finish(request: Request, number: int) -> HttpResponse:
    """Finishes the workshop: nothing is changed any more."""
    workshops.finish(number, seat_of(request, number), at=request.ground.now())
    say(
        request,
        "The workshop is finished.",
        action="Look at its summary",
        href=f"/workshop/{number}/summary",
    )
    return _back(request, number)


@require_POST
def reopen(request: Request, number: int) -> HttpResponse:
    """Opens a finished workshop again."""
    workshops.reopen(number, seat_of(request, number), at=request.ground.now())
    say(request, "The workshop goes on. Renew the link if guests are to come back.")
    return _back(request, number)


def _leader(request: Request, number: int) -> Seated:
    seat = seat_of(request, number)
    if not seat.leads:
        raise Forbidden(
            "The desk is for those who lead the workshop.", "Ask a facilitator to appoint you."
        )
    return seat


def _target(request: Request) -> int:
    given = request.POST.get("seat", "")
    if not (given.isdecimal() and len(given) < 16):
        raise Invalid("A seat is a number.", "Choose somebody from the list of people.")
    return int(given)


def _back(request: Request, number: int) -> HttpResponse:
    """To the page of the room that the form was on."""
    room, wanted = f"/workshop/{number}/", request.POST.get("back", "")
    return redirect(safe_back(request, wanted if wanted.startswith(room) else "", f"{room}lead"))


def _invitation(request: Request, seat: Seated) -> Invitation:
    at = request.ground.now()
    held = workshop_links.link_of(seat, at=at)
    address = request.build_absolute_uri(f"/workshop/join/{held.word}") if held.word else ""
    return build_invitation(address, held.until, held.guests, at, zone(request))
