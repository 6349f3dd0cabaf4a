"""Finding anything, being told, saying something."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mainstem.services.people.access import Action, require
from mainstem.services.telling.remarking import remark, withdraw_remark
from mainstem.services.telling.watching import mark_read, unwatch, watch
from mainstem.services.work.finding import find
from mainstem.web.contexts import finding as context
from mainstem.web.contexts.finding import of_subject
from mainstem.web.numbers import number_in
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_GET
def find_page(request: Request) -> HttpResponse:
    """Links that fit a few letters: a page, or the inside of the palette."""
    require(request.actor, Action.READ)
    asked = request.GET.get("q", "")
    found = find(asked, request.ground, request.actor)
    page = context.found_page(asked, found, request.actor, context.recent(request))
    inside = request.headers.get("HX-Request") == "true"
    return render(request, "find/inside.html" if inside else "find/page.html", {"page": page})


@require_GET
def notices_page(request: Request) -> HttpResponse:
    """What somebody was told."""
    require(request.actor, Action.READ)
    page = context.notices_page(request.GET.get("before", ""), request.ground, request.actor)
    return render(request, "find/notices.html", {"page": page})


@require_POST
def read(request: Request) -> HttpResponse:
    """Marks one notice as read and goes to what it is about, or marks all."""
    require(request.actor, Action.READ)
    number = number_in(request.POST.get("notice", ""))
    mark_read(request.actor, at=request.ground.now(), number=number)
    return redirect(context.safe(request.POST.get("next", ""), "/notices/", request))


@require_POST
def watch_thing(request: Request) -> HttpResponse:
    """From now on somebody is told."""
    subject = request.POST.get("subject", "")
    watch(subject, request.ground, request.actor, at=request.ground.now())
    say(request, "You will be told what happens to it.", action="What you watch", href="/notices/")
    return redirect(of_subject(subject))


@require_POST
def unwatch_thing(request: Request) -> HttpResponse:
    """From now on they are not."""
    subject = request.POST.get("subject", "")
    unwatch(subject, request.actor)
    say(request, "You will not be told of it any more.")
    return redirect(context.safe(request.POST.get("next", ""), of_subject(subject), request))


@require_POST
def remark_on(request: Request) -> HttpResponse:
    """Says something about a thing."""
    subject = request.POST.get("subject", "")
    address = of_subject(subject)
    remark(
        subject, request.POST.get("text", ""), request.ground, request.actor,
        at=request.ground.now(), address=address,
    )  # fmt: skip
    return redirect(f"{address}#remarks")


@require_POST
def withdraw(request: Request, number: int) -> HttpResponse:
    """Takes a remark back."""
    subject = withdraw_remark(number, request.actor, at=request.ground.now())
    say(request, "Your remark is withdrawn.")
    return redirect(f"{of_subject(subject)}#remarks")
