"""Webhooks as administrators see them: who is told, and what became of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mainstem.errors import Invalid, SourceError
from mainstem.services.people.access import Action, require
from mainstem.services.telling import hooks
from mainstem.web.contexts import hooks as context
from mainstem.web.contexts.account import zone_of
from mainstem.web.forms.hooks import HookForm
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: Request) -> HttpResponse:
    """All webhooks, and the form for another. A new one's secret is shown once, on this answer."""
    require(request.actor, Action.ADMINISTER)
    form, secret = HookForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            _, secret = hooks.add_hook(
                given["name"], given["url"], given["events"], request.actor, at=request.ground.now()
            )
        except (Invalid, SourceError) as error:
            form.add_error(getattr(error, "field", "") or "url", f"{error.message} {error.hint}")
        else:
            form = HookForm()
    page = context.hooks_page(request.actor, secret)
    status = 400 if form.errors else 200
    response = render(request, "settings/hooks.html", {"page": page, "form": form}, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def one(request: Request, hook: int) -> HttpResponse:
    """What became of a webhook's events."""
    require(request.actor, Action.ADMINISTER)
    before = request.GET.get("before", "")
    page = context.hook_page(
        hook,
        request.actor,
        int(before) if before.isdecimal() and len(before) < 16 else None,
        zone_of(request),
    )
    return render(request, "settings/hook.html", {"page": page})


@require_POST
def switch(request: Request, hook: int) -> HttpResponse:
    """Turns a webhook on or off."""
    require(request.actor, Action.ADMINISTER)
    is_on = request.POST.get("on") == "yes"
    shown = hooks.change_hook(hook, request.actor, at=request.ground.now(), is_on=is_on)
    say(request, f"{shown.name} is {'told again' if is_on else 'told nothing any more'}.")
    return redirect("hooks")


@require_POST
def remove(request: Request, hook: int) -> HttpResponse:
    """Removes a webhook and what waits for it."""
    hooks.remove_hook(hook, request.actor, at=request.ground.now())
    say(request, "Removed.")
    return redirect("hooks")


@require_POST
def again(request: Request, hook: int, delivery: int) -> HttpResponse:
    """Tries one delivery again."""
    hooks.deliver_again(delivery, request.actor, at=request.ground.now())
    say(request, "It is tried again within a minute.")
    return redirect("hook", hook=hook)
