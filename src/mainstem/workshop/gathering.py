"""Acts on several cards: giving them a heading, merging them into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mainstem.errors import Forbidden, Invalid
from mainstem.workshop.board import Puts, Record
from mainstem.workshop.case import Case
from mainstem.workshop.kinds import CARD_KINDS, Holds

#: Most cards that one act takes.
MOST_AT_ONCE = 200
_MOST_HEADING = 120


def cluster_cards(case: Case) -> Puts:
    """Puts cards under one heading, or takes them from under it with an empty one."""
    cards = case.cards(case.sent.words("cards", MOST_AT_ONCE))
    heading = case.sent.line("cluster", _MOST_HEADING, may_be_empty=True)
    return {
        f"card/{ident}": {**card, "cluster": heading}
        for ident, card in cards.items()
        if card["cluster"] != heading
    }


def merge_cards(case: Case) -> Puts:
    """Several cards become one: what hung under them, named them or voted for them goes to the one."""
    into = case.sent.word("into")
    target = case.open_to_all(into)
    merged = case.cards(i for i in case.sent.words("cards", MOST_AT_ONCE) if i != into)
    _check(case, target, merged)
    puts: dict[str, Record | None] = {
        f"card/{ident}": {**card, "state": "merged", "into": into} for ident, card in merged.items()
    }
    if any(card["state"] == "chosen" for card in merged.values()) and target["state"] != "chosen":
        puts[f"card/{into}"] = {**target, "state": "chosen"}
    gone = dict.fromkeys(merged, into)
    for ident, card in case.board.of("card"):
        name = f"card/{ident}"
        # the target itself may have just been chosen
        now = _led_over(puts.get(name) or card, gone) if ident not in gone else None
        if now is not None:
            puts[name] = now
    _one_metric_each(case, into, puts)
    _votes(case, gone, puts)
    return puts


def _one_metric_each(case: Case, stream: str, puts: dict[str, Record | None]) -> None:
    """Of metrics that come under one stream the one that was chosen there stays it, or else the first."""
    cards = {f"card/{ident}": card for ident, card in case.board.of("card")}
    now = {name: puts.get(name) or card for name, card in cards.items()}
    chosen = [n for n, c in now.items()
              if c["kind"] == "metric" and c["state"] == "chosen" and c["under"] == stream]  # fmt: skip
    chosen.sort(key=lambda n: cards[n]["under"] != stream)
    for name in chosen[1:]:
        puts[name] = {**now[name], "state": "aside"}


def _check(case: Case, target: Record, merged: Mapping[str, Record]) -> None:
    if not merged:
        raise Invalid("There is nothing to merge.", "Name at least one other card.", field="cards")
    every = [target, *merged.values()]
    if not case.leads and not all(case.is_own(card) for card in every):
        raise Forbidden("Some of these cards are somebody else's.",
                        "A facilitator can merge them.", code="workshop.not_yours")  # fmt: skip
    if any(card["kind"] != target["kind"] for card in every) or CARD_KINDS[target["kind"]].by_room:
        raise Invalid("Only cards of one kind can be merged.", "Turn notes into that kind first.",
                      field="cards")  # fmt: skip
    if target["kind"] == "metric" and any(c["under"] != target["under"] for c in every):
        raise Invalid("These metrics are of different streams.", "Move them under one stream first.",
                      field="cards")  # fmt: skip


def _led_over(card: Record, gone: Mapping[str, str]) -> Record | None:
    """A card that named what was merged names the one instead; ``None`` if it did not."""
    changes: Record = {n: gone[card[n]] for n in ("under", "group") if card[n] in gone}
    fields = {n: _led(card["kind"], n, v, gone) for n, v in card["fields"].items()}
    if fields != card["fields"]:
        changes["fields"] = fields
    return {**card, **changes} if changes else None


def _led(kind: str, name: str, value: Any, gone: Mapping[str, str]) -> Any:
    field = CARD_KINDS[kind].field(name)
    if field is not None and field.holds is Holds.CARD:
        return gone.get(value, value)
    if field is not None and field.holds is Holds.CARDS:
        return list(dict.fromkeys(gone.get(v, v) for v in value))
    return value


def _votes(case: Case, gone: Mapping[str, str], puts: dict[str, Record | None]) -> None:
    """Votes go along: dots are added up, in a ranking the place of the best counts."""
    for name, record in list(case.board.of("dots")):
        card, _, seat = name.partition("/")
        if card in gone:
            to = f"dots/{gone[card]}/{seat}"
            held = puts.get(to) or case.board.get(to) or {"n": 0}
            puts[f"dots/{name}"] = None
            puts[to] = {"n": held["n"] + record["n"]}
    for name, record in list(case.board.of("rank")):
        order = list(dict.fromkeys(gone.get(c, c) for c in record["order"]))
        if order != record["order"]:
            puts[f"rank/{name}"] = {"order": order}
    for ident, person in list(case.board.of("person")):
        if person["group"] in gone:
            puts[f"person/{ident}"] = {**person, "group": gone[person["group"]]}
