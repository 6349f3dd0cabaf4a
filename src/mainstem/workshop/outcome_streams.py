"""Customers with their stages, groups, objectives and value streams out of cards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mainstem.plan.model import Customer, Stage
from mainstem.workshop.deck import Card
from mainstem.workshop.making import Making, is_called, unique
from mainstem.workshop.plan_cards import TEAM_KINDS, words_of


def _named(
    making: Making, card: Card, section: str, *, shares: bool = False
) -> tuple[str, dict[str, Any]]:
    """What a card means, and the fields that it changes there; the name where that is another one."""
    ident = making.find(
        card, section, lambda key, held: is_called(card.text, key, held), shares=shares
    )
    entity = making.held[section].get(ident)
    is_pinned = bool(ident) and making.pinned(card) == ident
    values = making.changed(card, entity, is_pinned=is_pinned)
    if not ident or (is_pinned and card.text != words_of(ident, entity)):
        values["name"] = card.text
    return ident, values


def make_customers(making: Making) -> None:
    """Customers, each with the stages that stand under it."""
    for card in making.alive("customer"):
        if making.takes(card):
            ident, values = _named(making, card, "customers", shares=True)
            if "kind" in values and values["kind"] is None:
                del values["kind"]
            making.put(card, "customers", ident, values)
    for card in making.deck.alive("stage"):
        if making.takes(card) and not making.named("customers", card.under):
            making.leave(card, "it belongs to no customer of the plan")
    named = dict.fromkeys(making.named("customers", c.under) for c in making.deck.alive("stage"))
    for ident in named:
        if ident:
            _make_stages(making, ident)


def _make_stages(making: Making, customer: str) -> None:
    """Stages from left to right: those of the plan keep their places or trade them, new ones go between."""
    whole: Customer = making.held["customers"][customer]
    cards = [
        c
        for c in making.deck.alive("stage")
        if making.named("customers", c.under) == customer and c.id not in making.left
    ]
    stages = {stage.id: stage for stage in whole.stages}
    of_card: dict[str, str] = {}
    for card in cards:
        is_pinned = card.section == "stages" and card.ident in stages
        ident = card.ident if is_pinned else _like(card, stages, of_card, cards)
        ident = ident or unique(card.text, stages.keys() | {c.ident for c in cards})
        stages[ident] = _stage(making, card, stages.get(ident), ident, is_pinned)
        of_card[card.id] = ident
    order = _in_order([s.id for s in whole.stages], cards, of_card)
    wanted = tuple(stages[ident] for ident in order)
    if wanted != whole.stages:
        making.held["customers"][customer] = whole.model_copy(update={"stages": wanted})
    for card in cards:
        making.became[card.id] = f"customers/{customer}"


def _like(card: Card, stages: dict[str, Stage], of_card: dict[str, str], cards: list[Card]) -> str:
    pinned = {c.ident for c in cards if c.section == "stages"}
    taken = pinned | set(of_card.values())
    same = (i for i, s in stages.items() if i not in taken and is_called(card.text, i, s))
    return next(same, "")


def _stage(making: Making, card: Card, was: Stage | None, ident: str, is_pinned: bool) -> Stage:
    values = making.changed(card, was, is_pinned=is_pinned)
    if was is None or (is_pinned and card.text != words_of(ident, was)):
        values["name"] = card.text
    return (was or Stage(id=ident)).model_copy(update=values)


def _in_order(base: list[str], cards: list[Card], of_card: dict[str, str]) -> list[str]:
    """Identifiers of stages: moved cards trade places, a new one comes after the card before it.

    A new one without a card before it comes first where the room had the plan's stages before its eyes, and
    last where it had not.
    """
    moved = [of_card[c.id] for c in cards if c.section == "stages" and of_card[c.id] in base]
    places = iter(moved)
    known = set(moved)
    order = [next(places) if ident in known else ident for ident in base]
    for place, card in enumerate(cards):
        ident = of_card[card.id]
        if ident not in order:
            start = 0 if moved else len(order)
            before = of_card[cards[place - 1].id] if place else ""
            order.insert(order.index(before) + 1 if before else start, ident)
    return order


def make_teams(making: Making) -> None:
    """Groups; one that the plan has by that name is that team."""
    for card in making.alive("team"):
        if not making.takes(card):
            continue
        ident, values = _named(making, card, "teams", shares=True)
        values.pop("score", None)
        if "kind" in values:
            values["kind"] = TEAM_KINDS.get(values["kind"] or "")
        if values.get("size") is not None:
            values["size"] = max(0, round(values["size"]))
        making.put(card, "teams", ident, values)


def make_objectives(making: Making) -> None:
    """Objectives; one that makes nobody better off yet is asked about."""
    for card in making.deck.alive("objective"):
        if not making.takes(card):
            continue
        ident, values = _named(making, card, "objectives")
        ident = making.put(card, "objectives", ident, values)
        if ident and not making.held["objectives"][ident].customer_better_off:
            making.ask(card, f"Objective {card.label}: which customer is better off, and what can they do then?")  # fmt: skip


def make_streams(making: Making) -> None:
    """Value streams under their objectives, with whom they serve at which stages."""
    for card in making.deck.alive("stream"):
        if not making.takes(card):
            continue
        ident, values = _named(making, card, "streams")
        objective = making.named("objectives", card.under)
        if objective:
            values["objective"] = (objective,)
        elif not ident:
            making.leave(card, "the objective that it serves is not in the plan" if card.under else "it serves no objective")  # fmt: skip
            continue
        values |= _served(making, card, ident)
        ident = making.put(card, "streams", ident, values)
        if ident:
            _ask_of_stream(making, card, ident)


def _served(making: Making, card: Card, ident: str) -> dict[str, Any]:
    """The customer and the stages, where the card names them."""
    customer = making.named("customers", card.fields.get("customer"))
    named = list(_stages_named(making, card))
    if not customer and named:
        customer = named[0][0]
    stages = tuple(dict.fromkeys(s for c, s in named if c == customer))
    out: dict[str, Any] = {}
    was = making.held["streams"].get(ident)
    if customer and (was is None or was.customer != customer):
        out = {"customer": customer, "stages": stages}
    elif stages and (was is None or set(stages) != set(was.stages)):
        out = {"stages": stages}
    return out


def _stages_named(making: Making, card: Card) -> Iterator[tuple[str, str]]:
    """(customer, stage) of every stage that a card names and the plan has."""
    given = card.fields.get("stages")
    for one in given if isinstance(given, list) else ():
        found = making.deck.find(one)
        if found is None or found.kind != "stage":
            continue
        customer = making.named("customers", found.under)
        held = making.held["customers"].get(customer)
        for stage in held.stages if held is not None else ():
            is_it = stage.id == found.ident if found.section == "stages" else is_called(
                found.text, stage.id, stage
            )  # fmt: skip
            if is_it:
                yield customer, stage.id
                break


def _ask_of_stream(making: Making, card: Card, ident: str) -> None:
    stream = making.held["streams"][ident]
    if not stream.customer:
        making.ask(card, f"Stream {card.label}: whom does it serve?")
    elif not stream.stages:
        making.ask(card, f"Stream {card.label}: at which stages does it serve its customer?")
    if not stream.owner:
        making.ask(card, f"Stream {card.label}: who says “this is ours to move”?")
