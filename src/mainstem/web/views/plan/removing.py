"""Removing an entity of the plan: what names it, what goes with it, and then the removal."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mainstem.services.people.access import Action, require
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.editing_entity import needs_a_look, refused, removal
from mainstem.services.plans.proposals import start_proposal
from mainstem.web.contexts.pieces import Link
from mainstem.web.contexts.plan.addresses import (
    name_of,
    shown_changes,
    thing_address,
    word_for,
)
from mainstem.web.contexts.plan.form import crumbs_of
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.plan.posting import after, ask_first


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: Request, section: str, ident: str) -> HttpResponse:
    """Shows what names an entity and what its removal does; removes it."""
    require(request.actor, Action.READ)
    require(request.actor, Action.PROPOSE)
    found = removal(section, ident, request.ground)
    plan, subject = found.standing.plan, f"{section}/{ident}"
    back = f"/plan/{section}/"
    why = request.POST.get("why", "")
    if request.method == "POST" and request.POST.get("do") == "propose":
        title = f"Remove the {word_for(section)} {name_of(plan, subject)}"
        made = start_proposal(
            title, found.changes, request.ground, request.actor, at=request.ground.now(), why=why,
            base=found.standing.revision,
        )  # fmt: skip
        say(request, "The removal is a proposal now; nothing in the plan has changed.")
        return redirect(f"/plan/proposals/{made.number}/")
    if request.method == "POST":
        if needs_a_look(found.changes):
            head = (
                f"Remove {name_of(plan, subject)}, with {len(found.changes) - 1} further changes?"
            )
            return ask_first(request, found.changes, found.standing.revision, why=why, back=back,
                             head=head, crumbs=crumbs_of(section, subject, plan))  # fmt: skip
        done = change_plan(
            found.changes, request.ground, request.actor, at=request.ground.now(), why=why,
            base=found.standing.revision,
        )  # fmt: skip
        return after(request, done, back)
    page = {
        "head": f"Remove the {word_for(section)} {name_of(plan, subject)}?",
        "lead": _lead(len(found.named_by)),
        "crumbs": crumbs_of(section, subject, plan),
        "named_by": tuple(
            Link(name_of(plan, one), thing_address(one)) for one in found.named_by[:100]
        ),
        "more": max(len(found.named_by) - 100, 0),
        "changes": shown_changes(found.changes),
        "action": request.get_full_path(),
        "back": thing_address(subject),
        "may_save": not refused(found.changes, request.ground, request.actor),
    }
    return render(request, "plan/remove.html", {"page": page})


def _lead(count: int) -> str:
    if not count:
        return "Nothing in the plan names it. Its history stays readable, and the removal can be undone."
    things = "one thing names" if count == 1 else f"{count} things name"
    return f"{things[:1].upper()}{things[1:]} it: they would forget it. The removal can be undone."
