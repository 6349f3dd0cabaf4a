"""The page of what a workshop came to: decisions first, then what is open, then everything else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mainstem.figures.wording import day, plural
from mainstem.services.workshops.questions import Question
from mainstem.services.workshops.summary import Answer, Chosen, Left, Summary
from mainstem.services.workshops.words import Part
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Link

#: Changes that are shown at once; the rest is in the proposal.
MOST_CHANGES = 60
_PROPOSALS = {
    "draft": "is a draft", "open": "waits for review", "applied": "was applied",
    "declined": "was declined", "withdrawn": "was withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """An open question: who, by when, whether it is late, and the address that takes its answer."""

    key: str
    what: str
    owner: str
    when: str
    is_late: bool
    answer: str
    answered: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """The proposal: what became of it, where it is, and what a facilitator may do."""

    words: str
    href: str
    challenge: str
    is_behind: bool
    button: str


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """Everything that the page shows; see ``services.workshop_summary.Summary``.

    ``more_changes`` is how many changes are not shown.
    """

    head: str
    lead: str
    why: str
    calls: tuple[tuple[str, tuple[str, ...]], ...]
    plan: tuple[Part, ...]
    metrics: tuple[Chosen, ...]
    answers: tuple[Answer, ...]
    open: tuple[QuestionShown, ...]
    answered: tuple[QuestionShown, ...]
    not_doing: tuple[tuple[str, str], ...]
    parked: tuple[str, ...]
    changes: tuple[str, ...]
    more_changes: int
    left: tuple[Left, ...]
    hidden: str
    people: str
    names: tuple[tuple[str, str], ...]
    proposal: ProposalShown | None
    facilitates: bool
    may_answer: bool
    is_empty: bool
    links: tuple[Link, ...]


def build_summary(made: Summary, today: date, *, may_answer: bool) -> SummaryPage:
    """The page out of a summary; ``today`` tells which questions are late."""
    shown = tuple(_question(q, today) for q in made.questions)
    links = tuple(
        Link(words, f"/workshop/{made.number}/summary.{form}")
        for words, form in (("Summary as a file (Markdown)", "md"), ("as JSON", "json"))
    )
    proposal = _proposal(made)
    return SummaryPage(
        _head(made), _lead(made), made.why, _calls(made), made.plan, made.metrics, made.answers,
        tuple(q for q in shown if not q.answered), tuple(q for q in shown if q.answered),
        made.not_doing, made.parked, made.changes[:MOST_CHANGES],
        max(0, len(made.changes) - MOST_CHANGES), made.left,
        f"{plural(made.hidden, 'card')} written silently and never revealed; nobody but the author reads them."
        if made.hidden else "",
        _people(made), made.people, proposal, made.facilitates, may_answer,
        not (made.plan or made.calls or made.not_doing or shown), links,
    )  # fmt: skip


def _head(made: Summary) -> str:
    objectives = sum(part.kind == "objective" for part in made.plan)
    streams = sum(part.kind == "stream" for part in made.plan)
    results = sum(line.startswith("Key result:") for p in made.plan for line in p.lines)
    if not made.plan:
        return "Nothing was decided yet"
    counted = (
        (objectives, "objective"), (streams, "value stream"), (results, "key result"),
    )  # fmt: skip
    said = [plural(n, word) for n, word in counted if n]
    return f"We agreed on {_and(said)}" if said else "We agreed on whom we serve"


def _and(said: list[str]) -> str:
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _lead(made: Summary) -> str:
    waiting = len(made.open_questions)
    open_words = f"{plural(waiting, 'question')} still open" if waiting else "no question is open"
    refused = f"; {plural(len(made.not_doing), 'thing')} we will not do" if made.not_doing else ""
    cycle = f" It plans for {made.cycle}." if made.cycle else ""
    state = "" if made.state == "finished" else " The workshop goes on: this is how it stands now."
    return f"{open_words[0].upper()}{open_words[1:]}{refused}.{cycle}{state}"


def _calls(made: Summary) -> tuple[tuple[str, tuple[str, ...]], ...]:
    titles = {"why now": "Why now", "at stake": "What is at stake", "stop": "What we stop"}
    found = (
        (title, tuple(t for p, t in made.calls if p == part)) for part, title in titles.items()
    )
    return tuple((title, texts) for title, texts in found if texts)


def _question(of: Question, today: date) -> QuestionShown:
    when = f"by {day(of.until)}" if of.until is not None else "no day named"
    answered = ""
    if of.answer is not None and of.answered_at is not None:
        answered = f"{of.answered_by}, {day_here(of.answered_at)}"
    return QuestionShown(
        of.key, of.what, of.owner or "nobody named", when,
        of.until is not None and of.until < today and of.answer is None, of.answer or "", answered,
    )  # fmt: skip


def _people(made: Summary) -> str:
    when = made.ended or made.began
    on = f" on {day(when.date())}" if when is not None else ""
    people = "1 person" if len(made.people) == 1 else f"{len(made.people)} people"
    return f"{people} took part{on}"


def _proposal(made: Summary) -> ProposalShown | None:
    held = made.proposal
    button = ""
    if made.facilitates:
        is_live = bool(held) and held["state"] in ("draft", "open")
        button = "Bring the proposal up to the room" if is_live else "Write the proposal"
    if not held:
        return ProposalShown("", "", "", False, button) if button else None
    number, state = held["number"], held["state"]
    return ProposalShown(
        f"Proposal {number} {_PROPOSALS.get(state, state)}", f"/plan/proposals/{number}/",
        f"/plan/proposals/{number}/#findings", bool(held["is_behind"]), button,
    )  # fmt: skip
