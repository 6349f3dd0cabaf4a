"""Agendas: the running order of a workshop as a value, and the three that come with the program.

An agenda is a text that people share (``workshop.agenda_text``); docs/workshop-agendas.md describes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from mainstem.workshop.board import Board, Record
from mainstem.workshop.kinds import StepKind

#: Agendas that come with the program, in the order in which they are offered.
SHIPPED = ("day", "half-day", "sessions")
#: Longest stretch without a pause that the shipped agendas ask of people, in minutes.
LONGEST_STRETCH = 90


@dataclass(frozen=True, slots=True)
class AgendaStep:
    """A step of an agenda.

    Attributes:
        kind: What it is about.
        title: What it is called on the wall.
        purpose: Why it is there, in a sentence or two.
        minutes: How long it takes.
        prompt: The question on the screen.
        how: How the facilitator runs it.
        good: What good looks like at its end.
        traps: What usually goes wrong, and what helps.
        silent: Whether new cards are hidden until they are revealed.
        dots: How many dots each person has; 0 for none.
        ranking: Whether candidates are ranked.
        breakouts: Whether groups work beside each other.
        session: The sitting that begins with this step; empty where the one before goes on.
    """

    kind: StepKind
    title: str
    purpose: str = ""
    minutes: int = 0
    prompt: str = ""
    how: str = ""
    good: str = ""
    traps: tuple[str, ...] = ()
    silent: bool = False
    dots: int = 0
    ranking: bool = False
    breakouts: bool = False
    session: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """The running order of a workshop.

    Attributes:
        name: By which it is kept and asked for: lower-case words joined by ``-``.
        title: What pages call it.
        length: How long it takes, in words: ``a day``.
        purpose: For whom and when it is right.
        steps: In their order.
    """

    name: str
    title: str
    length: str
    purpose: str
    steps: tuple[AgendaStep, ...]

    @property
    def minutes(self) -> int:
        """All minutes, pauses included."""
        return sum(step.minutes for step in self.steps)

    @property
    def sessions(self) -> tuple[tuple[str, tuple[AgendaStep, ...]], ...]:
        """Its sittings: what each is called, and its steps. One without a name where nothing is said."""
        out: list[tuple[str, list[AgendaStep]]] = []
        for step in self.steps:
            if step.session or not out:
                out.append((step.session, []))
            out[-1][1].append(step)
        return tuple((title, tuple(steps)) for title, steps in out)


def stretches(agenda: Agenda) -> tuple[int, ...]:
    """Minutes at a stretch: between pauses, and within a sitting."""
    out: list[int] = []
    for _, steps in agenda.sessions:
        out.append(0)
        for step in steps:
            if step.kind is StepKind.PAUSE:
                out.append(0)
            else:
                out[-1] += step.minutes
    return tuple(minutes for minutes in out if minutes)


@cache
def agendas() -> Mapping[str, Agenda]:
    """The agendas that come with the program, by name."""
    return MappingProxyType({name: _shipped(name) for name in SHIPPED})


def shipped_text(name: str) -> str:
    """The text of an agenda that comes with the program, comments included.

    Raises:
        KeyError: there is none of that name.
    """
    if name not in SHIPPED:
        raise KeyError(name)
    return files("mainstem.workshop").joinpath("agendas", f"{name}.yaml").read_text("utf-8")


def _shipped(name: str) -> Agenda:
    from mainstem.workshop.agenda_text import agenda_from_text

    return agenda_from_text(shipped_text(name))


def agenda_from_text(text: str) -> Agenda:
    """An agenda out of its text; see ``workshop.agenda_text``.

    Raises:
        AgendaFaulty: saying every fault with its line.
    """
    from mainstem.workshop.agenda_text import agenda_from_text as read

    return read(text)


def agenda_to_text(agenda: Agenda) -> str:
    """The text of an agenda, which reads back as the same; see ``workshop.agenda_text``."""
    from mainstem.workshop.agenda_text import agenda_to_text as write

    return write(agenda)


#: Fields of a step, in the order of the text.
STEP_FIELDS = tuple(field.name for field in fields(AgendaStep))


def agenda_of(board: Board, name: str, title: str) -> Agenda:
    """The running order of a room as an agenda: its steps with their settings, without anything said in it.

    Args:
        board: The room.
        name: By which it is to be kept.
        title: What it is to be called; the room's title if empty.
    """
    room = board.get("room") or {}
    steps = dict(board.of("step"))
    order = [ident for ident in room.get("steps") or () if ident in steps]
    made = tuple(_step_of(steps[ident]) for ident in order)
    minutes = sum(step.minutes for step in made)
    return Agenda(name, title or str(room.get("title") or name), in_words(minutes), "", made)


def _step_of(record: Record) -> AgendaStep:
    kind = record.get("kind")
    texts = {n: " ".join(str(record.get(n) or "").split()) for n in _TEXTS}
    minutes = record.get("minutes")
    return AgendaStep(
        StepKind(kind) if kind in set(StepKind) else StepKind.TALK,
        texts["title"],
        texts["purpose"],
        max(1, int(minutes)) if isinstance(minutes, (int, float)) else 1,
        texts["prompt"],
        texts["how"],
        texts["good"],
        tuple(" ".join(str(t).split()) for t in record.get("traps") or ()),
        bool(record.get("silent")),
        int(record.get("dots") or 0),
        bool(record.get("ranking")),
        bool(record.get("breakouts")),
        texts["session"],
    )


_TEXTS = ("title", "purpose", "prompt", "how", "good", "session")


def in_words(minutes: int) -> str:
    """Minutes as people say them: ``2 hours 15 minutes``."""
    hours, rest = divmod(minutes, 60)
    said = [f"{n} {word}{'s' * (n != 1)}" for n, word in ((hours, "hour"), (rest, "minute")) if n]
    return " ".join(said) or "no time"
