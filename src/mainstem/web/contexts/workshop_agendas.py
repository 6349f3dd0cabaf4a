"""Pages of agendas: what there is to choose from, and one of them step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mainstem.services.workshops.agendas import Offered
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Cell, Column, Link, Row, Table
from mainstem.workshop.agendas import AgendaStep, in_words
from mainstem.workshop.kinds import StepKind

_KINDS = {
    StepKind.CALL: "call to arms", StepKind.CUSTOMERS: "customers", StepKind.LIFECYCLE: "lifecycle",
    StepKind.OBJECTIVES: "objectives", StepKind.STREAMS: "value streams",
    StepKind.METRICS: "value metrics", StepKind.CHALLENGE: "challenge", StepKind.GROUPS: "groups",
    StepKind.BETS: "key results and bets", StepKind.DEPENDENCIES: "dependencies",
    StepKind.COMMIT: "commit", StepKind.TALK: "talk", StepKind.PAUSE: "pause",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgendasPage:
    """All agendas."""

    head: str
    lead: str
    table: Table
    may_keep: bool


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step for reading: its minutes from and to, its kind and settings, and the texts that it has."""

    title: str
    when: str
    marks: tuple[str, ...]
    is_pause: bool
    texts: tuple[tuple[str, str], ...]
    traps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """One agenda, by sittings."""

    name: str
    head: str
    lead: str
    purpose: str
    kept: str
    sessions: tuple[tuple[str, str, tuple[StepShown, ...]], ...]
    may_remove: bool
    open_with: str
    links: tuple[Link, ...]


def build_agendas(offered: Sequence[Offered], *, may_host: bool) -> AgendasPage:
    """The page of all agendas."""
    own = sum(not one.is_shipped for one in offered)
    kept = f"{own} of them your organisation’s own" if own else "none of your own yet"
    table = Table(
        "Agendas",
        (Column("Agenda"), Column("Length"), Column("Steps", is_number=True), Column("From")),
        tuple(_row(one) for one in offered),
    )
    return AgendasPage(
        f"{len(offered)} agendas to open a workshop with, {kept}",
        "An agenda is a running order: steps with their minutes, questions and how to run them. "
        "It is a text that you can download, change and share.",
        table, may_host,
    )  # fmt: skip


def _row(one: Offered) -> Row:
    agenda = one.agenda
    whose = "Mainstem" if one.is_shipped else one.author_name
    since = f"since {day_here(one.at)}" if one.at is not None else ""
    return Row(
        (
            Cell(agenda.title, f"/workshop/agendas/{agenda.name}/", agenda.purpose),
            Cell(in_words(agenda.minutes), under=_sittings(one)),
            Cell(str(len(agenda.steps))), Cell(whose, under=since),
        )
    )  # fmt: skip


def _sittings(one: Offered) -> str:
    count = len(one.agenda.sessions)
    return f"in {count} sessions" if count > 1 else ""


def build_agenda(one: Offered, *, may_host: bool) -> AgendaPage:
    """The page of one agenda."""
    agenda = one.agenda
    talk = sum(s.minutes for s in agenda.steps if s.kind is not StepKind.PAUSE)
    pauses = agenda.minutes - talk
    said = f"{in_words(talk)} of work" + (f" and {in_words(pauses)} of pauses" if pauses else "")
    where = f"/workshop/agendas/{agenda.name}"
    return AgendaPage(
        agenda.name, agenda.title, f"{len(agenda.steps)} steps, {said}.", agenda.purpose,
        "Comes with Mainstem." if one.is_shipped else f"Kept by {one.author_name}.",
        tuple(_session(title, steps) for title, steps in agenda.sessions),
        one.is_theirs, f"/workshop/new?agenda={agenda.name}" if may_host else "",
        (Link("Download as YAML", f"{where}/text"), Link("All agendas", "/workshop/agendas/")),
    )  # fmt: skip


def _session(title: str, steps: Sequence[AgendaStep]) -> tuple[str, str, tuple[StepShown, ...]]:
    shown, at = [], 0
    for step in steps:
        shown.append(_step(step, at))
        at += step.minutes
    return title, in_words(at), tuple(shown)


def _step(step: AgendaStep, at: int) -> StepShown:
    marks = [_KINDS[step.kind]] if _KINDS[step.kind] != step.title.casefold() else []
    settings = (
        ("silent writing", step.silent), (f"{step.dots} dots each", step.dots),
        ("ranking", step.ranking), ("breakouts", step.breakouts),
    )  # fmt: skip
    texts = (
        ("On the wall", step.prompt), ("Why", step.purpose), ("How to run it", step.how),
        ("What good looks like", step.good),
    )  # fmt: skip
    return StepShown(
        step.title, f"{_clock(at)} to {_clock(at + step.minutes)}",
        (f"{step.minutes} min", *marks, *(words for words, on in settings if on)),
        step.kind is StepKind.PAUSE, tuple((name, text) for name, text in texts if text), step.traps,
    )  # fmt: skip


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
