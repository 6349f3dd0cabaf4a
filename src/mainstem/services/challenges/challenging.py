"""The challenge: what would disqualify a thing of the plan, what is answered, and what would change it.

The program answers what plan, ledger and series can tell; people answer the rest, at most five questions
at a time, those that decide most first. Nothing that a person answered is ever changed: a newer answer
counts instead, and one to an older version of a statement does not count and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from mainstem.challenge.said import Answered
from mainstem.challenge.statements import Statement
from mainstem.challenge.sums import sums, verdicts_in_words
from mainstem.challenge.verdicts import Answer, Verdict
from mainstem.challenge.weighing import Scales, Told, Weighed
from mainstem.errors import Absent, Forbidden, Invalid
from mainstem.plan.change_kinds import split_subject
from mainstem.plan.findings import Severity
from mainstem.plan.model import SECTIONS
from mainstem.services.challenges.scales import Checked, challenged_subjects, scales_of
from mainstem.services.people.access import Action, Actor, Role, require
from mainstem.services.plans.subject_names import subject_name

if TYPE_CHECKING:
    from mainstem.services.decisions.desk import Desk
    from mainstem.services.plans.findings_index import Findings

#: Statements that only whoever may decide answers, and whose reasons only they see.
PRIVATE = frozenset(("D-W02",))
#: Statements that a team answers as a group: what is shown is yes or no, never who or why.
AS_A_GROUP = frozenset(("D-T02",))
#: Longest evidence, and longest name of who finds out.
MOST_WORDS, MOST_NAME = 2_000, 200
SAYS_NOTHING = 3


@dataclass(frozen=True, slots=True)
class Challenged:
    """The challenge of one thing, as somebody may see it.

    Attributes:
        subject: ``section/id``.
        name: What people call it.
        weighed: The verdict, the statements with their answers, what would change it, and at most five
            questions.
        history: Every answer that was given, oldest first; those taken back too.
        checked: Which plan the program's answers are of.
        may_answer: Whether the reader may answer.
    """

    subject: str
    name: str
    weighed: Weighed
    history: tuple[Answered, ...]
    checked: Checked
    may_answer: bool

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.weighed.verdict


@dataclass(frozen=True, slots=True)
class PlanChallenged:
    """The challenge of a whole plan.

    Attributes:
        sentence: How many things have which verdict.
        sums: What stands out, as sentences.
        rows: Everything that is challenged, worst first, and of those alike in the order of the plan.
        names: Subject → what people call it.
        checked: Which plan the program's answers are of.
    """

    sentence: str
    sums: tuple[str, ...]
    rows: tuple[Weighed, ...]
    names: Mapping[str, str]
    checked: Checked

    def of(self, verdict: Verdict) -> tuple[Weighed, ...]:
        """Those of one verdict."""
        return tuple(row for row in self.rows if row.verdict is verdict)


def challenge(
    subject: str,
    desk: Desk,
    by: Actor,
    *,
    at: datetime,
    found: Findings | None = None,
    language: str = "en",
) -> Challenged:
    """One thing: its verdict, every statement with its answer, and what is to be asked next.

    Args:
        subject: ``section/id``, or ``asked/NUMBER`` for a piece of work.
        desk: The plan, answers and ledger.
        by: Who reads it.
        at: When.
        found: Findings of the plan, where somebody keeps them.
        language: In which statements are wanted.

    Raises:
        Absent: there is no such thing.
    """
    require(by, Action.READ)
    wanted, name = _existing(subject, desk)
    scales, checked = scales_of(desk, found, subjects=[wanted], language=language)
    weighed = _as_seen(scales.weigh(wanted), desk, by)
    history = tuple(_seen(a, wanted, desk, by) for a in desk.answers.history(wanted))
    return Challenged(wanted, name, weighed, history, checked, _may_answer(by))


def challenge_in_brief(
    subject: str,
    desk: Desk,
    by: Actor,
    *,
    found: Findings | None = None,
    language: str = "en",
    is_answered: bool = True,
) -> Challenged:
    """The verdict of one thing, what would change it and how much is to be asked.

    Without its history, and its questions are in the order of the list: neither is asked for.

    Args:
        subject: ``section/id``, or ``asked/NUMBER`` for a piece of work.
        desk: The plan, answers and ledger.
        by: Who reads it.
        found: Findings of the plan, where somebody keeps them.
        language: In which statements are wanted.
        is_answered: Whether anybody answered anything about it, as far as the caller knows.

    Raises:
        Absent: there is no such thing.
    """
    require(by, Action.READ)
    wanted, name = _existing(subject, desk)
    about = [wanted] if is_answered else []
    scales, checked = scales_of(desk, found, subjects=about, language=language, has_tallies=False)
    weighed = _as_seen(scales.weigh(wanted), desk, by)
    return Challenged(wanted, name, weighed, (), checked, _may_answer(by))


def challenge_plan(
    desk: Desk,
    by: Actor,
    *,
    at: datetime,
    found: Findings | None = None,
    language: str = "en",
) -> PlanChallenged:
    """Everything of the plan: verdicts, worst first, and what stands out in sentences.

    Cost: linear in things and answers; 8,000 things take well under two seconds.
    """
    require(by, Action.READ)
    scales, checked = scales_of(desk, found, language=language)
    rows = [_as_seen(scales.weigh(subject), desk, by) for subject in challenged_subjects(scales)]
    rows.sort(key=lambda w: -w.verdict.badness)
    plan = desk.standing.plan
    names = {w.subject: subject_name(w.subject, plan) for w in rows}
    return PlanChallenged(
        verdicts_in_words(rows), sums(rows, scales.ground), tuple(rows), names, checked
    )


def answer_statement(
    subject: str,
    statement: str,
    answer: Answer | None,
    desk: Desk,
    by: Actor,
    *,
    at: datetime,
    evidence: str = "",
    owner: str = "",
    until: date | None = None,
    found: Findings | None = None,
) -> Challenged:
    """Keeps what a person answers, and gives the challenge as it is then.

    Args:
        subject: ``section/id``, or ``asked/NUMBER``.
        statement: Its id.
        answer: ``None`` takes back what was answered before.
        desk: The plan, answers and ledger.
        by: Who answers.
        at: When.
        evidence: What a true or false answer rests on.
        owner: Who finds out what nobody can say of a statement that blocks; ``until`` is by when.
        found: Findings of the plan, where somebody keeps them.

    Raises:
        Absent: there is no such thing.
        Forbidden: it is not theirs to answer.
        Invalid: there is no such statement about it, the program answers it, or something is missing.
    """
    require(by, Action.ANSWER)
    wanted, name = _existing(subject, desk)
    scales, _ = scales_of(desk, found, subjects=[wanted])
    told = _told(scales, wanted, statement)
    assert told.statement is not None
    _require_answer(by, told.statement, wanted, desk)
    _check(told, answer, evidence, owner, until, at)
    given = Answered(
        wanted, statement, told.statement.version, answer, evidence.strip(), owner.strip(),
        until if answer is Answer.CANNOT_SAY else None,
        statement in PRIVATE | AS_A_GROUP, by.name or "Mainstem", at,
    )  # fmt: skip
    with desk.room.together():
        desk.answers.add(given, by)
        sentence = _sentence(given, name)
        desk.room.record(by, "challenge.answer", wanted, at=at, sentence=sentence)
        if not given.is_private:
            where = _address(wanted)
            desk.room.tell("challenge", [wanted], f"{by.name}: {sentence}", where, by, at=at)
    return challenge(wanted, desk, by, at=at, found=found)


def _address(subject: str) -> str:
    """The page on which it is read."""
    section, _, ident = subject.partition("/")
    return f"/decisions/{ident}/" if section == "asked" else f"/plan/{subject}/#challenge"


def _sentence(given: Answered, name: str) -> str:
    if given.answer is None:
        return f"{given.statement} of {name}: the answer was taken back"
    if given.is_private:
        return f"{given.statement} of {name} was answered"
    if given.answer is Answer.CANNOT_SAY:
        by = f" by {given.until}" if given.until else ""
        who = f"; {given.owner} finds out{by}" if given.owner else ""
        return f"{given.statement} of {name}: nobody can say yet{who}"
    return f"{given.statement} of {name} is {given.answer}: {given.evidence}"


def _existing(subject: str, desk: Desk) -> tuple[str, str]:
    """The subject and its name; a section may be left out of nothing.

    Raises:
        Absent: there is no such thing.
    """
    section, ident = split_subject(subject)
    if section == "asked" and ident.isdecimal() and len(ident) < 16:
        chain = desk.decisions.chain(int(ident))
        if chain is not None:
            return subject, chain.work.title
    elif section in SECTIONS and ident in getattr(desk.standing.plan, section):
        return subject, subject_name(subject, desk.standing.plan)
    raise Absent(
        f"The plan has no {subject}.",
        "Name a thing as `streams/start-fast`: its section and its identifier.",
    )


def _told(scales: Scales, subject: str, statement: str) -> Told:
    """The statement as it stands.

    Raises:
        Invalid: there is none about such a thing, or nobody is asked.
    """
    weighed = scales.weigh(subject)
    told = next((t for t in weighed.told if t.id == statement and t.statement), None)
    if told is None:
        known = ", ".join(t.id for t in weighed.told if t.may_be_asked) or "none"
        raise Invalid(
            f"{statement} is not said of {subject}.", f"What is asked of it: {known}.",
            field="statement", code="challenge.statement",
        )  # fmt: skip
    if not told.may_be_asked and told.answer is not None:
        raise Invalid(
            f"{statement} of {subject} is answered by the program: {told.said or told.answer}",
            "Mend what it says, or overrule it with a reason.",
            field="statement",
            code="challenge.by_program",
        )
    return told


def _require_answer(by: Actor, statement: Statement, subject: str, desk: Desk) -> None:
    if statement.id in PRIVATE and not by.is_at_least(Role.LEAD):
        raise Forbidden(
            f"{statement.id} is asked of {statement.asked_of}.",
            "A team lead, the stream's owner or a planner can answer it.",
        )
    if statement.id in AS_A_GROUP and not _is_of_team(by, subject, desk):
        raise Forbidden(
            f"{statement.id} is asked of {statement.asked_of}.",
            "Somebody of the team can answer it for the team.",
        )


def _is_of_team(by: Actor, subject: str, desk: Desk) -> bool:
    """Somebody without an account works in a folder, where nobody knows who is in which team."""
    from mainstem.score.tree import tree_of

    if by.id is None:
        return True
    tree = tree_of(desk.standing.plan)
    team = subject.partition("/")[2]
    return team in tree and bool(by.teams & set(tree.subtree(team)))


def _check(
    told: Told, answer: Answer | None, evidence: str, owner: str, until: date | None, at: datetime
) -> None:
    """What an answer must come with.

    Raises:
        Invalid: saying what is missing.
    """
    if len(evidence) > MOST_WORDS or len(owner) > MOST_NAME:
        raise Invalid("That is too long.", f"{MOST_WORDS} characters are enough.", field="evidence")
    if answer is None:
        if told.heard is None and told.stale is None:
            raise Invalid(f"{told.id} has no answer to take back.", "Answer it.", field="answer")
        return
    if answer is Answer.CANNOT_SAY:
        _check_owner(told, owner, until, at)
    elif told.id not in AS_A_GROUP and len(evidence.strip()) < SAYS_NOTHING:
        assert told.statement is not None
        raise Invalid(
            f"An answer to {told.id} needs what it rests on.",
            f"In a sentence: {told.statement.evidence}.",
            field="evidence",
        )


def _check_owner(told: Told, owner: str, until: date | None, at: datetime) -> None:
    if told.severity is not Severity.BLOCKS:
        return
    if not owner.strip():
        raise Invalid(
            f"{told.id} blocks: “cannot say” needs somebody who finds out.", "Name them.",
            field="owner",
        )  # fmt: skip
    if until is None or until < at.date():
        raise Invalid(
            f"{told.id} blocks: “cannot say” needs a day by which it is known.",
            "Name a day that is not over.", field="until",
        )  # fmt: skip


def _may_answer(by: Actor) -> bool:
    return by.may_write and by.is_at_least(Role.CONTRIBUTOR)


def _as_seen(weighed: Weighed, desk: Desk, by: Actor) -> Weighed:
    """Without what the reader may not see of private answers."""
    if not any(t.id in PRIVATE | AS_A_GROUP for t in weighed.told):
        return weighed
    told = tuple(_told_as_seen(t, weighed.subject, desk, by) for t in weighed.told)
    return replace(weighed, told=told)


def _told_as_seen(told: Told, subject: str, desk: Desk, by: Actor) -> Told:
    if told.heard is None and told.stale is None:
        return told
    heard = _seen(told.heard, subject, desk, by) if told.heard else None
    stale = _seen(told.stale, subject, desk, by) if told.stale else None
    return replace(told, heard=heard, stale=stale, said=heard.evidence if heard else told.said)


def _seen(given: Answered, subject: str, desk: Desk, by: Actor) -> Answered:
    """A private answer without who gave it and why, for whoever may not decide."""
    if not given.is_private:
        return given
    decides = given.statement not in AS_A_GROUP and by.is_at_least(Role.LEAD)
    return given if decides else replace(given, by="", evidence="", owner="")


__all__: Sequence[str] = (
    "AS_A_GROUP", "PRIVATE", "Challenged", "PlanChallenged", "answer_statement", "challenge",
    "challenge_in_brief", "challenge_plan",
)  # fmt: skip
