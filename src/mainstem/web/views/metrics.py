"""Values of a metric: the page, and the two forms that add to them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstem.errors import Invalid
from mainstem.services.metrics.observing_by_hand import (
    MOST_BYTES,
    add_file,
    add_values,
    may_add_values,
    require_adding,
)
from mainstem.services.people.access import Action, require
from mainstem.web.contexts import metric as context
from mainstem.web.contexts.given import read
from mainstem.web.contexts.here import zone_here
from mainstem.web.contexts.metric_card import card_csv, card_section
from mainstem.web.exports import csv_response, wants_csv
from mainstem.web.forms.metric_values import FileForm, ValueForm
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.challenge import brief


@require_safe
def show_values(request: Request, key: str) -> HttpResponse:
    """Which values does this metric have, and what must one know of them?"""
    return _page(request, key)


@require_POST
def add_value(request: Request, key: str) -> HttpResponse:
    """Keeps a value that somebody typed."""
    ground, actor = request.ground, request.actor
    require_adding(key, ground, actor)
    form = _value_form(request, key, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            add_values(key, [(given["on"], given["value"])], ground, actor, at=ground.now())
        except Invalid as error:
            form.add_error(
                "value" if error.field == "value" else None, f"{error.message} {error.hint}"
            )
        else:
            say(request, "Kept. It goes before what sources say of that day.")
            return redirect(context.values_address(key))
    return _page(request, key, value=form, status=400)


@require_http_methods(["POST"])
def upload_values(request: Request, key: str) -> HttpResponse:
    """Keeps the values of a file, all of them or none."""
    ground, actor = request.ground, request.actor
    require_adding(key, ground, actor)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content = form.cleaned_data["file"].read(MOST_BYTES + 1)
            done = add_file(key, content, ground, actor, at=ground.now())
        except Invalid as error:
            form.add_error("file", f"{error.message} {error.hint}")
        else:
            say(
                request,
                f"{done.new} values are new, {done.corrected} corrected, {done.unchanged} as they were.",
            )
            return redirect(context.values_address(key))
    return _page(request, key, file=form, status=400)


def _page(
    request: Request, key: str, *, value: ValueForm | None = None, file: FileForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    require(request.actor, Action.READ)
    reading = read(request.ground, request.GET.dict())
    page = reading.kept(
        ("metric", key, str(zone_here())), lambda: context.build_metric(key, reading)
    )
    if wants_csv(request):
        tables = {
            **context.metric_tables(key, reading),
            "card": lambda: card_csv(key, reading, request.actor),
        }
        return csv_response(request, tables, subject=f"metrics/{key}")
    may_add = may_add_values(key, request.ground, request.actor)
    return render(request, "metrics/values.html", {
        "page": page, "card": card_section(key, reading, request.actor), "share": request.build_absolute_uri(page.share), "may_add": may_add,
        "value": (value or _value_form(request, key)) if may_add else None,
        "file": (file or FileForm()) if may_add else None,
        "challenge": brief(request, f"metrics/{key}"),
    }, status=status)  # fmt: skip


def _value_form(request: Request, key: str, given: object = None) -> ValueForm:
    metric = request.ground.plans.head().plan.metrics[key]
    return ValueForm(given, metric=metric, today=request.ground.today())
