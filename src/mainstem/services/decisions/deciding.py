"""Deciding on work: accept, refuse, overrule, defer; appeal and its answer. Every step is kept.

Source: methods 4.1. Whoever decides says why in a sentence, and in what role they may is kept with it.
A verdict that goes against what plan and statements say is an overrule, and must be called one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.decisions import (
    ACCEPTED,
    OVERRIDDEN,
    REFUSED,
    Chain,
    Decision,
    StatementResult,
    Step,
    Work,
)
from mainstem.challenge.metric_version import metric_on
from mainstem.challenge.verdicts import Answer
from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.plan.model import Plan
from mainstem.services.decisions.desk import Answered, Desk
from mainstem.services.decisions.exceptions_budget import require_exception
from mainstem.services.decisions.judging import judge, stream_name
from mainstem.services.decisions.qualified import Qualified
from mainstem.services.decisions.qualifying import PRIVATE, answers_on, checked
from mainstem.services.decisions.verdict_asked import OVERRULE, VerdictAsked, require_fit
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.access_decisions import require_decision, role_for

MOST_WORDS = 2_000
#: An answer and what it rests on.
Said = tuple[Answer, str]
_NOTHING: Mapping[str, Said] = {}
#: A step in the past tense, for lists and sentences.
SAID = {
    Step.ACCEPT: "accepted", Step.REFUSE: "refused", Step.OVERRIDE_ACCEPT: "accepted by overruling",
    Step.OVERRIDE_REFUSE: "refused by overruling", Step.DEFER: "deferred", Step.APPEAL: "appealed",
    Step.ANSWER: "answered the appeal",
}  # fmt: skip


def ask(
    work: Work,
    desk: Desk,
    by: Actor,
    *,
    at: datetime,
    answers: Mapping[str, Said] = _NOTHING,
) -> Chain:
    """Asks for a decision on a piece of work; one that was asked about before is the same chain.

    Args:
        work: The work.
        desk: Where it is decided on.
        by: Who asks.
        at: The moment, in UTC.
        answers: Statement → what whoever asks answers to it, and what that rests on; kept with the work.

    Raises:
        Absent, Forbidden: for an outsider, and for somebody who only reads.
        Invalid: no title, or a team that the plan does not have.
    """
    require(by, Action.ASK_WORK)
    work, plan = checked(work), desk.standing.plan
    if work.team and work.team not in plan.teams:
        raise Invalid(
            f"The plan has no team {work.team!r}.", "Choose one of the plan, or none.", field="team"
        )
    with desk.room.together():
        before = (
            desk.decisions.find(work.source, work.key, work.link) if work.key or work.link else None
        )
        chain = before or desk.decisions.ask(work, by, at=at)
        if before is None:
            subject = f"asked/{chain.number}"
            said = f"Asked for a decision on “{chain.work.title}”."
            desk.room.watch(subject, by, at=at)
            desk.room.record(by, "work.ask", subject, at=at, sentence=said)
            likely = standing_answer(chain, desk).stream
            about = [subject, *([f"streams/{likely}"] if likely else [])]
            desk.room.tell(
                "decision", about, f"{by.name}: {said}", address(chain.number), by, at=at
            )
        _keep_answers(chain, answers, desk, by, at)
    return chain


def _keep_answers(
    chain: Chain, answers: Mapping[str, Said], desk: Desk, by: Actor, at: datetime
) -> None:
    known = catalogue_of(desk.standing.plan)
    # refuses statements that are not about work
    answers_on(chain, desk, {name: answer for name, (answer, _) in answers.items()})
    for name, (answer, evidence) in answers.items():
        said = Answered(
            f"asked/{chain.number}", name, known[name].version, answer,
            " ".join(evidence.split())[:MOST_WORDS], "", None, name in PRIVATE, by.name, at,
        )  # fmt: skip
        desk.answers.add(said, by)


def ask_and_decide(
    work: Work, step: str, why: str, desk: Desk, by: Actor, *, at: datetime,
    answers: Mapping[str, Said] = _NOTHING, stream: str = "", kind: str = "", until: date | None = None,
) -> Chain:  # fmt: skip
    """Records a decision on work in one go: asks and decides, or neither; errors are those of both."""
    with desk.room.together():
        chain = ask(work, desk, by, at=at, answers=answers)
        seen = len(chain.decisions)
        return decide(
            chain.number,
            step,
            why,
            desk,
            by,
            at=at,
            after=seen,
            stream=stream,
            kind=kind,
            until=until,
        )


def address(number: int) -> str:
    """The page of a decision."""
    return f"/decisions/{number}/"


def chain_of(number: int, desk: Desk) -> Chain:
    """A chain by its number.

    Raises:
        Absent: there is none.
    """
    found = desk.decisions.chain(number)
    if found is None:
        raise Absent(f"There is no decision {number}.", "The list of decisions has them all.")
    return found


def standing_answer(
    chain: Chain, desk: Desk, answers: Mapping[str, StatementResult] | None = None
) -> Qualified:
    """What plan and statements say of the work now, whatever was decided on it."""
    said = answers_on(chain, desk) if answers is None else dict(answers)
    return judge(chain.work, desk, said, {})


def decide(
    number: int,
    step: Step | str,
    why: str,
    desk: Desk,
    by: Actor,
    *,
    at: datetime,
    after: int | None = None,
    stream: str = "",
    kind: str = "",
    until: date | None = None,
) -> Chain:
    """Gives a verdict on a piece of work.

    Args:
        number: Of the chain.
        step: A verdict of ``Step``, or ``overrule``: accept what is disqualified, refuse what qualifies.
        why: The reason, in a sentence.
        after: How many steps its author had seen; none: those there are now.
        stream: In whose name; the one that the answer names if none is given and no kind.
        kind: The kind of the rest that accepted work counts for.
        until: The day a deferred decision is taken up again.

    Raises:
        Absent: there is no such chain.
        Forbidden: it is not theirs to decide.
        Invalid: no reason, no such stream or kind, or a verdict that does not fit.
        Conflict: somebody has said something since, or the verdict overrules and does not say so, or the
            team has no exception left in this cycle.
    """
    require(by, Action.ASK_WORK)
    reason = said_why(why, "Say why, in a sentence: it is read by whoever asked.")
    with desk.room.together():
        chain = chain_of(number, desk)
        given = answers_on(chain, desk)
        answer = standing_answer(chain, desk, given)
        verdict = VerdictAsked(str(step), stream, kind, until).checked(chain, answer, desk)
        role = require_decision(by, desk.standing.plan, chain, verdict.step, stream=verdict.stream)
        require_fit(verdict, answer)
        if verdict.step is Step.OVERRIDE_ACCEPT:
            require_exception(chain, desk)
        metric, version = metric_on(verdict.stream, desk.today, desk.standing.plan)
        made = Decision(
            verdict.step, reason, by.name, at, role.value, verdict.stream, verdict.kind, metric, version,
            tuple(given.values()), verdict.until,
        )  # fmt: skip
        return _add(chain, made, desk, by, after, at)


def appeal(
    number: int, why: str, desk: Desk, by: Actor, *, at: datetime, after: int | None = None
) -> Chain:
    """Appeals against the verdict that stands; whoever may decide answers.

    Raises:
        Absent: there is no such chain.
        Invalid: no reason.
        Conflict: nothing was decided, or an appeal waits already.
    """
    require(by, Action.ASK_WORK)
    reason = said_why(why, "Say what the verdict does not see.")
    with desk.room.together():
        chain = chain_of(number, desk)
        verdict = chain.verdict
        if verdict is None or chain.is_appealed:
            what = "An appeal waits for its answer" if verdict else "Nothing is decided yet"
            raise Conflict(
                f"{what} on “{chain.work.title}”.", "Wait for it.", code="decision.appeal"
            )
        desk.room.watch(f"asked/{number}", by, at=at)
        made = Decision(Step.APPEAL, reason, by.name, at, stream=verdict.stream)
        return _add(chain, made, desk, by, after, at)


def answer_appeal(
    number: int, why: str, desk: Desk, by: Actor, *, at: datetime, after: int | None = None
) -> Chain:
    """Answers an appeal and lets the verdict stand; a new verdict answers it too.

    Raises:
        Absent: there is no such chain.
        Forbidden: it is not theirs to answer.
        Conflict: no appeal waits.
    """
    require(by, Action.ASK_WORK)
    reason = said_why(why, "Say why it stays as it is.")
    with desk.room.together():
        chain = chain_of(number, desk)
        verdict = chain.verdict
        if verdict is None or not chain.is_appealed:
            raise Conflict(f"No appeal waits on “{chain.work.title}”.", "", code="decision.appeal")
        role = role_for(by, desk.standing.plan, stream=verdict.stream, team=chain.work.team)
        if role is None:
            raise Forbidden(
                "You may not answer this appeal.",
                "Whoever may decide on the work can.",
                code="access.decide",
            )
        made = Decision(Step.ANSWER, reason, by.name, at, role.value, verdict.stream)
        return _add(chain, made, desk, by, after, at)


def _add(
    chain: Chain, made: Decision, desk: Desk, by: Actor, after: int | None, at: datetime
) -> Chain:
    seen = len(chain.decisions) if after is None else after
    chain = desk.decisions.add(chain.number, made, by, after=seen)
    subject = f"asked/{chain.number}"
    said = f"“{chain.work.title}”: {sentence(made, desk.standing.plan)}"
    desk.room.record(by, f"work.{made.step.value.replace('_', '-')}", subject, at=at, sentence=said)
    about = [subject, *([f"streams/{made.stream}"] if made.stream else [])]
    desk.room.tell("decision", about, f"{by.name}: {said}", address(chain.number), by, at=at)
    return chain


def sentence(step: Decision, plan: Plan) -> str:
    """A step read aloud: ``refused in the name of Start to first frame: it moves no session``."""
    words = SAID[step.step]
    if step.step in OVERRIDDEN | ACCEPTED | REFUSED and step.stream:
        words += f" {'for' if step.step in ACCEPTED else 'in the name of'} {stream_name(step.stream, plan)}"
    elif step.kind:
        words += f" as {step.kind}"
    if step.until:
        words += f" until {step.until}"
    return f"{words}: {step.why}"


def said_why(text: str, hint: str) -> str:
    """A reason in one piece.

    Raises:
        Invalid: there is none, or it is too long.
    """
    said = " ".join(text.split())
    if not said or len(said) > MOST_WORDS:
        raise Invalid(
            "A reason is missing." if not said else "The reason is too long.", hint, field="why"
        )
    return said


__all__ = [
    "MOST_WORDS", "OVERRULE", "SAID", "address", "answer_appeal", "appeal", "ask", "chain_of", "decide",
    "said_why", "sentence", "standing_answer",
]  # fmt: skip
