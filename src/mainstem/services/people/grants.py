"""Giving and taking rights. Who holds what is asked in ``access``; here it is changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.plan.model import Plan
from mainstem.services.people import auditing
from mainstem.services.people.access import ROLES, Action, Actor, Given, Role, require
from mainstem.services.server.ground import Ground
from mainstem.store.models import Grant, User
from mainstem.store.together import one_at_a_time, together

#: Who a grant or a membership comes from: somebody gave it, or the identity provider's groups do.
PERSON, CLAIMS = "person", "claims"


@dataclass(frozen=True, slots=True)
class Held:
    """A right that somebody holds; ``origin`` is ``person`` or ``claims``."""

    id: int
    given: Given
    origin: str
    at: datetime
    given_by: str


def give(person: int, given: Given, ground: Ground, by: Actor, *, at: datetime) -> Held:
    """Gives a right; giving what is held already changes nothing.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such person.
        Invalid: the role does not fit the team or stream, or the plan does not have them.
    """
    require(by, Action.ADMINISTER)
    check_given(given, ground.plans.head().plan)
    with together():
        user = find_person(person)
        row, is_new = Grant.objects.get_or_create(
            user=user, role=given.role, team=given.team, stream=given.stream,
            defaults={"at": at, "given_by_id": by.id},
        )  # fmt: skip
        if is_new:
            said = f"Gave {user.get_full_name()} the right: {said_of(given)}."
            auditing.record(by, "grant.give", f"people/{person}", at=at, sentence=said)
        elif row.origin != PERSON:
            # what a person gave stays when the identity provider's groups change
            Grant.objects.filter(pk=row.pk).update(origin=PERSON, given_by=by.id, at=at)
    return Held(row.pk, given, PERSON, at, by.name)


def take(person: int, grant: int, by: Actor, *, at: datetime) -> None:
    """Takes a right away.

    Raises:
        Forbidden, Absent: the actor does not administer, or the person does not hold it.
        Conflict: it is the last administrator's.
    """
    require(by, Action.ADMINISTER)
    with one_at_a_time():
        row = Grant.objects.select_related("user").filter(pk=grant, user=person).first()
        if row is None:
            raise Absent("That right is not held any more.", "Open the person's page again.")
        if row.role == Role.ADMINISTRATOR and not others_administer(person):
            raise last_administrator(row.user)
        given = Given(Role(row.role), row.team, row.stream)
        row.delete()
        said = f"Took from {row.user.get_full_name()} the right: {said_of(given)}."
        auditing.record(by, "grant.take", f"people/{person}", at=at, sentence=said)


def others_administer(person: int) -> bool:
    """Whether an administrator with an active account stays if this person goes."""
    left = Grant.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return left.exclude(user=person).exists()


def last_administrator(user: User) -> Conflict:
    """Why nobody can take the last administrator's right away."""
    return Conflict(
        f"{user.get_full_name()} is the last administrator.",
        "Make somebody else an administrator first.",
        code="people.last_administrator",
    )


def find_person(person: int) -> User:
    """The account of that number.

    Raises:
        Absent: there is none.
    """
    found = User.objects.filter(pk=person).first()
    if found is None:
        raise Absent("There is no such person.", "Look for them among the people.")
    return found


def check_given(given: Given, plan: Plan) -> None:
    """Refuses a role that does not fit where it is to hold.

    Raises:
        Invalid: naming the field: ``team`` or ``stream``.
    """
    if given.team and (given.role is not Role.LEAD or given.team not in plan.teams):
        known = given.role is Role.LEAD
        raise Invalid(
            f"The plan has no team {given.team!r}." if known
            else f"The role {ROLES[given.role][0]} is not held for one team.",
            "Choose a team of the plan." if known else "Leave the team out.", field="team",
        )  # fmt: skip
    if given.role is Role.OWNER and given.stream not in plan.streams:
        raise Invalid(
            f"The plan has no stream {given.stream!r}." if given.stream
            else "A stream owner owns a stream.",
            "Choose a stream of the plan.", field="stream",
        )  # fmt: skip
    if given.stream and given.role is not Role.OWNER:
        raise Invalid(f"The role {ROLES[given.role][0]} is not held for one stream.",
                      "Leave the stream out.", field="stream")  # fmt: skip


def said_of(given: Given) -> str:
    """A right in words, such as ``team lead of playback``."""
    where = given.team or given.stream
    if given.role is Role.LEAD and not where:
        return f"{ROLES[given.role][0]} of their own teams"
    return f"{ROLES[given.role][0]} of {where}" if where else ROLES[given.role][0]


def replace_claimed(user: User, wanted: Iterable[Given], by: Actor, *, at: datetime) -> None:
    """Makes the rights that come from claims exactly these; what a person gave is left alone.

    The last administrator stays one whatever the claims say, so that nobody is locked out.
    """
    with one_at_a_time():
        held = {
            Given(Role(g.role), g.team, g.stream): g
            for g in Grant.objects.filter(user=user)
        }  # fmt: skip
        want = set(wanted)
        for given, row in held.items():
            if row.origin != CLAIMS or given in want:
                continue
            if given.role is Role.ADMINISTRATOR and not others_administer(user.pk):
                said = f"Left {user.get_full_name()} administrator: there would be no other."
                auditing.record(by, "grant.keep", f"people/{user.pk}", at=at, sentence=said)
                continue
            row.delete()
            _audit_claimed(user, "take", given, by, at=at)
        for given in sorted(want - set(held), key=said_of):
            Grant.objects.create(user=user, role=given.role, team=given.team,
                                 stream=given.stream, origin=CLAIMS, at=at)  # fmt: skip
            _audit_claimed(user, "give", given, by, at=at)


def _audit_claimed(user: User, what: str, given: Given, by: Actor, *, at: datetime) -> None:
    verb = {"give": "gave", "take": "took from"}[what]
    said = f"The identity provider's groups {verb} {user.get_full_name()}: {said_of(given)}."
    auditing.record(by, f"grant.{what}", f"people/{user.pk}", at=at, sentence=said)
