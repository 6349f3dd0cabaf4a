"""Reading the plan: its tree, its sections, one thing of it; now or as it stood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mainstem.figures.tables import to_csv
from mainstem.plan.model import SECTIONS
from mainstem.services.people.access import Action, may, require
from mainstem.services.plans.editing_entity import entity_in
from mainstem.services.plans.revising import revision
from mainstem.services.plans.standing_findings import Findings, standing_findings
from mainstem.services.server.answers import kept_for
from mainstem.web.contexts.plan.listing import fitting_in, section_page
from mainstem.web.contexts.plan.telling import Asked, Done, Teller, may_add_here
from mainstem.web.contexts.plan.thing import thing_page
from mainstem.web.contexts.plan.tree import tree_page
from mainstem.web.forms.plan.texts import words_for
from mainstem.web.request import Request
from mainstem.web.views.challenge import brief

if TYPE_CHECKING:
    from mainstem.plan.standing import Standing

T = TypeVar("T")


def standing_of(request: Request, at: str) -> tuple[Standing, Findings | None]:
    """The plan that is asked for, and its findings if it is the newest."""
    require(request.actor, Action.READ)
    if not at:
        return request.ground.plans.head(), standing_findings(request.ground)
    standing = request.ground.plans.at(at)
    request.shown = standing
    return standing, None


def done_of(request: Request, asked: Asked) -> Done | None:
    """What was just done, if the address says that something was."""
    if not asked.done or asked.done > request.ground.plans.head().number:
        return None
    row = revision(asked.done, request.ground, request.actor).row
    address = f"/plan/revisions/{row.number}/"
    return Done(f"{row.sentence}.", "" if row.origin == "cycle" else f"{address}undo", address)


def _kept(
    request: Request, what: str, asked: Asked, standing: Standing, found: Findings | None,
    make: Callable[[], T],
) -> T:  # fmt: skip
    """A page of the plan; of who reads it, it depends on what they may begin from it."""
    said = (found.revision, found.day, found.is_newest) if found else None
    may_begin = (may_add_here(request.actor, asked), may(request.actor, Action.HOST))
    key = ("plan page", what, asked, standing.revision, said, may_begin)
    return kept_for(request.ground, key, make)


@require_safe
def tree(request: Request) -> HttpResponse:
    """Objectives, their streams, and what belongs to the one that is opened."""
    asked = Asked.of(request.GET)
    standing, found = standing_of(request, asked.at)
    page = _kept(
        request, "plan tree", asked, standing, found,
        lambda: tree_page(asked, standing.plan, found, request.actor),
    )  # fmt: skip
    if done := done_of(request, asked):
        page = replace(page, done=done)
    return render(request, "plan/tree.html", {"page": page})


@require_safe
def section(request: Request, section: str) -> HttpResponse:
    """One section as a list, or as CSV."""
    asked = Asked.of(request.GET)
    standing, found = standing_of(request, asked.at)
    if request.GET.get("format") == "csv":
        return _csv(request, section, standing, found, asked)
    page = _kept(
        request, section, asked, standing, found,
        lambda: section_page(section, asked, standing.plan, found, request.actor),
    )  # fmt: skip
    if done := done_of(request, asked):
        page = replace(page, done=done)
    return render(request, "plan/section.html", {"page": page})


def _csv(
    request: Request, section: str, standing: Standing, found: Findings | None, asked: Asked
) -> HttpResponse:
    require(request.actor, Action.EXPORT)
    teller = Teller(standing.plan, found)
    held = getattr(standing.plan, section)
    rows = [
        (key, words_for(section, key, held[key]), teller.under(section, held[key]),
         ", ".join(t.words for t in teller.tags(section, f"{section}/{key}", held[key])))
        for _, key in fitting_in(section, standing.plan, asked, found)
    ]  # fmt: skip
    text = to_csv(("identifier", "name", "about", "state"), rows)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{section}.csv"'
    return response


@require_safe
def thing(request: Request, section: str, ident: str) -> HttpResponse:
    """One thing: what it says, what is left to answer, what is to be said against it, what names it."""
    assert section in SECTIONS
    asked = Asked.of(request.GET)
    standing, found = standing_of(request, asked.at)
    entity = entity_in(standing.plan, section, ident)
    page = thing_page(section, ident, entity, standing.plan, found, request.actor, asked.at)
    beside = brief(request, f"{section}/{ident}") if not asked.at else None
    told = {"page": replace(page, done=done_of(request, asked)), "challenge": beside}
    return render(request, "plan/thing.html", told)
