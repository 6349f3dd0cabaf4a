"""The plan while it is being made out of cards: finding what a card means, adding it, saying what is left."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from mainstem.ids import slug
from mainstem.plan.model import SECTIONS, Plan, Shape
from mainstem.workshop.deck import Card, Deck
from mainstem.workshop.kinds import CARD_KINDS, Holds
from mainstem.workshop.outcome_values import OpenQuestion
from mainstem.workshop.plan_cards import day_of, fields_of, folded, value_of, words_of

#: Longest identifier that is made from words.
_LONGEST_ID = 48


class Making:
    """Holds the sections of the wanted plan and what became of each card.

    Args:
        deck: The cards.
        base: The plan that they are put on.
        cycle: The cycle that commitments are made for; empty for none.
        first_day: Its first day, from which a newly chosen metric is in force; nothing: for good.
        barred: Cards that must not be made, and why.
    """

    def __init__(
        self, deck: Deck, base: Plan, cycle: str, first_day: date | None, barred: Mapping[str, str]
    ) -> None:
        self.deck, self.base, self.cycle, self.first_day = deck, base, cycle, first_day
        self.barred = barred
        self.held: dict[str, dict[str, Any]] = {s: dict(getattr(base, s)) for s in SECTIONS}
        self.became: dict[str, str] = {}
        self.left: dict[str, str] = {}
        self.questions: dict[str, list[OpenQuestion]] = {}
        self.stopped = _stopped(deck)
        self._pins = _pins(deck)
        self._claimed = set(self._pins.values())

    def takes(self, card: Card) -> bool:
        """Whether a card may become something; if not, it is told why."""
        why = self.barred.get(card.id)
        if why is None and card.is_hidden:
            why = "it was written silently and never revealed"
        if why is None and not card.text and card.kind != "part":
            why = "nothing is written on it"
        if why is None and self._pins.get(card.id) in self.stopped:
            why = "it is one of the things that the room will not do"
        if why is not None:
            self.leave(card, why)
        return why is None

    def leave(self, card: Card, why: str) -> None:
        """Says why nothing becomes of a card."""
        self.left.setdefault(card.id, why)

    def ask(self, card: Card, what: str, owner: str = "", until: date | None = None) -> None:
        """Leaves an open question about a card; its owner is whom the card names, if anybody."""
        owner = owner or folded(card.fields.get("owner"))
        asked = self.questions.setdefault(card.id, [])
        if all(q.what != what for q in asked):
            asked.append(OpenQuestion(card.id, what, owner, until))

    def alive(self, kind: str) -> tuple[Card, ...]:
        """Cards of a kind that the room kept; those that started from the plan first."""
        return tuple(sorted(self.deck.alive(kind), key=lambda card: not self.pinned(card)))

    def pinned(self, card: Card) -> str:
        """The identifier in the base that a card started from; empty for a new card."""
        section, _, ident = self._pins.get(card.id, "").partition("/")
        return ident if ident and ident in getattr(self.base, section, {}) else ""

    def value(self, card: Card, name: str) -> Any:
        """A field of a card as the plan takes it; ``None`` where it is empty or cannot be read."""
        if name == "until":
            return day_of(card.fields.get(name))
        return value_of(card.kind, name, card.fields.get(name))

    def changed(self, card: Card, entity: Shape | None, *, is_pinned: bool) -> dict[str, Any]:
        """The fields in which a card differs from what it started from, as the plan takes them.

        Those that name other cards are not among them: ``named`` finds what they mean.

        A field that is empty takes the plan's value away where the card started from it; a card that only
        has the same name takes nothing away. What cannot be read changes nothing.
        """
        was = fields_of(card.kind, entity) if entity is not None else {}
        out: dict[str, Any] = {}
        for field in CARD_KINDS[card.kind].fields:
            if field.holds in (Holds.CARD, Holds.CARDS):
                continue
            given = card.fields.get(field.name)
            if given == was.get(field.name) or (given in (None, "") and not is_pinned):
                continue
            value = value_of(card.kind, field.name, given)
            if value is not None or given in (None, ""):
                out[field.name] = value
        return out

    def find(
        self, card: Card, section: str, same: Callable[[str, Any], bool], *, shares: bool = False
    ) -> str:
        """What a card means of what is there: what it started from, else the first that is the same.

        Args:
            card: The card.
            section: Where to look.
            same: Whether an entity is what a new card means.
            shares: Whether several cards may mean one entity.
        """
        pin = self.pinned(card)
        if pin and self._pins[card.id].startswith(f"{section}/"):
            return pin
        for ident, entity in self.held[section].items():
            subject = f"{section}/{ident}"
            if (shares or subject not in self._claimed) and same(ident, entity):
                self._claimed.add(subject)
                return ident
        return ""

    def put(self, card: Card, section: str, ident: str, values: Mapping[str, Any]) -> str:
        """Puts what a card says into the plan; its identifier, or nothing if it cannot be kept.

        Args:
            card: The card.
            section: Where.
            ident: What it changes; empty: it is new, and gets an identifier of its own.
            values: Fields by the names of the model.
        """
        held = self.held[section]
        entity = held.get(ident) if ident else None
        given = {n: getattr(entity, n) for n in type(entity).model_fields} if entity else {}
        try:
            made = shape_of(section).model_validate({**given, **values})
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            self.leave(card, f"the plan cannot take `{place}`: {first['msg']}")
            return ""
        # nor one that a card started from and that is gone: it would come back as something else
        ident = ident or unique(card.text, held.keys() | self._pinned_in(section))
        if made != entity:
            held[ident] = made
        self._claimed.add(f"{section}/{ident}")
        self.became[card.id] = f"{section}/{ident}"
        return ident

    def _pinned_in(self, section: str) -> frozenset[str]:
        pins = (pin.partition("/") for pin in self._pins.values())
        return frozenset(ident for there, _, ident in pins if there == section)

    def named(self, section: str, given: Any) -> str:
        """The identifier of what another card became, or of what it started from; empty for neither."""
        card = self.deck.find(given)
        if card is None:
            return ""
        subject = self.became.get(card.id) or self._pins.get(card.id, "")
        there, _, ident = subject.partition("/")
        if there != section or subject in self.stopped or ident not in self.held[section]:
            return ""
        return ident


def _pins(deck: Deck) -> dict[str, str]:
    """Card → what it started from; one that took over another by merging goes on as that one."""
    own = {c.id: f"{c.section}/{c.ident}" for c in deck if c.section in SECTIONS and c.ident}
    pins = {c: pin for c, pin in own.items() if deck.cards[c].state != "merged"}
    taken = set(pins.values())
    for card in deck:
        if card.is_alive and card.id not in pins:
            section = CARD_KINDS[card.kind].section
            for other in deck.merged_into(card.id):
                pin = own.get(other.id, "")
                if pin.startswith(f"{section}/") and section and pin not in taken:
                    pins[card.id] = pin
                    taken.add(pin)
                    break
    return pins


#: What the room can stop by a word; teams and metrics are never taken out of a plan by a card.
STOPPABLE = ("customers", "objectives", "streams", "key_results", "initiatives")


def _stopped(deck: Deck) -> dict[str, str]:
    """Subjects of the plan that the room chose not to do any more, by the cards that say so."""
    return {
        f"{c.section}/{c.ident}": c.id
        for c in deck.alive("not_doing")
        if c.section in STOPPABLE and c.ident and not c.is_hidden
    }


def shape_of(section: str) -> type[Shape]:
    """The class of a section's entities."""
    found: type[Shape] = Plan.model_fields[section].annotation.__args__[1]  # type: ignore[union-attr]
    return found


def unique(words: str, taken: Container[str]) -> str:
    """An identifier made from words that nothing has yet."""
    start = slug(words)
    if len(start) > _LONGEST_ID:
        start = start[:_LONGEST_ID].rpartition("-")[0] or start[:_LONGEST_ID]
    number, ident = 1, start
    while ident in taken:
        number += 1
        ident = f"{start}-{number}"
    return ident


def is_called(text: str, ident: str, entity: Any) -> bool:
    """Whether an entity is called so, without regard to case."""
    said = text.casefold()
    return said in (words_of(ident, entity).casefold(), ident.casefold())
