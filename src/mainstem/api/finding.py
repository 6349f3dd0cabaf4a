"""Finding things by their names."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router

from mainstem.api.request import Request
from mainstem.api.shapes import Out
from mainstem.services.work.finding import find

router = Router()
TAG = "finding"


class Named(Out):
    """An entity of the plan with its name."""

    section: str
    ident: str
    name: str
    under: str


class Found(Out):
    """What has the name that was looked for, best first."""

    entities: list[Named]
    items: list[str]


@router.get("/find", response=Found, operation_id="find")
def find_by_name(
    request: Request, q: Annotated[str, Query(max_length=200, examples=["start"])]
) -> Found:
    """Looks for a name, an identifier or the beginning of an item's key."""
    found = find(q, request.ground, request.actor)
    return Found(
        entities=[Named.model_validate(e) for e in found.entities], items=list(found.items)
    )
