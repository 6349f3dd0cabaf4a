"""Does this qualify? Asked of a piece of work before it begins; nothing is written.

The answer names the stream and what speaks for it, or what disqualifies it, or the kind of the rest that
it counts for, or the one question that decides. Source: methods 1.4 (piece of work), 4.1 and 9.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.decisions import ACCEPTED, Chain, Decision, StatementResult, Step, Work
from mainstem.challenge.verdicts import Answer
from mainstem.errors import Invalid
from mainstem.services.decisions.desk import Desk, Wanted
from mainstem.services.decisions.judging import WORK, judge, stream_name
from mainstem.services.decisions.qualified import Qualified, QualifyOutcome, Question, Similar
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.access_decisions import may_see_private

__all__ = [
    "MOST_TITLE",
    "Qualified",
    "QualifyOutcome",
    "Question",
    "Similar",
    "answers_on",
    "checked",
    "qualify",
]

MOST_TITLE, MOST_TEXT = 400, 20_000
#: Past decisions that are shown, and how alike they must be.
MOST_SIMILAR, LEAST_LIKENESS = 3, 0.25
_NONE: Mapping[str, Answer] = {}


def qualify(
    work: Work,
    desk: Desk,
    by: Actor,
    *,
    at: datetime,
    answers: Mapping[str, Answer] = _NONE,
) -> Qualified:
    """Whether a piece of work qualifies, and for what.

    Args:
        work: The work as somebody describes it.
        desk: The plan with what was answered and decided.
        by: Who asks; whoever may read may ask.
        at: The moment, in UTC.
        answers: Statement → what whoever asks answers to it, on top of what was answered before.

    Raises:
        Absent: for an outsider.
        Invalid: no title, or more than can be read.
    """
    require(by, Action.READ)
    work = checked(work)
    chain = desk.decisions.find(work.source, work.key, work.link) if work.key or work.link else None
    similar = _similar(work, chain, desk)
    answer = judge(work, desk, answers_on(chain, desk, answers), _accepted(similar))
    verdict = chain.verdict if chain else None
    if verdict is not None and not (verdict.until and verdict.until <= desk.today):
        answer = _as_decided(answer, verdict, desk)
    answer = _without_private(answer, desk, by)
    return replace(answer, similar=similar, chain=chain.number if chain else None)


def checked(work: Work) -> Work:
    """The work with its title in one line.

    Raises:
        Invalid: no title, or more than can be read.
    """
    title = " ".join(work.title.split())
    if not title:
        raise Invalid("What is to be done?", "Say it in a line.", field="title")
    if len(title) > MOST_TITLE:
        raise Invalid("The title is too long.", f"{MOST_TITLE} letters are the most; the rest is text.",
                      field="title")  # fmt: skip
    if len(work.text) > MOST_TEXT:
        raise Invalid("The text is too long.", f"{MOST_TEXT:,} letters are the most.", field="text")
    if work.estimate is not None and not 0 <= work.estimate < 1_000_000:
        raise Invalid("That is no estimate.", "Say it in person-days.", field="estimate")
    return replace(work, title=title)


def answers_on(
    chain: Chain | None, desk: Desk, answers: Mapping[str, Answer] = _NONE
) -> dict[str, StatementResult]:
    """Statement → its answer about a piece of work: what was answered before, and on top what is said now.

    Answers to another version of a statement, or to one that is retired, do not count.
    """
    known = {k: s for k, s in catalogue_of(desk.standing.plan).items() if s.subject_type == WORK}
    out: dict[str, StatementResult] = {}
    subject = f"asked/{chain.number}" if chain else ""
    for said in desk.answers.standing([subject]).get(subject, ()) if chain else ():
        statement = known.get(said.statement)
        if statement and said.answer and said.version == statement.version:
            out[said.statement] = StatementResult(
                said.statement, said.version, said.answer, said.evidence
            )
    for name, answer in answers.items():
        if name not in known:
            raise Invalid(f"There is no statement {name!r} about work.",
                          f"There are {', '.join(known)}.", field="answers")  # fmt: skip
        was = out.get(name)
        evidence = was.evidence if was and was.answer is answer else ""
        out[name] = StatementResult(name, known[name].version, answer, evidence)
    return out


def _similar(work: Work, chain: Chain | None, desk: Desk) -> tuple[Similar, ...]:
    near = desk.decisions.past().nearest(work.title, floor=LEAST_LIKENESS, most=MOST_SIMILAR + 1)
    others = [n for n in near if chain is None or n.name != chain.number][:MOST_SIMILAR]
    if not others:
        return ()
    wanted = Wanted(numbers=frozenset(n.name for n in others))
    found = {c.number: c for c in desk.decisions.chains(wanted)}
    return tuple(
        Similar(
            c.number,
            c.work.title,
            v.step.value,
            v.stream,
            v.kind,
            v.why,
            v.at,
            n.likeness,
            n.shared,
        )
        for n in others
        if (c := found.get(n.name)) and (v := c.verdict)
    )


def _accepted(similar: tuple[Similar, ...]) -> dict[str, str]:
    """Stream → the nearest work that was accepted for it, in words."""
    out: dict[str, str] = {}
    for one in similar:
        if one.stream and one.step in ACCEPTED:
            out.setdefault(one.stream, f"“{one.title}” is alike and was accepted for it")
    return out


def _as_decided(answer: Qualified, verdict: Decision, desk: Desk) -> Qualified:
    """The answer where somebody has decided: that stands, and the reasons follow."""
    plan, day = desk.standing.plan, verdict.at.date().isoformat()
    name = stream_name(verdict.stream, plan) if verdict.stream else ""
    why = f": {verdict.why.rstrip('.')}." if verdict.why else "."
    accepted = verdict.step in ACCEPTED
    reasons = (f"Decided by {verdict.by} on {day}", *answer.reasons)
    if verdict.step is Step.DEFER:
        until = f" until {verdict.until}" if verdict.until else ""
        return replace(answer, outcome=QualifyOutcome.DISQUALIFIED, sentence=f"Deferred{until}{why}", question=None,
                       stream=verdict.stream, reasons=reasons,
                       refusal=f"Ask again{f' on {verdict.until}' if verdict.until else ' later'}.")  # fmt: skip
    if accepted and verdict.kind and not verdict.stream:
        return replace(answer, outcome=QualifyOutcome.REST, sentence=f"Accepted as {verdict.kind}{why}", stream="",
                       kind=verdict.kind, reasons=reasons, question=None, refusal="")  # fmt: skip
    if accepted:
        return replace(answer, outcome=QualifyOutcome.QUALIFIES, sentence=f"Accepted for {name}{why}",
                       stream=verdict.stream, reasons=reasons, question=None, refusal="")  # fmt: skip
    told = f"Refused{f' in the name of {name}' if name else ''}{why}"
    return replace(answer, outcome=QualifyOutcome.DISQUALIFIED, sentence=told, stream=verdict.stream, reasons=reasons,
                   question=None, refusal=answer.refusal or "Appeal, and say what the refusal does not see.")  # fmt: skip


def _without_private(answer: Qualified, desk: Desk, by: Actor) -> Qualified:
    """Of statements that are answered in private, only whoever may decide sees why."""
    if may_see_private(by, desk.standing.plan, answer.stream):
        return answer
    return replace(answer, statements=without_private(answer.statements))


def without_private(statements: tuple[StatementResult, ...]) -> tuple[StatementResult, ...]:
    """Statements as everybody sees them."""
    return tuple(replace(s, evidence="") if s.statement in PRIVATE else s for s in statements)


#: Statements whose answer is private: who said so and why is seen by whoever may decide.
PRIVATE = frozenset({"D-W02"})
