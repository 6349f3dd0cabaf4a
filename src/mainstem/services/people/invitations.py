"""Invitations: the way to an account. What a link holds is kept as a hash, works once, for seven days."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, Given, Role, require
from mainstem.services.people.grants import check_given, said_of
from mainstem.services.people.people import checked_email, checked_name
from mainstem.services.server.ground import Ground
from mainstem.services.telling.posting import post
from mainstem.store.models import Grant, Invitation, User
from mainstem.store.together import one_at_a_time, together

#: How long a link works.
OPEN_FOR = timedelta(days=7)
#: Turns what is in a link into the whole address.
Link = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as it may be shown.

    Attributes:
        id: Its number.
        email: Who is invited.
        given: What they will hold.
        invited_by: Who invited them.
        at: When the link was sent last.
        ends_at: Until when it works.
    """

    id: int
    email: str
    given: Given
    invited_by: str
    at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """An invitation that was made: its link, and whether the mail was taken."""

    invitation: Invited
    link: str
    is_mailed: bool


def invite(
    email: str, given: Given, ground: Ground, by: Actor, *, at: datetime, link: Link
) -> Sent:
    """Invites somebody by mail. One who has an open invitation gets a new link; the old one stops.

    Raises:
        Forbidden, Absent: the actor does not administer.
        Invalid: no address, or the role does not fit.
        Conflict: the person has an account.
    """
    require(by, Action.ADMINISTER)
    address = checked_email(email)
    check_given(given, ground.plans.head().plan)
    with one_at_a_time():
        if User.objects.filter(email=address).exists():
            raise Conflict(f"{address} has an account already.",
                           "Give them the right on their page.", code="people.has_account")  # fmt: skip
        _open(at).filter(email=address).update(withdrawn_at=at)
        token = secrets.token_urlsafe(32)
        row = Invitation.objects.create(
            email=address, role=given.role, team=given.team, stream=given.stream,
            token_hash=_hashed(token), invited_by_id=by.id, at=at, ends_at=at + OPEN_FOR,
        )  # fmt: skip
        auditing.record(by, "person.invite", f"invitations/{row.pk}", at=at,
                        sentence=f"Invited {address} as {said_of(given)}.")  # fmt: skip
    return _send(row, link(token), ground, by)


def resend(invitation: int, ground: Ground, by: Actor, *, at: datetime, link: Link) -> Sent:
    """Sends a new link, which works for seven days from now; the old one stops.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such open invitation.
    """
    require(by, Action.ADMINISTER)
    token = secrets.token_urlsafe(32)
    with together():
        row = _waiting(invitation)
        row.token_hash, row.at, row.ends_at = _hashed(token), at, at + OPEN_FOR
        row.save(update_fields=["token_hash", "at", "ends_at"])
        auditing.record(by, "person.invite", f"invitations/{row.pk}", at=at,
                        sentence=f"Sent {row.email} a new link.")  # fmt: skip
    return _send(row, link(token), ground, by)


def withdraw(invitation: int, by: Actor, *, at: datetime) -> None:
    """Takes an invitation back: its link stops.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such open invitation.
    """
    require(by, Action.ADMINISTER)
    with together():
        row = _waiting(invitation)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        auditing.record(by, "person.uninvite", f"invitations/{row.pk}", at=at,
                        sentence=f"Took back the invitation of {row.email}.")  # fmt: skip


def list_invitations(by: Actor) -> tuple[Invited, ...]:
    """Invitations that nobody accepted or took back, newest first; some may have ended.

    Raises:
        Forbidden, Absent: the actor does not administer.
    """
    require(by, Action.READ_SETTINGS)
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return tuple(_shown(r) for r in rows.select_related("invited_by").order_by("-at"))


def invitation_of(token: str, *, at: datetime) -> Invited:
    """The invitation that a link opens.

    Raises:
        Absent: it was used, taken back, has ended or never was: all are said alike.
    """
    row = _open(at).select_related("invited_by").filter(token_hash=_hashed(token)).first()
    if row is None:
        raise _no_link()
    return _shown(row)


def accept(token: str, name: str, password: str, *, at: datetime, address: str = "") -> User:
    """Makes the account that a link was sent for, with what the invitation gives.

    Raises:
        Absent: the link does not work.
        Invalid: no name, or a password that is too weak.
    """
    named = checked_name(name)
    with one_at_a_time():
        row = _open(at).select_for_update().filter(token_hash=_hashed(token)).first()
        if row is None:
            raise _no_link()
        check_password(password, User(email=row.email, name=named))
        user = User.objects.create_user(row.email, password, name=named)
        _settle(row, user, at=at, address=address)
    return user


def accept_by_address(email: str, name: str, *, at: datetime, address: str = "") -> User | None:
    """The account of somebody who is invited and whose address an identity provider vouches for.

    Nothing if nobody invited them.
    """
    with one_at_a_time():
        row = _open(at).select_for_update().filter(email=email.strip().lower()).first()
        if row is None:
            return None
        user = User.objects.create_user(row.email, name=name.strip()[:200])
        _settle(row, user, at=at, address=address)
    return user


def check_password(password: str, user: User) -> None:
    """Refuses a weak password.

    Raises:
        Invalid: saying what it lacks.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), "Take a longer one, such as four words.",
                      field="password") from error  # fmt: skip


def _settle(row: Invitation, user: User, *, at: datetime, address: str) -> None:
    row.accepted_at = at
    row.save(update_fields=["accepted_at"])
    given = _given(row)
    Grant.objects.create(user=user, role=given.role, team=given.team, stream=given.stream,
                         given_by_id=row.invited_by_id, at=at)  # fmt: skip
    joined = Actor(user.pk, user.get_full_name(), address=address)
    auditing.record(joined, "person.join", f"people/{user.pk}", at=at,
                    sentence=f"{user.get_full_name()} accepted the invitation as {said_of(given)}.")  # fmt: skip


def _send(row: Invitation, link: str, ground: Ground, by: Actor) -> Sent:
    organisation = ground.plans.head().plan.organisation.name or "your organisation"
    text = (
        f"Hello,\n\n{by.name} invites you to Mainstem, where {organisation} keeps its plan and sees"
        f" where its effort goes.\n\nOpen this link to make your account:\n\n{link}\n\n"
        f"It works once, until {row.ends_at:%-d %B %Y}. If you did not expect it, do nothing.\n"
    )
    return Sent(_shown(row), link, post(row.email, f"{by.name} invites you to Mainstem", text))


def _open(at: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, withdrawn_at=None, ends_at__gt=at)


def _waiting(invitation: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by")
    row = rows.filter(pk=invitation, accepted_at=None, withdrawn_at=None).first()
    if row is None:
        raise Absent("There is no such open invitation.",
                     "It was accepted or taken back; look at the list again.")  # fmt: skip
    return row


def _no_link() -> Absent:
    return Absent("This invitation does not work any more.",
                  "Ask whoever invited you for a new one.", code="people.no_invitation")  # fmt: skip


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _given(row: Invitation) -> Given:
    return Given(Role(row.role), row.team, row.stream)


def _shown(row: Invitation) -> Invited:
    inviter = row.invited_by.get_full_name() if row.invited_by else ""
    return Invited(row.pk, row.email, _given(row), inviter, row.at, row.ends_at)
