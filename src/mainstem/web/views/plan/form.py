"""The page of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from mainstem.plan.model import SECTIONS
from mainstem.services.people.access import may_add, may_change
from mainstem.services.plans.proposals import (
    list_proposals,
    may_propose,
)
from mainstem.services.plans.standing_findings import standing_findings
from mainstem.web.contexts.pieces import Link
from mainstem.web.contexts.plan.addresses import (
    name_of,
    shown_findings,
    thing_address,
    word_for,
)
from mainstem.web.contexts.plan.form import (
    FormMaker,
    FormPage,
    crumbs_of,
)
from mainstem.web.forms.plan.values import read_form
from mainstem.web.request import Request
from mainstem.web.views.plan.posting import (
    safe_back,
)
from mainstem.web.views.plan.work import Work


def show_form(request: Request, work: Work, *, status: int = 200) -> HttpResponse:
    """The form with everything typed, what is wrong with it, and what is left to answer."""
    errors: Mapping[str, list[str]] = work.errors
    maker = FormMaker(work.plan, work.texts, errors, work.grown)
    shown = work.was
    groups, more = maker.groups(work.section, work.shape, shown)
    may_save = work.proposal is None and _may_save(request, work)
    left = tuple(
        Link(item.question, f"#{item.id}")
        for group in groups
        for item in group.fields
        if item.question
    )
    found = (
        () if work.is_new or work.proposal else standing_findings(request.ground).of(work.subject)
    )
    page = FormPage(
        head=_head(work),
        lead=_lead(work, may_save),
        crumbs=crumbs_of(work.section, work.subject if work.ident else "", work.plan),
        action=request.get_full_path(),
        base=work.base,
        ident=(work.new_id or work.ident) if work.section in SECTIONS else None,
        groups=groups,
        more=more,
        why=work.why,
        left=left,
        findings=shown_findings(found, link=False),
        errors=maker.wrongs(),
        suggestions=maker.suggestions,
        may_save=may_save,
        may_propose=may_propose(request.actor),
        proposal=work.proposal,
        proposals=_drafts(request, work),
        version=work.version,
        back=_back(request, work),
        is_new=work.is_new,
    )
    return render(request, "plan/form.html", {"page": page}, status=status)


def _back(request: Request, work: Work) -> str:
    if work.proposal is not None:
        return f"/plan/proposals/{work.proposal}/"
    usual = thing_address(work.subject) if work.ident else "/plan/"
    return safe_back(request, request.POST.get("back", request.GET.get("back", "")), usual)


def _may_save(request: Request, work: Work) -> bool:
    if work.is_new:
        probe = _probe(work)
        return probe is None or may_add(request.actor, work.section, probe, work.plan)
    if work.section not in SECTIONS and work.section != "organisation":
        return request.actor.plans and request.actor.may_write
    return may_change(request.actor, work.subject, work.plan) or _may_in_part(request, work)


def _probe(work: Work) -> Any:
    """A new thing as far as it is known: whether one may add it depends on its team and stream."""
    read = read_form(work.shape, work.texts, None, work.plan, work.section)
    return read.value


def _may_in_part(request: Request, work: Work) -> bool:
    """A team answers for its part in any stream, and each side of a dependency for its own fields."""
    return work.section in ("streams", "dependencies", "teams") and any(
        g.role.value in ("lead", "owner") for g in request.actor.given
    )


def _drafts(request: Request, work: Work) -> tuple[tuple[int, str], ...]:
    if work.proposal is not None:
        return ()
    own = list_proposals(request.actor, state="draft", most=20)
    return tuple((p.number, p.title) for p in own if p.is_of(request.actor))


def _head(work: Work) -> str:
    if work.is_new:
        return f"A new {word_for(work.section)}"
    if work.section in SECTIONS:
        return f"Change the {word_for(work.section)} {name_of(work.plan, work.subject)}"
    words = {"organisation": "the organisation", "links": "the links of items",
             "rest": "the rules for the rest", "expect": "the examples that must hold"}  # fmt: skip
    return f"Change {words[work.section]}"


def _lead(work: Work, may_save: bool) -> str:
    if work.proposal is not None:
        return f"What you save goes into proposal {work.proposal}; the plan stays as it is."
    if not may_save:
        return "You may not change this yourself. Propose it: whoever answers for it can apply it."
    return "Every change is kept with your name and can be undone."
