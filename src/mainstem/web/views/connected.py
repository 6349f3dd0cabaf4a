"""Pages of connected sources: connect, test, watch, stop, prove, change, remove."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstem.clock import now
from mainstem.errors import Conflict, Invalid
from mainstem.services.decisions import answering
from mainstem.services.people.access import Action, may, require
from mainstem.services.sources import connected as connected_sources
from mainstem.services.sources import runs as source_runs
from mainstem.services.sources import showing as source_showing
from mainstem.services.sources import states as source_states
from mainstem.services.sources.connecting import kind_of
from mainstem.sources.remote import Checked
from mainstem.web.contexts import connected as context
from mainstem.web.contexts.account import zone_of
from mainstem.web.contexts.answered import answered_section
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.forms.connected import SourceForm, every_words, initial_of
from mainstem.web.request import Request
from mainstem.web.saying import say, warn

_BOTH = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def kinds(request: Request) -> HttpResponse:
    """Which kind of source?"""
    found = source_showing.kinds_offered(request.actor)
    return render(request, "sources/kinds.html", {"page": context.kinds_page(found)})


@_BOTH
def connect(request: Request, kind: str) -> HttpResponse:
    """The form of a new source, its test, and saving it."""
    require(request.actor, Action.CONNECT)
    of = kind_of(kind)
    form = SourceForm(_sent(request), kind=of, by=request.actor.id, at=now())
    page = context.form_page(of, reverse("connect-source", args=[kind]))
    if request.method != "POST" or not form.is_valid():
        return _form(request, page, form)
    name = form.cleaned_data["name"]
    try:
        if request.POST.get("do") == "test":
            return _form(request, page, form, _tested(request, name, kind, form))
        connected_sources.connect_source(
            name, kind, form.wanted(), request.ground, request.actor, at=request.ground.now()
        )
    except (Invalid, Conflict) as error:
        form.say(error)
        form.hold()
        return _form(request, page, form)
    say(request, f"{name} is connected. Its first sync begins now.")
    return redirect("connected", name=name)


@_BOTH
def change(request: Request, name: str) -> HttpResponse:
    """The form of a source that is connected. Credentials stay if their fields stay empty."""
    told = source_showing.settings_of(name, request.actor)
    found = source_showing.connected_source(name, request.actor, at=now())
    of = kind_of(found.kind)
    form = SourceForm(
        _sent(request), kind=of, by=request.actor.id, at=now(), kept=told.secrets, is_new=False,
        initial=initial_of(of, told.options, every_words(found.every_minutes)),
    )  # fmt: skip
    page = context.form_page(of, reverse("change-source", args=[name]), name)
    if request.method != "POST" or not form.is_valid():
        return _form(request, page, form)
    try:
        if request.POST.get("do") == "test":
            return _form(request, page, form, _tested(request, name, found.kind, form))
        connected_sources.change_source(
            name, form.wanted(), request.ground, request.actor, at=request.ground.now()
        )
    except Invalid as error:
        form.say(error)
        form.hold()
        return _form(request, page, form)
    say(request, f"{name} was changed.")
    return redirect("connected", name=name)


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _tested(request: Request, name: str, kind: str, form: SourceForm) -> tuple[Checked, ...]:
    of = connected_sources.checked(name, kind, form.wanted(), request.ground, request.actor)
    found = source_runs.test(of, request.ground)
    form.hold()
    return found


def _form(
    request: Request, page: context.FormPage, form: SourceForm, tested: tuple[Checked, ...] = ()
) -> HttpResponse:
    shown = context.checks_of([(c.what, c.ok, c.optional, c.said, c.hint) for c in tested])
    data = {"page": page, "form": form, "tested": shown}
    response = render(request, "sources/connect.html", data, status=400 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def one(request: Request, name: str) -> HttpResponse:
    """Is it fresh and whole, and what is to be done?"""
    page = _page(request, name)
    if wants_csv(request):
        return csv_response(request, context.tables_of(page), subject=f"source {name}")
    return render(request, "sources/connected.html", _data(request, page))


def _data(request: Request, page: context.ConnectedPage, secret: str = "") -> dict[str, Any]:
    """What the page of a source prints; for administrators also what was answered there."""
    answers = None
    if may(request.actor, Action.CONNECT):
        how = source_showing.settings_of(page.name, request.actor).options.get("answers", "")
        found = answering.answered_lately(page.name, request.actor)
        answers = answered_section(found, how, now())
    return {"page": page, "secret": secret, "answers": answers}


def _page(request: Request, name: str) -> context.ConnectedPage:
    actor = request.actor
    found = source_showing.connected_source(name, actor, at=now())
    told = source_showing.settings_of(name, actor) if may(actor, Action.CONNECT) else None
    landings = source_states.landings_of(name, request.ground, actor)
    address = request.build_absolute_uri(reverse("receive-hook", args=["-"]))
    return context.connected_page(
        found, told, landings, address.removesuffix("-"), now=now(), zone=zone_of(request)
    )


@require_POST
def sync(request: Request, name: str) -> HttpResponse:
    """Syncs now; with ``anew`` from the beginning."""
    anew = bool(request.POST.get("anew"))
    connected_sources.sync_source(name, request.actor, at=request.ground.now(), anew=anew)
    say(request, f"{name} is read again as a whole." if anew else f"{name} is synced next.")
    return redirect("connected", name=name)


@require_POST
def stop(request: Request, name: str) -> HttpResponse:
    """Ends the sync that runs."""
    require(request.actor, Action.CONNECT)
    try:
        connected_sources.stop_source(name, request.actor, at=request.ground.now())
    except Invalid as error:
        warn(request, error.message)
    else:
        say(
            request,
            "It stops at its next request. What was read stays, the next sync goes on there.",
        )
    return redirect("connected", name=name)


@require_POST
def test(request: Request, name: str) -> HttpResponse:
    """Tests it as it is kept."""
    connected_sources.ask_for_test(name, request.actor, at=request.ground.now())
    say(request, "It is being tested; what was found stands below in a moment.")
    return redirect(f"{reverse('connected', args=[name])}#tested")


@require_POST
def prove(request: Request, name: str) -> HttpResponse:
    """Counts on both sides."""
    connected_sources.ask_for_proof(name, request.actor, at=request.ground.now())
    say(request, "Both sides are being counted; what was found stands below in a moment.")
    return redirect(f"{reverse('connected', args=[name])}#proof")


@require_POST
def switch(request: Request, name: str) -> HttpResponse:
    """Switches it on or off."""
    is_on = request.POST.get("on") == "yes"
    connected_sources.switch_source(name, is_on, request.actor, at=request.ground.now())
    say(request, f"{name} is {'asked again' if is_on else 'asked no more'}.")
    return redirect("connected", name=name)


@require_POST
def secret(request: Request, name: str) -> HttpResponse:
    """Sets another secret for its messages; one that was made is shown on this answer only."""
    given = request.POST.get("secret", "").strip()
    try:
        made = connected_sources.set_hook_secret(
            name, request.actor, at=request.ground.now(), given=given
        )
    except Invalid as error:
        warn(request, f"{error.message} {error.hint}")
        return redirect("connected", name=name)
    if given:
        say(request, "Messages that are signed with it are taken from now on.")
        return redirect("connected", name=name)
    data = _data(request, _page(request, name), made)
    response = render(request, "sources/connected.html", data)
    response["Cache-Control"] = "no-store"
    return response


@_BOTH
def remove(request: Request, name: str) -> HttpResponse:
    """Asks, then removes it with its credentials. What it brought stays."""
    require(request.actor, Action.CONNECT)
    found = source_showing.connected_source(name, request.actor, at=now())
    if request.method != "POST":
        return render(request, "sources/remove.html", {"page": context.remove_page(found)})
    connected_sources.remove_source(name, request.actor, at=request.ground.now())
    say(request, f"{name} was removed. What it brought stays.")
    return redirect("sources")
