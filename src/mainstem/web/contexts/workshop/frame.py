"""What stands around every page of a room: title, step, who one is, what is decided. Guests see no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstem.figures.wording import one_line

if TYPE_CHECKING:
    from mainstem.services.workshops.catching_up import Whole
    from mainstem.services.workshops.seats import Seated

#: What a page says of a room that does not run.
STATES = {
    "prepared": "The workshop has not begun. You can look round and add cards already.",
    "paused": "The workshop is paused. What you write is kept.",
    "finished": "The workshop is finished: everything can be read, nothing is changed any more.",
}


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step in the list of steps; ``is_on``: it is on screen for everybody."""

    id: str
    title: str
    href: str
    kind: str
    is_here: bool = False
    is_on: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class RoomFrame:
    """What ``room_base.html`` shows.

    Attributes:
        number: The workshop's.
        title: What it is called.
        address: ``/workshop/NUMBER/``.
        here: Path and query of this page, to come back to.
        after: The newest event that the page shows; what comes later is streamed.
        seat: The seat of who looks.
        name: What they are called.
        role: ``facilitator``, ``member`` or ``guest``.
        state: ``prepared``, ``running``, ``paused`` or ``finished``.
        state_words: What that means for who looks; empty while it runs.
        steps: In their order.
        place: For instance ``Step 3 of 11``; empty where no step is on screen.
        step_title: The title of the step that is on screen.
        hand_up: Whether their hand is up.
        hands: Names of those whose hand is up, first raised first.
        people: How many have a seat.
    """

    number: int
    title: str
    address: str
    here: str
    after: int
    seat: int
    name: str
    role: str
    state: str
    state_words: str
    steps: tuple[StepLink, ...]
    place: str
    step_title: str
    hand_up: bool
    hands: tuple[str, ...]
    people: int

    @property
    def is_facilitator(self) -> bool:
        """Whether they lead the room."""
        return self.role == "facilitator"

    @property
    def is_guest(self) -> bool:
        """Whether they have a name only."""
        return self.role == "guest"

    @property
    def is_open(self) -> bool:
        """Whether anything can be added."""
        return self.state != "finished"


def room_frame(whole: Whole, seat: Seated, *, here: str = "", step: str = "") -> RoomFrame:
    """The frame of a page of a room.

    Args:
        whole: The room as this seat sees it.
        seat: Who looks.
        here: Path and query of the page.
        step: The id of the step that the page shows; empty for none.
    """
    records = whole.records
    room: Mapping[str, Any] = records.get("room") or {}
    number = seat.workshop
    own = records.get(f"person/{seat.id}") or {}
    on = str(room.get("step") or "")
    ids = [s for s in room.get("steps", ()) if f"step/{s}" in records]
    state = str(room.get("state", "prepared"))
    return RoomFrame(
        number=number, title=one_line(str(room.get("title", ""))), address=f"/workshop/{number}/",
        here=here or f"/workshop/{number}/", after=whole.number, seat=seat.id, name=seat.name,
        role=seat.role, state=state, state_words=STATES.get(state, ""),
        steps=tuple(_link(number, s, records[f"step/{s}"], step, on) for s in ids),
        place=f"Step {ids.index(on) + 1} of {len(ids)}" if on in ids else "",
        step_title=one_line(str(records[f"step/{on}"].get("title", ""))) if on in ids else "",
        hand_up=bool(own.get("hand")), hands=_hands(records), people=_people(records),
    )  # fmt: skip


def _link(number: int, ident: str, step: Mapping[str, Any], here: str, on: str) -> StepLink:
    return StepLink(
        ident, one_line(str(step.get("title", ""))), f"/workshop/{number}/?step={ident}", str(step.get("kind", "")),
        ident == here, ident == on, step.get("state") == "done",
    )  # fmt: skip


def _hands(records: Mapping[str, Any]) -> tuple[str, ...]:
    up = [
        r
        for n, r in records.items()
        if n.startswith("person/") and r.get("hand") and not r.get("out")
    ]
    return tuple(one_line(str(r.get("name", ""))) for r in sorted(up, key=lambda r: str(r["hand"])))


def _people(records: Mapping[str, Any]) -> int:
    return sum(1 for n, r in records.items() if n.startswith("person/") and not r.get("out"))
