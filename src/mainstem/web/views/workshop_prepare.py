"""The list of workshops, and the page that prepares one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mainstem.errors import Invalid
from mainstem.services.people.access import Action, may, require
from mainstem.services.workshops.agendas import agenda_named, offered_agendas
from mainstem.services.workshops.links import LONGEST, renew_link
from mainstem.services.workshops.rooms import open_workshop, workshops
from mainstem.services.workshops.seats import seat_of_member
from mainstem.web.contexts.workshop_list import build_list
from mainstem.web.contexts.workshop_new import build_new
from mainstem.web.forms.workshop import STARTS, NewWorkshopForm, cycle_to_plan
from mainstem.web.request import Request
from mainstem.web.saying import say

#: How long a link works that nobody set an end for: the day after, to look at what was made.
_LINK_WORKS = timedelta(hours=36)
#: Workshops on one page.
_MOST = 100


def zone(request: Request) -> str:
    """IANA name of the organisation's time zone; people in one room read one clock."""
    return request.ground.plans.head().plan.organisation.timezone


@require_safe
def listed(request: Request) -> HttpResponse:
    """Which workshops are there, and what became of them?"""
    before = request.GET.get("before", "")
    after = int(before) if before.isdecimal() and len(before) < 16 else None
    found = workshops(request.actor, before=after, most=_MOST)
    page = build_list(
        found, zone(request), may_host=may(request.actor, Action.HOST),
        more=found[-1].id if len(found) == _MOST else None,
    )  # fmt: skip
    return render(request, "workshop/list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Prepares a workshop."""
    require(request.actor, Action.HOST)
    offered = [o.agenda for o in offered_agendas(request.actor)]
    form = _form(request, [(a.name, a.title) for a in offered])
    if request.method == "POST" and form.is_valid():
        try:
            return _opened(request, form.cleaned_data)
        except Invalid as error:
            form.add_error(
                error.field if error.field in form.fields else None, f"{error.message} {error.hint}"
            )
    chosen = {name: form[name].value() or "" for name in ("agenda", "started_from")}
    page = build_new(offered, chosen["agenda"], chosen["started_from"])
    return render(
        request,
        "workshop/new.html",
        {"page": page, "form": form},
        status=400 if form.errors else 200,
    )


def _form(request: Request, agendas: list[tuple[str, str]]) -> NewWorkshopForm:
    plan = request.ground.plans.head().plan
    if request.method == "POST":
        return NewWorkshopForm(request.POST, plan=plan, agendas=agendas)
    wanted, agenda = request.GET.get("from", ""), request.GET.get("agenda", "")
    initial = {
        "agenda": agenda if agenda in dict(agendas) else agendas[0][0],
        "started_from": wanted if wanted in STARTS else "plan" if plan.objectives else "nothing",
        "cycle": cycle_to_plan(plan),
    }
    return NewWorkshopForm(plan=plan, agendas=agendas, initial=initial)


def _opened(request: Request, said: dict[str, Any]) -> HttpResponse:
    at, by = request.ground.now(), request.actor
    starts = in_zone(said["starts"], zone(request))
    made = open_workshop(
        said["title"], agenda_named(said["agenda"], by), request.ground, by, at=at, why=said["why"],
        started_from=said["started_from"], cycle=said["cycle"], starts_at=starts,
    )  # fmt: skip
    seat = seat_of_member(made.id, by)
    until = min(max(starts or at, at) + _LINK_WORKS, at + LONGEST)
    renew_link(seat, until, said["guests"], at=at)
    say(request, "The room is ready. Read the running order, and send the link round.")
    return redirect(f"/workshop/{made.id}/lead")


def in_zone(moment: datetime | None, name: str) -> datetime | None:
    """A moment as somebody typed it, in the organisation's time zone."""
    return moment.replace(tzinfo=ZoneInfo(name)) if moment else None
