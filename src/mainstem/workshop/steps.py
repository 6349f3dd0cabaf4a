"""Acts on the running order: going on, and what a step is like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mainstem.errors import Conflict, Invalid
from mainstem.workshop.board import Puts, Record
from mainstem.workshop.case import Case
from mainstem.workshop.kinds import StepKind
from mainstem.workshop.reading import Sent, new_word
from mainstem.workshop.reading import line as a_line
from mainstem.workshop.reading import lines as some_lines
from mainstem.workshop.voting import MOST_DOTS

#: Most steps of a room, and most minutes of one.
MOST_STEPS, MOST_MINUTES = 60, 480
ROOM_STATES = ("prepared", "running", "paused", "finished")


def new_step(kind: str, title: str, **more: Any) -> Record:
    """The record of a step as it is made, waiting.

    Args:
        kind: One of ``StepKind``.
        title: What it is called.
        **more: Any other keys of the record.
    """
    return {
        "kind": kind, "title": title, "purpose": "", "prompt": "", "how": "", "good": "",
        "traps": [], "minutes": 15, "state": "waiting", "silent": False, "dots": 0,
        "dots_shown": False, "ranking": False, "ranks_shown": False, "breakouts": False,
        "lead": "", "session": "", **more,
    }  # fmt: skip


def fresh_timer(step: str, minutes: int) -> Record:
    """The timer of a step before it runs: stopped at its whole length."""
    return {"step": step, "seconds": minutes * 60, "ends_at": None, "left": minutes * 60}


def go(case: Case) -> Puts:
    """Brings a step on screen; the one before is done. Its cards that are hidden stay so."""
    ident = case.sent.word("step")
    step = case.step(ident)
    room = case.room
    if room["step"] == ident and step["state"] == "on":
        return {}
    puts: dict[str, Record | None] = {
        f"step/{other}": {**held, "state": "done"}
        for other, held in case.board.of("step")
        if held["state"] == "on" and other != ident
    }
    puts[f"step/{ident}"] = {**step, "state": "on"}
    puts["room"] = {**room, "step": ident, "parallel": False}
    puts["timer"] = fresh_timer(ident, step["minutes"])
    return puts


def reveal(case: Case) -> Puts:
    """Everybody sees the cards of a step; the next ones are not hidden any more."""
    ident = case.sent.word("step")
    step = case.step(ident)
    puts: dict[str, Record | None] = {
        f"card/{name}": {**card, "silent": False}
        for name, card in case.board.of("card")
        if card["step"] == ident and card["silent"]
    }
    if step["silent"]:
        puts[f"step/{ident}"] = {**step, "silent": False}
    return puts


def _text(most: int = 2_000) -> Callable[[Sent, str], Any]:
    return lambda sent, name: some_lines(sent.values[name], name, most)


def _traps(sent: Sent, name: str) -> list[str]:
    value = sent.values[name]
    if not isinstance(value, (list, tuple)) or len(value) > 20:
        raise Invalid("traps must be a list of at most 20 sentences.", "Send them as a list.",
                      field=name)  # fmt: skip
    return [a_line(one, name) for one in value]


def _flag(sent: Sent, name: str) -> bool:
    return sent.flag(name)


#: What may be set of a step, and how each is read.
SETTABLE: Mapping[str, Callable[[Sent, str], Any]] = {
    "title": lambda sent, name: sent.line(name, 120),
    "purpose": _text(), "prompt": _text(500), "how": _text(), "good": _text(), "traps": _traps,
    "minutes": lambda sent, name: sent.whole(name, 0, MOST_MINUTES),
    "silent": _flag, "ranking": _flag, "breakouts": _flag,
    "dots": lambda sent, name: sent.whole(name, 0, MOST_DOTS),
}  # fmt: skip


def _read(sent: Sent) -> Record:
    return {name: read(sent, name) for name, read in SETTABLE.items() if sent.has(name)}


def set_step(case: Case) -> Puts:
    """What a step is like. Cards that are hidden stay so until they are revealed."""
    ident = case.sent.word("step")
    step = case.step(ident)
    made = {**step, **_read(case.sent)}
    return {f"step/{ident}": made} if made != step else {}


def add_step(case: Case) -> Puts:
    """Another step, at the end or after one."""
    room = case.room
    if len(room["steps"]) >= MOST_STEPS:
        raise Conflict(f"A workshop has at most {MOST_STEPS} steps.", "Remove one first.",
                       code="workshop.full")  # fmt: skip
    ident = case.sent.word("step") if case.sent.has("step") else new_word()
    if case.board.get(f"step/{ident}") is not None:
        raise Conflict("There is a step of this id already.", "Send it with another id.",
                       code="workshop.taken")  # fmt: skip
    kind = case.sent.choice("kind", tuple(StepKind))
    made = new_step(kind, case.sent.line("title", 120)) | _read(case.sent)
    return {f"step/{ident}": made, "room": {**room, "steps": _with(case, room["steps"], ident)}}


def _with(case: Case, steps: list[str], ident: str) -> list[str]:
    """The steps with one more, after ``after``; at the end without it, first where it is empty."""
    rest = [s for s in steps if s != ident]
    if "after" not in case.sent.values:
        return [*rest, ident]
    after = case.sent.word_or_none("after")
    if after and after not in rest:
        raise Invalid(
            "after names no other step.", "Name the step that comes before.", field="after"
        )
    place = rest.index(after) + 1 if after else 0
    return [*rest[:place], ident, *rest[place:]]


def move_step(case: Case) -> Puts:
    """Another place in the order."""
    ident = case.sent.word("step")
    case.step(ident)
    room = case.room
    steps = _with(case, room["steps"], ident)
    return {"room": {**room, "steps": steps}} if steps != room["steps"] else {}


def remove_step(case: Case) -> Puts:
    """Takes a step off the agenda; one that has cards or is on screen stays."""
    ident = case.sent.word("step")
    step = case.step(ident)
    room = case.room
    if room["step"] == ident or step["state"] == "on":
        raise Conflict("This step is on screen.", "Go to another one first.",
                       code="workshop.step_used")  # fmt: skip
    if any(card["step"] == ident for _, card in case.board.of("card")):
        raise Conflict("There are cards at this step.", "Leave it: nothing written may be lost.",
                       code="workshop.step_used")  # fmt: skip
    left = [s for s in room["steps"] if s != ident]
    return {f"step/{ident}": None, "room": {**room, "steps": left}}


def say(case: Case) -> Puts:
    """A facilitator's own note to a step."""
    ident = case.sent.word("step") if case.sent.has("step") else case.room["step"]
    step = case.step(ident)
    text = some_lines(case.sent.values.get("text", ""), "text")
    return {f"step/{ident}": {**step, "lead": text}} if step["lead"] != text else {}


def parallel(case: Case) -> Puts:
    """Opens or closes the breakouts."""
    return _room(case, {"parallel": case.sent.flag("open")})


def edits(case: Case) -> Puts:
    """Who may edit a card: anyone, or its author."""
    return _room(case, {"edits": case.sent.choice("to", ("anyone", "author"))})


def state(case: Case) -> Puts:
    """Begins, pauses, goes on, or finishes. The first beginning brings the first step on screen."""
    to = case.sent.choice("to", ROOM_STATES)
    room = {**case.room, "state": to}
    if room == case.room:
        return {}
    puts: dict[str, Record | None] = {"room": room}
    if to == "finished":
        puts["room"] = {**room, "parallel": False}
    elif to == "running" and not room["step"] and room["steps"]:
        first = room["steps"][0]
        step = case.step(first)
        puts = {
            "room": {**room, "step": first},
            f"step/{first}": {**step, "state": "on"},
            "timer": fresh_timer(first, step["minutes"]),
        }
    return puts


def _room(case: Case, given: Record) -> Puts:
    made = {**case.room, **given}
    return {"room": made} if made != case.room else {}
