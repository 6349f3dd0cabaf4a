"""Workshops: rooms, what stands in them, acts, people, the link, the proposal. Guests have no part in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router
from pydantic import AwareDatetime, Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, number_after, page_of
from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Flag, In, Line, Out, Page, Words
from mainstem.errors import MainstemError
from mainstem.services.people.access import Action
from mainstem.services.workshops import acting as workshop_acting
from mainstem.services.workshops import catching_up as workshop_catching_up
from mainstem.services.workshops import rooms as workshops
from mainstem.services.workshops import seats as workshop_seats
from mainstem.services.workshops.agendas import agenda_named
from mainstem.services.workshops.outcome import write_proposal
from mainstem.services.workshops.seats import Seated
from mainstem.workshop.case import OtherWords

router = Router()
TAG = "workshops"
State = Literal["prepared", "running", "paused", "finished"]
Start = Literal["nothing", "plan", "review"]
Role = Literal["facilitator", "member", "guest"]


class WorkshopShown(Out):
    """A workshop as a list shows it."""

    id: int
    title: str
    why: str
    state: State
    starts_at: datetime | None
    started_from: Start
    cycle: str
    author: str
    at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    people: int = Field(description="how many have a seat")
    proposal: int | None = Field(description="the proposal that it wrote")
    role: Role | Literal[""] = Field(description="what you are in it; empty without a seat")


class NewWorkshop(In):
    """A workshop that is to be prepared."""

    title: Line
    agenda: Line = Field(examples=["day"], description="name of an agenda")
    why: Words = ""
    started_from: Start = "nothing"
    cycle: Line = ""
    starts_at: AwareDatetime | None = None


class Opened(Out):
    """A workshop that was opened."""

    id: int


class RoomShown(Out):
    """A room as you see it: flat records by name, as docs/workshop-records.md describes them."""

    number: int = Field(description="of the newest event")
    seat: int
    role: Role
    records: dict[str, Any]


class EventShown(Out):
    """What one event put, as you see it; `null` takes a record away."""

    number: int
    puts: dict[str, Any]


class Happened(Out):
    """What happened since."""

    number: int = Field(description="of the newest event there is")
    events: list[EventShown] | None = Field(description="`null`: too far back; read the whole")


class Acts(In):
    """Acts in their order, each `{id, act, …}`. One that is sent again with the same id is done once."""

    acts: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=workshop_acting.MOST_ACTS,
        examples=[[{"id": "k3j9x2", "act": "hand", "up": True}]],
    )


class RefusedShown(Out):
    """An act that was not taken. `yours` and `theirs` where somebody else changed the same words."""

    id: str
    code: str
    message: str
    hint: str
    yours: dict[str, Any] | None = None
    theirs: dict[str, Any] | None = None
    version: int | None = None


class AdviceShown(Out):
    """What is to be said of words that were taken."""

    card: str
    rule: str
    what: str
    hint: str


class ActedShown(Out):
    """What came of a batch."""

    number: int
    puts: dict[str, Any]
    advice: list[AdviceShown]
    refused: list[RefusedShown]


class SeatShown(Out):
    """Somebody in a room."""

    seat: int
    name: str
    role: Role
    hand: str | None = Field(description="since when their hand is up")
    group: str
    out: bool = Field(description="whether they were removed")


class NewRole(In):
    """A role that is given."""

    role: Literal["facilitator", "member"]


class LinkShown(Out):
    """The link into a room: its address ends in `/workshop/join/WORD`."""

    word: str
    until: datetime | None
    guests: bool
    is_open: bool


class NewLink(In):
    """A new link; the one before stops."""

    until: AwareDatetime
    guests: Flag = False


class ProposalWritten(Out):
    """The proposal that a room wrote."""

    proposal: int
    is_new: bool
    changes: int
    kept: list[str] = Field(description="where words in the proposal stayed against the room's")
    answers: int = Field(description="answers to statements that were kept with it")


def _seat(request: Request, number: int) -> Seated:
    return workshop_seats.seat_of_member(number, request.actor, at=request.ground.now())


@router.get("/workshops", response=Page[WorkshopShown], operation_id="list_workshops")
def list_workshops(
    request: Request, state: Annotated[State | None, Query()] = None, limit: Limit = 50,
    after: After = "",
) -> Page[WorkshopShown]:  # fmt: skip
    """Workshops, newest first."""
    rows = workshops.workshops(
        request.actor, state=state or "", before=number_after(after), most=limit + 1
    )
    return page_of(rows, limit, WorkshopShown.model_validate, lambda row: row.id)


@router.post("/workshops", response={201: Opened}, operation_id="open_workshop")
@needs(Action.HOST)
def open_workshop(request: Request, body: NewWorkshop) -> tuple[int, Opened]:
    """Opens a room with an agenda; you are its facilitator."""
    ground, by = request.ground, request.actor
    made = workshops.open_workshop(
        body.title, agenda_named(body.agenda, by), ground, by, at=ground.now(), why=body.why,
        started_from=body.started_from, cycle=body.cycle, starts_at=body.starts_at,
    )  # fmt: skip
    return 201, Opened(id=made.pk)


@router.get("/workshops/{int:number}", response=RoomShown, operation_id="read_workshop")
def read_workshop(request: Request, number: NumberInPath) -> RoomShown:
    """Everything in a room, as you see it. You take a seat in it, unless your token only reads."""
    seat = _seat(request, number)
    held = workshop_catching_up.whole(number, seat)
    return RoomShown.model_validate(
        {"number": held.number, "seat": seat.id, "role": seat.role, "records": held.records}
    )


@router.get(
    "/workshops/{int:number}/events", response=Happened, operation_id="read_workshop_events"
)
def list_events(
    request: Request, number: NumberInPath, since: Annotated[int, Query(ge=0, le=2**53)],
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> Happened:  # fmt: skip
    """What happened in a room after event `since`, oldest first."""
    seat = _seat(request, number)
    found = workshop_catching_up.since(number, since, seat, limit)
    if found is None:
        return Happened(number=workshop_catching_up.board_of(number).number, events=None)
    events = [EventShown(number=n, puts=puts) for n, puts in found.events]
    return Happened(number=found.number, events=events)


@router.post("/workshops/{int:number}/acts", response=ActedShown, operation_id="act_in_workshop")
@needs(Action.READ)
def act(request: Request, number: NumberInPath, body: Acts) -> ActedShown:
    """Acts in a room. What is refused keeps none of the other acts back."""
    seat = _seat(request, number)
    done = workshop_acting.act(number, seat, body.acts, at=request.ground.now())
    refused = [_refused(one.id, one.error) for one in done.refused]
    advice = [AdviceShown.model_validate(one) for one in done.advice]
    return ActedShown(number=done.number, puts=done.puts, advice=advice, refused=refused)


def _refused(ident: str, error: MainstemError) -> RefusedShown:
    shown = RefusedShown(id=ident, code=error.code, message=error.message, hint=error.hint)
    if isinstance(error, OtherWords):
        shown.yours, shown.theirs, shown.version = error.yours, error.theirs, error.version
    return shown


@router.get(
    "/workshops/{int:number}/people", response=Page[SeatShown], operation_id="list_workshop_people"
)
def list_people(
    request: Request, number: NumberInPath, limit: Limit = 200, after: After = ""
) -> Page[SeatShown]:
    """Who sits in a room, and who was removed; in the order in which they came."""
    held = workshop_catching_up.whole(number, _seat(request, number)).records
    last = number_after(after) or 0
    people = (
        SeatShown(seat=int(n.partition("/")[2]), **r)
        for n, r in held.items()
        if n.startswith("person/")
    )
    rows = sorted((p for p in people if p.seat > last), key=lambda p: p.seat)
    return page_of(rows, limit, lambda p: p, lambda p: p.seat)


@router.patch(
    "/workshops/{int:number}/people/{int:target}", response={204: None},
    operation_id="appoint_in_workshop",
)  # fmt: skip
@needs(Action.READ)
def appoint(
    request: Request, number: NumberInPath, target: NumberInPath, body: NewRole
) -> tuple[int, None]:
    """Makes a member a facilitator, or the other way round."""
    seat = _seat(request, number)
    workshop_seats.appoint(seat, target, body.role, at=request.ground.now())
    return 204, None


@router.delete(
    "/workshops/{int:number}/people/{int:target}", response={204: None},
    operation_id="remove_from_workshop",
)  # fmt: skip
@needs(Action.READ)
def remove(request: Request, number: NumberInPath, target: NumberInPath) -> tuple[int, None]:
    """Removes somebody, at once and for good."""
    workshop_seats.remove_seat(_seat(request, number), target, at=request.ground.now())
    return 204, None


@router.get("/workshops/{int:number}/link", response=LinkShown, operation_id="get_workshop_link")
def get_link(request: Request, number: NumberInPath) -> LinkShown:
    """The link into a room, for its facilitators."""
    found = workshop_seats.link_of(_seat(request, number), at=request.ground.now())
    return LinkShown.model_validate(found)


@router.post(
    "/workshops/{int:number}/link", response={201: LinkShown}, operation_id="renew_workshop_link"
)
@needs(Action.READ)
def renew_link(request: Request, number: NumberInPath, body: NewLink) -> tuple[int, LinkShown]:
    """Makes a new link; the one before stops."""
    seat, at = _seat(request, number), request.ground.now()
    workshop_seats.renew_link(seat, body.until, body.guests, at=at)
    return 201, LinkShown.model_validate(workshop_seats.link_of(seat, at=at))


@router.delete(
    "/workshops/{int:number}/link", response={204: None}, operation_id="end_workshop_link"
)
@needs(Action.READ)
def end_link(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Ends the link; guests are out at once."""
    workshop_seats.end_link(_seat(request, number), at=request.ground.now())
    return 204, None


@router.post("/workshops/{int:number}/finish", response={204: None}, operation_id="finish_workshop")
@needs(Action.READ)
def finish(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Ends a workshop: everything can be read, nothing is changed any more."""
    workshops.finish(number, _seat(request, number), at=request.ground.now())
    return 204, None


@router.post("/workshops/{int:number}/reopen", response={204: None}, operation_id="reopen_workshop")
@needs(Action.READ)
def reopen(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Goes on with a finished workshop."""
    workshops.reopen(number, _seat(request, number), at=request.ground.now())
    return 204, None


@router.post(
    "/workshops/{int:number}/proposal", response={201: ProposalWritten},
    operation_id="write_workshop_proposal",
)  # fmt: skip
@needs(Action.PROPOSE)
def propose(request: Request, number: NumberInPath) -> tuple[int, ProposalWritten]:
    """Writes what the room made as a proposal, or renews the one that it wrote."""
    ground = request.ground
    made = write_proposal(number, _seat(request, number), ground, at=ground.now())
    return 201, ProposalWritten.model_validate(made)
