"""People with an account: who there is, what they hold, the teams they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.services.people import auditing, tokens
from mainstem.services.people.access import Action, Actor, Given, Role, require
from mainstem.services.people.grants import (
    CLAIMS,
    PERSON,
    Held,
    find_person,
    last_administrator,
    others_administer,
)
from mainstem.services.people.sessions import close_sessions
from mainstem.services.server.ground import Ground
from mainstem.store.models import Grant, Membership, User
from mainstem.store.together import one_at_a_time, together


@dataclass(frozen=True, slots=True)
class Belonging:
    """A membership: from a day to a day, both included, with a part of one's time from 0 to 1."""

    id: int
    team: str
    first_day: date | None
    last_day: date | None
    fraction: Decimal
    origin: str

    def holds(self, today: date) -> bool:
        """Whether it is so today."""
        return (self.first_day or today) <= today <= (self.last_day or today)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, as an administrator sees them."""

    id: int
    name: str
    email: str
    is_active: bool
    joined_at: datetime
    signed_in_at: datetime | None
    held: tuple[Held, ...]
    belongs: tuple[Belonging, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some people by name, and where the list goes on."""

    people: tuple[Person, ...]
    next: str


def list_people(
    by: Actor, *, words: str = "", state: str = "", after: str = "", limit: int = 50
) -> PeoplePage:
    """People whose name or address has the words, by address; ``after`` is ``next`` of the page before.

    Args:
        by: Who asks; must administer.
        words: Part of a name or an address.
        state: ``active``, ``inactive``, ``outside`` (an account without any right) or empty for all.
        after: Where the page before ended.
        limit: How many at most.

    Raises:
        Forbidden, Absent: the actor does not administer.
    """
    require(by, Action.READ_SETTINGS)
    rows = User.objects.order_by("email")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(email__icontains=words))
    if state in ("active", "inactive"):
        rows = rows.filter(is_active=state == "active")
    elif state == "outside":
        rows = rows.filter(is_active=True, grants=None)
    if after:
        rows = rows.filter(email__gt=after)
    found = _people(rows.values_list(*_USER)[: limit + 1])
    return PeoplePage(tuple(found[:limit]), found[limit - 1].email if len(found) > limit else "")


def person_of(person: int, by: Actor) -> Person:
    """One person.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
    """
    require(by, Action.READ_SETTINGS)
    return _person(find_person(person))


def change_person(person: int, name: str, email: str, by: Actor, *, at: datetime) -> Person:
    """Changes what somebody is called and the address they sign in with.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
        Invalid: no name, or no address.
        Conflict: the address belongs to another account.
    """
    require(by, Action.ADMINISTER)
    named, address = checked_name(name), checked_email(email)
    with one_at_a_time():
        user = find_person(person)
        if User.objects.filter(email=address).exclude(pk=person).exists():
            raise Conflict(f"Another account has the address {address}.", "Use another address.")
        changed = [w for w, a, b in (("name", user.name, named), ("address", user.email, address))
                   if a != b]  # fmt: skip
        if changed:
            user.name, user.email = named, address
            user.save(update_fields=["name", "email"])
            said = f"Changed the {' and '.join(changed)} of {named}."
            auditing.record(by, "person.change", f"people/{person}", at=at, sentence=said)
    return _person(user)


def deactivate(person: int, by: Actor, *, at: datetime) -> None:
    """Closes an account: its sessions end and its tokens are taken back.

    What the person said and did stays in their name.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
        Conflict: it is the last administrator, or the actor.
    """
    require(by, Action.ADMINISTER)
    with one_at_a_time():
        user = find_person(person)
        if person == by.id:
            raise Conflict("You cannot close your own account.", "Ask another administrator.")
        administers = Grant.objects.filter(user=user, role=Role.ADMINISTRATOR).exists()
        if administers and not others_administer(person):
            raise last_administrator(user)
        if user.is_active:
            user.is_active = False
            user.save(update_fields=["is_active"])
            ended = {"tokens": tokens.revoke_all(person, at=at), "sessions": close_sessions(person)}
            auditing.record(by, "person.deactivate", f"people/{person}", at=at,
                            sentence=f"Closed the account of {user.get_full_name()}.",
                            detail=ended)  # fmt: skip


def reactivate(person: int, by: Actor, *, at: datetime) -> None:
    """Opens a closed account again, with the rights it had; its tokens stay taken back.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
    """
    require(by, Action.ADMINISTER)
    with together():
        user = find_person(person)
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            auditing.record(by, "person.reactivate", f"people/{person}", at=at,
                            sentence=f"Opened the account of {user.get_full_name()} again.")  # fmt: skip


def belong(person: int, wanted: Belonging, ground: Ground, by: Actor, *, at: datetime) -> Belonging:
    """Makes somebody a member of a team; ``wanted.id`` is not looked at.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
        Invalid: no such team, days in the wrong order, or a part that is not above 0 and at most 1.
    """
    require(by, Action.ADMINISTER)
    _check_belonging(wanted, ground)
    with together():
        user = find_person(person)
        row = Membership.objects.create(
            user=user, team=wanted.team, first_day=wanted.first_day, last_day=wanted.last_day,
            fraction=wanted.fraction,
        )  # fmt: skip
        said = f"Made {user.get_full_name()} a member of {wanted.team}{_from_to(wanted)}."
        auditing.record(by, "membership.add", f"people/{person}", at=at, sentence=said)
    return replace(wanted, id=row.pk, origin=PERSON)


def part(
    person: int, membership: int, last_day: date | None, ground: Ground, by: Actor, *, at: datetime
) -> None:
    """Ends a membership on a day, or removes it if it was never so.

    Args:
        person: Whose.
        membership: Which of theirs.
        last_day: Its last day; nothing removes it as if it had not been.
        ground: What the server stands on.
        by: Who ends it; must administer.
        at: When.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such membership.
        Invalid: it would end before it began.
    """
    require(by, Action.ADMINISTER)
    with together():
        row = Membership.objects.select_related("user").filter(pk=membership, user=person).first()
        if row is None:
            raise Absent("There is no such membership.", "Open the person's page again.")
        name = row.user.get_full_name()
        if last_day is None:
            row.delete()
            said = f"Removed {name} from {row.team}, as if it had not been."
        else:
            row.last_day = last_day
            _check_belonging(_belonging(row), ground, is_old=True)
            row.save(update_fields=["last_day"])
            said = f"{name} belongs to {row.team} until {last_day}."
        auditing.record(by, "membership.end", f"people/{person}", at=at, sentence=said)


def replace_claimed_teams(user: User, teams: Iterable[str], by: Actor, *, at: datetime) -> None:
    """Makes the memberships that come from claims exactly these teams; others are left alone."""
    with together():
        held = set(Membership.objects.filter(user=user).values_list("team", flat=True))
        gone = Membership.objects.filter(user=user, origin=CLAIMS).exclude(team__in=set(teams))
        left = sorted(gone.values_list("team", flat=True))
        gone.delete()
        new = sorted(set(teams) - held)
        Membership.objects.bulk_create(Membership(user=user, team=t, origin=CLAIMS) for t in new)
        for what, named in (("left", left), ("joined", new)):
            if named:
                said = f"By the identity provider's groups, {user.get_full_name()} {what} {', '.join(named)}."
                auditing.record(by, "membership.claims", f"people/{user.pk}", at=at, sentence=said)


def checked_name(name: str) -> str:
    """A name as it is kept.

    Raises:
        Invalid: there is none, or it is longer than 200 characters.
    """
    kept = " ".join(name.split())
    if not kept or len(kept) > 200:
        raise Invalid("A person needs a name of at most 200 characters.",
                      "Give the name that people call them.", field="name")  # fmt: skip
    return kept


def checked_email(email: str) -> str:
    """An address as it is kept: in lower case.

    Raises:
        Invalid: it is none.
    """
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    kept = email.strip().lower()
    try:
        validate_email(kept)
    except ValidationError as error:
        raise Invalid(f"{email!r} is no e-mail address.", "Write it like name@example.org.",
                      field="email") from error  # fmt: skip
    return kept


def _check_belonging(wanted: Belonging, ground: Ground, *, is_old: bool = False) -> None:
    if not is_old and wanted.team not in ground.plans.head().plan.teams:
        raise Invalid(f"The plan has no team {wanted.team!r}.", "Choose a team of the plan.",
                      field="team")  # fmt: skip
    if wanted.first_day and wanted.last_day and wanted.last_day < wanted.first_day:
        raise Invalid("The last day is before the first.", "Put the days in order.",
                      field="last_day")  # fmt: skip
    if not 0 < wanted.fraction <= 1:
        raise Invalid(f"{wanted.fraction} is no part of somebody's time.",
                      "It is above 0 and at most 1.", field="fraction")  # fmt: skip


def _from_to(of: Belonging) -> str:
    since = f" from {of.first_day}" if of.first_day else ""
    return since + (f" until {of.last_day}" if of.last_day else "")


def _person(user: User) -> Person:
    held = (
        Held(g.pk, Given(Role(g.role), g.team, g.stream), g.origin, g.at,
             g.given_by.get_full_name() if g.given_by else "")
        for g in user.grants.all()
    )  # fmt: skip
    return Person(
        user.pk, user.get_full_name(), user.email, user.is_active, user.joined_at, user.last_login,
        tuple(sorted(held, key=_by_right)),
        tuple(_belonging(m) for m in user.memberships.all()),
    )  # fmt: skip


_USER = ("pk", "name", "email", "is_active", "joined_at", "last_login")
_GRANT = ("user_id", "pk", "role", "team", "stream", "origin", "at", "given_by__name", "given_by__email")  # fmt: skip
_MEMBERSHIP = ("user_id", "pk", "team", "first_day", "last_day", "fraction", "origin")


def _people(rows: Iterable[tuple[Any, ...]]) -> list[Person]:
    """People with all that they hold, of the columns ``_USER``: as ``_person``, for many of them."""
    users = list(rows)
    ids = [user[0] for user in users]
    held, belongs = defaultdict[int, list[Held]](list), defaultdict[int, list[Belonging]](list)
    for person, pk, role, team, stream, origin, at, name, email in (
        Grant.objects.filter(user__in=ids).values_list(*_GRANT) if ids else ()
    ):
        given = Given(Role(role), team, stream)
        held[person].append(Held(pk, given, origin, at, name or email or ""))
    for person, *row in (
        Membership.objects.filter(user__in=ids).order_by("pk").values_list(*_MEMBERSHIP)
        if ids
        else ()
    ):
        belongs[person].append(Belonging(*row))
    return [
        Person(
            pk, name or email, email, is_active, joined, seen,
            tuple(sorted(held[pk], key=_by_right)), tuple(belongs[pk]),
        )
        for pk, name, email, is_active, joined, seen in users
    ]  # fmt: skip


def _by_right(held: Held) -> tuple[str, str, str]:
    return held.given.role, held.given.team, held.given.stream


def _belonging(row: Membership) -> Belonging:
    return Belonging(row.pk, row.team, row.first_day, row.last_day, row.fraction, row.origin)
