"""Acts of people: hands, groups, names, comments."""

from __future__ import annotations

from mainstem.errors import Absent, Conflict, Forbidden
from mainstem.workshop.board import Board, Puts, Record
from mainstem.workshop.card_fields import named_card
from mainstem.workshop.case import Case
from mainstem.workshop.reading import MOST_NAME, new_word

#: Most comments on one card.
MOST_COMMENTS = 200


def new_person(name: str, role: str) -> Record:
    """The record of somebody who sits down."""
    return {"name": name, "role": role, "hand": None, "group": "", "out": False}


def _person(case: Case, seat: int) -> Record:
    found = case.board.get(f"person/{seat}")
    if found is None or found["out"]:
        raise Absent("There is nobody of that seat.", "Look at the list of people.",
                     code="workshop.no_seat")  # fmt: skip
    return found


def _put(seat: int, was: Record, now: Record) -> Puts:
    return {f"person/{seat}": now} if now != was else {}


def hand(case: Case) -> Puts:
    """Raises one's hand, or lowers it; who raised it first comes first."""
    person = _person(case, case.seat.id)
    up = case.sent.flag("up")
    if up and person["hand"]:
        return {}
    return _put(case.seat.id, person, {**person, "hand": case.moment if up else None})


def lower_hand(case: Case) -> Puts:
    """Lowers somebody's hand, once they have spoken."""
    seat = case.sent.whole("seat", 1, 2**62)
    person = _person(case, seat)
    return _put(seat, person, {**person, "hand": None})


def group(case: Case) -> Puts:
    """Goes to a group, or out of all of them; a facilitator puts anybody into one."""
    seat = case.seat.id
    if case.sent.has("seat"):
        seat = case.sent.whole("seat", 1, 2**62)
        if seat != case.seat.id:
            case.require_lead()
    person = _person(case, seat)
    chosen = case.sent.word_or_none("group")
    if chosen:
        named_card(case, chosen, "group", ("team",))
    return _put(seat, person, {**person, "group": chosen})


def name(case: Case) -> Puts:
    """Another name on one's own seat; nobody takes that of another."""
    person = _person(case, case.seat.id)
    text = case.sent.line("text", MOST_NAME)
    if is_taken(case.board, text, besides=case.seat.id):
        raise Conflict(f"Somebody here is called {text} already.", "Add a letter or where you are from.",
                       code="workshop.name_taken")  # fmt: skip
    return _put(case.seat.id, person, {**person, "name": text})


def is_taken(board: Board, text: str, *, besides: int = 0) -> bool:
    """Whether somebody else in the room is called so."""
    wanted = text.casefold()
    return any(
        p["name"].casefold() == wanted
        for seat, p in board.of("person")
        if seat != str(besides) and not p["out"]
    )


def comment(case: Case) -> Puts:
    """A few words on a card."""
    card = case.sent.word("card")
    case.open_to_all(card)
    if sum(c["card"] == card for _, c in case.board.of("comment")) >= MOST_COMMENTS:
        raise Conflict(f"There are {MOST_COMMENTS} comments on this card.", "Talk about it instead.",
                       code="workshop.full")  # fmt: skip
    ident = case.sent.word("comment") if case.sent.has("comment") else new_word()
    if case.board.get(f"comment/{ident}") is not None:
        raise Conflict("There is a comment of this id already.", "Send it with another id.",
                       code="workshop.taken")  # fmt: skip
    said = {"card": card, "by": case.seat.id, "text": case.sent.line(), "at": case.moment}
    return {f"comment/{ident}": said}


def remove_comment(case: Case) -> Puts:
    """Takes a comment away: one's own, or a facilitator anybody's."""
    ident = case.sent.word("comment")
    found = case.board.get(f"comment/{ident}")
    if found is None:
        raise Absent("There is no such comment.", "Somebody may have removed it.",
                     code="workshop.no_comment")  # fmt: skip
    if not (case.leads or case.is_own(found)):
        raise Forbidden("This comment is somebody else's.", "Its author or a facilitator can remove it.",
                        code="workshop.not_yours")  # fmt: skip
    return {f"comment/{ident}": None}
