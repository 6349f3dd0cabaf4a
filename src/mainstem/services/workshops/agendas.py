"""Agendas that people choose from: those of the program, and those that the organisation keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.ids import slug
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, may, require
from mainstem.store.models import AgendaTemplate
from mainstem.store.together import together
from mainstem.workshop.agendas import (
    SHIPPED,
    Agenda,
    agenda_from_text,
    agenda_of,
    agenda_to_text,
    agendas,
    shipped_text,
)
from mainstem.workshop.board import Board

#: Agendas that one organisation keeps at most.
MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """An agenda to choose.

    Attributes:
        agenda: What it says.
        is_shipped: Whether it comes with the program; nobody changes or removes those.
        author_name: Who keeps it; empty for the program's.
        at: Since when; nothing for the program's.
        is_theirs: Whether the reader may replace and remove it.
    """

    agenda: Agenda
    is_shipped: bool
    author_name: str = ""
    at: datetime | None = None
    is_theirs: bool = False


def offered_agendas(by: Actor) -> tuple[Offered, ...]:
    """All agendas: the program's first, then those that are kept, by name.

    Raises:
        Absent: to an outsider.
    """
    require(by, Action.READ)
    shipped = tuple(Offered(agenda, True) for agenda in agendas().values())
    rows = AgendaTemplate.objects.order_by("name")
    return (*shipped, *_readable(rows, by))


def _readable(rows: Iterable[AgendaTemplate], by: Actor) -> tuple[Offered, ...]:
    return tuple(
        Offered(agenda_from_text(row.text), False, row.author_name, row.at, _is_theirs(row, by))
        for row in rows
    )


def _is_theirs(row: AgendaTemplate, by: Actor) -> bool:
    mine = row.author_id is not None and row.author_id == by.id
    return may(by, Action.HOST) and (mine or by.plans)


def offered_agenda(name: str, by: Actor) -> Offered:
    """One agenda by its name.

    Raises:
        Absent: there is none, or to an outsider.
    """
    require(by, Action.READ)
    if name in SHIPPED:
        return Offered(agendas()[name], True)
    return _readable([_row(name)], by)[0]


def agenda_named(name: str, by: Actor) -> Agenda:
    """The same, without who keeps it."""
    return offered_agenda(name, by).agenda


def text_of_agenda(name: str, by: Actor) -> str:
    """The text of an agenda as it was given, comments included.

    Raises:
        Absent: there is none, or to an outsider.
    """
    require(by, Action.READ)
    return shipped_text(name) if name in SHIPPED else _row(name).text


def _row(name: str, *, lock: bool = False) -> AgendaTemplate:
    rows = AgendaTemplate.objects.select_for_update() if lock else AgendaTemplate.objects
    row = rows.filter(name=name).first()
    if row is None:
        raise Absent(f"There is no agenda {name!r}.", "The page of agendas lists them.")
    return row


def keep_agenda(text: str, by: Actor, *, at: datetime, replaces: bool = False) -> Agenda:
    """Keeps an agenda out of its text, for everybody to choose.

    Args:
        text: As docs/workshop-agendas.md describes it.
        by: Who keeps it.
        at: The moment.
        replaces: Whether one of that name may be replaced, if it is theirs.

    Raises:
        Absent, Forbidden: the actor holds no workshops.
        AgendaFaulty: the text is no agenda; every fault with its line.
        Conflict: there is one of that name.
    """
    require(by, Action.HOST)
    agenda = agenda_from_text(text)
    if agenda.name in SHIPPED:
        raise Conflict(
            f"The program has an agenda {agenda.name!r} itself.",
            f"Give yours another name, such as `agenda: our-{agenda.name}`.",
        )
    with together():
        row = AgendaTemplate.objects.select_for_update().filter(name=agenda.name).first()
        _require_room(row, by, replaces)
        AgendaTemplate.objects.update_or_create(
            name=agenda.name,
            defaults={"text": text, "author_id": by.id, "author_name": by.name, "at": at},
        )
        auditing.record(
            by, "workshop.agenda.kept", f"agenda/{agenda.name}", at=at,
            sentence=f"{'Replaced' if row else 'Kept'} the agenda “{agenda.title}” ({agenda.name}).",
        )  # fmt: skip
    return agenda


def replace_agenda(name: str, text: str, by: Actor, *, at: datetime) -> Agenda:
    """Gives an agenda that is kept another text.

    Raises:
        Absent: there is none, or to an outsider.
        AgendaFaulty: the text is no agenda; every fault with its line.
        Invalid: the text is of an agenda of another name.
        Forbidden: it is somebody else's and the actor does not plan, or it is the program's.
    """
    require(by, Action.HOST)
    if name in SHIPPED:
        raise Forbidden(
            f"The agenda {name!r} comes with the program.", "Keep another of yours beside it."
        )
    with together():
        _require_theirs(_row(name, lock=True), by)
        given = agenda_from_text(text)
        if given.name != name:
            raise Invalid(
                f"The text is of an agenda {given.name!r}, not of {name!r}.",
                f"Write `agenda: {name}`, or keep it as another agenda and remove this one.",
                field="text",
            )
        return keep_agenda(text, by, at=at, replaces=True)


def _require_theirs(row: AgendaTemplate, by: Actor) -> None:
    if not _is_theirs(row, by):
        raise Forbidden(
            f"{row.author_name or 'Somebody else'} keeps this agenda.",
            "They can change or remove it, or a planner.",
        )


def _require_room(row: AgendaTemplate | None, by: Actor, replaces: bool) -> None:
    if row is None:
        if AgendaTemplate.objects.count() >= MOST_KEPT:
            raise Invalid(f"At most {MOST_KEPT} agendas are kept.", "Remove one that nobody uses.")
        return
    if not replaces or not _is_theirs(row, by):
        raise Conflict(
            f"There is an agenda {row.name!r} already, kept by {row.author_name or 'somebody'}.",
            "Give yours another name, or tick that it replaces that one."
            if _is_theirs(row, by) else "Give yours another name.",
        )  # fmt: skip


def remove_agenda(name: str, by: Actor, *, at: datetime) -> None:
    """Removes an agenda that is kept; workshops that were opened with it stay as they are.

    Raises:
        Absent: there is none.
        Forbidden: it is somebody else's and the actor does not plan, or it is the program's.
    """
    require(by, Action.HOST)
    if name in SHIPPED:
        raise Forbidden(f"The agenda {name!r} comes with the program.", "Nobody can remove it.")
    with together():
        row = _row(name, lock=True)
        _require_theirs(row, by)
        row.delete()
        auditing.record(
            by, "workshop.agenda.removed", f"agenda/{name}", at=at,
            sentence=f"Removed the agenda {name}.",
        )  # fmt: skip


def keep_running_order(
    board: Board, title: str, by: Actor, *, at: datetime, replaces: bool = False
) -> Agenda:
    """Keeps the running order of a room as an agenda: steps and settings, nothing that was said.

    Args:
        board: The room. Whoever calls has looked whether the actor facilitates it.
        title: What to call it; its name is made from that.
        by: Who keeps it.
        at: The moment.
        replaces: As for ``keep_agenda``.

    Raises:
        Invalid: it has no title, or no step.
        Absent, Forbidden, Conflict: as for ``keep_agenda``.
    """
    title = " ".join(title.split())[:120]
    if not title:
        raise Invalid(
            "An agenda needs a title.", "Say what it is for, in a few words.", field="title"
        )
    made = agenda_of(board, slug(title)[:60].strip("-"), title)
    return keep_agenda(agenda_to_text(made), by, at=at, replaces=replaces)
