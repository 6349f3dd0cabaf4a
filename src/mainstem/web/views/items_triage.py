"""Pages of triage: the queue of unattributed work, and trying a claim before it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Invalid, LedgerError, QuestionError
from mainstem.figures.wording import plural
from mainstem.services.people.access import Action, may, require
from mainstem.services.triage import acts as triage_acts
from mainstem.services.triage import claim_preview
from mainstem.services.triage.claim_trial import claim_fields, written_claim
from mainstem.services.triage.triaging import Triage, TriageLump, question_in_view, triage
from mainstem.services.triage.unknown_trend import server_trend
from mainstem.web.contexts import triage as context
from mainstem.web.contexts.account import zone_of
from mainstem.web.contexts.claim_preview import PreviewShown, build_preview
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.forms.triage import AssignForm, ClaimForm, KindForm, SkipForm
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_safe
def queue(request: Request) -> HttpResponse:
    """What does nobody know, and what is it?"""
    require(request.actor, Action.READ)
    try:
        found = triage(request.ground, request.actor, at=request.ground.now())
    except (LedgerError, QuestionError):
        return render(request, "items/triage.html", {"page": context.no_work_page(), "forms": {}})
    if wants_csv(request):
        return csv_response(
            request,
            context.triage_tables(found, server_trend(request.ground, request.actor)),
            subject="triage",
        )
    lump = _in_hand(request, found)
    if lump is not None and may(request.actor, Action.TRIAGE):
        at = request.ground.now()
        triage_acts.take(lump.id, request.ground, request.actor, at=at)
        found = triage(request.ground, request.actor, at=at)
        lump = found.lump(lump.id)
    return _page(request, found, lump, {})


def _in_hand(request: Request, found: Triage) -> TriageLump | None:
    """The lump that the address names, else the first that waits for this person."""
    wanted = request.GET.get("lump", "")
    return found.lump(wanted) if wanted else found.offered(request.actor)


def _page(
    request: Request, found: Triage, lump: TriageLump | None, given: dict[str, forms.Form],
    *, preview: PreviewShown | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    plan = request.ground.plans.head().plan
    page = context.build_triage(
        found,
        lump,
        server_trend(request.ground, request.actor),
        plan,
        request.actor,
        zone_of(request),
    )
    blank: dict[str, forms.Form] = {}
    if page.lump is not None and lump is not None:
        target = request.GET.get("target", "") or next((t for t, _, _ in lump.near), "")
        initial = {"target": target, "claim": written_claim(lump.claim)}
        blank = {
            "assign": AssignForm(plan=plan, initial={"target": target}), "kind": KindForm(),
            "claim": ClaimForm(plan=plan, initial=initial), "skip": SkipForm(),
        }  # fmt: skip
    shown = {"page": replace(page, preview=preview), "forms": {**blank, **given}}
    return render(request, "items/triage.html", shown, status=status)


@require_POST
def assign(request: Request, lump: str) -> HttpResponse:
    """Sets by hand what a lump counts for: a stream."""
    form = AssignForm(request.POST, plan=request.ground.plans.head().plan)
    return _set(request, lump, form, "assign")


@require_POST
def kind(request: Request, lump: str) -> HttpResponse:
    """Names by hand the kind of the rest that a lump is."""
    return _set(request, lump, KindForm(request.POST), "kind")


def _set(request: Request, lump: str, form: forms.Form, name: str) -> HttpResponse:
    require(request.actor, Action.SHARE)
    ground, by = request.ground, request.actor
    if form.is_valid():
        said = form.cleaned_data
        try:
            written = triage_acts.assign(
                lump,
                said["target"],
                said["why"],
                request.POST.get("seen", ""),
                ground,
                by,
                at=ground.now(),
            )
        except Invalid as error:
            form.add_error(None, f"{error.message} {error.hint}")
        else:
            number = written.standing.number
            count = len({c.value.item for c in written.changes if hasattr(c, "value")})
            say(request, f"Set for {plural(count, 'item')}. It counts from the next derivation.",
                action="Undo", href=f"/items/shares/{number}/")  # fmt: skip
            return redirect("triage")
    return _again(request, lump, {name: form})


@require_POST
def claim(request: Request, lump: str) -> HttpResponse:
    """Tries the claim, or makes it."""
    ground, by = request.ground, request.actor
    require(by, Action.CHANGE_PLAN)
    form = ClaimForm(request.POST, plan=ground.plans.head().plan)
    preview = None
    if form.is_valid():
        said = form.cleaned_data
        try:
            fields = claim_fields(said["claim"])
            if request.POST.get("do") == "make":
                written = triage_acts.claim(
                    lump, said["target"], fields, said["why"], request.POST.get("seen", ""), ground, by,
                    at=ground.now(),
                )  # fmt: skip
                say(request, "The claim is made. It counts from the next derivation.",
                    action="Undo", href=f"/plan/revisions/{written.standing.number}/")  # fmt: skip
                return redirect("triage")
            preview = _tried(request, said["target"], fields)
        except Invalid as error:
            form.add_error(None, f"{error.message} {error.hint}")
    return _again(
        request, lump, {"claim": form}, preview=preview, status=400 if form.errors else 200
    )


def _tried(request: Request, target: str, fields: dict[str, Any]) -> PreviewShown:
    ground = request.ground
    asked = question_in_view(ground, ground.book())
    return build_preview(claim_preview.try_claim(target, fields, asked, ground, request.actor))


def _again(
    request: Request, lump: str, given: dict[str, forms.Form], *, preview: PreviewShown | None = None,
    status: int = 400,
) -> HttpResponse:  # fmt: skip
    found = triage(request.ground, request.actor, at=request.ground.now())
    return _page(request, found, found.lump(lump), given, preview=preview, status=status)


@require_POST
def skip(request: Request, lump: str) -> HttpResponse:
    """Puts a lump off."""
    require(request.actor, Action.TRIAGE)
    form, ground = SkipForm(request.POST), request.ground
    if form.is_valid():
        try:
            until: date | None = form.cleaned_data["until"]
            day = triage_acts.skip(lump, until, ground, request.actor, at=ground.now())
        except Invalid as error:
            form.add_error("until", f"{error.message} {error.hint}")
        else:
            say(request, f"Put off until {day}.")
            return redirect("triage")
    return _again(request, lump, {"skip": form})


@require_safe
def try_claim(request: Request) -> HttpResponse:
    """What would this claim do?"""
    require(request.actor, Action.READ)
    plan = request.ground.plans.head().plan
    target, preview = request.GET.get("target", ""), None
    form = ClaimForm(request.GET, plan=plan) if request.GET.get("claim") else ClaimForm(
        plan=plan, initial={"target": target})  # fmt: skip
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            preview = _tried(request, said["target"], claim_fields(said["claim"]))
        except (Invalid, LedgerError, QuestionError) as error:
            form.add_error(None, f"{error.message} {error.hint}")
    stream = target.removeprefix("stream:") if target.startswith("stream:") else ""
    back = f"/plan/streams/{stream}/edit" if stream in plan.streams else ""
    shown = {"form": form, "preview": preview, "back": back}
    return render(request, "items/try_claim.html", shown, status=400 if form.errors else 200)
