"""Acts on one card: writing, editing, moving, removing, turning, choosing."""

from __future__ import annotations

from typing import Any

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.workshop.board import Puts, Record
from mainstem.workshop.card_fields import (
    changed_card,
    kind_of,
    named_card,
    new_card,
    read_fields,
    with_fields,
)
from mainstem.workshop.case import STANDING, Case, OtherWords
from mainstem.workshop.kinds import ANYWHERE, CARD_KINDS, CARDS_OF_STEP, CardKind, Holds, StepKind
from mainstem.workshop.reading import new_word, number

#: Most cards in a room, removed ones too, and most that one seat writes.
MOST_CARDS, MOST_OF_ONE = 3_000, 500
#: Kinds that are not yet anything, so that they may become something.
TURNABLE = ("note", "parked", "question", "not_doing")
#: Kinds that say enough by their fields.
WORDLESS = ("part",)
_PLACED = (Holds.CARD, Holds.CARDS, Holds.CHOICE)


def add_card(case: Case) -> Puts:
    """A new card in a step; hidden from others where the step is silent."""
    kind = _addable(case)
    step_id = case.sent.word("step")
    step = case.step(step_id)
    if kind.name not in (*CARDS_OF_STEP[StepKind(step["kind"])], *ANYWHERE):
        raise Invalid(f"A {kind.label} does not belong to this step.",
                      "Add it at the step that is about it, or as a note.", field="kind")  # fmt: skip
    silent = step["silent"] and kind.name not in ANYWHERE
    text = case.sent.line(may_be_empty=kind.name in WORDLESS)
    fields = with_fields({}, read_fields(case, kind))
    under = _under(case, kind) if case.sent.has("under") else ""
    return _added(case, new_card(
        kind.name, step_id, text, case.moment, fields=fields, under=under, group=_group(case, step),
        order=_order(case, step_id, kind.name, under), by=case.seat.id, silent=silent,
    ))  # fmt: skip


def park(case: Case) -> Puts:
    """A thought for later, kept with the step on screen."""
    _require_room(case)
    step = case.room["step"] or next(iter(case.room["steps"]), "")
    order = _order(case, step, "parked", "")
    return _added(case, new_card("parked", step, case.sent.line(), case.moment, order=order,
                                 by=case.seat.id))  # fmt: skip


def _addable(case: Case) -> CardKind:
    kind = kind_of(case.sent.values.get("kind"))
    if kind.by_room:
        raise Invalid(f"Nobody writes a {kind.label} by hand.", "The room puts them up itself.",
                      field="kind")  # fmt: skip
    _require_room(case)
    return kind


def _require_room(case: Case) -> None:
    if case.board.count("card") >= MOST_CARDS:
        raise Conflict(f"This room holds {MOST_CARDS:,} cards, which is all it takes.",
                       "Finish it and open another for the rest.", code="workshop.full")  # fmt: skip
    if case.leads:
        return
    mine = sum(1 for _, card in case.board.of("card") if case.is_own(card))
    if mine >= MOST_OF_ONE:
        raise Conflict(f"You have written {MOST_OF_ONE} cards.", "Leave some to others.",
                       code="workshop.full")  # fmt: skip


def _added(case: Case, card: Record) -> Puts:
    ident = case.sent.word("card") if case.sent.has("card") else new_word()
    if case.board.get(f"card/{ident}") is not None:
        raise Conflict("There is a card of this id already.", "Send it with another id.",
                       code="workshop.taken")  # fmt: skip
    return {f"card/{ident}": card}


def _under(case: Case, kind: CardKind) -> str:
    if not case.sent.word_or_none("under"):
        return ""
    if not kind.under:
        raise Invalid(f"A {kind.label} stands for itself.", "Leave out under.", field="under")
    return named_card(case, case.sent.values["under"], "under", kind.under)


def _group(case: Case, step: Record) -> str:
    """The group of a breakout that a card is written in: as sent, or the writer's own."""
    if case.sent.has("group"):
        given = case.sent.word_or_none("group")
        return named_card(case, given, "group", ("team",)) if given else ""
    if not (step["breakouts"] and case.room["parallel"]):
        return ""
    person = case.board.get(f"person/{case.seat.id}")
    return str(person["group"]) if person else ""


def _order(case: Case, step: str, kind: str, under: str) -> int | float:
    if case.sent.has("order"):
        return number(case.sent.values["order"], "order")
    placed = (
        c["order"]
        for _, c in case.board.of("card")
        if c["step"] == step and c["kind"] == kind and c["under"] == under
    )
    return int(max(placed, default=0)) + 1


def edit_card(case: Case) -> Puts:
    """Other words on a card. Two that edit different fields both get through; on the same one, nobody's is lost.

    Raises:
        OtherWords: somebody changed the same words since ``seen``.
    """
    ident = case.sent.word("card")
    card = case.standing(ident)
    _require_edit(case, card)
    kind = CARD_KINDS[card["kind"]]
    wordless = kind.name in WORDLESS
    text = case.sent.line(may_be_empty=wordless) if case.sent.has("text") else None
    given = read_fields(case, kind)
    seen = case.sent.whole("seen", 0, 2**53)
    _require_fresh(ident, card, seen, text, given)
    made = changed_card(card, text, given)
    return {f"card/{ident}": made} if made else {}


def _require_edit(case: Case, card: Record) -> None:
    if CARD_KINDS[card["kind"]].by_room:
        raise Forbidden(
            "The words of this card are the room's.", "Answer it, or settle its answer."
        )
    if card["silent"] and not case.is_own(card):
        raise Conflict("This card is still hidden.", "Wait until the facilitator reveals the cards.",
                       code="workshop.silent")  # fmt: skip
    if case.room["edits"] == "author" and not (case.leads or case.is_own(card)):
        raise Forbidden("In this room everybody edits their own cards.",
                        "Comment on it, or ask its author.", code="workshop.not_yours")  # fmt: skip


def _require_fresh(
    ident: str, card: Record, seen: int, text: str | None, given: dict[str, Any]
) -> None:
    marks = card.get("changed", {})
    later = {n for n, v in given.items()
             if marks.get(n, 1) > seen and v != card["fields"].get(n)}  # fmt: skip
    is_text = text is not None and text != card["text"] and marks.get("text", 1) > seen
    if not later and not is_text:
        return
    yours: Record = {"fields": {n: given[n] for n in later}}
    theirs: Record = {"fields": {n: card["fields"].get(n) for n in later}}
    if is_text:
        yours["text"], theirs["text"] = text, card["text"]
    raise OtherWords(ident, yours, theirs, card["version"])


def move_card(case: Case) -> Puts:
    """Another place: under another card, in another order, at other customers and stages, in another group."""
    ident = case.sent.word("card")
    card = case.standing(ident)
    kind = CARD_KINDS[card["kind"]]
    if kind.by_room:
        raise Forbidden("This card stays where the room put it.", "Move what it is about.")
    if card["silent"] and not case.is_own(card):
        raise Conflict("This card is still hidden.", "Wait until the facilitator reveals the cards.",
                       code="workshop.silent")  # fmt: skip
    given = read_fields(case, kind)
    words = next((n for n in given if (f := kind.field(n)) and f.holds not in _PLACED), "")
    if words:
        raise Invalid(f"Moving does not write {words}.", "Edit the card instead.", field=words)
    made = {**(changed_card(card, None, given) or card), **_placed(case, kind, card)}
    return {f"card/{ident}": made} if made != card else {}


def _placed(case: Case, kind: CardKind, card: Record) -> Record:
    out: Record = {}
    if "under" in case.sent.values:
        out["under"] = _under(case, kind)
        if kind.name == "metric" and out["under"] != card["under"]:
            # chosen, or set aside, it was for another stream
            out["state"] = "open"
    if case.sent.has("order"):
        out["order"] = number(case.sent.values["order"], "order")
    if case.sent.has("group"):
        out["group"] = _group(case, {})
    return out


def remove_card(case: Case) -> Puts:
    """Takes a card off the board; it stays readable after the workshop."""
    ident = case.sent.word("card")
    card = case.standing(ident)
    if CARD_KINDS[card["kind"]].by_room:
        case.require_lead()
    if not (case.leads or case.is_own(card)):
        raise Forbidden("This card is somebody else's.", "Its author or a facilitator can remove it.",
                        code="workshop.not_yours")  # fmt: skip
    return {f"card/{ident}": {**card, "state": "gone"}}


def restore_card(case: Case) -> Puts:
    """Brings back what was removed or merged."""
    ident = case.sent.word("card")
    card = case.card(ident)
    if card["state"] in STANDING:
        return {}
    return {f"card/{ident}": {**card, "state": "open", "into": ""}}


def turn_card(case: Case) -> Puts:
    """A note or a parked thought becomes something of the plan, or the other way round."""
    ident = case.sent.word("card")
    card = case.open_to_all(ident)
    kind = kind_of(case.sent.values.get("kind"))
    if card["kind"] not in TURNABLE or kind.by_room:
        raise Conflict("Only notes, questions and what is parked become something else.",
                       "Write a new card.", code="workshop.kind")  # fmt: skip
    made = {**card, "kind": kind.name, "under": "", "state": "open"}
    if case.sent.has("under"):
        made["under"] = _under(case, kind)
    kept = {n: v for n, v in card["fields"].items() if _takes_over(card["kind"], kind, n)}
    made["fields"] = with_fields(kept, read_fields(case, kind))
    made["step"] = _step_for(case, card["step"], kind)
    made["version"] = card["version"] + 1
    return {f"card/{ident}": made}


def _takes_over(was: str, kind: CardKind, name: str) -> bool:
    """Whether a field means the same on both kinds."""
    before, after = CARD_KINDS[was].field(name), kind.field(name)
    return (
        before is not None
        and after is not None
        and before.holds == after.holds
        and before.of == after.of
    )


def _step_for(case: Case, step: str, kind: CardKind) -> str:
    """The card's own step if it takes such cards, or else the first that does."""

    def takes(ident: str) -> bool:
        record = case.board.get(f"step/{ident}")
        return record is not None and kind.name in CARDS_OF_STEP[StepKind(record["kind"])]

    if kind.name in ANYWHERE or takes(step):
        return step
    return next((s for s in case.room["steps"] if takes(s)), step)


def choose_card(case: Case) -> Puts:
    """Chooses a card, sets it aside, or opens it again. Of a stream's metrics exactly one is chosen."""
    ident = case.sent.word("card")
    card = case.open_to_all(ident)
    state = case.sent.choice("state", STANDING)
    if CARD_KINDS[card["kind"]].by_room:
        raise Forbidden("A statement is not chosen.", "Answer it, or settle its answer.")
    puts: dict[str, Record | None] = {}
    if card["kind"] == "metric" and state == "chosen":
        if not card["under"]:
            raise Invalid("This metric belongs to no stream.", "Move it under its stream first.",
                          field="card")  # fmt: skip
        puts = dict(_set_aside(case, ident, card["under"]))
    if card["state"] != state:
        puts[f"card/{ident}"] = {**card, "state": state}
    return puts


def _set_aside(case: Case, ident: str, stream: str) -> Puts:
    return {
        f"card/{other}": {**c, "state": "aside"}
        for other, c in case.board.of("card")
        if other != ident and c["kind"] == "metric" and c["under"] == stream
        and c["state"] in ("open", "chosen")
    }  # fmt: skip
