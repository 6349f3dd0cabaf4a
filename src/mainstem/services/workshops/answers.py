"""What a room settled about disqualifying statements, kept where the challenge of a plan looks for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mainstem.challenge.catalogue_of import catalogue_of
from mainstem.challenge.said import Answered
from mainstem.challenge.verdicts import Answer
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, may
from mainstem.services.workshops.plans import Made
from mainstem.store.answers import StoredAnswers
from mainstem.store.models import Workshop
from mainstem.workshop.board import Board
from mainstem.workshop.deck import Card, Deck
from mainstem.workshop.plan_cards import day_of, folded


def keep_answers(row: Workshop, made: Made, by: Actor, *, at: datetime) -> int:
    """Keeps each settled statement as an answer about what its card became; how many were new.

    An answer that stands already with the same words is not kept twice. Called inside the transaction that
    writes the proposal: what the answers are about may be part of the plan only when that is applied.
    """
    if not may(by, Action.ANSWER):
        return 0
    book = StoredAnswers()
    wanted = list(_settled(row, made, by, at))
    standing = book.standing({a.subject for a in wanted})
    kept = 0
    for one in wanted:
        same = (
            (s.answer, s.evidence, s.version)
            for s in standing.get(one.subject, ())
            if s.statement == one.statement
        )
        if (one.answer, one.evidence, one.version) not in same:
            book.add(one, by)
            auditing.record(
                by, "challenge.answer", one.subject, at=at,
                sentence=f"{one.statement} of {one.subject} is {one.answer}: {one.evidence}"[:400],
            )  # fmt: skip
            kept += 1
    return kept


def _settled(row: Workshop, made: Made, by: Actor, at: datetime) -> Iterator[Answered]:
    deck = Deck(made.board)
    known = catalogue_of(made.outcome.plan)
    for card in deck.alive("statement"):
        answer = card.fields.get("outcome")
        above = deck.find(card.under)
        statement = known.get(folded(card.fields.get("statement")))
        subject = made.outcome.became.get(above.id, "") if above is not None else ""
        if answer in tuple(Answer) and subject and statement is not None:
            yield Answered(
                subject, statement.id, statement.version, Answer(str(answer)),
                evidence_of(card, made.board, row.title), folded(card.fields.get("owner"))[:200],
                day_of(card.fields.get("until")), False, by.name, at,
            )  # fmt: skip


def evidence_of(card: Card, board: Board, title: str) -> str:
    """What an answer of a room rests on: what was said, and how the room answered silently."""
    said = folded(card.fields.get("evidence"))
    tally = board.get(f"tally/{card.id}") or {}
    counts = [
        f"{tally[name]} {word}"
        for name, word in (("true", "true"), ("false", "false"), ("cannot_say", "cannot say"))
        if tally.get(name)
    ]
    room = f"Settled in the workshop “{title}”"
    votes = f" ({', '.join(counts)})" if counts else ""
    return f"{said} {room}{votes}.".strip()
