"""Page data of proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mainstem.figures.wording import plural
from mainstem.plan.findings import Finding
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.plans.proposals import STEPS, Considered, Proposed
from mainstem.services.plans.revising import Said
from mainstem.web.contexts.account import moment
from mainstem.web.contexts.pieces import Change as Shown
from mainstem.web.contexts.pieces import Empty, Link, Remark, Tab
from mainstem.web.contexts.plan.addresses import shown_changes, shown_findings
from mainstem.web.contexts.plan.form import Decision, decisions_of

PAGE = 50
STATES = ("", "draft", "open", "applied", "declined", "withdrawn")
TONES = {"open": "rest", "declined": "bad", "applied": "", "draft": "", "withdrawn": ""}


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in a list."""

    title: str
    href: str
    state: str
    tone: str
    by: str
    at: str
    words: str


@dataclass(frozen=True, slots=True)
class ProposalsPage:
    """A list of proposals."""

    head: str
    tabs: tuple[Tab, ...]
    rows: tuple[ProposalLine, ...]
    older: str
    empty: Empty | None


def list_page(found: Sequence[Proposed], state: str, zone: ZoneInfo) -> ProposalsPage:
    """Proposals, newest first."""
    tabs = tuple(
        Tab(s.capitalize() or "All", f"/plan/proposals/{f'?state={s}' if s else ''}", s == state)
        for s in STATES
    )
    rows = tuple(
        ProposalLine(
            p.title, f"/plan/proposals/{p.number}/", p.state, TONES[p.state], p.author_name, moment(p.at, zone),
            plural(p.count, "change"),
        )
        for p in found[:PAGE]
    )  # fmt: skip
    older = ""
    if len(found) > PAGE:
        more = f"state={state}&" if state else ""
        older = f"?{more}before={found[PAGE - 1].number}"
    empty = None
    if not rows:
        empty = Empty(
            "No proposal here",
            "On every form of the plan there is “Propose instead”: it makes one without changing anything.",
            Link("To the plan", "/plan/"),
        )
    return ProposalsPage("What is proposed for the plan", tabs, rows, older, empty)


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal beside the plan as it stands."""

    head: str
    lead: str
    state: str
    tone: str
    why: str
    title: str
    number: int
    version: int
    revision: str
    subject: str
    crumbs: tuple[Link, ...]
    changes: tuple[Shown, ...]
    more: int
    fits: str
    decisions: tuple[Decision, ...]
    refused: str
    findings_new: tuple[Remark, ...]
    findings_gone: tuple[Remark, ...]
    findings_words: str
    remarks: tuple[tuple[str, str, str], ...]
    decision: str
    applied: Link | None
    edits: tuple[Link, ...]
    may_edit: bool
    may_apply: bool
    may_decline: bool
    may_remark: bool
    steps: tuple[tuple[str, str], ...]


_STEP_WORDS = {
    "open": "Open it for discussion",
    "withdrawn": "Withdraw it",
    "draft": "Back to a draft",
}
_AGAIN = {"declined": "Open it again", "withdrawn": "Open it again"}


def proposal_page(
    found: Considered,
    actor: Actor,
    said: Sequence[Said],
    revision: str,
    findings: tuple[tuple[Finding, ...], tuple[Finding, ...]] | None,
    chosen: Mapping[str, str],
    zone: ZoneInfo,
) -> ProposalPage:
    """Everything about one proposal."""
    p = found.proposed
    is_own = p.is_of(actor) or actor.plans
    is_open = p.state in ("draft", "open")
    propose = may(actor, Action.PROPOSE)
    new, gone = findings if findings is not None else ((), ())
    return ProposalPage(
        head=p.title,
        lead=f"Proposed by {p.author_name or 'somebody'} on {moment(p.at, zone)}, for {p.base or 'the empty plan'}; "
        f"{plural(len(found.changes), 'change')}.",
        state=p.state,
        tone=TONES[p.state],
        why=p.why,
        title=p.title,
        number=p.number,
        version=p.version,
        revision=revision,
        subject=p.subject,
        crumbs=(Link("Plan", "/plan/"), Link("Proposals", "/plan/proposals/")),
        changes=shown_changes(found.changes),
        more=max(len(found.changes) - 200, 0),
        fits=_fits(found) if is_open else "",
        decisions=decisions_of(found.meetings, chosen) if is_open else (),
        refused=_refused(found) if is_open else "",
        findings_new=shown_findings(new[:30]),
        findings_gone=shown_findings(gone[:30]),
        findings_words=_findings_words(findings) if is_open else "",
        remarks=tuple((r.by, moment(r.at, zone), r.text) for r in said),
        decision=f"{p.decided_by}: {p.decision}" if p.decision else "",
        applied=Link(f"It is r{p.applied_as}", f"/plan/revisions/{p.applied_as}/")
        if p.applied_as
        else None,
        edits=_edits(found) if is_own and is_open else (),
        may_edit=is_own and is_open and propose,
        may_apply=is_open and bool(found.now.changes) and not found.refused and actor.may_write,
        may_decline=p.state == "open" and (actor.plans or not found.refused) and propose,
        may_remark=may(actor, Action.REMARK),
        steps=tuple(
            (s, _AGAIN.get(p.state, _STEP_WORDS[s]))
            for s in STEPS[p.state]
            if s in _STEP_WORDS and is_own and propose
        ),
    )


def _fits(found: Considered) -> str:
    if found.meetings:
        count = len(found.meetings)
        return f"{plural(count, 'thing')} it changes {'was' if count == 1 else 'were'} changed by others since."
    if not found.now.changes:
        return "The plan says all of this already."
    if len(found.now.changes) < len(found.changes):
        return (
            f"{len(found.changes) - len(found.now.changes)} of its changes are in the plan already."
        )
    return "All of it fits the plan as it stands."


def _refused(found: Considered) -> str:
    if not found.refused:
        return ""
    return (
        f"{plural(len(found.refused), 'change')} of it you may not make yourself: "
        "whoever answers for those things, or a planner, can apply it."
    )


def _findings_words(findings: tuple[tuple[Finding, ...], tuple[Finding, ...]] | None) -> str:
    if findings is None:
        return "What it does to the findings is being worked out; look again in a moment."
    new, gone = findings
    if not new and not gone:
        return "It changes nothing in what is to be said against the plan."
    return f"It would add {plural(len(new), 'finding')} and end {len(gone)}."


def _edits(found: Considered) -> tuple[Link, ...]:
    """Forms in which it can be changed further: of the things that it touches."""
    from mainstem.plan.changes import Removed, Renamed
    from mainstem.web.contexts.plan.addresses import name_of, thing_address

    out: dict[str, Link] = {}
    for change in found.changes:
        is_gone = isinstance(change, (Removed, Renamed)) and not change.path
        if "/" in change.subject and not is_gone and change.subject not in out:
            address = thing_address(change.subject, "edit").rstrip("/")
            name = name_of(found.now.plan, change.subject)
            out[change.subject] = Link(name, f"{address}?proposal={found.proposed.number}")
    return tuple(out.values())[:40]
