"""The page that prepares a workshop: agendas as cards, and what can stand on the board at the start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mainstem.figures.wording import plural
from mainstem.web.contexts.pieces import Link
from mainstem.workshop.agendas import Agenda, AgendaStep
from mainstem.workshop.kinds import StepKind

_STARTS = (
    ("nothing", "Nothing", "An empty board. Right for a first plan, or to think anew."),
    ("plan", "The current plan", "Its customers, objectives, streams, metrics and teams are cards already: keep, change or drop them."),
    ("review", "What the last cycle taught", "The current plan, and beside it what was learned: bets that moved their metric and bets that did not, what was refused, what was missed."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgendaCard:
    """An agenda to choose.

    Attributes:
        length: How long it takes, in how many steps, in words.
        purpose: For whom and when it is right.
        sittings: Title of each sitting (empty for the only one), with its steps and their minutes.
    """

    name: str
    title: str
    length: str
    purpose: str
    sittings: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Start:
    """What can stand on the board at the start."""

    value: str
    title: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class NewPage:
    """Everything that the template prints beside its form."""

    head: str
    lead: str
    crumbs: tuple[Link, ...]
    agendas: tuple[AgendaCard, ...]
    starts: tuple[Start, ...]


def build_new(agendas: Iterable[Agenda], agenda: str, start: str) -> NewPage:
    """The page, with an agenda and a start chosen by their names."""
    return NewPage(
        "Prepare a workshop",
        "Say what it is about and choose an agenda. You get a room, a link to send round and a desk to lead from; nothing begins before you press Begin.",
        (Link("Workshops", "/workshop/"), Link("Prepare", "")),
        tuple(_card(a, agenda) for a in agendas),
        tuple(Start(v, t, w, v == start) for v, t, w in _STARTS),
    )  # fmt: skip


def _card(of: Agenda, chosen: str) -> AgendaCard:
    work = sum(s.kind is not StepKind.PAUSE for s in of.steps)
    length = f"{of.length[:1].upper()}{of.length[1:]} · {plural(work, 'step')}, {_long(of.minutes)}"
    sittings = tuple((title, tuple(_lines(steps))) for title, steps in of.sessions)
    return AgendaCard(of.name, of.title, length, of.purpose, sittings, of.name == chosen)


def _lines(steps: Iterable[AgendaStep]) -> Iterator[tuple[str, str]]:
    for step in steps:
        yield step.title, f"{step.minutes} min"


def _long(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return (
        f"{hours} h {rest:02} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
    )
