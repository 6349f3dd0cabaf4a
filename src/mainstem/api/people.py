"""People, their rights and teams, and what groups of an identity provider mean. For administrators."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from mainstem.api.operations import needs
from mainstem.api.paging import After, Limit, word_after, write_cursor
from mainstem.api.places import DayInQuery, NumberInPath
from mainstem.api.request import Request
from mainstem.api.shapes import In, Line, OnDay, Out, Page, Real
from mainstem.api.tokens import TokenShown
from mainstem.errors import Absent
from mainstem.services.people import grants, groups, people, sessions, tokens
from mainstem.services.people.access import Action, Given, Role
from mainstem.services.people.grants import Held
from mainstem.services.people.groups import Meaning
from mainstem.services.people.people import Belonging, Person

router = Router()
TAG = "people"


class Grant(Out):
    """A role that somebody holds."""

    id: int
    role: Role
    team: str
    stream: str
    origin: str
    at: datetime
    given_by: str


class Membership(Out):
    """Somebody belongs to a team, from a day to a day, both included."""

    id: int
    team: str
    first_day: date | None
    last_day: date | None
    fraction: float
    origin: str


class PersonShown(Out):
    """Somebody with an account."""

    id: int
    name: str
    email: str
    is_active: bool
    joined_at: datetime
    signed_in_at: datetime | None
    grants: list[Grant]
    memberships: list[Membership]


class Right(In):
    """A role: for everything, for a team and the teams in it, or for a stream."""

    role: Role
    team: Line = ""
    stream: Line = ""

    def given(self) -> Given:
        """The same for services."""
        return Given(self.role, self.team, self.stream)


class NewMembership(In):
    """A team that somebody belongs to."""

    team: Line
    first_day: OnDay | None = None
    last_day: OnDay | None = None
    fraction: Annotated[Real, Field(gt=0, le=1)] = 1.0


class PersonChange(In):
    """What somebody is called, and the address that they sign in with; what is left out stays."""

    name: Line | None = None
    email: Line | None = None
    is_active: bool | None = Field(None, strict=True, description="false closes the account")


class GroupShown(Out):
    """What a group of the identity provider means."""

    id: int
    name: str
    right: Right | None
    member_of: str


class NewGroup(In):
    """A group and what it means."""

    name: Line = Field(min_length=1)
    right: Right | None = None
    member_of: Line = ""


class Ended(Out):
    """How many sessions were ended."""

    sessions: int


def _grant(held: Held) -> Grant:
    given = held.given
    return Grant(id=held.id, role=given.role, team=given.team, stream=given.stream,
                 origin=held.origin, at=held.at, given_by=held.given_by)  # fmt: skip


def _membership(found: Belonging) -> Membership:
    return Membership(
        id=found.id, team=found.team, first_day=found.first_day, last_day=found.last_day,
        fraction=float(found.fraction), origin=found.origin,
    )  # fmt: skip


def _person(found: Person) -> PersonShown:
    return PersonShown(
        id=found.id, name=found.name, email=found.email, is_active=found.is_active,
        joined_at=found.joined_at, signed_in_at=found.signed_in_at,
        grants=[_grant(h) for h in found.held], memberships=[_membership(b) for b in found.belongs],
    )  # fmt: skip


def _group(found: Meaning) -> GroupShown:
    given = found.given
    right = Right(role=given.role, team=given.team, stream=given.stream) if given else None
    return GroupShown(id=found.id, name=found.name, right=right, member_of=found.member_of)


@router.get("/people", response=Page[PersonShown], operation_id="list_people")
@needs(Action.READ_SETTINGS)
def list_people(
    request: Request, words: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[Literal["", "active", "inactive", "outside"], Query()] = "",
    limit: Limit = 50, after: After = "",
) -> Page[PersonShown]:  # fmt: skip
    """People with an account, by their addresses."""
    found = people.list_people(
        request.actor, words=words, state=state, after=word_after(after), limit=limit
    )
    more = write_cursor(found.next) if found.next else None
    return Page(items=[_person(p) for p in found.people], next=more)


@router.get("/people/{int:person}", response=PersonShown, operation_id="get_person")
@needs(Action.READ_SETTINGS)
def get_person(request: Request, person: NumberInPath) -> PersonShown:
    """One person, with rights and teams."""
    return _person(people.person_of(person, request.actor))


@router.patch("/people/{int:person}", response=PersonShown, operation_id="change_person")
@needs(Action.ADMINISTER)
def change_person(request: Request, person: NumberInPath, body: PersonChange) -> PersonShown:
    """Changes name or address, closes an account or opens it again."""
    actor, at = request.actor, request.ground.now()
    found = people.person_of(person, actor)
    if body.name is not None or body.email is not None:
        name = found.name if body.name is None else body.name
        people.change_person(person, name, body.email or found.email, actor, at=at)
    if body.is_active is False:
        people.deactivate(person, actor, at=at)
    elif body.is_active:
        people.reactivate(person, actor, at=at)
    return _person(people.person_of(person, actor))


@router.post("/people/{int:person}/grants", response={201: Grant}, operation_id="give_right")
@needs(Action.ADMINISTER)
def give(request: Request, person: NumberInPath, body: Right) -> tuple[int, Grant]:
    """Gives somebody a right."""
    ground = request.ground
    return 201, _grant(grants.give(person, body.given(), ground, request.actor, at=ground.now()))


@router.delete(
    "/people/{int:person}/grants/{int:grant}", response={204: None}, operation_id="take_right"
)
@needs(Action.ADMINISTER)
def take(request: Request, person: NumberInPath, grant: NumberInPath) -> tuple[int, None]:
    """Takes a right away."""
    grants.take(person, grant, request.actor, at=request.ground.now())
    return 204, None


@router.post(
    "/people/{int:person}/memberships", response={201: Membership}, operation_id="add_membership"
)
@needs(Action.ADMINISTER)
def belong(request: Request, person: NumberInPath, body: NewMembership) -> tuple[int, Membership]:
    """Makes somebody a member of a team."""
    wanted = Belonging(
        0, body.team, body.first_day, body.last_day, Decimal(str(round(body.fraction, 4))), ""
    )
    ground = request.ground
    return 201, _membership(people.belong(person, wanted, ground, request.actor, at=ground.now()))


@router.delete(
    "/people/{int:person}/memberships/{int:membership}", response={204: None},
    operation_id="end_membership",
)  # fmt: skip
@needs(Action.ADMINISTER)
def part(
    request: Request, person: NumberInPath, membership: NumberInPath, last_day: DayInQuery = None
) -> tuple[int, None]:
    """Ends a membership on a day; without one, removes it as if it had not been."""
    ground = request.ground
    people.part(person, membership, last_day, ground, request.actor, at=ground.now())
    return 204, None


@router.delete(
    "/people/{int:person}/sessions", response=Ended, operation_id="end_sessions_of_person"
)
@needs(Action.ADMINISTER)
def sign_out(request: Request, person: NumberInPath) -> Ended:
    """Ends every session of somebody."""
    ended = sessions.end_all_sessions(person, request.actor, at=request.ground.now())
    return Ended(sessions=ended)


@router.delete(
    "/people/{int:person}/second-steps", response={204: None}, operation_id="forget_second_steps"
)
@needs(Action.ADMINISTER)
def forget(request: Request, person: NumberInPath) -> tuple[int, None]:
    """Removes the passkeys and one-time codes of somebody who lost them; their password stays."""
    sessions.forget_second_steps(person, request.actor, at=request.ground.now())
    return 204, None


@router.get(
    "/people/{int:person}/tokens", response=Page[TokenShown], operation_id="list_tokens_of_person"
)
@needs(Action.READ_SETTINGS)
def list_tokens_of(request: Request, person: NumberInPath) -> Page[TokenShown]:
    """Somebody's tokens, newest first; never the tokens themselves."""
    people.person_of(person, request.actor)
    found = tokens.tokens_of(person, request.actor)
    return Page(items=[TokenShown.model_validate(t) for t in found], next=None)


@router.delete(
    "/people/{int:person}/tokens/{int:token}", response=TokenShown,
    operation_id="revoke_token_of_person",
)  # fmt: skip
@needs(Action.ADMINISTER)
def revoke_of(request: Request, person: NumberInPath, token: NumberInPath) -> TokenShown:
    """Takes somebody's token back at once."""
    actor = request.actor
    people.person_of(person, actor)
    if all(t.id != token for t in tokens.tokens_of(person, actor)):
        raise Absent("They have no such token.", "The list of their tokens says which there are.")
    found = tokens.revoke_token(token, actor, at=request.ground.now())
    return TokenShown.model_validate(found)


@router.get("/groups", response=Page[GroupShown], operation_id="list_groups")
@needs(Action.READ_SETTINGS)
def list_groups(request: Request) -> Page[GroupShown]:
    """What groups of the identity provider mean, by their names."""
    return Page(items=[_group(g) for g in groups.list_groups(request.actor)], next=None)


@router.post("/groups", response={201: GroupShown}, operation_id="add_group")
@needs(Action.ADMINISTER)
def add_group(request: Request, body: NewGroup) -> tuple[int, GroupShown]:
    """Says what a group means, from each person's next sign-in on."""
    ground = request.ground
    given = body.right.given() if body.right else None
    made = groups.add_group(
        body.name, given, body.member_of, ground, request.actor, at=ground.now()
    )
    return 201, _group(made)


@router.delete("/groups/{int:number}", response={204: None}, operation_id="remove_group")
@needs(Action.ADMINISTER)
def remove_group(request: Request, number: NumberInPath) -> tuple[int, None]:
    """Takes the meaning of a group away."""
    groups.remove_group(number, request.actor, at=request.ground.now())
    return 204, None
