"""Webhooks: addresses that are told of events. For administrators."""

from __future__ import annotations

from datetime import datetime

from ninja import Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, number_after, write_cursor
from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Flag, In, Line, Out, Page
from mainstem.services.people.access import Action
from mainstem.services.telling import hooks
from mainstem.services.telling.telling import EVENTS

router = Router()
TAG = "webhooks"


class HookShown(Out):
    """A webhook; never its secret."""

    id: int
    name: str
    url: str
    events: list[str]
    is_on: bool
    at: datetime


class HookMade(Out):
    """A webhook just made. Its secret is shown once."""

    hook: HookShown
    secret: str = Field(examples=["whs_…"])


class NewHook(In):
    """Who is told of what."""

    name: Line = Field(min_length=1, max_length=100)
    url: str = Field(max_length=500, examples=["https://chat.example.org/hook"])
    events: list[Line] = Field(min_length=1, max_length=20, examples=[list(EVENTS)[:2]])


class HookChange(In):
    """What is to be otherwise; what is left out stays."""

    name: Line | None = Field(None, max_length=100)
    url: str | None = Field(None, max_length=500)
    events: list[Line] | None = Field(None, max_length=20)
    is_on: Flag | None = None


class DeliveryShown(Out):
    """What became of one event for one address."""

    id: int
    event: str
    at: datetime
    status: str
    tries: int
    answer: str
    next_at: datetime | None


@router.get("/hooks", response=Page[HookShown], operation_id="list_hooks")
@needs(Action.READ_SETTINGS)
def list_hooks(request: Request) -> Page[HookShown]:
    """All webhooks."""
    found = hooks.hooks(request.actor)
    return Page(items=[HookShown.model_validate(h) for h in found], next=None)


@router.post("/hooks", response={201: HookMade}, operation_id="add_hook")
@needs(Action.ADMINISTER)
def add(request: Request, body: NewHook) -> tuple[int, HookMade]:
    """Makes a webhook. Addresses inside the own network are refused."""
    made, secret = hooks.add_hook(
        body.name, body.url, body.events, request.actor, at=request.ground.now()
    )
    return 201, HookMade(hook=HookShown.model_validate(made), secret=secret)


@router.patch("/hooks/{int:number}", response=HookShown, operation_id="change_hook")
@needs(Action.ADMINISTER)
def change(request: Request, number: NumberInPath, body: HookChange) -> HookShown:
    """Changes a webhook; its secret stays."""
    found = hooks.change_hook(
        number, request.actor, at=request.ground.now(), name=body.name, url=body.url,
        events=body.events, is_on=body.is_on,
    )  # fmt: skip
    return HookShown.model_validate(found)


@router.delete("/hooks/{int:number}", response={204: None}, operation_id="remove_hook")
@needs(Action.ADMINISTER)
def remove(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Removes a webhook and what waits for it."""
    hooks.remove_hook(number, request.actor, at=request.ground.now())
    return 204, None


@router.get(
    "/hooks/{int:number}/deliveries", response=Page[DeliveryShown], operation_id="list_deliveries"
)
@needs(Action.READ_SETTINGS)
def list_deliveries(
    request: Request, number: NumberInPath, after: After = ""
) -> Page[DeliveryShown]:
    """What became of a webhook's events, newest first."""
    rows = hooks.deliveries(number, request.actor, before=number_after(after))
    more = write_cursor(rows[-1].id) if len(rows) == hooks.PAGE else None
    return Page(items=[DeliveryShown.model_validate(r) for r in rows], next=more)


@router.post("/deliveries/{int:number}/again", response={204: None}, operation_id="deliver_again")
@needs(Action.ADMINISTER)
def again(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Tries a delivery again that was given up or taken."""
    hooks.deliver_again(number, request.actor, at=request.ground.now())
    return 204, None
