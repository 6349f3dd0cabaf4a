"""What the pages about people, invitations and groups show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from mainstem.figures.shown import Tag
from mainstem.figures.wording import day, plural
from mainstem.plan.model import Plan
from mainstem.services.people.access import Given, Role
from mainstem.services.people.grants import CLAIMS, said_of
from mainstem.services.people.groups import Meaning, list_groups, said_of_meaning
from mainstem.services.people.invitations import Invited, Sent, list_invitations
from mainstem.services.people.people import Belonging, Person, list_people
from mainstem.services.people.sessions import second_steps_of, sessions_of
from mainstem.services.people.tokens import tokens_of
from mainstem.services.server.answers import kept_for
from mainstem.web.contexts.account import Key, key_of, moment, zone_of
from mainstem.web.contexts.pieces import Cell, Column, Fact, KeptTable, Link, Pages, Row, Tab, Table
from mainstem.web.forms.people import PeopleFilter
from mainstem.web.request import Request

_CLOSED = Tag("closed", "bad")
_OUTSIDE = Tag("no right yet", "rest")


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody with an account."""

    head: str
    tabs: tuple[Tab, ...]
    listed: KeptTable
    pages: Pages
    filter: PeopleFilter


@dataclass(frozen=True, slots=True)
class Line:
    """Something that can be taken away: what it is, more of it, and where the form goes."""

    words: str
    under: str
    action: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A membership: ``end`` and ``is_now`` say whether and where it can be ended today."""

    words: str
    under: str
    action: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person."""

    id: int
    head: str
    crumbs: tuple[Link, ...]
    facts: tuple[Fact, ...]
    rights: tuple[Line, ...]
    teams: tuple[Member, ...]
    tokens: tuple[Key, ...]
    is_active: bool
    is_self: bool
    has_steps: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open invitation in words."""

    id: int
    email: str
    role: str
    under: str
    has_ended: bool


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """Who is invited; ``link`` is to be handed over by the person who reads it."""

    head: str
    tabs: tuple[Tab, ...]
    invitations: tuple[Invitation, ...]
    link: str
    link_for: str
    why_link: str


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """What groups mean."""

    head: str
    tabs: tuple[Tab, ...]
    groups: tuple[tuple[int, str, str], ...]
    claim: str
    is_used: bool


def settings_tabs(here: str) -> tuple[Tab, ...]:
    """The pages of administering."""
    named = (("Server", "settings"), ("People", "people"), ("Invitations", "invitations"), ("Groups", "groups"), ("Webhooks", "hooks"), ("Jobs", "jobs"))  # fmt: skip
    return tuple(Tab(words, reverse(name), name == here) for words, name in named)


def people_page(request: Request) -> PeoplePage:
    """People who fit the query, by address."""
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    after = request.GET.get("after", "")
    found = list_people(request.actor, words=query, state=state, after=after)
    kept = {k: v for k, v in (("q", query), ("state", state)) if v}
    count = len(found.people)
    more = f"{reverse('people')}?{urlencode({**kept, 'after': found.next})}" if found.next else ""
    return PeoplePage(
        head=_people_head(count, is_part=bool(found.next or after), is_asked=bool(query or state)),
        tabs=settings_tabs("people"),
        listed=_listed(found.people, request),
        pages=Pages(f"{plural(count, 'person', 'people')} on this page", "", more),
        filter=PeopleFilter({"q": query, "state": state}) if query or state else _everybody(),
    )


def _people_head(count: int, *, is_part: bool, is_asked: bool) -> str:
    if not count:
        return "Nobody fits"
    if is_part:
        return "People with an account"
    verb = (
        "fits"
        if is_asked and count == 1
        else "fit"
        if is_asked
        else "has an account"
        if count == 1
        else "have an account"
    )
    return f"{plural(count, 'person', 'people')} {verb}"


@cache
def _everybody() -> PeopleFilter:
    """The filter that asks for nothing; it is never changed, and can be printed once."""
    return PeopleFilter({"q": "", "state": ""})


def _listed(people: tuple[Person, ...], request: Request) -> KeptTable:
    """The table of these people, made once as long as nothing of them changes."""
    ground, zone = request.ground, zone_of(request)
    head, today = ground.plans.head(), ground.today()

    def make() -> KeptTable:
        return KeptTable(_people_table([_person_row(p, head.plan, today, zone) for p in people]))

    at = ("people", people, head.revision, today, zone.key)
    return kept_for(ground, at, make, kind="people")


def _people_table(rows: list[Row]) -> Table:
    columns = tuple(Column(n) for n in ("Name", "Address", "Rights", "Teams", "Signed in last"))
    return Table("People with an account", columns, tuple(rows))


def _person_row(person: Person, plan: Plan, today: date, zone: ZoneInfo) -> Row:
    tags = () if person.is_active else (_CLOSED,)
    rights = tuple(said_by_name(h.given, plan) for h in person.held)
    teams = [_team(b.team, plan) for b in person.belongs if b.holds(today)]
    seen = moment(person.signed_in_at, zone) if person.signed_in_at else "never"
    return Row((
        Cell(person.name, reverse("person", args=[person.id]), tags=tags),
        Cell(person.email),
        Cell(", ".join(rights), tags=() if rights else (_OUTSIDE,)),
        Cell(", ".join(teams)),
        Cell(seen),
    ))  # fmt: skip


def person_page(person: Person, request: Request) -> PersonPage:
    """One person, with what they hold and what guards their account."""
    plan, ground, zone = request.ground.plans.head().plan, request.ground, zone_of(request)
    steps = second_steps_of(person.id)
    now, today = ground.now(), ground.today()
    facts = (
        Fact("Address", person.email),
        Fact("Account", "open" if person.is_active else "closed", under=f"since {moment(person.joined_at, zone)}"),
        Fact("Signed in last", moment(person.signed_in_at, zone) if person.signed_in_at else "never"),
        Fact("Sessions", plural(len(sessions_of(person.id)), "session")),
        Fact("Second step", "set up" if steps else "none"),
    )  # fmt: skip
    return PersonPage(
        id=person.id,
        head=person.name,
        crumbs=(Link("Settings", reverse("settings")), Link("People", reverse("people"))),
        facts=facts,
        rights=tuple(
            Line(said_by_name(h.given, plan), _origin(h.origin, h.given_by, h.at, zone),
                 reverse("grant-take", args=[person.id, h.id]), f"Take from {person.name} the right: {said_by_name(h.given, plan)}?")
            for h in person.held
        ),
        teams=tuple(_member(b, person, plan, today) for b in person.belongs),
        tokens=tuple(key_of(t, now, zone) for t in tokens_of(person.id, request.actor)),
        is_active=person.is_active,
        is_self=person.id == request.actor.id,
        has_steps=bool(steps),
    )  # fmt: skip


def _member(of: Belonging, person: Person, plan: Plan, today: date) -> Member:
    since = f"from {day(of.first_day)}" if of.first_day else "from the start"
    until = f"until {day(of.last_day)}" if of.last_day else "without end"
    share = f", {of.fraction * 100:.0f} % of their time" if of.fraction != 1 else ""
    by = ", by a group of the identity provider" if of.origin == CLAIMS else ""
    action = reverse("membership-end", args=[person.id, of.id])
    return Member(_team(of.team, plan), f"{since}, {until}{share}{by}", action, of.holds(today))


def _origin(origin: str, by: str, at: datetime, zone: ZoneInfo) -> str:
    if origin == CLAIMS:
        return "by a group of the identity provider; it changes with their next sign-in"
    on = day(at.astimezone(zone).date())
    return f"given by {by} on {on}" if by else f"since {on}"


def invitations_page(request: Request, sent: Sent | None = None) -> InvitationsPage:
    """Open invitations, and the link of the one just made where no mail took it."""
    found = list_invitations(request.actor)
    plan, now = request.ground.plans.head().plan, request.ground.now()
    why = "" if sent is None else (
        "This server keeps its mail in a folder: hand the link over yourself." if sent.is_mailed
        else "The mail could not be sent: hand the link over yourself."
    )  # fmt: skip
    waiting = sum(i.ends_at > now for i in found)
    return InvitationsPage(
        head=plural(waiting, "invitation is", "invitations are") + " open"
        if waiting
        else "Nobody is invited",
        tabs=settings_tabs("invitations"),
        invitations=tuple(_invitation(i, plan, now, request) for i in found),
        link=sent.link if sent else "",
        link_for=sent.invitation.email if sent else "",
        why_link=why,
    )


def _invitation(of: Invited, plan: Plan, now: datetime, request: Request) -> Invitation:
    ended = of.ends_at <= now
    until = f"{'ended' if ended else 'works until'} {moment(of.ends_at, zone_of(request))}"
    by = f"by {of.invited_by}, " if of.invited_by else ""
    return Invitation(of.id, of.email, said_by_name(of.given, plan), by + until, ended)


def groups_page(request: Request) -> GroupsPage:
    """What groups of the identity provider mean."""
    found = list_groups(request.actor)
    plan = request.ground.plans.head().plan
    return GroupsPage(
        head=f"{plural(len(found), 'group meaning', 'group meanings')}"
        if found
        else "No group means anything yet",
        tabs=settings_tabs("groups"),
        groups=tuple((m.id, m.name, _meaning_by_name(m, plan)) for m in found),
        claim=settings.SIGN_IN_GROUPS,
        is_used=settings.SIGN_IN_BY_OTHERS,
    )


def _meaning_by_name(meaning: Meaning, plan: Plan) -> str:
    team = _team(meaning.member_of, plan) if meaning.member_of else ""
    given = meaning.given and _named(meaning.given, plan)
    return said_of_meaning(replace(meaning, given=given, member_of=team))


def said_by_name(given: Given, plan: Plan) -> str:
    """A right in words, with the names of the plan, such as ``team lead of Playback``."""
    return said_of(_named(given, plan))


def _named(given: Given, plan: Plan) -> Given:
    stream = plan.streams.get(given.stream)
    name = (stream.name or given.stream) if stream else given.stream
    return Given(Role(given.role), _team(given.team, plan), name)


def _team(key: str, plan: Plan) -> str:
    return (plan.teams[key].name or key) if key in plan.teams else key


def public_address(request: Request) -> str:
    """How the server is reached: as set, or as it was asked."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def keeps_mail() -> bool:
    """Whether mail goes into a folder instead of to people."""
    return settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")
