"""Agendas of workshops: those of the program, and those that the organisation keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Path, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.request import Request
from mainstem.api.shapes import In, Out, Page
from mainstem.services.people.access import Action, require
from mainstem.services.scores.exporting import record_export
from mainstem.services.workshops import agendas
from mainstem.services.workshops.agendas import Offered
from mainstem.workshop.agenda_text import MOST_LETTERS

router = Router()
TAG = "workshops"
NameInPath = Annotated[str, Path(max_length=100, examples=["our-day"])]


class AgendaShown(Out):
    """An agenda to choose."""

    name: str
    title: str
    length: str = Field(description="how long it takes, in words")
    purpose: str
    minutes: int = Field(description="all of them, pauses included")
    is_shipped: bool = Field(description="it comes with the program: nobody changes or removes it")
    author: str = Field(description="who keeps it; empty for the program's")
    at: datetime | None = Field(description="since when")
    is_yours: bool = Field(description="whether you may change and remove it")


class AgendaWhole(AgendaShown):
    """An agenda with its text, as docs/workshop-agendas.md describes it."""

    text: str


class AgendaText(In):
    """The text of an agenda in YAML; its name stands in it."""

    text: str = Field(
        min_length=1, max_length=MOST_LETTERS,
        examples=["agenda: our-hour\ntitle: Our hour\nsteps:\n  - {kind: talk, title: Talk, minutes: 60}\n"],
    )  # fmt: skip


def _fields(found: Offered) -> dict[str, object]:
    agenda = found.agenda
    return {
        "name": agenda.name, "title": agenda.title, "length": agenda.length,
        "purpose": agenda.purpose, "minutes": agenda.minutes, "is_shipped": found.is_shipped,
        "author": found.author_name, "at": found.at, "is_yours": found.is_theirs,
    }  # fmt: skip


def _shown(name: str, request: Request) -> AgendaShown:
    return AgendaShown.model_validate(_fields(agendas.offered_agenda(name, request.actor)))


@router.get("/agendas", response=Page[AgendaShown], operation_id="list_agendas")
def list_agendas(request: Request) -> Page[AgendaShown]:
    """All agendas: the program's first, then those that are kept, by name."""
    found = agendas.offered_agendas(request.actor)
    return Page(items=[AgendaShown.model_validate(_fields(one)) for one in found], next=None)


@router.get("/agendas/{name}", response=AgendaWhole, operation_id="get_agenda")
def get_agenda(request: Request, name: NameInPath) -> AgendaWhole:
    """One agenda with its text, as it was given. Reading it is an export."""
    require(request.actor, Action.EXPORT)
    found = agendas.offered_agenda(name, request.actor)
    text = agendas.text_of_agenda(name, request.actor)
    record_export(request.actor, f"agenda {name}", 1, at=request.ground.now())
    return AgendaWhole.model_validate({**_fields(found), "text": text})


@router.post("/agendas", response={201: AgendaShown}, operation_id="keep_agenda")
@needs(Action.HOST)
def keep(request: Request, body: AgendaText) -> tuple[int, AgendaShown]:
    """Keeps an agenda for everybody to choose. `details.faults` names every fault with its line."""
    made = agendas.keep_agenda(body.text, request.actor, at=request.ground.now())
    return 201, _shown(made.name, request)


@router.patch("/agendas/{name}", response=AgendaShown, operation_id="replace_agenda")
@needs(Action.HOST)
def replace(request: Request, name: NameInPath, body: AgendaText) -> AgendaShown:
    """Gives an agenda that you keep another text; workshops that were opened with it stay as they are."""
    agendas.replace_agenda(name, body.text, request.actor, at=request.ground.now())
    return _shown(name, request)


@router.delete("/agendas/{name}", response={204: None}, operation_id="remove_agenda")
@needs(Action.HOST)
def remove(request: Request, name: NameInPath) -> tuple[int, None]:
    """Removes an agenda that you keep, or any that is kept if you plan."""
    agendas.remove_agenda(name, request.actor, at=request.ground.now())
    return 204, None
