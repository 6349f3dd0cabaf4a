"""The cards of a board in an order of their own, so that the order of acts never matters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mainstem.workshop.board import Board, Record
from mainstem.workshop.kinds import CARD_KINDS
from mainstem.workshop.plan_cards import LONGEST_CARD, folded

ALIVE = ("open", "chosen")


@dataclass(frozen=True, slots=True)
class Card:
    """A card as the outcome looks at it.

    ``section`` and ``ident`` are what it started from in the plan; empty for a new one. ``is_hidden``: it
    was written silently and never revealed, so it is still its author's own.
    """

    id: str
    kind: str
    text: str
    state: str
    under: str = ""
    section: str = ""
    ident: str = ""
    into: str = ""
    order: float = 0
    is_hidden: bool = False
    fields: Record = field(default_factory=dict)

    @property
    def is_alive(self) -> bool:
        """Whether the room kept it."""
        return self.state in ALIVE

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return f"“{self.text}”" if self.text else f"a {CARD_KINDS[self.kind].label} without words"


class Deck:
    """All cards by id, sorted by their order on the board and then by id."""

    def __init__(self, board: Board) -> None:
        cards = (_card(ident, record) for ident, record in board.of("card"))
        known = sorted((c for c in cards if c is not None), key=lambda c: (c.order, c.id))
        self.cards: dict[str, Card] = {c.id: c for c in known}

    def __iter__(self) -> Iterator[Card]:
        return iter(self.cards.values())

    def alive(self, kind: str) -> Iterator[Card]:
        """Cards of a kind that the room kept."""
        return (c for c in self.cards.values() if c.kind == kind and c.is_alive)

    def find(self, ident: Any) -> Card | None:
        """The card of that id; where it was merged, the one that it went into."""
        seen: set[str] = set()
        card = self.cards.get(ident) if isinstance(ident, str) else None
        while card is not None and card.state == "merged" and card.id not in seen:
            seen.add(card.id)
            card = self.cards.get(card.into)
        return card

    def merged_into(self, ident: str) -> Iterator[Card]:
        """Cards that went into one, however far."""
        for card in self.cards.values():
            if card.state == "merged":
                end = self.find(card.id)
                if end is not None and end.id == ident:
                    yield card


def _card(ident: str, record: Record) -> Card | None:
    if record.get("kind") not in CARD_KINDS:
        return None
    order = record.get("order")
    section, _, entity = str(record.get("plan") or "").partition("/")
    return Card(
        ident, record["kind"], folded(record.get("text"), LONGEST_CARD), str(record.get("state", "open")),
        str(record.get("under") or ""), section, entity, str(record.get("into") or ""),
        float(order) if isinstance(order, (int, float)) else 0.0, bool(record.get("silent")),
        dict(record.get("fields") or {}),
    )  # fmt: skip
