"""Page data of an unbundling's draft as a whole: what the challenge says, what is open, opening it."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.challenge.verdicts import Verdict
from mainstem.challenge.weighing import Weighed
from mainstem.figures.shown import Tag
from mainstem.figures.wording import listed, plural
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.model import SECTIONS
from mainstem.services.plans.subject_names import subject_name
from mainstem.services.unbundling.guide import Unbundled
from mainstem.web.contexts.challenge.words import SAID, verdict_tag
from mainstem.web.contexts.pieces import Link
from mainstem.web.contexts.unbundling import HERE, Told
from mainstem.web.contexts.unbundling_tree import address, title_of
from mainstem.workshop.unbundling_values import Question

#: Most open questions that are shown.
MOST_OPEN = 40


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """A thing with its verdict and what would change it."""

    name: str
    kind: str
    tag: Tag
    changes: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True)
class EndPage:
    """The draft as a whole."""

    number: int
    head: str
    tail: str
    lead: str
    crumbs: tuple[Link, ...]
    verdicts: tuple[VerdictLine, ...]
    passes: str
    open: tuple[Told, ...]
    more_open: str
    proposal: Link
    may_open: bool
    why_not: str
    may_stop: bool


def build_end(of: Unbundled) -> EndPage:
    """The draft as a whole: what the challenge says, what is open, and opening it as a proposal."""
    order = of.course.order
    bad = [w for v in Verdict if v is not Verdict.PASSES for w in of.of(v)]
    counts = [(len(of.of(v)), v) for v in Verdict]
    tail = listed(
        [
            f"{n} {'is disqualified' if v is Verdict.DISQUALIFIED and n == 1 else _said(v)}"
            for n, v in counts
            if n
        ],
        4,
    )
    passes = len(of.of(Verdict.PASSES))
    more = len(order) - MOST_OPEN
    why_not = "" if of.may_lead else "Its author, or a planner, can open it as a proposal."
    return EndPage(
        of.listed.number, title_of(of), f"{tail}." if tail else "", _open_words(of), (HERE, Link(title_of(of), address(of))),
        tuple(_verdict(w, of) for w in bad), f"{plural(passes, 'thing')} {'passes' if passes == 1 else 'pass'}." if passes else "",
        tuple(_open(one, of) for one in order[:MOST_OPEN]), f"and {more} more" if more > 0 else "",
        Link(f"Proposal {of.listed.proposal}: {plural(of.listed.count, 'change')}", f"/plan/proposals/{of.listed.proposal}/"),
        of.may_lead and of.listed.count > 0, why_not if of.listed.count else "Nothing was answered yet.", of.may_lead,
    )  # fmt: skip


def _said(verdict: Verdict) -> str:
    plain = {
        Verdict.DISQUALIFIED: "are disqualified", Verdict.CONDITIONAL: "wait for an answer",
        Verdict.PASSES_WITH_WARNINGS: "pass with warnings", Verdict.PASSES: "pass",
    }  # fmt: skip
    return plain.get(verdict, SAID[verdict])


def _open_words(of: Unbundled) -> str:
    count = len(of.course.order)
    if not count:
        return "Every question is answered."
    return f"{plural(count, 'question')} {'is' if count == 1 else 'are'} still open. It can be opened as a proposal all the same."


def _verdict(weighed: Weighed, of: Unbundled) -> VerdictLine:
    first = next((q for q in of.course.order if q.subject == weighed.subject), None)
    first = first or next((q for q in of.course.questions if q.subject == weighed.subject), None)
    section, _ = split_subject(weighed.subject)
    href = address(of, first.key) if first is not None and of.is_open else ""
    return VerdictLine(
        subject_name(weighed.subject, of.plan), SECTIONS[section], verdict_tag(weighed.verdict),
        weighed.changes[:3], href,
    )  # fmt: skip


def _open(one: Question, of: Unbundled) -> Told:
    off = of.course.put_off.get(one.key)
    who = (f"{off.asked} is asked" if off.asked else f"passed by {off.by}") if off else ""
    return Told(
        one.text,
        subject_name(one.subject, of.plan),
        who,
        address(of, one.key) if of.is_open else "",
    )
