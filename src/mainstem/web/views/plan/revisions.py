"""Revisions of the plan: the list, one of them, undo, two plans side by side, a thing's history."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Absent, Invalid
from mainstem.services.people.access import Action, may, require
from mainstem.services.plans.editing import undo
from mainstem.services.plans.revising import Wanted, compare, revision, revisions, side
from mainstem.web.contexts.account import zone_of
from mainstem.web.contexts.pieces import Link
from mainstem.web.contexts.plan.addresses import name_of
from mainstem.web.contexts.plan.form import crumbs_of
from mainstem.web.contexts.plan.revisions import (
    PAGE,
    ComparePage,
    RevisionPage,
    RevisionsPage,
    rows_of,
)
from mainstem.web.request import Request
from mainstem.web.views.plan.posting import after, safe_back


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(f"“{text}” is no day.", "Write it like 2026-12-31.", field=name) from error


@require_safe
def listed(request: Request) -> HttpResponse:
    """Revisions, newest first, those that are asked for."""
    asked = {
        name: request.GET.get(name, "").strip() for name in ("person", "subject", "since", "until")
    }
    wanted = Wanted(
        asked["person"],
        asked["subject"],
        _day(asked["since"], "since"),
        _day(asked["until"], "until"),
    )
    return _list(request, wanted, asked, "Revisions of the plan", (Link("Plan", "/plan/"),))


@require_safe
def history(request: Request, section: str, ident: str) -> HttpResponse:
    """What happened to one thing."""
    require(request.actor, Action.READ)
    plan = request.ground.plans.head().plan
    subject = f"{section}/{ident}"
    rows = revisions(Wanted(subject=subject), request.actor, most=1)
    if not rows and ident not in getattr(plan, section):
        raise Absent(f"The plan never had a {section} {ident!r}.", "Its sections list what it has.")
    head = f"What happened to {name_of(plan, subject)}"
    return _list(request, Wanted(subject=subject), {}, head, crumbs_of(section, subject, plan))


def _list(
    request: Request, wanted: Wanted, asked: dict[str, str], head: str, crumbs: tuple[Link, ...]
) -> HttpResponse:
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 12 else None
    found = revisions(wanted, request.actor, before=number, most=PAGE + 1)
    kept = {k: v for k, v in asked.items() if v}
    older = f"?{urlencode({**kept, 'before': found[PAGE - 1].number})}" if len(found) > PAGE else ""
    page = RevisionsPage(
        head, crumbs, rows_of(found[:PAGE], zone_of(request)), asked, older, request.path
    )
    return render(request, "plan/revisions.html", {"page": page})


@require_safe
def one(request: Request, number: int) -> HttpResponse:
    """What a revision did, who made it, when and why."""
    found = revision(number, request.ground, request.actor)
    page = RevisionPage.of(found, zone_of(request), may_undo=may(request.actor, Action.CHANGE_PLAN))
    return render(request, "plan/revision.html", {"page": page})


@require_POST
def undo_one(request: Request, number: int) -> HttpResponse:
    """Takes a revision back; what others changed since stays."""
    require(request.actor, Action.CHANGE_PLAN)
    made = undo(number, request.ground, request.actor, at=request.ground.now(),
                why=request.POST.get("why", ""))  # fmt: skip
    back = safe_back(request, request.POST.get("back", ""), "/plan/")
    if made.standing.number == number:
        return redirect(back)
    return after(request, made, back)


@require_safe
def compare_two(request: Request) -> HttpResponse:
    """Two plans side by side: revisions, a cycle's commitment, the plan as it stands."""
    require(request.actor, Action.READ)
    ground = request.ground
    head = ground.plans.head()
    before = f"r{head.number - 1}" if head.number > 1 else ""
    first, second = request.GET.get("from", before).strip(), request.GET.get("to", "").strip()
    old_name, old = (
        side(first, ground, request.actor) if first else ("the empty plan", ground.plans.at(""))
    )
    new_name, new = side(second, ground, request.actor)
    changes = compare(old, new)
    after_ = request.GET.get("after", "")
    start = int(after_) if after_.isdecimal() and len(after_) < 8 else 0
    page = ComparePage.of(
        old_name, new_name, first, second, changes[start:], start, len(changes), head
    )
    return render(request, "plan/compare.html", {"page": page})
