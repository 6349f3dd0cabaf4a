"""Invitations: the way to an account. For administrators."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from ninja import Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.people import Right
from mainstem.api.places import NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import Line, Out, Page
from mainstem.services.people import invitations
from mainstem.services.people.access import Action
from mainstem.services.people.invitations import Invited, Sent

router = Router()
TAG = "people"


class InvitationShown(Out):
    """An invitation that nobody has accepted yet."""

    id: int
    email: str
    right: Right
    invited_by: str
    at: datetime
    ends_at: datetime


class InvitationSent(Out):
    """An invitation that was sent. Its link is shown once."""

    invitation: InvitationShown
    link: str
    is_mailed: bool


class NewInvitation(Right):
    """Whom to invite, and what they will hold."""

    email: Line = Field(examples=["lee@example.org"])


def _invited(found: Invited) -> InvitationShown:
    given = found.given
    return InvitationShown(
        id=found.id, email=found.email, invited_by=found.invited_by, at=found.at,
        ends_at=found.ends_at, right=Right(role=given.role, team=given.team, stream=given.stream),
    )  # fmt: skip


def _sent(sent: Sent) -> InvitationSent:
    return InvitationSent(
        invitation=_invited(sent.invitation), link=sent.link, is_mailed=sent.is_mailed
    )


def _link(request: Request, token: str) -> str:
    return request.build_absolute_uri(reverse("invitation", kwargs={"token": token}))


@router.get("/invitations", response=Page[InvitationShown], operation_id="list_invitations")
@needs(Action.READ_SETTINGS)
def list_invitations(request: Request) -> Page[InvitationShown]:
    """Invitations that nobody accepted or took back, newest first."""
    found = invitations.list_invitations(request.actor)
    return Page(items=[_invited(i) for i in found], next=None)


@router.post("/invitations", response={201: InvitationSent}, operation_id="invite")
@needs(Action.ADMINISTER)
def invite(request: Request, body: NewInvitation) -> tuple[int, InvitationSent]:
    """Invites somebody by mail."""
    ground = request.ground
    sent = invitations.invite(
        body.email, body.given(), ground, request.actor, at=ground.now(),
        link=lambda token: _link(request, token),
    )  # fmt: skip
    return 201, _sent(sent)


@router.post(
    "/invitations/{int:number}/resend", response=InvitationSent, operation_id="resend_invitation"
)
@needs(Action.ADMINISTER)
def resend(request: Request, number: NumberInPath) -> InvitationSent:
    """Sends a new link; the old one stops."""
    ground = request.ground
    sent = invitations.resend(
        number, ground, request.actor, at=ground.now(), link=lambda token: _link(request, token)
    )
    return _sent(sent)


@router.delete(
    "/invitations/{int:number}", response={204: None}, operation_id="withdraw_invitation"
)
@needs(Action.ADMINISTER)
def withdraw(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Takes an invitation back: its link stops."""
    invitations.withdraw(number, request.actor, at=request.ground.now())
    return 204, None
