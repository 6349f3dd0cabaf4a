"""Page data of the challenge of one thing: the verdict, what is asked, what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mainstem.challenge.verdicts import Verdict
from mainstem.challenge.weighing import Told, Weighed
from mainstem.figures.shown import Tag
from mainstem.figures.wording import plural
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.findings import Severity
from mainstem.plan.model import SECTIONS, Plan
from mainstem.services.challenges.challenging import AS_A_GROUP, PRIVATE, Challenged
from mainstem.services.challenges.scales import Checked
from mainstem.services.people.access import Actor, may_change
from mainstem.web.contexts.challenge.words import (
    SAID,
    Line,
    answer_tag,
    challenge_address,
    day,
    line_of,
    verdict_tag,
)
from mainstem.web.contexts.pieces import Cell, Column, Link, Row, Table
from mainstem.web.contexts.plan.addresses import thing_address, word_for

#: Most sentences about what would change a verdict beside another page's own matter.
MOST_BESIDE = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its form.

    Attributes:
        id: Of the statement.
        text: The sentence that is true or false.
        asked_of: Who is asked; ``evidence`` is what an answer rests on.
        is_private: Nobody but those who decide sees who answered.
        needs_owner: Whether "cannot say" needs somebody who finds out.
        given: What was typed, if it could not be kept; ``wrong`` says why, by field.
    """

    id: str
    text: str
    weight: str
    asked_of: str
    evidence: str
    is_private: bool
    needs_evidence: bool
    needs_owner: bool
    given: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Overrule:
    """A statement that may be lived with."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ThingChallenge:
    """The challenge of one thing."""

    head: str
    tail: str
    lead: str
    crumbs: tuple[Link, ...]
    tag: Tag
    subject: str
    back: str
    answer_to: str
    changes: tuple[str, ...]
    questions: tuple[Asked, ...]
    more_questions: str
    lines: tuple[Line, ...]
    again: tuple[Asked, ...]
    overrules: tuple[Overrule, ...]
    history: Table | None
    may_answer: bool
    checked: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """The challenge of a thing beside its own page: the verdict and where to go on."""

    tag: Tag
    words: str
    changes: tuple[str, ...]
    href: str
    link: str


def brief_of(found: Challenged) -> Brief | None:
    """The section on another page; nothing where nothing is said of such a thing."""
    weighed = found.weighed
    if not weighed.told:
        return None
    count = len(weighed.questions) + weighed.more_questions
    words = f"It {SAID[weighed.verdict]}."
    link = f"Answer {plural(count, 'question')}" if count and found.may_answer else "All statements"
    return Brief(
        verdict_tag(weighed.verdict), words, weighed.changes[:MOST_BESIDE],
        challenge_address(found.subject), link,
    )  # fmt: skip


def thing_challenge(
    found: Challenged,
    plan: Plan,
    actor: Actor,
    given: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> ThingChallenge:
    """Everything about the challenge of a thing.

    Args:
        found: The challenge as the reader may see it.
        plan: Holds the thing.
        actor: Who reads it.
        given: What was posted and could not be kept, by field.
        wrong: Why, by field.
    """
    weighed, typed = found.weighed, given or {}
    section, _ = split_subject(found.subject)
    mine = found.may_answer and section in SECTIONS and may_change(actor, found.subject, plan)
    asked = {t.id for t in weighed.questions}
    again = [t for t in weighed.told if t.may_be_asked and t.id not in asked]

    def one(told: Told) -> Asked:
        is_it = typed.get("statement") == told.id
        return _asked(told, typed if is_it else {}, (wrong or {}) if is_it else {})

    return ThingChallenge(
        head=found.name,
        tail=f"{SAID[found.verdict]}.",
        lead=_lead(weighed, section),
        crumbs=(Link("Challenge", "/challenge/"), Link(word_for(section), f"/challenge/?section={section}")),
        tag=verdict_tag(found.verdict),
        subject=found.subject,
        back=challenge_address(found.subject),
        answer_to=challenge_address(found.subject, "answer"),
        changes=weighed.changes,
        questions=tuple(one(t) for t in weighed.questions),
        more_questions=_more(weighed.more_questions),
        lines=tuple(line_of(t) for t in weighed.told),
        again=tuple(one(t) for t in again),
        overrules=tuple(
            Overrule(t.id, t.text) for t in weighed.told
            if mine and t.overruled is None and t.verdict is not Verdict.PASSES
        ),
        history=_history(found),
        may_answer=found.may_answer,
        checked=checked_words(found.checked),
        links=(
            Link(f"The {word_for(section)} in the plan", thing_address(found.subject)),
            Link("All statements and what they mean", "/challenge/statements/"),
        ),
    )  # fmt: skip


def _lead(weighed: Weighed, section: str) -> str:
    if not weighed.told:
        if section == "metrics":
            return "No stream has it as its value metric, so nothing is asked of it."
        return "There are no statements about such a thing."
    answered = sum(t.answer is not None for t in weighed.told)
    program = sum(t.by_program for t in weighed.told)
    return (
        f"{answered} of {plural(len(weighed.told), 'statement')} answered, {program} of them by the program."
        " A statement that is true disqualifies."
    )


def _more(count: int) -> str:
    if not count:
        return ""
    return f"{plural(count, 'more question')} follow when these are answered; a sitting has five."


def _asked(told: Told, given: Mapping[str, str], wrong: Mapping[str, str]) -> Asked:
    statement = told.statement
    return Asked(
        told.id, told.text, "blocks" if told.severity is Severity.BLOCKS else "warns",
        statement.asked_of if statement else "", statement.evidence if statement else "",
        told.id in PRIVATE | AS_A_GROUP, told.id not in AS_A_GROUP,
        told.severity is Severity.BLOCKS, given, wrong,
    )  # fmt: skip


def _history(found: Challenged) -> Table | None:
    if not found.history:
        return None
    severity = {t.id: t.severity for t in found.weighed.told}
    rows = tuple(
        Row((
            Cell(a.statement, under=f"version {a.version}"),
            Cell(tags=(answer_tag(a.answer, severity.get(a.statement, Severity.WARNS)),)),
            Cell(a.evidence or _finds_out(a.owner, str(a.until or ""))),
            Cell(a.by or "not shown", under=day(a.at)),
        ))
        for a in reversed(found.history)
    )  # fmt: skip
    columns = (Column("Statement"), Column("Answer"), Column("What it rests on"), Column("By"))
    return Table("Every answer, newest first", columns, rows)


def _finds_out(owner: str, until: str) -> str:
    return f"{owner} finds out{f' by {until}' if until else ''}" if owner else ""


def checked_words(checked: Checked) -> str:
    """That the program's answers are not of the newest plan, if so."""
    if checked.is_newest:
        return ""
    if not checked.revision:
        return "The plan is being checked now; look again in a moment for what the program says."
    return f"What the program says is of {checked.revision}; the plan as it stands is being checked now."
