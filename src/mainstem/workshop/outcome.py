"""From a board to the plan that the room wants: pure, and the same however the board came about.

What started from the plan keeps its identity, and only what the room changed is changed. What is new gets
an identifier of its own, unless the plan has the same thing by the same name. Nothing leaves the plan but
what the room turned into "what we will not do"; whatever else was set aside is asked about.
docs/workshop-outcome.md says all of it in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mainstem.plan.findings import Finding
from mainstem.plan.model import SECTIONS, Plan
from mainstem.plan.removing import without
from mainstem.plan.soundness import faults, new_faults
from mainstem.workshop.board import Board
from mainstem.workshop.deck import Card, Deck
from mainstem.workshop.kinds import CARD_KINDS
from mainstem.workshop.making import STOPPABLE, Making
from mainstem.workshop.outcome_commitments import (
    make_bets,
    make_dependencies,
    make_key_results,
    make_parts,
)
from mainstem.workshop.outcome_metrics import make_guardrails, make_metrics
from mainstem.workshop.outcome_streams import (
    make_customers,
    make_objectives,
    make_streams,
    make_teams,
)
from mainstem.workshop.outcome_values import OpenQuestion, Outcome, Stopped
from mainstem.workshop.plan_cards import day_of, folded

#: Kinds of cards that become something in the plan.
PLAN_KINDS = frozenset(
    (*(k.name for k in CARD_KINDS.values() if k.section), "stage", "part", "guardrail", "metric")
)
_STEPS = (
    make_customers, make_teams, make_objectives, make_streams, make_metrics, make_guardrails,
    make_parts, make_key_results, make_bets, make_dependencies,
)  # fmt: skip


def outcome(board: Board, base: Plan, *, cycle: str = "", first_day: date | None = None) -> Outcome:
    """What a board makes of a plan.

    Args:
        board: The room, whole (not as one viewer sees it).
        base: The plan to put it on.
        cycle: The cycle that commitments are made for, an identifier of the plan; empty for none.
        first_day: The day from which a newly chosen metric is in force: that cycle's first day, if not
            given; for good where there is neither.
    """
    if cycle not in base.cycles:
        cycle = ""
    if first_day is None and cycle:
        first_day = base.cycles[cycle].first_day
    deck = Deck(board)
    barred: dict[str, str] = {}
    known = faults(base)
    while True:
        making = Making(deck, base, cycle, first_day, barred)
        for step in _STEPS:
            step(making)
        plan = _stop(making)
        broken = new_faults(known, plan)
        if not broken or not making.became:
            return _told(making, plan)
        barred[_culprit(broken[0], making)] = broken[0].what


def _stop(making: Making) -> Plan:
    plan = making.base.model_copy(
        update={s: h for s, h in making.held.items() if h != getattr(making.base, s)}
    )
    for subject in making.stopped:
        section, _, ident = subject.partition("/")
        if ident in getattr(plan, section):
            plan = without(plan, section, ident)
    return plan


def _culprit(fault: Finding, making: Making) -> str:
    """The card without which the plan is sound again: the last one that had a part in what is broken."""
    makers = [c for c in making.deck.cards if making.became.get(c) == fault.subject]
    return makers[-1] if makers else list(making.became)[-1]


def _told(making: Making, plan: Plan) -> Outcome:
    deck = making.deck
    for card in deck:
        if card.is_alive and card.kind in PLAN_KINDS and card.id not in making.became:
            making.leave(card, "what it stands under did not become part of the plan")
    left = {c: making.left[c] for c in deck.cards if c in making.left and c not in making.became}
    meaning = (*making.became, *(c.id for c in deck if c.is_alive and c.kind in _SAID))
    nothing = tuple(c for c in deck.cards if c not in frozenset(meaning))
    return Outcome(
        plan, {c: making.became[c] for c in deck.cards if c in making.became}, left, nothing,
        tuple(_questions(making, left)), tuple(_not_doing(making)), making.cycle,
    )  # fmt: skip


#: Kinds that are said elsewhere than in the plan.
_SAID = ("call", "question", "not_doing", "statement")


def _questions(making: Making, left: dict[str, str]) -> Iterator[OpenQuestion]:
    """In the order of the board: questions of the room, and what nobody has said yet."""
    for card in making.deck:
        if card.kind == "question" and card.is_alive and not card.is_hidden:
            yield OpenQuestion(
                card.id,
                card.text,
                folded(card.fields.get("owner")),
                day_of(card.fields.get("until")),
            )
        elif card.kind == "statement" and card.is_alive:
            yield from _unsettled(card)
        elif card.id in left and not card.is_hidden:
            yield OpenQuestion(
                card.id, f"{card.label} ({CARD_KINDS[card.kind].label}) is not in the plan: {left[card.id]}",
                folded(card.fields.get("owner")),
            )  # fmt: skip
        elif _is_missed(card, making):
            yield OpenQuestion(
                card.id, f"{card.label} is in the plan and was set aside here: retire it?"
            )
        yield from making.questions.get(card.id, ())


def _unsettled(card: Card) -> Iterator[OpenQuestion]:
    if card.fields.get("outcome") == "cannot_say":
        yield OpenQuestion(
            card.id, f"Nobody can say yet: {card.text}", folded(card.fields.get("owner")),
            day_of(card.fields.get("until")),
        )  # fmt: skip


#: What a card of a stage or a participation started from: no section of the plan, but a part of one.
_PARTS = ("stages", "parts")


def _is_missed(card: Card, making: Making) -> bool:
    """A card of the plan that the room let go, without saying that the thing should stop."""
    if card.is_alive or card.state == "merged":
        return False
    if card.section in _PARTS:
        return True
    subject = f"{card.section}/{card.ident}"
    return (
        card.section in (*STOPPABLE, "teams")
        and subject not in making.stopped
        and subject not in making.became.values()
        and card.ident in getattr(making.base, card.section)
    )


def _called(card: Card, making: Making) -> str:
    """A card in a sentence; a participation has no words of its own."""
    if card.kind != "part":
        return card.label
    team, stream = making.deck.find(card.fields.get("team")), making.deck.find(card.under)
    said = (other.label if other is not None else "somebody" for other in (team, stream))
    return " in ".join(said)


def _not_doing(making: Making) -> Iterator[Stopped]:
    for card in making.deck.alive("not_doing"):
        if not card.is_hidden:
            subject = f"{card.section}/{card.ident}"
            ends = subject in making.stopped and card.ident in getattr(making.base, card.section)
            yield Stopped(
                card.id, card.text, folded(card.fields.get("why")), subject if ends else ""
            )


assert set(STOPPABLE) <= set(SECTIONS)
