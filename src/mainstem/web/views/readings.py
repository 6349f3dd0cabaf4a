"""Pages of readings: the list, the history of a stream's metrics, and proposing another one."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Invalid
from mainstem.services.decisions.desks import server_desk
from mainstem.services.metrics.effects import Seen, effects_seen
from mainstem.services.metrics.readings_kept import kept_readings
from mainstem.services.metrics.stream_metrics import propose_metric, stream_of
from mainstem.services.people.access import Action, require
from mainstem.web.contexts import readings as context
from mainstem.web.contexts import stream_metrics as history_context
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.forms.metric_proposal import MetricProposalForm
from mainstem.web.request import Request
from mainstem.web.saying import say


@require_safe
def listed(request: Request) -> HttpResponse:
    """Were we right to say no? What decisions say of each metric."""
    require(request.actor, Action.READ)
    desk = server_desk(request.ground)
    found = kept_readings(request.ground, desk, request.actor, at=request.ground.now())
    if wants_csv(request):
        return csv_response(request, context.readings_tables(found), subject="readings")
    page = context.build_readings(desk, request.actor, found)
    return render(request, "decisions/readings.html", {"page": page})


@require_safe
def history(request: Request, ident: str) -> HttpResponse:
    """Which metrics has this stream had, and what did each teach?"""
    require(request.actor, Action.READ)
    if wants_csv(request):
        desk, seen = server_desk(request.ground), _seen(request)
        tables = history_context.history_tables(ident, desk, request.actor, seen)
        return csv_response(request, tables, subject=f"streams/{ident}/metrics")
    return _history(request, ident)


def _history(
    request: Request, ident: str, form: MetricProposalForm | None = None, *, status: int = 200
) -> HttpResponse:
    desk = server_desk(request.ground)
    found = kept_readings(request.ground, desk, request.actor, at=request.ground.now())
    page = history_context.build_history(ident, desk, request.actor, found, _seen(request))
    shown = form or (_form(request, ident) if page.may_propose else None)
    return render(request, "decisions/stream_metrics.html", {"page": page, "form": shown}, status=status)  # fmt: skip


def _seen(request: Request) -> Mapping[str, Seen]:
    return effects_seen(request.ground, request.actor, at=request.ground.now())


def _form(request: Request, ident: str, given: object = None) -> MetricProposalForm:
    plan = request.ground.plans.head().plan
    return MetricProposalForm(
        given, plan=plan, stream=stream_of(ident, plan), today=request.ground.today()
    )


@require_POST
def propose(request: Request, ident: str) -> HttpResponse:
    """Proposes another metric, with the reading as its evidence."""
    require(request.actor, Action.PROPOSE)
    ground, actor = request.ground, request.actor
    form = _form(request, ident, request.POST)
    if form.is_valid():
        given, desk = form.cleaned_data, server_desk(ground)
        found = kept_readings(ground, desk, actor, at=ground.now())
        now = found.now_of(ident, desk.standing.plan, desk.today)
        try:
            made = propose_metric(
                ident,
                given["metric"],
                given["begins"],
                given["why"],
                now,
                ground,
                actor,
                at=ground.now(),
            )
        except Invalid as error:
            field = error.field if error.field in form.fields else None
            form.add_error(field, f"{error.message} {error.hint}")
        else:
            say(request, "A draft of a proposal was made, with what the decisions say. Open it when it is ready.")  # fmt: skip
            return redirect(f"/plan/proposals/{made.number}/")
    return _history(request, ident, form, status=400)
