"""Forms in which things of the plan are made and changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.plan.change_kinds import Change
from mainstem.plan.changes import StaleChange, sentence
from mainstem.plan.merging import Rebased, rebase, renames_in
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.services.access import Action, may_add, may_change, require
from mainstem.services.editing import change_plan
from mainstem.services.editing_entity import (
    add_changes,
    base_of,
    confirm,
    entity_in,
    needs_a_look,
    new_ident,
    unseal,
    weigh,
)
from mainstem.services.proposals import (
    gather,
    list_proposals,
    may_propose,
    planned,
    proposal,
    start_proposal,
)
from mainstem.services.revising import Wanted, revisions
from mainstem.services.standing_findings import accept_finding, standing_findings
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
    MeetingPage,
    crumbs_of,
    decisions_of,
)
from mainstem.web.forms.plan.fields import fields_of
from mainstem.web.forms.plan.values import (
    Texts,
    default_texts,
    read_form,
    texts_of,
    words_for,
)
from mainstem.web.forms.plan.wholes import SHAPES, whole_of, wrapped
from mainstem.web.request import Request
from mainstem.web.saying import say
from mainstem.web.views.plan.posting import (
    after,
    ask_first,
    choices_in,
    kept_pairs,
    posted_texts,
    safe_back,
    with_row_step,
)


@dataclass(slots=True)
class Work:
    """One form while it is being answered.

    Attributes:
        section: Section of the plan.
        ident: Identifier of what is changed; empty for a new one and for what has none.
        shape: Class of the value.
        plan: The plan in which names are looked up.
        was: The value that the form was opened with; ``None`` for a new one.
        base: Revision at which it was opened.
        proposal: Number of the proposal that this is part of.
        version: Its version when the form was opened.
    """

    section: str
    ident: str
    shape: type[Shape]
    plan: Plan
    was: Any
    base: str
    proposal: int | None = None
    version: str = ""
    texts: Texts = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    grown: dict[str, int] = field(default_factory=dict)
    new_id: str = ""
    why: str = ""

    @property
    def subject(self) -> str:
        """``section/id``; the section alone for what has no identifier."""
        return f"{self.section}/{self.ident}" if self.ident else self.section

    @property
    def is_new(self) -> bool:
        """Whether it makes something."""
        return self.section in SECTIONS and not self.ident


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
    work = _opened(request, section, ident, is_new)
    if request.method != "POST":
        work.texts = _first_texts(request, work)
        return _form(request, work)
    work.why = request.POST.get("why", "")
    work.new_id = request.POST.get("_id", ident).strip()
    step = request.POST.get("do", "save")
    posted, grown = with_row_step(posted_texts(request.POST), step)
    read = read_form(work.shape, posted, work.was, work.plan, work.subject)
    work.texts, work.grown = read.texts, grown
    if step not in ("save", "propose"):
        return _form(request, work)
    work.errors = read.errors
    if read.value is None:
        return _form(request, work, status=400)
    try:
        return _take(request, work, read.value, step)
    except Invalid as refused:
        work.errors.setdefault(_field_of(refused, work), []).append(
            f"{refused.message} {refused.hint}"
        )
        return _form(request, work, status=400)


def _field_of(refused: Invalid, work: Work) -> str:
    return refused.field if refused.field in work.texts or refused.field == "_id" else ""


def _opened(request: Request, section: str, ident: str, is_new: bool) -> Work:
    head = request.ground.plans.head()
    shape = SHAPES[section]
    number = request.GET.get("proposal", "")
    if number.isdigit():
        found = proposal(int(number), request.actor)
        _, plan = planned(found.number, request.ground, request.actor)
        was = None if is_new else whole_of(section, entity_in(plan, section, ident))
        version = request.POST.get("version") or str(found.version)
        return Work(section, ident, shape, plan, was, found.base, found.number, version)
    if is_new:
        return Work(section, "", shape, head.plan, None, head.revision)
    if request.method != "POST":
        was = whole_of(section, entity_in(head.plan, section, ident))
        return Work(section, ident, shape, head.plan, was, head.revision)
    base = request.POST.get("base", head.revision)
    held, _ = base_of(section, ident, base, request.ground)
    if held is None and section in SECTIONS:
        raise Absent(
            f"The plan had no {SECTIONS[section]} {ident!r} at {base}.", "Open the form again."
        )
    if held is None:
        held = getattr(Plan(), section)
    return Work(section, ident, shape, head.plan, whole_of(section, held), base)


def _first_texts(request: Request, work: Work) -> Texts:
    if work.was is not None:
        return texts_of(work.was)
    texts = default_texts(work.shape)
    if "cycle" in texts and work.section in ("key_results", "initiatives"):
        texts["cycle"] = [_cycle_now(request, work.plan)]
    texts |= {name: [text] for name, text in request.GET.items() if name in fields_of(work.shape)}
    return texts


def _cycle_now(request: Request, plan: Plan) -> str:
    """The cycle that is under way, if it is not closed: what is new most likely belongs to it."""
    today = request.ground.today()
    under_way = (
        key
        for key, cycle in plan.cycles.items()
        if cycle.first_day <= today <= cycle.last_day and cycle.state != "closed"
    )
    return next(under_way, "")


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
    back = safe_back(request, request.POST.get("back", ""), thing_address(subject))
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
    into = request.POST.get("into", "")
    if into.isdigit():
        number = int(into)
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
    version = int(work.version) if work.version.isdigit() else None
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


# -- the page


def _form(request: Request, work: Work, *, status: int = 200) -> HttpResponse:
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


@require_POST
def confirm_changes(request: Request) -> HttpResponse:
    """Makes changes that were shown before, exactly those."""
    require(request.actor, Action.PROPOSE)
    sealed = request.POST.get("sealed", "")
    told = unseal(sealed, request.ground, request.actor)
    back = safe_back(request, told.back, "/plan/")
    at = request.ground.now()
    why = request.POST.get("why", told.why)
    if request.POST.get("do") == "propose":
        title = request.POST.get("title", "").strip() or sentence(told.changes[0])
        found = start_proposal(
            title, told.changes, request.ground, request.actor, at=at, why=why, base=told.base
        )
        say(request, "It is a proposal now; nothing in the plan has changed.")
        return redirect(f"/plan/proposals/{found.number}/")
    return after(request, confirm(sealed, request.ground, request.actor, at=at, why=why), back)


@require_POST
def accept(request: Request) -> HttpResponse:
    """Somebody decides to live with a finding."""
    require(request.actor, Action.CHANGE_PLAN)
    subject = request.POST.get("subject", "")
    made = accept_finding(
        subject, request.POST.get("rule", ""), request.POST.get("why", ""), request.ground,
        request.actor, at=request.ground.now(), until=_day(request.POST.get("until", "")),
    )  # fmt: skip
    usual = thing_address(subject) if "/" in subject else "/plan/"
    return after(request, made, safe_back(request, request.POST.get("back", ""), usual))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(f"“{text}” is no day.", "Write it like 2026-12-31.", field="until") from error
