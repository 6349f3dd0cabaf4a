"""Groups of the identity provider: what each means here, and what that gives whoever signs in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mainstem.errors import Absent, Conflict, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, Given, Role, require
from mainstem.services.people.grants import check_given, replace_claimed, said_of
from mainstem.services.people.people import replace_claimed_teams
from mainstem.services.server.ground import Ground
from mainstem.store.models import Group, User
from mainstem.store.together import together


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a group means: a right, the membership of a team, or both.

    Attributes:
        id: Its number.
        name: The group, as the identity provider writes it.
        given: The right; nothing for membership alone.
        member_of: The team; empty for the right alone.
    """

    id: int
    name: str
    given: Given | None
    member_of: str


def list_groups(by: Actor) -> tuple[Meaning, ...]:
    """All meanings by the name of the group.

    Raises:
        Forbidden, Absent: the actor does not administer.
    """
    require(by, Action.READ_SETTINGS)
    return tuple(_meaning(g) for g in Group.objects.order_by("name", "role", "team", "stream"))


def add_group(
    name: str, given: Given | None, member_of: str, ground: Ground, by: Actor, *, at: datetime
) -> Meaning:
    """Says what a group means. It counts from each person's next sign-in.

    A lead's team and the team of membership are one: a group that gives the lead of a team also
    makes its people members of it.

    Raises:
        Forbidden, Absent: the actor does not administer.
        Invalid: no name, neither right nor team, or they do not fit the plan.
        Conflict: the group means that already.
    """
    require(by, Action.ADMINISTER)
    named, team = name.strip(), member_of or (given.team if given else "")
    _check(named, given, team, ground)
    with together():
        row, is_new = Group.objects.get_or_create(
            name=named, role=given.role if given else "", team=team,
            stream=given.stream if given else "",
        )  # fmt: skip
        if not is_new:
            raise Conflict(f"The group {named!r} means that already.", "Nothing is left to do.")
        said = f"The group “{named}” now means: {said_of_meaning(_meaning(row))}."
        auditing.record(by, "group.add", f"groups/{row.pk}", at=at, sentence=said)
    return _meaning(row)


def remove_group(group: int, by: Actor, *, at: datetime) -> None:
    """Takes a meaning away. Whoever has it by that loses it with their next sign-in.

    Raises:
        Forbidden, Absent: the actor does not administer, or there is no such meaning.
    """
    require(by, Action.ADMINISTER)
    with together():
        row = Group.objects.filter(pk=group).first()
        if row is None:
            raise Absent("There is no such group.", "Look at the list again.")
        said = f"The group “{row.name}” no longer means: {said_of_meaning(_meaning(row))}."
        row.delete()
        auditing.record(by, "group.remove", f"groups/{group}", at=at, sentence=said)


def take_claims(
    user: User, names: Sequence[str], by: Actor, ground: Ground, *, at: datetime
) -> None:
    """Gives and takes what somebody's groups mean, at each sign-in. What a person gave is left alone.

    A team or stream that the plan has no more is passed over.
    """
    plan = ground.plans.head().plan
    means = [_meaning(g) for g in Group.objects.filter(name__in=list(names))]
    given = {m.given for m in means if m.given is not None}
    held = [
        g for g in given
        if (not g.team or g.team in plan.teams) and (not g.stream or g.stream in plan.streams)
    ]  # fmt: skip
    with together():
        replace_claimed(user, held, by, at=at)
        teams = {m.member_of for m in means if m.member_of in plan.teams}
        replace_claimed_teams(user, teams, by, at=at)


def said_of_meaning(meaning: Meaning) -> str:
    """A meaning in words."""
    right = said_of(meaning.given) if meaning.given else ""
    team = f"member of {meaning.member_of}" if meaning.member_of else ""
    return " and ".join(filter(None, (right, team)))


def _check(name: str, given: Given | None, team: str, ground: Ground) -> None:
    plan = ground.plans.head().plan
    if not name or len(name) > 300:
        raise Invalid("The group has no name, or one of more than 300 characters.",
                      "Write it as the identity provider does.", field="name")  # fmt: skip
    if given is None and not team:
        raise Invalid("The group means nothing yet.", "Choose a role, a team, or both.",
                      field="role")  # fmt: skip
    if given is not None:
        check_given(given, plan)
    if team and team not in plan.teams:
        raise Invalid(f"The plan has no team {team!r}.", "Choose a team of the plan.",
                      field="team")  # fmt: skip


def _meaning(row: Group) -> Meaning:
    if not row.role:
        return Meaning(row.pk, row.name, None, row.team)
    role = Role(row.role)
    return Meaning(
        row.pk, row.name, Given(role, row.team if role is Role.LEAD else "", row.stream), row.team
    )
