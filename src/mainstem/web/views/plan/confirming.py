"""Changes that were shown before they are made, and findings that somebody lives with."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from mainstem.errors import Invalid
from mainstem.plan.changes import sentence
from mainstem.services.people.access import Action, require
from mainstem.services.plans.editing_entity import (
    confirm,
    unseal,
)
from mainstem.services.plans.proposals import (
    start_proposal,
)
from mainstem.services.plans.standing_findings import accept_finding
from mainstem.web.contexts.plan.addresses import (
    thing_address,
)
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.plan.posting import (
    after,
    safe_back,
)


@require_POST
def confirm_changes(request: Request) -> HttpResponse:
    """Makes changes that were shown before, exactly those."""
    require(request.actor, Action.PROPOSE)
    sealed = request.POST.get("sealed", "")
    told = unseal(sealed, request.ground, request.actor)
    back = safe_back(request, told.back, "/plan/")
    at = request.ground.now()
    why = request.POST.get("why", told.why)
    if request.POST.get("do") == "propose":
        title = request.POST.get("title", "").strip() or sentence(told.changes[0])
        found = start_proposal(
            title, told.changes, request.ground, request.actor, at=at, why=why, base=told.base
        )
        say(request, "It is a proposal now; nothing in the plan has changed.")
        return redirect(f"/plan/proposals/{found.number}/")
    return after(request, confirm(sealed, request.ground, request.actor, at=at, why=why), back)


@require_POST
def accept(request: Request) -> HttpResponse:
    """Somebody decides to live with a finding."""
    require(request.actor, Action.CHANGE_PLAN)
    subject = request.POST.get("subject", "")
    made = accept_finding(
        subject, request.POST.get("rule", ""), request.POST.get("why", ""), request.ground,
        request.actor, at=request.ground.now(), until=_day(request.POST.get("until", "")),
    )  # fmt: skip
    usual = thing_address(subject) if "/" in subject else "/plan/"
    return after(request, made, safe_back(request, request.POST.get("back", ""), usual))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(f"“{text}” is no day.", "Write it like 2026-12-31.", field="until") from error
