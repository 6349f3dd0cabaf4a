"""What people do in an unbundling: answer, take an answer away, pass, ask somebody.

An answer is held against the one question that was seen, not against the whole draft: others may have
answered other questions meanwhile. Where somebody answered the same one, nothing is written and both
answers are told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from mainstem.errors import Conflict, Invalid
from mainstem.plan.standing import Standing
from mainstem.services.challenges.challenging import answer_statement
from mainstem.services.decisions.desks import ServerRoom, server_desk
from mainstem.services.people.access import Action, Actor, require
from mainstem.services.people.people_known import known_person
from mainstem.services.plans.proposals import gather
from mainstem.services.plans.proposed import row_of
from mainstem.services.plans.subject_names import subject_name
from mainstem.services.server.ground import Ground
from mainstem.services.unbundling.draft import Drafted, answered, cut, edited
from mainstem.services.unbundling.guide import Unbundled, shown
from mainstem.services.unbundling.log import Event, log, tell_person
from mainstem.services.unbundling.reading import read_answer, read_day
from mainstem.services.unbundling.rows import answerable, keep_put_off, kept, put_off
from mainstem.store.models import Unbundling
from mainstem.store.together import together
from mainstem.workshop.unbundling_course import PutOff
from mainstem.workshop.unbundling_edits import removing, taking_away
from mainstem.workshop.unbundling_inputs import Holds, Input, inputs_of
from mainstem.workshop.unbundling_values import Asks, Question

if TYPE_CHECKING:
    from mainstem.plan.model import Plan
    from mainstem.services.decisions.desk import Desk


def seen_of(question: Question, plan: Plan) -> str:
    """A word that is the same as long as a question is answered in the same way.

    What is added to never meets: two people may add two things.
    """
    if question.asks is Asks.ADD:
        return "any"
    held = [(one.name, one.now) for one in inputs_of(question, plan)]
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()[:16]


def said_now(question: Question, plan: Plan) -> str:
    """How a question is answered now, in words; empty if it is not."""
    if question.is_open and question.asks is not Asks.WORDING:
        return ""
    held = {one.name: one.now for one in inputs_of(question, plan)}
    return in_words(inputs_of(question, plan), held)


def in_words(inputs: Sequence[Input], given: Mapping[str, str]) -> str:
    """What was filled in, on one line."""
    told = []
    for one in inputs:
        said = " ".join(given.get(one.name, "").split())
        if said:
            word = dict(one.choices).get(said, said)
            told.append(f"{word} %" if one.holds is Holds.SHARE and "%" not in word else word)
    return ", ".join(told)


def answer_question(
    number: int,
    key: str,
    given: Mapping[str, str],
    ground: Ground,
    by: Actor,
    *,
    at: datetime,
    seen: str = "",
) -> Unbundled:
    """Answers a question; the unbundling as it stands then.

    Args:
        number: The unbundling.
        key: The question's key.
        given: Field of the answer → what was typed.
        ground: The server's ground.
        by: Who answers.
        at: The moment.
        seen: ``seen_of`` the question when it was read; empty: whatever stands there.

    Raises:
        Absent: there is no such question any more.
        Forbidden: it is not theirs to answer.
        Conflict: somebody answered the same question meanwhile (``unbundling.met``).
        Invalid: the answer is not one; ``field`` names what is to be mended.
    """
    require(by, Action.PROPOSE)
    with together():
        row, found = _at_hand(number, ground, by)
        question = found.of(key)
        inputs = inputs_of(question, found.plan)
        if seen and seen != seen_of(question, found.plan):
            raise _met(question, found.plan)
        if question.asks is Asks.STATEMENT:
            _answer_statement(question, given, found, ground, by, at)
        else:
            wanted = answered(found, question, given, server_desk(ground), by.name)
            _gather(row, wanted, found, ground, by, at)
        keep_put_off(row, [one for one in put_off(row) if one.key != key])
        words = f"{question.text} {in_words(inputs, given)} ({_name(question, found)})"
        log(number, Event.ANSWERED, words, by, at, key=key)
    return _again(number, ground, by)


def take_away(
    number: int, key: str, ground: Ground, by: Actor, *, at: datetime, thing: str = ""
) -> Unbundled:
    """Takes an answer away, or a thing that the draft has added; the question is open again.

    Args:
        number: The unbundling.
        key: The question's key; of no use with ``thing``.
        ground: The server's ground.
        by: Who does.
        at: The moment.
        thing: ``section/id`` of what is to go, with all that names it.

    Raises:
        Absent: there is no such question.
        Invalid: there is nothing to take away, or it was in the plan before.
    """
    require(by, Action.PROPOSE)
    with together():
        row, found = _at_hand(number, ground, by)
        question = None if thing else found.of(key)
        if question is not None and question.asks is Asks.STATEMENT:
            given = {"answer": "take back"}
            _answer_statement(question, given, found, ground, by, at)
        else:
            edits = (
                removing(thing, found.base)
                if question is None
                else taking_away(question, found.plan, found.base)
            )
            _gather(row, edited(found.plan, edits), found, ground, by, at)
        words = f"{question.text} ({_name(question, found)})" if question else thing
        log(number, Event.TAKEN, words, by, at, key=key)
    return _again(number, ground, by)


def pass_question(number: int, key: str, ground: Ground, by: Actor, *, at: datetime) -> Unbundled:
    """Puts a question off: it comes back when nothing else is left.

    Raises:
        Absent: there is no such question.
        Invalid: it is answered already.
    """
    require(by, Action.PROPOSE)
    with together():
        row, found = _at_hand(number, ground, by)
        question = found.of(key)
        _require_open(question)
        _put_off(row, PutOff(key, by.name, at.isoformat()))
        words = f"{question.text} ({_name(question, found)})"
        log(number, Event.PASSED, words, by, at, key=key)
    return _again(number, ground, by)


def ask_somebody(
    number: int, key: str, person: str, ground: Ground, by: Actor, *, at: datetime
) -> Unbundled:
    """Puts a question to somebody by name; they are told in the app and are asked it first.

    Raises:
        Absent: there is no such question, or nobody of that name.
        Invalid: several have the name, they may not propose, or it is answered already.
    """
    require(by, Action.PROPOSE)
    known = known_person(person, ground, Action.PROPOSE)
    with together():
        row, found = _at_hand(number, ground, by)
        question = found.of(key)
        _require_open(question)
        _put_off(row, PutOff(key, by.name, at.isoformat(), known.name, known.id))
        told = f"{question.text} ({_name(question, found)})"
        log(number, Event.ASKED, f"{known.name}: {told}", by, at, key=key)
        address = f"/unbundle/{number}/?q={quote(key, safe='')}"
        if known.id != by.id:
            tell_person(known.id, number, f"{by.name} asks you: {told}", address, at)
    return _again(number, ground, by)


def _again(number: int, ground: Ground, by: Actor) -> Unbundled:
    return shown(kept(number, by), ground, by)


def _at_hand(number: int, ground: Ground, by: Actor) -> tuple[Unbundling, Drafted]:
    """The row, locked with its proposal, and the draft as it stands."""
    row = answerable(number, by)
    # what came with the row may be older than its lock: PostgreSQL reads only the locked table anew
    row.proposal = row_of(row.proposal_id, by, lock=True)
    return row, shown(row, ground, by).drafted


def _met(question: Question, plan: Plan) -> Conflict:
    said = said_now(question, plan)
    return Conflict(
        f"Somebody answered it meanwhile: {said}" if said else "Somebody took the answer away meanwhile.",
        "Yours is not lost: answer again to put it in its place, or leave theirs.",
        code="unbundling.met",
    )  # fmt: skip


def _require_open(question: Question) -> None:
    if not question.is_open:
        raise Invalid("It is answered already.", "Go on with the next question.", field="")


def _put_off(row: Unbundling, one: PutOff) -> None:
    keep_put_off(row, [*(old for old in put_off(row) if old.key != one.key), one])


def _name(question: Question, found: Drafted) -> str:
    return subject_name(question.subject, found.plan)


def _gather(
    row: Unbundling, wanted: Plan, found: Drafted, ground: Ground, by: Actor, at: datetime
) -> None:
    if wanted is not found.plan:
        gather(row.proposal_id, wanted, {}, ground, by, at=at)


# -- statements


@dataclass(frozen=True, slots=True)
class _DraftRoom:
    """Writes about a draft: audited, and nobody is told."""

    kept: ServerRoom

    def together(self) -> AbstractContextManager[object]:
        """Everything inside happens, or none of it."""
        return self.kept.together()

    def record(self, by: Actor, action: str, subject: str, *, at: datetime, sentence: str) -> None:
        """Adds a line to the audit log."""
        self.kept.record(by, action, subject, at=at, sentence=sentence)

    def tell(
        self, event: str, subjects: Sequence[str], sentence: str, address: str, by: Actor, *, at: datetime
    ) -> None:  # fmt: skip
        """Nobody: what a draft says is for those who answer."""

    def watch(self, subject: str, by: Actor, *, at: datetime) -> None:
        """Nobody watches a thing that is not there yet."""


def draft_desk(ground: Ground, plan: Plan) -> Desk:
    """The desk of a server with a draft on it: answers to statements are kept, nobody is told."""
    desk = server_desk(ground)
    standing = Standing(plan, desk.standing.revision)
    # what history says was looked at before the question was put
    return replace(desk, standing=standing, book=lambda: None, room=_DraftRoom(ServerRoom()))


def _answer_statement(
    question: Question,
    given: Mapping[str, str],
    found: Drafted,
    ground: Ground,
    by: Actor,
    at: datetime,
) -> None:
    said = given.get("answer", "").strip()
    answer_statement(
        question.subject, question.field, None if said == "take back" else read_answer(said),
        draft_desk(ground, cut(found.plan, found.objective)), by, at=at,
        evidence=given.get("evidence", ""), owner=given.get("owner", ""),
        until=read_day(given.get("until", "")),
    )  # fmt: skip
