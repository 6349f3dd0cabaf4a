"""One's own tokens: made by a person who is signed in, never by a token."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Router
from pydantic import Field

from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, Line, OnDay, Out, Page
from mainstem.services.people import tokens

router = Router()
TAG = "tokens"


class TokenShown(Out):
    """A token as it may be shown: never the token itself."""

    id: int
    name: str
    scope: Literal["read", "write"]
    prefix: str
    at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class TokenMade(Out):
    """A token just made. ``text`` is shown once."""

    token: TokenShown
    text: str = Field(examples=["ms_…"])


class NewToken(In):
    """What a token is for and until when it works."""

    name: Line = Field(min_length=1, max_length=100, examples=["release script"])
    scope: Literal["read", "write"]
    last_day: OnDay


@router.get("/tokens", response=Page[TokenShown], operation_id="list_tokens")
def list_tokens(request: Request) -> Page[TokenShown]:
    """Your tokens, newest first."""
    found = tokens.tokens_of(request.actor.id or 0, request.actor)
    return Page(items=[TokenShown.model_validate(t) for t in found], next=None)


@router.post("/tokens", response={201: TokenMade}, operation_id="create_token")
def create_token(request: Request, body: NewToken) -> tuple[int, TokenMade]:
    """Makes a token. Only by a session: a token cannot make tokens."""
    made = tokens.create_token(
        body.name, body.scope, body.last_day, request.ground, request.actor, at=request.ground.now()
    )
    return 201, TokenMade(token=TokenShown.model_validate(made.token), text=made.text)


@router.delete("/tokens/{int:number}", response=TokenShown, operation_id="revoke_token")
def revoke_token(request: Request, number: NumberInPath) -> TokenShown:
    """Takes a token back at once."""
    found = tokens.revoke_token(number, request.actor, at=request.ground.now())
    return TokenShown.model_validate(found)
