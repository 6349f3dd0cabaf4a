"""The challenge in a room: what a person must answer of the streams and metrics that it has chosen.

What the board would make of the plan is weighed like any plan: what the program answers is not asked, and of
the rest only what decides most is put up, worst first. Answers that only some may give stay out of the room.
What the room settles becomes answers to statements when the proposal is written (``workshop_answers``): before
that there is nothing in the plan that an answer could be about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from mainstem.challenge.catalogue_of import said_of
from mainstem.challenge.ground import Ground as Weighing
from mainstem.challenge.statements import Statement
from mainstem.challenge.weighing import Scales
from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan
from mainstem.services.challenges.challenging import AS_A_GROUP, PRIVATE
from mainstem.services.plans.findings_index import index_findings
from mainstem.services.plans.planning import check_standing
from mainstem.services.server.ground import Ground
from mainstem.store.answers import StoredAnswers
from mainstem.workshop.board import Board, Record
from mainstem.workshop.card_fields import new_card
from mainstem.workshop.cards import MOST_CARDS
from mainstem.workshop.case import written
from mainstem.workshop.outcome import outcome

#: Statements about one stream or metric, and about all of them: what a room can talk about in a step.
MOST_EACH, MOST_IN_ALL = 3, 24
_SECTION = {"stream": "streams", "metric": "metrics"}


def statement_cards(board: Board, step: str, ground: Ground, *, at: datetime) -> dict[str, Record]:
    """Cards of statements under the chosen metrics and the streams that stand; those that hang there already stay.

    Args:
        board: The room.
        step: The challenge's step.
        ground: The server's ground.
        at: When.
    """
    subjects = [(ident, card) for ident, card in board.of("card") if _is_challenged(card)]
    subjects.sort(key=lambda pair: (pair[1]["kind"] != "metric", pair[1]["order"], pair[0]))
    questions = _Questions(board, ground, at.date())
    out: dict[str, Record] = {}
    room = min(MOST_IN_ALL, MOST_CARDS - board.count("card"))
    for ident, card in subjects:
        for statement in questions.of(ident, card):
            name = f"card/{_card_id(ident, statement)}"
            if board.get(name) is None and len(out) < room:
                out[name] = _card(statement, ident, step, len(out) + 1, at)
    return out


def _is_challenged(card: Record) -> bool:
    """Metrics that were chosen, and streams that were not set aside."""
    if card["silent"]:
        return False
    if card["kind"] == "metric":
        return bool(card["state"] == "chosen")
    return card["kind"] == "stream" and card["state"] in ("open", "chosen")


def _card_id(subject: str, statement: Statement) -> str:
    """The same every time: a step that begins twice asks once."""
    return "q" + hashlib.sha256(f"{subject}/{statement.id}".encode()).hexdigest()[:15]


def _card(statement: Statement, subject: str, step: str, order: int, at: datetime) -> Record:
    fields = {
        "statement": statement.id, "version": statement.version, "severity": str(statement.severity),
    }  # fmt: skip
    return new_card("statement", step, statement.text, written(at), fields=fields, under=subject,
                    order=order)  # fmt: skip


class _Questions:
    """What is to be asked of each card."""

    def __init__(self, board: Board, ground: Ground, today: date) -> None:
        head = ground.plans.head().plan
        made = outcome(board, head)
        self._plan, self._became = made.plan, made.became
        self._scales = _scales(made.plan, set(made.became.values()), today)

    def of(self, ident: str, card: Record) -> Iterator[Statement]:
        """Statements, worst first, at most three."""
        subject = self._became.get(ident, "")
        found = list(self._weighed(subject)) if subject else []
        if not found and not self._is_weighed(subject):
            # what cannot become part of the plan yet is asked what blocks
            found = _blocking(said_of(self._plan, _SECTION[card["kind"]]))
        yield from found[:MOST_EACH]

    def _is_weighed(self, subject: str) -> bool:
        return bool(subject) and bool(self._scales.statements_about(subject))

    def _weighed(self, subject: str) -> Iterator[Statement]:
        for told in self._scales.weigh(subject).questions:
            if told.statement is not None and _is_for_all(told.statement):
                yield told.statement


def _scales(plan: Plan, subjects: set[str], today: date) -> Scales:
    answers = StoredAnswers()
    found = index_findings(check_standing(plan, today=today), "", today).by_subject
    return Scales(
        Weighing(plan, today), found, {}, answers.standing(subjects), answers.tallies()
    )  # fmt: skip


def _is_for_all(statement: Statement) -> bool:
    return statement.id not in PRIVATE | AS_A_GROUP


def _blocking(statements: Sequence[Statement]) -> list[Statement]:
    asked = [s for s in statements if "question" in s.answer_kind and _is_for_all(s)]
    return sorted(asked, key=lambda s: s.severity is not Severity.BLOCKS)
