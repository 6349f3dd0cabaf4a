"""Everything that can be done in a room: one table of acts, and the one way from an act to records.

``decide`` is pure. It takes the board as it is and says what to put, or refuses with a reason; whoever
calls it numbers and keeps what it put. Undo needs the events and is decided in ``workshop.undoing``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstem.errors import Conflict, Forbidden, Invalid
from mainstem.workshop import cards, gathering, steps, taking_part, timing, voting
from mainstem.workshop.board import Board, Puts
from mainstem.workshop.case import Case, Sitting
from mainstem.workshop.reading import Sent

#: Id that whoever acts gives an act, so that sending it twice does it once.
_ACT_ID = re.compile(r"[A-Za-z0-9_-]{6,40}\Z")


@dataclass(frozen=True, slots=True)
class ActKind:
    """One kind of act.

    Attributes:
        name: As it is sent.
        keys: What is sent with it; a key that ends in ``?`` may be left out.
        rule: What it puts.
        leads: Whether only facilitators may; rules refuse more than that where it depends on the card.
        is_undoable: Whether a facilitator's undo takes it back. What somebody votes or says of themselves
            is theirs and stays.
        always: Whether it works for everybody also while the workshop is paused.
    """

    name: str
    keys: tuple[str, ...]
    rule: Callable[[Case], Puts]
    leads: bool = False
    is_undoable: bool = True
    always: bool = False


def _elsewhere(case: Case) -> Puts:
    raise Invalid("Undo is decided where the events are.", "Ask the service.")


def _table(*kinds: ActKind) -> Mapping[str, ActKind]:
    return {kind.name: kind for kind in kinds}


_SET = tuple(f"{name}?" for name in steps.SETTABLE)
#: All acts by name; docs/workshop-records.md says them in words.
ACTS: Mapping[str, ActKind] = _table(
    ActKind("add_card", ("card?", "kind", "step", "text", "fields?", "under?", "group?", "order?"),
            cards.add_card),
    ActKind("edit_card", ("card", "seen", "text?", "fields?"), cards.edit_card),
    ActKind("move_card", ("card", "under?", "order?", "fields?", "group?"), cards.move_card),
    ActKind("remove_card", ("card",), cards.remove_card),
    ActKind("restore_card", ("card",), cards.restore_card, leads=True),
    ActKind("turn_card", ("card", "kind", "under?", "fields?"), cards.turn_card),
    ActKind("choose_card", ("card", "state"), cards.choose_card, leads=True),
    ActKind("park", ("text", "card?"), cards.park),
    ActKind("merge_cards", ("into", "cards"), gathering.merge_cards),
    ActKind("cluster_cards", ("cards", "cluster"), gathering.cluster_cards),
    ActKind("comment", ("comment?", "card", "text"), taking_part.comment),
    ActKind("remove_comment", ("comment",), taking_part.remove_comment),
    ActKind("dot", ("card", "n"), voting.dot, is_undoable=False),
    ActKind("rank", ("card", "order"), voting.rank, is_undoable=False),
    ActKind("answer", ("card", "answer", "why?"), voting.answer, is_undoable=False),
    ActKind("show_dots", ("step",), voting.show_dots, leads=True),
    ActKind("show_ranks", ("card?", "step?"), voting.show_ranks, leads=True),
    ActKind("show_answers", ("card?", "step?"), voting.show_answers, leads=True),
    ActKind("settle", ("card", "outcome", "evidence?", "owner?", "until?"), voting.settle, leads=True),
    ActKind("reveal", ("step",), steps.reveal, leads=True),
    ActKind("hand", ("up",), taking_part.hand, is_undoable=False, always=True),
    ActKind("lower_hand", ("seat",), taking_part.lower_hand, leads=True, is_undoable=False),
    ActKind("group", ("group", "seat?"), taking_part.group, is_undoable=False, always=True),
    ActKind("name", ("text",), taking_part.name, is_undoable=False, always=True),
    ActKind("go", ("step",), steps.go, leads=True),
    ActKind("set_step", ("step", *_SET), steps.set_step, leads=True),
    ActKind("add_step", ("step?", "kind", "after?", *_SET), steps.add_step, leads=True),
    ActKind("move_step", ("step", "after"), steps.move_step, leads=True),
    ActKind("remove_step", ("step",), steps.remove_step, leads=True),
    ActKind("timer", tuple(f"{name}?" for name in timing.WHAT), timing.timer, leads=True,
            is_undoable=False),
    ActKind("parallel", ("open",), steps.parallel, leads=True),
    ActKind("say", ("text", "step?"), steps.say, leads=True),
    ActKind("state", ("to",), steps.state, leads=True),
    ActKind("edits", ("to",), steps.edits, leads=True),
    ActKind("undo", ("number?",), _elsewhere, leads=True),
)  # fmt: skip


def decide(board: Board, act: Mapping[str, Any], seat: Sitting, at: datetime) -> Puts:
    """What an act puts; nothing if all is as wanted already. The board stays as it is.

    Args:
        board: The room as it stands.
        act: As it was sent: ``{"id": …, "act": name, …}``; nothing in it is trusted.
        seat: Who acts.
        at: When.

    Raises:
        Invalid: something that was sent cannot be taken.
        Forbidden: it is not theirs to do.
        Conflict: it does not fit the room as it stands; ``OtherWords`` carries both words of an edit.
        Absent: what it names is not there.
    """
    kind = kind_of(act)
    case = Case(board, Sent(act), seat, at)
    require_may(case, kind)
    return kind.rule(case)


def kind_of(act: Any) -> ActKind:
    """The kind of an act, whose keys are all known and there.

    Raises:
        Invalid: it is no act.
    """
    if not isinstance(act, Mapping):
        raise Invalid("An act must be a mapping.", "Send {id, act, …}.", field="act")
    name = act.get("act")
    kind = ACTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Invalid("There is no such act.", f"Acts are {', '.join(ACTS)}.", field="act")
    known = {key.rstrip("?") for key in kind.keys} | {"id", "act"}
    strange = next((key for key in act if key not in known), None)
    if strange is not None:
        raise Invalid(f"{kind.name} takes no {str(strange)[:60]!r}.",
                      f"It takes {', '.join(k.rstrip('?') for k in kind.keys)}.",
                      field=str(strange)[:60])  # fmt: skip
    missing = next((k for k in kind.keys if not k.endswith("?") and k not in act), None)
    if missing is not None:
        raise Invalid(f"{kind.name} needs {missing}.", "Send it along.", field=missing)
    return kind


def id_of(act: Any) -> str:
    """The id that whoever acts gave an act.

    Raises:
        Invalid: it has none that can be one.
    """
    given = act.get("id") if isinstance(act, Mapping) else None
    if not isinstance(given, str) or not _ACT_ID.match(given):
        raise Invalid("An act needs an id: 6 to 40 letters, digits, - or _.",
                      "Make a random one for each act, and send it again with the same.", field="id")  # fmt: skip
    return given


def require_may(case: Case, kind: ActKind) -> None:
    """Refuses who may not, and what the state of the room does not allow.

    Raises:
        Forbidden: only a facilitator may, or they were removed.
        Conflict: the workshop is paused or finished.
    """
    person = case.board.get(f"person/{case.seat.id}")
    if person is not None and person["out"]:
        raise Forbidden("You were removed from this room.", "Ask a facilitator.",
                        code="workshop.removed")  # fmt: skip
    if kind.leads:
        case.require_lead()
    state = case.room["state"]
    if state == "finished" and kind.name != "state":
        raise Conflict("The workshop is finished.", "Its outcome is on the summary.",
                       code="workshop.finished")  # fmt: skip
    if state == "paused" and not (case.leads or kind.always):
        raise Conflict("The workshop is paused.", "What you wrote is kept; send it when it goes on.",
                       code="workshop.paused")  # fmt: skip
