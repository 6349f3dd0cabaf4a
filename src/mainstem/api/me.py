"""Who one is here, and one's own settings and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Router
from pydantic import Field

from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, Line, Out, Page
from mainstem.errors import Invalid
from mainstem.services.people import accounts, sessions
from mainstem.services.people.access import Role

router = Router()
TAG = "me"


class RightHeld(Out):
    """A role that somebody holds: for everything, for a team's subtree, or for a stream."""

    role: Role
    team: str
    stream: str


class Me(Out):
    """The account that acts."""

    id: int
    name: str
    rights: list[RightHeld]
    teams: list[str] = Field(description="teams that you belong to today")
    may_write: bool = Field(description="false for a token with the scope `read`")
    timezone: str
    theme: str
    digest: str


class Own(In):
    """Your own settings; what is left out stays."""

    name: Annotated[Line, Field(min_length=1)] | None = None
    timezone: Line | None = Field(None, examples=["Europe/Berlin"])
    theme: Line | None = Field(None, examples=["dark"])
    digest: Line | None = Field(None, examples=["daily"])


class SessionShown(Out):
    """A browser that you are signed in with."""

    id: int
    since: datetime
    address: str
    browser: str
    is_here: bool


def _me(request: Request) -> Me:
    actor = request.actor
    if actor.id is None:
        raise Invalid("The program itself has no account.")
    profile = accounts.profile_of(actor.id)
    held = sorted(actor.given, key=lambda g: (g.role, g.team, g.stream))
    return Me(
        id=actor.id, name=profile.name, rights=[RightHeld.model_validate(g) for g in held],
        teams=sorted(actor.teams), may_write=actor.may_write, timezone=profile.timezone,
        theme=profile.theme, digest=profile.digest,
    )  # fmt: skip


@router.get("/me", response=Me, operation_id="get_me")
def get_me(request: Request) -> Me:
    """Who acts, with which rights."""
    return _me(request)


@router.patch("/me", response=Me, operation_id="change_me")
def change_me(request: Request, body: Own) -> Me:
    """Changes your own settings."""
    me = _me(request)
    given = body.model_dump(exclude_none=True)
    kept = {name: getattr(me, name) for name in ("name", "timezone", "theme", "digest")}
    accounts.change_profile(
        accounts.Profile(**{**kept, **given}), request.actor, at=request.ground.now()
    )
    return _me(request)


@router.get("/sessions", response=Page[SessionShown], operation_id="list_sessions")
def list_sessions(request: Request) -> Page[SessionShown]:
    """Where you are signed in."""
    here = request.session.session_key or ""
    found = sessions.sessions_of(request.actor.id or 0, here)
    return Page(items=[SessionShown.model_validate(s) for s in found], next=None)


@router.delete("/sessions/{int:number}", response={204: None}, operation_id="end_session")
def end_session(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Ends one of your sessions."""
    sessions.end_session(number, request.actor, at=request.ground.now())
    return 204, None
