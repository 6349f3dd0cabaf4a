"""How somebody whom an identity provider vouches for comes to their account, and to what it gives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, Role
from mainstem.services.people.groups import take_claims
from mainstem.services.people.invitations import accept_by_address
from mainstem.services.server.ground import Ground
from mainstem.store.models import Grant, Group, User
from mainstem.store.together import one_at_a_time


def account_for(
    email: str, name: str, domains: Collection[str], *, at: datetime, address: str = ""
) -> User | None:
    """The account of an address that was vouched for: theirs, by invitation, or by its domain.

    Args:
        email: The address; empty if nobody vouches for it.
        name: What the provider calls them.
        domains: Domains whose people need no invitation.
        at: When.
        address: Network address of the request, for the audit log.

    Returns:
        The account, or nothing if they have none and get none.
    """
    kept = email.strip().lower()
    if not kept:
        return None
    with one_at_a_time():
        known = User.objects.filter(email=kept).first()
        if known is not None:
            return known
        invited = accept_by_address(kept, name or kept, at=at, address=address)
        if invited is not None:
            return invited
        if kept.rpartition("@")[2] not in domains:
            return None
        return _join(kept, name or kept, at=at, address=address)


def take_groups(
    user: User, names: Sequence[str], by: Actor, ground: Ground, *, at: datetime
) -> None:
    """Takes over somebody's groups, if any group means something here."""
    if Group.objects.exists() or Grant.objects.filter(user=user, origin="claims").exists():
        take_claims(user, names, by, ground, at=at)


def _join(email: str, name: str, *, at: datetime, address: str) -> User:
    """An account by its domain: a viewer, or, where groups have a meaning, what they give."""
    user = User.objects.create_user(email, name=name[:200])
    if not Group.objects.exists():
        Grant.objects.create(user=user, role=Role.VIEWER, at=at)
    by = Actor(user.pk, user.get_full_name(), address=address)
    auditing.record(by, "person.join", f"people/{user.pk}", at=at,
                    sentence=f"{user.get_full_name()} got an account by the domain of their address.")  # fmt: skip
    return user
