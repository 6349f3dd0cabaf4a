"""Proposals: the list, one of them, and everything that can be done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mainstem.errors import Conflict, Invalid
from mainstem.plan.standing import Standing
from mainstem.services.challenges.challenging import challenge_plan
from mainstem.services.decisions.desks import server_desk
from mainstem.services.people.access import Action, require
from mainstem.services.plans.proposals import (
    Considered,
    apply_proposal,
    consider,
    describe_proposal,
    list_proposals,
    move_proposal,
    remark_on,
)
from mainstem.services.plans.revising import remarks
from mainstem.services.plans.standing_findings import is_open, standing_findings
from mainstem.web.contexts.account import zone_of
from mainstem.web.contexts.challenge.whole import ProposedChallenge, proposed_challenge
from mainstem.web.contexts.plan.proposals import PAGE, STATES, list_page, proposal_page
from mainstem.web.numbers import number_in
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.plan.posting import after, choices_in

if TYPE_CHECKING:
    from mainstem.plan.findings import Finding


@require_safe
def listed(request: Request) -> HttpResponse:
    """Proposals, newest first."""
    state = request.GET.get("state", "")
    if state not in STATES:
        raise Invalid(f"There is no state {state!r}.", f"States are {', '.join(STATES[1:])}.")
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 12 else None
    found = list_proposals(request.actor, state=state, before=number, most=PAGE + 1)
    return render(
        request, "plan/proposals.html", {"page": list_page(found, state, zone_of(request))}
    )


@require_safe
def one(request: Request, number: int) -> HttpResponse:
    """A proposal: what it changes, what still fits, what is said about it."""
    return _page(request, consider(number, request.ground, request.actor))


def _page(request: Request, found: Considered, *, status: int = 200) -> HttpResponse:
    said = remarks(found.proposed.subject, request.actor)
    revision = request.ground.plans.head().revision
    page = proposal_page(
        found,
        request.actor,
        said,
        revision,
        _findings(request, found),
        choices_in(request.POST),
        zone_of(request),
    )
    told = {"page": page, "challenge": _challenge(request, found)}
    return render(request, "plan/proposal.html", told, status=status)


def _challenge(request: Request, found: Considered) -> ProposedChallenge | None:
    """What it does to the challenge of the plan; nothing while its findings are being worked out."""
    if found.proposed.state not in ("draft", "open") or not found.now.changes:
        return None
    ground = request.ground
    now, then = standing_findings(ground), standing_findings(ground, _planned(request, found))
    if not (now.is_newest and then.is_newest):
        return None
    desk = server_desk(ground)
    planned = Standing(ground.with_observations(found.now.plan), then.revision)
    both = [
        challenge_plan(replace(desk, standing=one), request.actor, at=ground.now(), found=its)
        for one, its in ((desk.standing, now), (planned, then))
    ]
    return proposed_challenge(both[0], both[1])


def _planned(request: Request, found: Considered) -> Standing:
    """The plan that it makes, under a name of its own."""
    revision = request.ground.plans.head().revision
    key = ("proposal", found.proposed.number, found.proposed.version, revision)
    return Standing(found.now.plan, ":".join(map(str, key)))


def _findings(
    request: Request, found: Considered
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]] | None:
    """Findings that it would add and end; nothing while they are being worked out."""
    if found.proposed.state not in ("draft", "open") or not found.now.changes:
        return (), ()
    ground = request.ground
    now = standing_findings(ground)
    then = standing_findings(ground, _planned(request, found))
    if not (now.is_newest and then.is_newest):
        return None
    told = {(f.rule, f.subject, f.what) for f in now.all if is_open(f)}
    told_then = {(f.rule, f.subject, f.what) for f in then.all if is_open(f)}
    new = tuple(f for f in then.all if is_open(f) and (f.rule, f.subject, f.what) not in told)
    gone = tuple(f for f in now.all if is_open(f) and (f.rule, f.subject, f.what) not in told_then)
    return new, gone


@require_POST
def describe(request: Request, number: int) -> HttpResponse:
    """Another title and reason."""
    require(request.actor, Action.PROPOSE)
    given = request.POST
    describe_proposal(
        number, given.get("title", ""), given.get("why", ""), request.actor, at=request.ground.now()
    )
    return redirect(f"/plan/proposals/{number}/")


@require_POST
def remark(request: Request, number: int) -> HttpResponse:
    """Says something about it."""
    remark_on(number, request.POST.get("text", ""), request.actor, at=request.ground.now())
    return redirect(f"/plan/proposals/{number}/#remarks")


@require_POST
def move(request: Request, number: int) -> HttpResponse:
    """Opens, withdraws, declines or reopens it."""
    require(request.actor, Action.PROPOSE)
    state = request.POST.get("state", "")
    moved = move_proposal(
        number, state, request.ground, request.actor, at=request.ground.now(),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    say(request, f"“{moved.title}” is {moved.state} now.")
    return redirect(f"/plan/proposals/{number}/")


@require_POST
def apply(request: Request, number: int) -> HttpResponse:
    """Makes its changes, as one revision."""
    require(request.actor, Action.CHANGE_PLAN)
    choices = choices_in(request.POST)
    ground, actor = request.ground, request.actor
    version = number_in(request.POST.get("version", ""))
    seen = request.POST.get("seen", "")
    found = consider(number, ground, actor, choices)
    has_moved = bool(choices) and seen != ground.plans.head().revision
    if found.proposed.state in ("draft", "open") and (found.meetings or has_moved):
        return _page(request, consider(number, ground, actor), status=409)
    if version is None:
        raise Conflict(
            "The form does not say which version it applies.", "Open the proposal again."
        )
    made = apply_proposal(number, ground, actor, at=ground.now(), choices=choices, version=version)
    return after(request, made, "/plan/")
