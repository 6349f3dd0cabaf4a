"""The page that says whether work qualifies, and recording what is decided there."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Conflict, Invalid
from mainstem.plan.model import Plan
from mainstem.services.decisions import deciding
from mainstem.services.decisions.desk import Desk
from mainstem.services.decisions.desks import server_desk
from mainstem.services.decisions.qualifying import qualify
from mainstem.services.people.access import Action, Actor, require
from mainstem.web.contexts.qualifying import AnswerShown, build_answer
from mainstem.web.forms.deciding import VerdictForm, WorkForm
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_safe
def ask(request: Request) -> HttpResponse:
    """Should we do this?"""
    require(request.actor, Action.READ)
    desk = server_desk(request.ground)
    request.shown = desk.standing
    plan = desk.standing.plan
    if "title" not in request.GET:
        return _page(request, WorkForm(plan=plan, initial=request.GET.dict()))
    form = WorkForm(request.GET, plan=plan)
    if not form.is_valid():
        return _page(request, form, status=400)
    return _answered(request, form, desk)


def _answered(
    request: Request, form: WorkForm, desk: Desk, said: VerdictForm | None = None
) -> HttpResponse:
    answers = {name: answer for name, (answer, _) in form.answers().items()}
    try:
        found = qualify(form.work(), desk, request.actor, at=request.ground.now(), answers=answers)
    except Invalid as error:
        form.add_error(
            error.field if error.field in form.fields else None, f"{error.message} {error.hint}"
        )
        return _page(request, form, status=400)
    plan = desk.standing.plan
    shown = build_answer(found, form.cleaned_data["team"], plan, request.actor)
    verdict = said or _verdict_form(shown, plan, None)
    return _page(request, form, shown, verdict, status=400 if said is not None else 200)


def _verdict_form(shown: AnswerShown, plan: Plan, data: object) -> VerdictForm:
    return VerdictForm(
        data, plan=plan, streams=shown.decides_streams, kinds=shown.decides_kinds,
        initial={"target": shown.target},
    )  # fmt: skip


def _page(
    request: Request, form: WorkForm, answer: AnswerShown | None = None,
    verdict: VerdictForm | None = None, *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {"form": form, "answer": answer, "verdict": verdict}
    return render(request, "deciding/qualify.html", context, status=status)


@require_POST
def record(request: Request) -> HttpResponse:
    """Asks for a decision, or records one at once."""
    require(request.actor, Action.ASK_WORK)
    desk, at = server_desk(request.ground), request.ground.now()
    plan, by = desk.standing.plan, request.actor
    form = WorkForm(request.POST, plan=plan)
    if not form.is_valid():
        return _page(request, form, status=400)
    step = request.POST.get("step", "")
    if not step:
        chain = deciding.ask(form.work(), desk, by, at=at, answers=form.answers())
        say(request, "Asked. Whoever answers for it is told.")
        return redirect("decision", chain.number)
    return _decided(request, form, desk, step)


def _decided(request: Request, form: WorkForm, desk: Desk, step: str) -> HttpResponse:
    by: Actor = request.actor
    said = VerdictForm(
        request.POST, plan=desk.standing.plan, streams=tuple(desk.standing.plan.streams), kinds=True
    )
    if not said.is_valid():
        return _answered(request, form, desk, said)
    stream, kind = said.target_of() if step not in ("refuse", "defer") else _refused_in(said)
    try:
        chain = deciding.ask_and_decide(
            form.work(), step, said.cleaned_data["why"], desk, by, at=request.ground.now(),
            answers=form.answers(), stream=stream, kind=kind, until=said.cleaned_data["until"],
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        said.add_error(None, f"{error.message} {error.hint}")
        return _answered(request, form, desk, said)
    say(request, "Recorded. Its page can be passed on.")
    return redirect("decision", chain.number)


def _refused_in(said: VerdictForm) -> tuple[str, str]:
    """In whose name something is refused or deferred: a kind of the rest has nobody."""
    return said.target_of()[0], ""
