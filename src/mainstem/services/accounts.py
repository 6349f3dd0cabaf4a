"""People and what they hold, as an actor for everything else."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from mainstem.services.access import Actor, Given, Role
from mainstem.store.models import Grant, Membership, User


def actor_of(
    user: User,
    *,
    today: date,
    face: str,
    may_write: bool = True,
    address: str = "",
    request: str = "",
) -> Actor:
    """The actor that a signed-in person is today."""
    if not user.is_active:
        return Actor(None, "")
    given = Grant.objects.filter(user=user).values_list("role", "team", "stream")
    teams = (
        Membership.objects.filter(user=user)
        .filter(Q(first_day=None) | Q(first_day__lte=today))
        .filter(Q(last_day=None) | Q(last_day__gte=today))
        .values_list("team", flat=True)
    )
    return Actor(
        id=user.pk,
        name=user.get_full_name(),
        given=frozenset(Given(Role(role), team, stream) for role, team, stream in given),
        teams=frozenset(teams),
        may_write=may_write,
        face=face,
        address=address,
        request=request,
    )
