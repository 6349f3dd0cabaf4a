"""What the form of a lane asks for, and what an opened card can be changed into."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mainstem.web.contexts.workshop.cards import BLANK, CardShown, Desk
from mainstem.web.contexts.workshop.fields import (
    Ask,
    Option,
    ask,
    card_options,
    cards_of_kind,
    in_order,
    is_living,
    under_ask,
)
from mainstem.web.contexts.workshop.lanes import REST, Lane
from mainstem.workshop.board import Record
from mainstem.workshop.kinds import ANYWHERE, CARD_KINDS, CARDS_OF_STEP, StepKind

#: Fields that only the room's facilitators fill in, by an act of their own.
_SETTLED = {
    "statement": ("statement", "version", "severity", "outcome", "evidence", "owner", "until")
}


class Forms:
    """Fills in the forms of lanes."""

    def __init__(self, desk: Desk, step: str) -> None:
        self.desk, self.step = desk, step
        waits = desk.step(step).get("state") == "waiting"
        #: What is not yet begun can be read by everybody; who leads may prepare it.
        self.may_add = desk.is_open and (desk.is_facilitator or not waits)

    def completed(self, lane: Lane) -> Lane:
        """The lane with what its form asks for; without a form where nothing can be added."""
        is_parking = lane.spec.add == "parked"
        if not lane.spec.add or not (self.may_add or (is_parking and self.desk.is_open)):
            return lane
        if is_parking:
            return replace(lane, prompt=CARD_KINDS["parked"].text)
        kind = CARD_KINDS[lane.spec.add]
        asks = [
            a for n in lane.spec.asks if (f := kind.field(n)) for a in [ask(f, self.desk.records)]
        ]
        under = under_ask(kind, self.desk.records) if lane.spec.asks_under else None
        given = [("step", self.step), ("kind", kind.name)]
        if lane.under and lane.under != REST and kind.under:
            given.append(("under", lane.under))
        if lane.where and lane.where[1] not in (REST, ""):
            given.append((f"field.{lane.where[0]}", lane.where[1]))
        return replace(
            lane,
            prompt=kind.text,
            form=(*([under] if under else []), *asks),
            given=tuple(given),
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened card: all of its forms. Also the blank one of each kind, for a script to clone.

    Attributes:
        card: The card.
        asks: Its fields.
        under: What it belongs to; none for cards that stand for themselves.
        group: Which group wrote it, in breakouts.
        turns: Kinds that it can become.
        into: Cards that it can be merged into; facilitators only.
        earlier: The order that puts it one place up.
        later: The order that puts it one place down.
        may_edit: Whether this person may change its words.
        may_remove: Whether this person may take it away.
        can_choose: Whether cards of its kind are chosen.
    """

    card: CardShown
    asks: tuple[Ask, ...]
    under: Ask | None
    turns: tuple[Option, ...]
    into: tuple[Option, ...]
    earlier: float
    later: float
    may_edit: bool
    may_remove: bool
    can_choose: bool = False


def opened(card: CardShown, record: Record, desk: Desk, step: Record) -> Opened:
    """A card with all that can be done with it."""
    kind = CARD_KINDS[card.kind]
    left_out = _SETTLED.get(kind.name, ())
    asks = tuple(
        ask(f, desk.records, record.get("fields") or {})
        for f in kind.fields
        if f.name not in left_out and not (f.is_inside and desk.is_guest) and not _is_told(f.name, kind.name)
    )  # fmt: skip
    earlier, later = _neighbours(card, desk)
    may_edit = desk.room.get("edits", "anyone") == "anyone" or card.is_own or desk.is_facilitator
    into = card_options(desk.records, (card.kind,), set()) if desk.is_facilitator else ()
    return Opened(
        card, asks, under_ask(kind, desk.records, str(record.get("under", ""))), _turns(card.kind, step),
        tuple(o for o in into if o.value != card.id), earlier, later,
        may_edit and kind.name != "statement", card.is_own or desk.is_facilitator or card.id == BLANK,
        kind.name in ("metric", "objective", "stream", "key_result", "bet"),
    )  # fmt: skip


def _is_told(field: str, kind: str) -> bool:
    """A group's Value Score is told by the ledger, never typed."""
    return (kind, field) == ("team", "score")


def _turns(kind: str, step: Record) -> tuple[Option, ...]:
    """What a note, or something parked, may become at this step."""
    if kind not in ("note", *ANYWHERE):
        return ()
    here = CARDS_OF_STEP.get(StepKind(step["kind"]), ()) if step.get("kind") else ()
    kinds = dict.fromkeys([*here, "note", *ANYWHERE])
    return tuple(
        Option(k, CARD_KINDS[k].label) for k in kinds if k != kind and not CARD_KINDS[k].by_room
    )


def _neighbours(card: CardShown, desk: Desk) -> tuple[float, float]:
    """Orders that put a card one place up, and one place down, among those it lies with."""
    if card.id == BLANK:
        return 0.0, 0.0
    every = [
        in_order(i, c) for i, c in desk.cards
        if c.get("kind") == card.kind and c.get("under", "") == card.under and is_living(c)
    ]  # fmt: skip
    places = sorted(every)
    at = places.index((card.order, card.id)) if (card.order, card.id) in places else 0
    before, after = [p[0] for p in places[:at]], [p[0] for p in places[at + 1 :]]
    up = (
        (before[-1] + before[-2]) / 2
        if len(before) > 1
        else (before[-1] - 1 if before else card.order)
    )
    down = (after[0] + after[1]) / 2 if len(after) > 1 else (after[0] + 1 if after else card.order)
    return up, down


def teams_asked(desk: Desk, chosen: str) -> tuple[Option, ...]:
    """Groups that one can sit with."""
    return (
        card_options(desk.records, ("team",), {chosen})
        if cards_of_kind(desk.records, "team")
        else ()
    )
