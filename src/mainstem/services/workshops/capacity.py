"""Groups on the board with what they really have: their size, what the plan gives them, their recent score."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mainstem.plan.model import Plan
from mainstem.services.server.ground import Ground
from mainstem.services.workshops.starting import recent_scores
from mainstem.workshop.board import Board, Record
from mainstem.workshop.card_fields import new_card
from mainstem.workshop.cards import MOST_CARDS
from mainstem.workshop.case import STANDING, written
from mainstem.workshop.plan_cards import fields_of, words_of
from mainstem.workshop.starting import GAP, card_id, teams_shown


def capacity_cards(board: Board, step: str, ground: Ground, *, at: datetime) -> dict[str, Record]:
    """Groups of the plan that are not on the board yet, and on all of them their recent Value Score.

    The score stands in a field that only members of the organisation see. What groups have taken on is
    added up from the board whenever somebody looks (``workshop.capacity``).

    Args:
        board: The room.
        step: The step of groups.
        ground: The server's ground.
        at: When.
    """
    plan = ground.plans.head().plan
    scores = recent_scores(ground)
    held = {c["plan"]: (i, c) for i, c in board.of("card") if c["kind"] == "team" and c["plan"]}
    out = dict(_scored(held, scores))
    free = MOST_CARDS - board.count("card")
    for name, card in _missing(plan, step, held, scores, at):
        if len(out) < free and board.get(name) is None:
            out[name] = card
    return out


def _scored(
    held: dict[str, tuple[str, Record]], scores: dict[str, str]
) -> Iterator[tuple[str, Record]]:
    for ident, card in held.values():
        score = scores.get(card["plan"].partition("/")[2])
        if score and card["fields"].get("score") != score and card["state"] in STANDING:
            yield f"card/{ident}", {**card, "fields": {**card["fields"], "score": score}}


def _missing(
    plan: Plan, step: str, held: dict[str, tuple[str, Record]], scores: dict[str, str], at: datetime
) -> Iterator[tuple[str, Record]]:
    for count, ident in enumerate(teams_shown(plan), 1):
        subject = f"teams/{ident}"
        if subject in held:
            continue
        team = plan.teams[ident]
        fields = {k: v for k, v in fields_of("team", team).items() if v not in (None, "", [])}
        if ident in scores:
            fields["score"] = scores[ident]
        yield f"card/{card_id(subject)}", new_card(
            "team", step, words_of(ident, team), written(at), fields=fields, plan=subject,
            order=GAP * count,
        )  # fmt: skip
