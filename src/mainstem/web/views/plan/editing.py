"""Forms in which things of the plan are made and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.plan.change_kinds import Change
from mainstem.plan.changes import StaleChange, sentence
from mainstem.plan.merging import Rebased, rebase, renames_in
from mainstem.plan.model import SECTIONS
from mainstem.services.people.access import Action, require
from mainstem.services.plans.editing import change_plan
from mainstem.services.plans.editing_entity import (
    add_changes,
    needs_a_look,
    new_ident,
    weigh,
)
from mainstem.services.plans.proposals import (
    gather,
    planned,
    start_proposal,
)
from mainstem.services.plans.revising import Wanted, revisions
from mainstem.web.contexts.plan.addresses import (
    name_of,
    thing_address,
)
from mainstem.web.contexts.plan.form import (
    MeetingPage,
    crumbs_of,
    decisions_of,
)
from mainstem.web.forms.plan.texts import words_for
from mainstem.web.forms.plan.values import read_form
from mainstem.web.forms.plan.wholes import wrapped
from mainstem.web.numbers import number_in
from mainstem.web.refusals import note_refusal
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.plan.form import show_form
from mainstem.web.views.plan.posting import (
    after,
    ask_first,
    choices_in,
    kept_pairs,
    posted_texts,
    safe_back,
    with_row_step,
)
from mainstem.web.views.plan.work import Work, first_texts, opened


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, section: str, ident: str) -> HttpResponse:
    """Changes an entity."""
    return _answer(request, section, ident)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_whole(request: Request, section: str) -> HttpResponse:
    """Changes the organisation, or a list of the plan."""
    return _answer(request, section, "")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, section: str) -> HttpResponse:
    """Makes an entity."""
    return _answer(request, section, "", is_new=True)


def _answer(request: Request, section: str, ident: str, *, is_new: bool = False) -> HttpResponse:
    require(request.actor, Action.READ)
    require(request.actor, Action.PROPOSE)
    work = opened(request, section, ident, is_new)
    if request.method != "POST":
        work.texts = first_texts(request, work)
        return show_form(request, work)
    work.why = request.POST.get("why", "")
    work.new_id = request.POST.get("_id", ident).strip()
    step = request.POST.get("do", "save")
    posted, grown = with_row_step(posted_texts(request.POST), step)
    read = read_form(work.shape, posted, work.was, work.plan, work.subject)
    work.texts, work.grown = read.texts, grown
    if step not in ("save", "propose"):
        return show_form(request, work)
    work.errors = read.errors
    if read.value is None:
        return show_form(request, work, status=400)
    try:
        return _take(request, work, read.value, step)
    except Invalid as refused:
        work.errors.setdefault(_field_of(refused, work), []).append(
            f"{refused.message} {refused.hint}"
        )
        return show_form(request, work, status=400)
    except Forbidden as refused:
        # what was typed stays in the form: proposing it is one button away
        note_refusal(request, refused, subject=work.subject)
        work.errors.setdefault("", []).append(f"{refused.message} {refused.hint}")
        return show_form(request, work, status=403)


def _field_of(refused: Invalid, work: Work) -> str:
    return refused.field if refused.field in work.texts or refused.field == "_id" else ""


# -- what becomes of it


def _take(request: Request, work: Work, value: Any, step: str) -> HttpResponse:
    if work.proposal is not None:
        return _into_open_proposal(request, work, value)
    if work.is_new:
        name = str(
            getattr(value, "name", None) or words_for(work.section, "", value) or work.section
        )
        ident = new_ident(work.plan, work.section, work.new_id, name)
        changes = add_changes(work.plan, work.section, ident, value)
        return _finish(request, work, changes, work.base, step, f"{work.section}/{ident}")
    rebased = _weighed(request, work, value)
    if rebased.meetings:
        return _meeting(request, work, rebased)
    ident = work.new_id if work.section in SECTIONS and work.new_id else work.ident
    subject = f"{work.section}/{ident}" if ident else work.section
    return _finish(
        request, work, rebased.changes, request.ground.plans.head().revision, step, subject
    )


def _weighed(request: Request, work: Work, value: Any) -> Rebased:
    return weigh(
        work.section, work.ident, wrapped(work.section, value), work.base, request.ground,
        new_id=work.new_id if work.section in SECTIONS else "",
        choices=choices_in(request.POST), seen=request.POST.get("seen", ""),
    )  # fmt: skip


def _finish(
    request: Request, work: Work, changes: tuple[Change, ...], base: str, step: str, subject: str
) -> HttpResponse:
    back = thing_address(subject)
    if not work.is_new:
        back = safe_back(request, request.POST.get("back", ""), back)
    if not changes:
        say(request, "Nothing was changed.")
        return redirect(back)
    if step == "propose":
        return _propose(request, work, changes, base)
    if needs_a_look(changes):
        return ask_first(
            request, changes, base, why=work.why, back=back,
            crumbs=crumbs_of(work.section, work.subject, work.plan),
        )  # fmt: skip
    try:
        made = change_plan(
            changes, request.ground, request.actor, at=request.ground.now(), why=work.why, base=base
        )
    except StaleChange as late:
        raise Conflict(
            "Somebody changed the same thing in this very moment.",
            "Send the form again: what you typed is still in it when you go back.",
        ) from late
    return after(request, made, back)


def _propose(request: Request, work: Work, changes: tuple[Change, ...], base: str) -> HttpResponse:
    ground, actor, at = request.ground, request.actor, request.ground.now()
    number = number_in(request.POST.get("into", ""))
    if number is not None:
        _, plan = planned(number, ground, actor)
        carried = rebase(changes, ground.plans.at(base).plan, plan)
        if carried.meetings:
            raise Conflict(
                f"Proposal {number} changes {carried.meetings[0].place} already.",
                "Change it there, or make a proposal of its own.",
            )
        found = gather(number, carried.plan, renames_in(carried.changes), ground, actor, at=at)
    else:
        title = request.POST.get("title", "").strip() or sentence(changes[0])[:200]
        found = start_proposal(title, changes, ground, actor, at=at, why=work.why, base=base)
    say(request, f"It is in the proposal “{found.title}” now; nothing in the plan has changed.")
    return redirect(f"/plan/proposals/{found.number}/")


def _into_open_proposal(request: Request, work: Work, value: Any) -> HttpResponse:
    plan, renamed = work.plan, {}
    value = wrapped(work.section, value)
    if work.section in SECTIONS:
        held = dict(getattr(plan, work.section))
        ident = work.ident
        if work.is_new:
            name = str(value.name or words_for(work.section, "", value) or work.section)
            ident = new_ident(plan, work.section, work.new_id, name)
        plan = plan.model_copy(update={work.section: {**held, ident: value}})
        if work.new_id and not work.is_new and work.new_id != ident:
            from mainstem.plan.references import rename_ids

            plan = rename_ids(plan, {work.section: {ident: work.new_id}})
            renamed = {(work.section, ident): work.new_id}
    else:
        plan = plan.model_copy(update={work.section: value})
    version = number_in(work.version)
    number = cast("int", work.proposal)
    gather(
        number,
        plan,
        renamed,
        request.ground,
        request.actor,
        at=request.ground.now(),
        version=version,
    )
    say(request, "The proposal holds this now.")
    return redirect(f"/plan/proposals/{number}/")


def _meeting(request: Request, work: Work, rebased: Rebased) -> HttpResponse:
    head = request.ground.plans.head()
    rows = revisions(Wanted(subject=work.subject), request.actor, most=1)
    by = rows[0].by if rows else ""
    chosen: Mapping[str, str] = choices_in(request.POST)
    name = name_of(work.plan, work.subject)
    page = MeetingPage(
        head=f"{by or 'Somebody'} changed {name} while you were typing.",
        lead="What you both changed differently stands below: choose for each which stays. Everything else "
        "that you typed is kept, and so is everything else that was changed.",
        crumbs=crumbs_of(work.section, work.subject, work.plan),
        action=request.get_full_path(),
        decisions=decisions_of(rebased.meetings, chosen),
        kept=kept_pairs(request.POST),
        seen=head.revision,
        others=tuple(sentence(c) for c in rebased.changes),
        by=by,
    )
    return render(request, "plan/meeting.html", {"page": page}, status=409)
