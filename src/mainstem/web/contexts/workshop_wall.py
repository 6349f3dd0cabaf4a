"""What the room's wall shows: nothing to press, nothing of the facilitator's own, all of it large."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstem.figures.wording import listed, shorten
from mainstem.web.contexts.workshop_clock import Clock, clock_of
from mainstem.web.contexts.workshop_invite import Code, code_of, short
from mainstem.web.contexts.workshop_results import Result, results
from mainstem.web.contexts.workshop_steps import (
    Counted,
    Records,
    Somebody,
    cards_of,
    counted,
    hands,
    people,
    room,
    said,
    step_on,
    steps,
)
from mainstem.workshop.board import Record
from mainstem.workshop.kinds import StepKind

#: Cards that a wall can hold in letters that are read from eight metres; longer texts are cut.
MOST_CARDS, LONGEST = 8, 90
#: Longer prompts stand in smaller letters, still above what eight metres need.
LONG_PROMPT = 150


@dataclass(frozen=True, slots=True)
class Joining:
    """How people come in: a code for cameras; an address to type, cut before the word that is its own."""

    code: Code
    address: str
    word: str


@dataclass(frozen=True, slots=True)
class WallPage:
    """Everything that the wall shows.

    Attributes:
        title: Of the workshop.
        place: ``Step 3 of 9``, or what state the room is in.
        step: The step's title; the workshop's before it has begun.
        prompt: What people are asked to do now.
        is_long: Whether that is a long text.
        clock: The timer.
        count: The big number, e.g. how many cards there are; empty if it says nothing.
        count_words: What it counts.
        cards: Newest last; nothing while they are silent or results are shown.
        more: Cards that did not fit.
        results: What was shown to all.
        hands: Who wants to speak, first raised first.
        joining: How to come in, while the link is open; large before the start.
        is_waiting: Whether it has not begun.
        here: How many people sit here.
    """

    title: str
    place: str
    step: str
    prompt: str
    is_long: bool
    clock: Clock
    count: str
    count_words: str
    cards: tuple[str, ...]
    more: int
    results: tuple[Result, ...]
    hands: str
    joining: Joining | None
    is_waiting: bool
    here: int


def build_wall(records: Records, link: str, at: datetime, zone: str) -> WallPage:
    """The wall of a room.

    Args:
        records: As some seat sees them; what that seat alone sees is left out.
        link: Address by which people join; empty where there is none, or it is not to be shown.
        at: The moment.
        zone: IANA name of the organisation's time zone.
    """
    held, on = room(records), step_on(records)
    seated = [p for p in people(records) if not p.is_out]
    title = said(held.get("title")) or "Workshop"
    clock = clock_of(records.get("timer"), at, zone)
    up = _hands(hands(records))
    joining = _joining(link) if link else None
    state = str(held.get("state") or "prepared")
    if state in ("prepared", "finished") or on is None:
        words = (
            "Thank you. The workshop is finished." if state == "finished" else said(held.get("why"))
        )
        place = "Finished" if state == "finished" else "We begin soon"
        return WallPage(title, place, title, words, len(words) > LONG_PROMPT, clock, str(len(seated)), _here_words(seated), (), 0, (),
                        up, joining if state != "finished" else None, True, len(seated))  # fmt: skip
    ident, step = on
    order = [i for i, _ in steps(records)]
    of_step = counted(records, ident)
    shown = results(records, ident, step)
    texts = () if shown else _texts(records, ident)
    place = f"Step {order.index(ident) + 1} of {len(order)}" + (
        " · paused" if state == "paused" else ""
    )
    count, count_words = _count(of_step, step)
    prompt = said(step.get("prompt"))
    return WallPage(
        title, place, said(step.get("title")), prompt, len(prompt) > LONG_PROMPT, clock, count, count_words,
        texts[-MOST_CARDS:], max(len(texts) - MOST_CARDS, 0), shown, up, joining, False, len(seated),
    )  # fmt: skip


def _joining(link: str) -> Joining:
    place, _, word = short(link).rpartition("/")
    return Joining(code_of(link), f"{place}/", word)


def _here_words(seated: list[Somebody]) -> str:
    return "person is here" if len(seated) == 1 else "people are here"


def _hands(up: list[Somebody]) -> str:
    return listed([p.name for p in up], 4) if up else ""


def _texts(records: Records, step: str) -> tuple[str, ...]:
    """Plain cards that people wrote, oldest first."""
    cards = [
        c for _, c in cards_of(records, step) if not c.get("silent") and c.get("kind") != "parked"
    ]
    cards.sort(key=lambda c: str(c.get("at") or ""))
    return tuple(shorten(t, LONGEST) for c in cards if (t := said(c.get("text"))))


def _count(of_step: Counted, step: Record) -> tuple[str, str]:
    if step.get("kind") == StepKind.PAUSE:
        return "", ""
    if of_step.hidden:
        card = "card" if of_step.hidden == 1 else "cards"
        return str(of_step.hidden), f"{card} written in silence, shown when all are done"
    if step.get("silent") and not of_step.cards:
        return "", "Write in silence: nobody sees your cards yet"
    if not of_step.cards:
        return "", ""
    return str(of_step.cards), "card" if of_step.cards == 1 else "cards"
