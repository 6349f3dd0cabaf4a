"""Shares by hand: what items count for, because a person says so."""

from __future__ import annotations

from typing import Annotated

from ninja import Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.request import Request
from mainstem.api.shapes import Done, In, Line, Out, Real, Words
from mainstem.api.written import shown
from mainstem.errors import Invalid
from mainstem.services.people.access import Action
from mainstem.services.work import sharing

router = Router()
TAG = "work"
Share = Annotated[Real, Field(gt=0, le=1)]


class Wanted(In):
    """Items and what they are to count for; without shares the claims decide again."""

    keys: list[Line] = Field(min_length=1, max_length=sharing.MOST_AT_ONCE, examples=[["PLAY-1"]])
    shares: dict[str, Share] = Field(
        default_factory=dict, examples=[{"stream:start-fast": 0.6, "kind:debt": 0.4}]
    )


class Setting(Wanted):
    """The same, with the reason."""

    why: Words


class Preview(Out):
    """What setting these shares would change."""

    keys: list[str]
    counts: dict[str, int] = Field(description="what they count for now → on how many items")
    below: int = Field(description="further items that follow, being part of these")
    refused: list[str] = Field(description="items that are not yours to set")


def _parts(body: Wanted) -> dict[str, int]:
    parts = {target: round(share * 10_000) for target, share in body.shares.items()}
    if any(not part for part in parts.values()):
        raise Invalid("A share is smaller than 0.01 %.", "Leave it out.", field="shares")
    return parts


@router.post("/shares/preview", response=Preview, operation_id="preview_shares")
@needs(Action.SHARE)
def preview(request: Request, body: Wanted) -> Preview:
    """What setting shares would change; nothing is done."""
    found = sharing.preview_shares(body.keys, _parts(body), request.ground, request.actor)
    return Preview(keys=list(found.keys), counts=dict(found.counts), below=found.below,
                   refused=list(found.refused))  # fmt: skip


@router.post("/shares", response=Done, operation_id="set_shares")
@needs(Action.SHARE)
def set_shares(request: Request, body: Setting) -> Done:
    """Sets what items count for. ``/shares/undo`` takes it back."""
    done = sharing.set_shares(
        body.keys, _parts(body), body.why, request.ground, request.actor, at=request.ground.now()
    )
    return shown(done)


class Undo(In):
    """The revision that set the shares."""

    number: Annotated[int, Field(strict=True, ge=1, le=2**53)]


@router.post("/shares/undo", response=Done, operation_id="undo_shares")
@needs(Action.SHARE)
def undo(request: Request, body: Undo) -> Done:
    """Takes shares that a revision set back to what was said before."""
    return shown(
        sharing.undo_shares(body.number, request.ground, request.actor, at=request.ground.now())
    )
