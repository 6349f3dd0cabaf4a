"""Key results: the list, one of them, checking in, scoring."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.plan.changes import Changed
from mainstem.plan.model import KeyResult
from mainstem.services.metrics.checking_in import check_in, is_typed
from mainstem.services.metrics.key_results import (
    progress_of,
    require_scoring,
    score_key_result,
    standings,
)
from mainstem.services.people.access import Action, require, require_check_in
from mainstem.services.plans.editing import change_plan
from mainstem.web.contexts import key_result as one_context
from mainstem.web.contexts import key_results as list_context
from mainstem.web.exports import csv_response
from mainstem.web.forms.check_in import CheckInForm, ScoreForm
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.challenge import brief


@require_GET
def listed(request: Request) -> HttpResponse:
    """All key results of a cycle, or of a team in it, or those that wait for somebody."""
    require(request.actor, Action.READ)
    asked = list_context.Asked.of(request.GET)
    if asked.format == "csv":
        tables = list_context.list_tables(asked, request.ground, request.actor)
        return csv_response(request, tables, subject="key-results")
    page = list_context.page(asked, request.ground, request.actor)
    return render(request, "key_results/list.html", {"page": page})


@require_GET
def one(request: Request, key: str) -> HttpResponse:
    """One key result: where it stands, what was said."""
    require(request.actor, Action.READ)
    page = one_context.page(key, request.ground, request.actor)
    told = {"page": page, "challenge": brief(request, f"key_results/{key}")}
    return render(request, "key_results/one.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
def check_in_page(request: Request, key: str) -> HttpResponse:
    """The form for a check-in, and what becomes of it."""
    require(request.actor, Action.READ)
    ground, actor = request.ground, request.actor
    kr = _key_result(request, key)
    plan = ground.plans.head().plan
    require_check_in(actor, plan, key)
    corrects = one_context.number(request.GET.get("corrects"))
    form_of = partial(
        CheckInForm, kr=kr, metric=plan.metrics.get(kr.metric or ""), today=ground.today(),
        is_typed=is_typed(key, ground, actor),
    )  # fmt: skip
    if request.method != "POST":
        form = form_of(initial=one_context.said_before(key, corrects, actor))
        return _check_in_form(request, key, form, corrects)
    form = form_of(request.POST)
    if not form.is_valid():
        return _check_in_form(request, key, form, corrects, status=400)
    try:
        check_in(key, form.said(), ground, actor, at=ground.now(), corrects=corrects)
    except (Invalid, Conflict) as error:
        field = getattr(error, "field", "") or None
        form.add_error(field if field in form.fields else None, f"{error.message} {error.hint}")
        return _check_in_form(request, key, form, corrects, status=400)
    say(request, f"Kept: {kr.name or kr.text}.", action="Look at it", href=one_context.address(key))
    if request.GET.get("then") == "next":
        return redirect("check-in-next")
    return redirect(one_context.address(key))


def _check_in_form(
    request: Request, key: str, form: CheckInForm, corrects: int | None, status: int = 200
) -> HttpResponse:
    page = one_context.check_in_page(
        key, request.ground, request.actor, corrects, then=request.GET.get("then", "")
    )
    return render(request, "key_results/check_in.html", {"page": page, "form": form}, status=status)


@require_GET
def next_due(request: Request) -> HttpResponse:
    """On to the next key result that waits for this person; a page of thanks when none does."""
    require(request.actor, Action.CHECK_IN)
    waiting = list_context.waiting_for(request.actor, request.ground, standings(request.ground))
    skipped = [k for k in request.GET.getlist("skip") if k][:200]
    left = [key for key in waiting if key not in skipped]
    if left:
        return redirect(one_context.check_in_address(left[0], then="next"))
    return render(
        request, "key_results/none_due.html", {"page": list_context.none_due(len(skipped))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def score_page(request: Request, key: str) -> HttpResponse:
    """The form for the score that a key result is closed with."""
    require(request.actor, Action.READ)
    ground, actor = request.ground, request.actor
    kr = _key_result(request, key)
    require_scoring(actor, kr, ground.plans.head().plan)
    suggested = progress_of(key, ground).score
    form = ScoreForm(request.POST or None, initial={"score": suggested})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            given = form.cleaned_data
            score_key_result(
                key, given["score"], ground, actor, at=ground.now(), note=given["note"]
            )
            say(request, f"Scored {given['score']:.2f}: {kr.name or kr.text}.")
            return redirect(one_context.address(key))
        status = 400
    page = one_context.score_page(key, ground, actor, suggested)
    return render(request, "key_results/score.html", {"page": page, "form": form}, status=status)


@require_POST
def milestone(request: Request, key: str, place: int) -> HttpResponse:
    """Marks a milestone as reached today, or as not reached after all."""
    require(request.actor, Action.READ)
    ground = request.ground
    kr = _key_result(request, key)
    if not 0 <= place < len(kr.milestones):
        raise Absent("There is no such milestone.", "Somebody may have changed them; look again.")
    was = kr.milestones[place].done
    now = ground.today() if was is None else None
    change = Changed(f"key_results/{key}", ("milestones", place, "done"), was, now)
    change_plan((change,), ground, request.actor, at=ground.now())
    say(request, f"“{kr.milestones[place].name}” is {'reached' if now else 'open again'}.")
    return redirect(one_context.address(key))


def _key_result(request: Request, key: str) -> KeyResult:
    kr = request.ground.plans.head().plan.key_results.get(key)
    if kr is None:
        raise Absent(f"The plan has no key result {key!r}.", "It may have been renamed.")
    return kr
