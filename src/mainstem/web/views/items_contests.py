"""Pages for contesting what an item counts for, and for answering."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Conflict, Invalid
from mainstem.services.people.access import Action, require
from mainstem.services.work import contesting
from mainstem.web.contexts import claim_rates
from mainstem.web.contexts import contests as context
from mainstem.web.contexts.item import build_item
from mainstem.web.contexts.items import item_address
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.forms.work import ContestForm
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_safe
def listed(request: Request) -> HttpResponse:
    """What is contested, and what became of it?"""
    require(request.actor, Action.READ)
    state = request.GET.get("state", contesting.OPEN)
    below = request.GET.get("below", "")
    page = context.build_contests(
        state if state in context.STATES else contesting.OPEN,
        int(below) if below.isdecimal() and len(below) < 18 else None,
        request.ground, request.actor,
    )  # fmt: skip
    if wants_csv(request):
        return csv_response(request, context.contest_tables(page), subject="contests")
    return render(request, "items/contests.html", {"page": page})


@require_safe
def rates(request: Request) -> HttpResponse:
    """Which claims do people contradict?"""
    require(request.actor, Action.READ)
    page = claim_rates.build_rates(request.GET.get("claim", ""), request.ground, request.actor)
    if wants_csv(request):
        return csv_response(request, claim_rates.rate_tables(page), subject="claims")
    return render(request, "items/claim_rates.html", {"page": page})


@require_POST
def new(request: Request) -> HttpResponse:
    """Contests an item."""
    require(request.actor, Action.CONTEST)
    ground, actor = request.ground, request.actor
    source, key = request.POST.get("source", ""), request.POST.get("key", "")
    form = ContestForm(request.POST, plan=ground.plans.head().plan)
    if form.is_valid():
        said = form.cleaned_data
        try:
            contesting.contest_item(
                source, key, said["wanted"], said["why"], ground, actor, at=ground.now()
            )
        except (Invalid, Conflict) as error:
            field = getattr(error, "field", "") or None
            form.add_error(field if field in form.fields else None, f"{error.message} {error.hint}")
        else:
            say(request, f"{key} is contested. Whoever answers for it is told.")
            return redirect(item_address(source, key))
    page = build_item(source, key, ground, actor)
    return render(request, "items/item.html", {"page": page, "form": form}, status=400)


@require_POST
def agree(request: Request, number: int) -> HttpResponse:
    """Agrees: the item is set by hand to what was wanted."""
    require(request.actor, Action.CONTEST)
    answer, ground = request.POST.get("answer", ""), request.ground
    contesting.agree(number, answer, ground, request.actor, at=ground.now())
    say(request, "Agreed: it was set by hand and counts from the next derivation.")
    return redirect("contests")


@require_POST
def decline(request: Request, number: int) -> HttpResponse:
    """Declines, with a reason."""
    answer = request.POST.get("answer", "")
    return _ended(
        request, "Declined: it stays as it is.",
        lambda: contesting.decline(number, answer, request.ground, request.actor, at=request.ground.now()),
    )  # fmt: skip


@require_POST
def withdraw(request: Request, number: int) -> HttpResponse:
    """Takes one's own contest back."""
    return _ended(
        request, "Withdrawn.",
        lambda: contesting.withdraw(number, request.ground, request.actor, at=request.ground.now()),
    )  # fmt: skip


def _ended(request: Request, words: str, act: Callable[[], None]) -> HttpResponse:
    require(request.actor, Action.CONTEST)
    act()
    say(request, words)
    return redirect("contests")
