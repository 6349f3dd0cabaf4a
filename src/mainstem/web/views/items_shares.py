"""Pages for setting by hand what items count for, and for taking it back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.figures.wording import plural
from mainstem.services.people.access import Action, may, require
from mainstem.services.work import browsing, sharing
from mainstem.web.contexts import shares as context
from mainstem.web.contexts.asked import KEPT
from mainstem.web.contexts.given import read
from mainstem.web.forms.work import SharesForm
from mainstem.web.refusals import note_refusal
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.items import wanted_of


@require_safe
def new(request: Request) -> HttpResponse:
    """What would be set, before it is."""
    require(request.actor, Action.SHARE)
    keys = _keys(request, request.GET.getlist("item"), bool(request.GET.get("all")))
    return _form(request, keys, SharesForm(plan=request.ground.plans.head().plan))


@require_POST
def put(request: Request) -> HttpResponse:
    """Sets the shares."""
    require(request.actor, Action.SHARE)
    ground, actor = request.ground, request.actor
    is_all = bool(request.POST.get("all"))
    keys = _keys(request, request.POST.getlist("item"), is_all)
    form = SharesForm(request.POST, plan=ground.plans.head().plan)
    if not form.is_valid():
        return _form(request, keys, form, status=400)
    if is_all and request.POST.get("count") != str(len(keys)):
        raise Conflict(
            f"By now {plural(len(keys), 'item')} match, not {request.POST.get('count')}.",
            "Look at them again before you say what they count for.",
        )
    try:
        written = sharing.set_shares(
            keys, form.parts(), form.cleaned_data["why"], ground, actor, at=ground.now()
        )
    except Invalid as error:
        form.add_error(None, f"{error.message} {error.hint}")
        return _form(request, keys, form, status=400)
    except Forbidden as refused:
        # what was typed stays: other items, or another stream, may be theirs to set
        note_refusal(request, refused)
        form.add_error(None, f"{refused.message} {refused.hint}")
        return _form(request, keys, form, status=403)
    number = written.standing.number
    say(request, f"Set for {plural(len(keys), 'item')}. It counts from the next derivation.",
        action="Undo", href=f"/items/shares/{number}/")  # fmt: skip
    return redirect("set-shares", number=number)


@require_safe
def one(request: Request, number: int) -> HttpResponse:
    """What a revision has set by hand."""
    require(request.actor, Action.READ)
    found = sharing.set_by_revision(number, request.ground, request.actor)
    plan = request.ground.plans.head().plan
    page = context.build_set_shares(found, plan, may_undo=may(request.actor, Action.SHARE))
    return render(request, "items/set_shares.html", {"page": page})


@require_POST
def undo(request: Request, number: int) -> HttpResponse:
    """Takes back what a revision has set by hand."""
    require(request.actor, Action.SHARE)
    ground = request.ground
    written = sharing.undo_shares(number, ground, request.actor, at=ground.now())
    say(request, "Taken back. It counts from the next derivation.")
    return redirect("set-shares", number=written.standing.number)


def _keys(request: Request, chosen: list[str], is_all: bool) -> list[str]:
    """The keys that were chosen, or of all items that match."""
    if not is_all:
        return list(dict.fromkeys(k for k in chosen if k))
    given = request.POST if request.method == "POST" else request.GET
    reading = read(request.ground, given.dict())
    most = sharing.MOST_AT_ONCE + 1
    found = browsing.items_that_match(
        wanted_of(reading, given.get("q", "")), request.ground, request.actor, most=most
    )
    return list(dict.fromkeys(key for _, key in found))


def _form(request: Request, keys: list[str], form: SharesForm, status: int = 200) -> HttpResponse:
    preview = sharing.preview_shares(keys, {}, request.ground, request.actor)
    given = request.POST if request.method == "POST" else request.GET
    if given.get("all"):
        hidden = [("all", "1"), ("count", str(len(keys))), ("q", given.get("q", ""))]
        hidden += [(k, given[k]) for k in KEPT if given.get(k)]
    else:
        hidden = [("item", key) for key in keys]
    plan = request.ground.plans.head().plan
    page = context.build_new_shares(preview, tuple(hidden), plan)
    return render(request, "items/new_shares.html", {"page": page, "form": form}, status=status)
