"""What stands in the records of a room, in the order and the words in which pages show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mainstem.figures.wording import clean, plural
from mainstem.workshop.board import Record
from mainstem.workshop.kinds import StepKind

Records = Mapping[str, Record]
#: What a step is about, in words.
KIND_WORDS: Mapping[str, str] = {
    StepKind.CALL: "call to arms",
    StepKind.CUSTOMERS: "customers",
    StepKind.LIFECYCLE: "lifecycle",
    StepKind.OBJECTIVES: "objectives",
    StepKind.STREAMS: "value streams",
    StepKind.METRICS: "value metrics",
    StepKind.CHALLENGE: "challenge",
    StepKind.GROUPS: "groups that deliver",
    StepKind.BETS: "key results and bets",
    StepKind.DEPENDENCIES: "dependencies",
    StepKind.COMMIT: "commit",
    StepKind.TALK: "talk",
    StepKind.PAUSE: "break",
}
STATE_WORDS = {
    "prepared": "Not started",
    "running": "Running",
    "paused": "Paused",
    "finished": "Finished",
}


def of(records: Records, what: str) -> Iterator[tuple[str, Record]]:
    """``(id, record)`` of all records named ``what/…``."""
    start = f"{what}/"
    return ((name[len(start) :], r) for name, r in records.items() if name.startswith(start))


def room(records: Records) -> Record:
    """The room's own record; empty where nothing has happened yet."""
    return records.get("room") or {}


def steps(records: Records) -> list[tuple[str, Record]]:
    """Steps with their ids, in their order."""
    named = ((i, records.get(f"step/{i}")) for i in room(records).get("steps", ()))
    return [(str(i), step) for i, step in named if step is not None]


def step_on(records: Records) -> tuple[str, Record] | None:
    """The step on screen, if there is one."""
    wanted = room(records).get("step")
    return next(((i, s) for i, s in steps(records) if i == wanted), None)


def cards_of(records: Records, step: str) -> list[tuple[str, Record]]:
    """Cards of a step that are not gone or merged into others, in their order."""
    found = [
        (i, c)
        for i, c in of(records, "card")
        if c.get("step") == step and c.get("state") not in ("gone", "merged")
    ]
    return sorted(found, key=lambda card: (card[1].get("order") or 0, card[0]))


def has_cards(records: Records, step: str) -> bool:
    """Whether any card, also one that is gone, belongs to a step."""
    return any(card.get("step") == step for _, card in of(records, "card"))


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody in the room.

    Attributes:
        seat: Their seat's number.
        role: ``facilitator``, ``member`` or ``guest``.
        hand: Since when their hand is up, ISO; empty if it is not.
        group: Id of the card of the group that they sit with; empty for none.
        group_name: What that card says.
        is_out: Whether they were removed.
    """

    seat: int
    name: str
    role: str
    hand: str
    group: str
    group_name: str
    is_out: bool


def people(records: Records) -> list[Somebody]:
    """Everybody who ever sat here: facilitators first, then by name; who is out comes last."""
    rank = {"facilitator": 0, "member": 1, "guest": 2}
    found = [_somebody(int(seat), r, records) for seat, r in of(records, "person")]
    return sorted(found, key=lambda p: (p.is_out, rank.get(p.role, 3), p.name.casefold(), p.seat))


def _somebody(seat: int, record: Record, records: Records) -> Somebody:
    group = str(record.get("group") or "")
    named = records.get(f"card/{group}") if group else None
    return Somebody(
        seat, said(record.get("name")) or "Somebody", str(record.get("role") or "member"),
        str(record.get("hand") or ""), group, said(named.get("text")) if named else "",
        bool(record.get("out")),
    )  # fmt: skip


def hands(records: Records) -> list[Somebody]:
    """Who has a hand up, first raised first."""
    up = [p for p in people(records) if p.hand and not p.is_out]
    return sorted(up, key=lambda p: (p.hand, p.seat))


def groups(records: Records) -> list[tuple[str, str]]:
    """Ids and names of the groups that people can sit with."""
    found = [
        (i, said(c.get("text")))
        for i, c in of(records, "card")
        if c.get("kind") == "team" and c.get("state") in ("open", "chosen")
    ]
    return sorted(found, key=lambda g: g[1].casefold())


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cards a step has.

    Attributes:
        cards: All of them.
        hidden: Those that are written in silence and not shown yet.
        writers: People who wrote those.
        chosen: Those that were chosen.
    """

    cards: int
    hidden: int
    writers: int
    chosen: int


def counted(records: Records, step: str) -> Counted:
    """Counts the cards of a step."""
    cards = [c for _, c in cards_of(records, step)]
    hidden = [c for c in cards if c.get("silent")]
    states = Counter(c.get("state") for c in cards)
    return Counted(len(cards), len(hidden), len({c.get("by") for c in hidden}), states["chosen"])


def counted_words(of_step: Counted) -> str:
    """``14 cards, 6 of them written in silence by 4 people``."""
    if not of_step.cards:
        return "No card yet"
    if not of_step.hidden:
        return plural(of_step.cards, "card")
    by = plural(of_step.writers, "person", "people")
    if of_step.hidden == of_step.cards:
        return f"{plural(of_step.hidden, 'card')} written in silence by {by}"
    return f"{plural(of_step.cards, 'card')}, {of_step.hidden} of them written in silence by {by}"


def said(text: Any) -> str:
    """What somebody wrote, as a page can hold it."""
    return clean(str(text or "")).strip()
