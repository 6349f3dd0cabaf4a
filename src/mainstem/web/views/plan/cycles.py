"""The life of cycles: one of them, its steps, the cycle after it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Invalid
from mainstem.figures.tables import Value, to_csv
from mainstem.services.people.access import Action, require
from mainstem.services.plans.cycles import cycle_life, prepare_next, take_step
from mainstem.web.contexts.account import zone_of
from mainstem.web.contexts.plan.addresses import thing_address
from mainstem.web.contexts.plan.cycle import commitment_rows, cycle_page
from mainstem.web.contexts.plan.telling import Asked
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.plan.posting import after
from mainstem.web.views.plan.reading import done_of, thing


@require_safe
def one(request: Request, ident: str) -> HttpResponse:
    """A cycle: what was committed to in it, beside what that is now."""
    require(request.actor, Action.READ)
    if request.GET.get("at"):
        return thing(request, "cycles", ident)
    life = cycle_life(ident, request.ground, request.actor)
    if request.GET.get("format") == "csv":
        require(request.actor, Action.EXPORT)
        rows = [cast("tuple[Value, ...]", row) for row in commitment_rows(life)]
        columns = ("thing", "name", "what became of it", "changes", "stands at", "score")
        response = HttpResponse(to_csv(columns, rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="commitments.csv"'
        return response
    page = cycle_page(life, request.ground.plans.head().plan, request.actor, zone_of(request))
    page = replace(page, done=done_of(request, Asked.of(request.GET)))
    return render(request, "plan/cycle.html", {"page": page})


@require_POST
def step(request: Request, ident: str) -> HttpResponse:
    """Takes a cycle to its next state, or back."""
    require(request.actor, Action.CHANGE_CYCLE)
    made = take_step(
        ident, request.POST.get("state", ""), request.ground, request.actor, at=request.ground.now(),
        why=request.POST.get("why", ""),
    )  # fmt: skip
    return after(request, made, thing_address(f"cycles/{ident}"))


@require_POST
def prepare(request: Request, ident: str) -> HttpResponse:
    """Proposes the cycle after it."""
    require(request.actor, Action.PROPOSE)
    wanted = request.POST.get("next_id", "").strip()
    if len(wanted) > 100:
        raise Invalid("That identifier is too long.", "At most 100 letters.", field="next_id")
    made = prepare_next(
        ident, request.ground, request.actor, at=request.ground.now(),
        carried=request.POST.getlist("carry"), next_id=wanted,
    )  # fmt: skip
    say(request, "The next cycle is a proposal now: look through it, then open or apply it.")
    return redirect(f"/plan/proposals/{made.number}/")
