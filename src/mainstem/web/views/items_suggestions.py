"""Pages of suggestions: what is suggested, the audit, and the model."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.figures.wording import plural
from mainstem.services.people.access import Action, require
from mainstem.services.suggestions import audit as suggesting_audit
from mainstem.services.suggestions import suggesting
from mainstem.web.contexts import suggestions as context
from mainstem.web.exports import CsvTable, csv_response, wants_csv
from mainstem.web.forms.work import target_choices
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_safe
def listed(request: Request) -> HttpResponse:
    """What was the work for that nothing speaks for?"""
    require(request.actor, Action.READ)
    after = request.GET.get("after", "")
    page = context.build_suggestions(
        request.GET.get("target", ""), int(after) if after.isdecimal() and len(after) < 7 else 0,
        request.ground, request.actor,
    )  # fmt: skip
    choices = target_choices(request.ground.plans.head().plan)
    return render(request, "items/suggestions.html", {"page": page, "choices": choices})


@require_POST
def accept(request: Request) -> HttpResponse:
    """Accepts one suggestion or many; each can be taken back."""
    require(request.actor, Action.SHARE)
    ground = request.ground
    keys = [k for k in request.POST.getlist("item") if k]
    done = suggesting.accept(keys, ground, request.actor, at=ground.now())
    words = f"Accepted {plural(len(keys), 'suggestion')}. It counts from the next derivation."
    say(request, words, action="Undo", href=f"/items/shares/{done[-1]}/")
    for number in done[:-1]:
        say(
            request,
            "Another stream or kind was part of it.",
            action="Undo",
            href=f"/items/shares/{number}/",
        )
    return redirect("suggestions")


@require_POST
def decline(request: Request) -> HttpResponse:
    """Says what it is instead."""
    require(request.actor, Action.SHARE)
    ground = request.ground
    number = suggesting.decline(
        request.POST.get("item", ""),
        request.POST.get("target", ""),
        ground,
        request.actor,
        at=ground.now(),
    )
    say(
        request,
        "Set to what it is. The next model learns it.",
        action="Undo",
        href=f"/items/shares/{number}/",
    )
    return redirect("suggestions")


@require_safe
def audit(request: Request) -> HttpResponse:
    """Are the suggestions right?"""
    require(request.actor, Action.READ)
    page = context.build_audit(request.ground, request.actor)
    choices = target_choices(request.ground.plans.head().plan)
    return render(request, "items/suggestions_audit.html", {"page": page, "choices": choices})


@require_POST
def judge(request: Request, number: int) -> HttpResponse:
    """Says what an item of the sample was for."""
    require(request.actor, Action.SHARE)
    ground = request.ground
    truth = request.POST.get("truth", "")
    found = suggesting_audit.judge(number, truth, ground, request.actor, at=ground.now())
    say(
        request,
        "As it was suggested."
        if found.suggested == found.truth
        else "Something else was suggested.",
    )
    return redirect("suggestions-audit")


@require_POST
def draw(request: Request) -> HttpResponse:
    """Draws more to judge."""
    require(request.actor, Action.SHARE)
    ground = request.ground
    drawn = suggesting_audit.draw_more(ground, request.actor, at=ground.now())
    say(request, f"Drew {drawn} more.")
    return redirect("suggestions-audit")


@require_safe
def model(request: Request) -> HttpResponse:
    """What does the model know, and how good is it?"""
    require(request.actor, Action.READ)
    if wants_csv(request):
        rows = context.reliability_rows(request.ground)
        columns = ("from", "to", "items", "sure", "right")
        return csv_response(
            request, {"reliability": lambda: CsvTable(columns, rows)}, subject="suggestions"
        )
    page = context.build_model(request.ground, request.actor)
    return render(request, "items/suggestions_model.html", {"page": page})


@require_POST
def train(request: Request) -> HttpResponse:
    """Asks for a new version."""
    require(request.actor, Action.TEACH)
    ground = request.ground
    suggesting.ask_training(ground, request.actor, at=ground.now())
    say(request, "A new version is being trained. Look again in a few minutes.")
    return redirect("suggestions-model")


@require_POST
def forget(request: Request) -> HttpResponse:
    """Removes all versions."""
    require(request.actor, Action.TEACH)
    suggesting.forget_models(request.ground, request.actor, at=request.ground.now())
    say(request, "All versions are removed. What was accepted stays.")
    return redirect("suggestions-model")
