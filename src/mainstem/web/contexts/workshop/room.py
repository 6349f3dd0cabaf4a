"""The page of a step in a room: what is asked, what lies there, what one can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mainstem.figures.wording import clean, one_line, plural
from mainstem.services.workshops.advice import advice_on_card
from mainstem.web.contexts.workshop.cards import CardShown, Desk, blank_card, card_shown
from mainstem.web.contexts.workshop.fields import Option, is_hidden, is_living
from mainstem.web.contexts.workshop.forms import Forms, Opened, opened, teams_asked
from mainstem.web.contexts.workshop.frame import RoomFrame, room_frame
from mainstem.web.contexts.workshop.lanes import Each, EachSpec, Lane, LaneSpec, Layer
from mainstem.web.contexts.workshop.steps import BLOCKS, DECIDED, NOTES, PARKED, SIDE_BY_SIDE
from mainstem.workshop.board import Record
from mainstem.workshop.kinds import CARDS_OF_STEP, StepKind

if TYPE_CHECKING:
    from mainstem.services.workshops.catching_up import Whole
    from mainstem.services.workshops.seats import Seated


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step in words.

    Attributes:
        id: Its id.
        title: What it is called.
        kind: As ``StepKind`` names it.
        purpose: What it is for.
        prompt: What everybody is asked.
        how: How it is done.
        good: What good looks like.
        traps: What goes wrong.
        lead: The facilitator's note; empty for everybody else.
        waits: Whether it has not begun.
        is_on: Whether it is on screen for everybody.
        is_silent: Whether new cards are hidden until they are revealed.
        hidden: Cards that are not revealed yet.
        dots: Votes per person; 0 for no voting.
        left: Own votes that are left.
        dots_shown: Whether all votes are shown.
        ranks: ``""``, ``open`` or ``shown``.
        breakouts: Whether groups work apart here.
        next: The step after it, and its title; empty for the last.
        previous: The step before it, and its title; empty for the first.
    """

    id: str
    title: str
    kind: str
    purpose: str
    prompt: str
    how: str
    good: str
    traps: tuple[str, ...]
    lead: str
    waits: bool
    is_on: bool
    is_silent: bool
    hidden: int
    dots: int
    left: int
    dots_shown: bool
    ranks: str
    breakouts: bool
    next: tuple[str, str]
    previous: tuple[str, str]

    @property
    def left_words(self) -> str:
        """``3 of 5 dots left``."""
        return f"{self.left} of {plural(self.dots, 'dot')} left"

    @property
    def hidden_words(self) -> str:
        """What is being written in silence; empty for nothing."""
        if not self.hidden:
            return ""
        return f"{self.hidden} {'card is' if self.hidden == 1 else 'cards are'} being written, hidden until revealed"


@dataclass(frozen=True, slots=True)
class RoomPage:
    """Everything on the page of a step.

    Attributes:
        step: The step; none where the room has no steps yet.
        address: ``/workshop/NUMBER/``.
        here: Path and query of this page, to come back to.
        csrf: The hidden field that every form carries.
        is_open: Whether anything can be changed.
        is_facilitator: Whether they lead the room.
        blocks: Its lanes and sections.
        notes: Notes, below them; and what is parked.
        decided: Names of what is decided so far.
        blanks: An empty card of each kind, for a script to clone.
        forms: An empty opened card of each kind.
        opened: The card that is opened here, if one is.
        teams: Groups that one can sit with; none where they do not matter.
        is_beside: Whether the lanes stand side by side.
        is_empty: Whether no card lies there.
        is_following: Whether the page follows the step on screen.
    """

    step: StepShown | None
    address: str
    here: str
    csrf: Any
    is_open: bool
    is_facilitator: bool
    blocks: tuple[Lane | Each, ...] = ()
    notes: tuple[Lane | Each, ...] = ()
    decided: tuple[Lane | Each, ...] = ()
    blanks: tuple[CardShown, ...] = ()
    forms: tuple[Opened, ...] = ()
    opened: Opened | None = None
    teams: tuple[Option, ...] = ()
    is_beside: bool = False
    is_following: bool = True

    @property
    def acts(self) -> str:
        """Where acts are sent to."""
        return f"{self.address}acts"

    @property
    def opens(self) -> str:
        """The start of an address that shows a card of this page opened."""
        step = f"step={self.step.id}&" if self.step and not self.is_following else ""
        return f"{self.address}?{step}"


def build_room(
    whole: Whole, seat: Seated, *, step: str = "", card: str = "", here: str = "", csrf: Any = "",
) -> tuple[RoomFrame, RoomPage]:  # fmt: skip
    """The page of a step as one person sees it.

    Args:
        whole: The room, masked for them.
        seat: Who looks.
        step: The step asked for; empty for the one on screen, or the first.
        card: A card to show opened.
        here: Path and query of the page.
        csrf: The hidden field that every form carries.
    """
    desk = Desk(
        whole.records, seat.id, is_guest=seat.role == "guest", is_facilitator=seat.role == "facilitator",
    )  # fmt: skip
    ids = [str(s) for s in desk.room.get("steps", ()) if desk.step(str(s))]
    on = str(desk.room.get("step") or "")
    shown = next((s for s in (step, on) if s in ids), ids[0] if ids else "")
    frame = room_frame(whole, seat, here=here, step=shown)
    bare = RoomPage(None, frame.address, frame.here, csrf, desk.is_open, desk.is_facilitator)
    if not shown:
        return frame, bare
    return frame, _page(replace(bare, is_following=step not in ids), desk, shown, ids, card)


def _page(bare: RoomPage, desk: Desk, ident: str, ids: list[str], card: str) -> RoomPage:
    record = desk.step(ident)
    kind = StepKind(record["kind"])
    desk.advice = _advice(desk, kind)
    layer = Layer(desk, ident, Forms(desk, ident))
    specs = BLOCKS[kind]
    notes = PARKED if kind in (StepKind.TALK, StepKind.PAUSE) else (*NOTES, *PARKED)
    kinds = tuple(dict.fromkeys([*_kinds(specs), *_kinds(notes), "question", "not_doing"]))
    blanks = tuple(blank_card(k, desk, record) for k in kinds)
    held = desk.records.get(f"card/{card}")
    is_seen = held is not None and not is_hidden(held)
    return replace(
        bare, step=_step(desk, ident, record, ids), blocks=_sorted(layer.lay(specs, {}, "l"), kind),
        notes=layer.lay(notes, {}, "n"), decided=layer.lay(DECIDED, {}, "d"), blanks=blanks,
        forms=tuple(opened(b, {}, desk, record) for b in blanks),
        opened=opened(card_shown(card, held, desk, record), held, desk, record) if held and is_seen else None,
        teams=_teams(desk, kind), is_beside=kind in SIDE_BY_SIDE,
    )  # fmt: skip


def _advice(desk: Desk, kind: StepKind) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the wording rules say of the cards that this step is about."""
    kinds = CARDS_OF_STEP[kind]
    shown = (
        (i, c)
        for i, c in desk.cards
        if c.get("kind") in kinds and is_living(c) and not is_hidden(c)
    )
    found = ((i, advice_on_card(i, c)) for i, c in shown)
    return {i: tuple((one["what"], one["hint"]) for one in said) for i, said in found if said}


def _kinds(specs: tuple[LaneSpec | EachSpec, ...]) -> tuple[str, ...]:
    """Kinds whose cards, not only their names, lie there."""
    out: list[str] = []
    for spec in specs:
        if isinstance(spec, EachSpec):
            out += _kinds(spec.blocks)
        elif spec.look != "chips":
            out += spec.kinds
    return tuple(out)


def _sorted(blocks: tuple[Lane | Each, ...], kind: StepKind) -> tuple[Lane | Each, ...]:
    """Statements on which answers differ come first; all others stay where they are."""
    if kind is not StepKind.CHALLENGE:
        return blocks
    out: list[Lane | Each] = []
    for block in blocks:
        if isinstance(block, Lane):
            heaps = tuple(
                replace(
                    h,
                    cards=tuple(
                        sorted(h.cards, key=lambda c: not (c.answers and c.answers.differ))
                    ),
                )
                for h in block.heaps
            )
            block = replace(block, heaps=heaps)
        out.append(block)
    return tuple(out)


def _teams(desk: Desk, kind: StepKind) -> tuple[Option, ...]:
    if kind not in (StepKind.BETS, StepKind.GROUPS, StepKind.DEPENDENCIES):
        return ()
    own = (desk.records.get(f"person/{desk.seat}") or {}).get("group")
    return teams_asked(desk, str(own or ""))


def _step(desk: Desk, ident: str, record: Record, ids: list[str]) -> StepShown:
    at = ids.index(ident)
    dots = int(record.get("dots") or 0)
    ranks = "shown" if record.get("ranks_shown") else "open" if record.get("ranking") else ""
    return StepShown(
        id=ident, title=one_line(str(record.get("title", ""))), kind=str(record["kind"]),
        purpose=_text(record, "purpose"), prompt=_text(record, "prompt"), how=_text(record, "how"),
        good=_text(record, "good"), traps=tuple(clean(str(t)) for t in record.get("traps") or ()),
        lead=_text(record, "lead"), waits=record.get("state") == "waiting", is_on=desk.room.get("step") == ident, is_silent=bool(record.get("silent")),
        hidden=_hidden(desk, ident), dots=dots, left=max(dots - _spent(desk, ident), 0),
        dots_shown=bool(record.get("dots_shown")), ranks=ranks, breakouts=bool(record.get("breakouts")),
        next=_neighbour(desk, ids, at + 1), previous=_neighbour(desk, ids, at - 1),
    )  # fmt: skip


def _text(record: Record, name: str) -> str:
    return clean(str(record.get(name) or "")).strip()


def _neighbour(desk: Desk, ids: list[str], at: int) -> tuple[str, str]:
    if not 0 <= at < len(ids):
        return "", ""
    return ids[at], one_line(str(desk.step(ids[at]).get("title", "")))


def _hidden(desk: Desk, step: str) -> int:
    return sum(
        1 for _, c in desk.cards if c.get("silent") and c.get("step") == step and is_living(c)
    )


def _spent(desk: Desk, step: str) -> int:
    """Own dots on cards of this step."""
    spent = 0
    for name, record in desk.records.items():
        parts: list[Any] = name.split("/")
        if parts[0] == "dots" and parts[-1] == str(desk.seat):
            card = desk.records.get(f"card/{parts[1]}") or {}
            spent += int(record.get("n", 0)) if card.get("step") == step else 0
    return spent
