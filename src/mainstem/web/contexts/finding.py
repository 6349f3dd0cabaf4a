"""Page data of search, palette, notices, and of what is said about a thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from mainstem.plan.directory import Named
from mainstem.plan.model import SECTIONS, Plan
from mainstem.services.people.access import Action, Actor, Role, may
from mainstem.services.telling.remarking import remarks
from mainstem.services.telling.watching import (
    PAGE,
    Told,
    looked_at,
    name_of,
    notices,
    unread,
    watched,
)
from mainstem.services.work.finding import Found
from mainstem.web.contexts.here import day_here
from mainstem.web.contexts.pieces import Empty, Fact, Link, Pages
from mainstem.web.contexts.places import place_of
from mainstem.web.recent import recent_addresses

if TYPE_CHECKING:
    from mainstem.services.server.ground import Ground

#: What can be done from the palette: name, where, what one must be allowed.
ACTIONS: tuple[tuple[str, str, Action], ...] = (
    ("Go to Pulse", "/", Action.READ),
    ("Go to the River", "/river", Action.READ),
    ("Go to the Map", "/map", Action.READ),
    ("Go to the plan", "/plan/", Action.READ),
    ("Challenge the plan", "/challenge/", Action.READ),
    ("See the disqualifying statements", "/challenge/statements/", Action.READ),
    ("Go to work items", "/items/", Action.READ),
    ("Ask whether work qualifies", "/qualify", Action.READ),
    ("See decisions on work", "/decisions/", Action.READ),
    ("Go to key results", "/key-results/", Action.READ),
    ("Check in on key results", "/check-in/", Action.CHECK_IN),
    ("Add an objective", "/plan/objectives/new", Action.CHANGE_PLAN),
    ("Add a stream", "/plan/streams/new", Action.CHANGE_PLAN),
    ("Add a key result", "/plan/key_results/new", Action.CHANGE_PLAN),
    ("Add an initiative", "/plan/initiatives/new", Action.CHANGE_PLAN),
    ("See revisions of the plan", "/plan/revisions/", Action.READ),
    ("See proposals", "/plan/proposals/", Action.READ),
    ("See workshops", "/workshop/", Action.READ),
    ("Prepare a workshop", "/workshop/new", Action.HOST),
    ("See what I was told", "/notices/", Action.READ),
    ("Open my account", "/account/", Action.READ),
    ("See sources", "/sources/", Action.READ),
    ("Import work", "/sources/import/", Action.IMPORT),
    ("Invite somebody", "/settings/invitations/", Action.ADMINISTER),
    ("Open settings", "/settings/", Action.ADMINISTER),
    ("Read the audit log", "/audit/", Action.READ_AUDIT),
)
_MOST_ACTIONS = 6
Group = tuple[str, tuple[Fact, ...]]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What was found, in groups."""

    asked: str
    head: str
    groups: tuple[Group, ...]


def found_page(asked: str, found: Found, actor: Actor, recent: tuple[Fact, ...]) -> FoundPage:
    """Builds the groups: what was looked at lately, the plan, work items, things to do."""
    words = asked.strip()
    groups: list[Group] = []
    if not words and recent:
        groups.append(("Lately", recent))
    if found.entities:
        groups.append(("Plan", tuple(_entity(n) for n in found.entities)))
    if found.items:
        groups.append(("Work items", tuple(_item(key) for key in found.items)))
    if found.workshops:
        held = tuple(Fact(title, "workshop", f"/workshop/{n}/") for n, title in found.workshops)
        groups.append(("Workshops", held))
    if words and may(actor, Action.READ):
        query = urlencode({"q": f'"{words}"' if " " in words else words})
        groups.append(("Work", (Fact(f"Search work items for “{words}”", "", f"/items/?{query}"),)))
    actions = tuple(_actions(words, actor))
    if actions:
        groups.append(("Do", actions))
    count = len(found.entities) + len(found.items) + len(found.workshops)
    head = f"{count} found for “{words}”" if words else "Find anything"
    return FoundPage(asked, head, tuple(groups))


def _entity(named: Named) -> Fact:
    return Fact(named.name, named.under, place_of(named.section, named.ident))


def _item(key: str) -> Fact:
    return Fact(key, "work item", f"/items/?{urlencode({'q': f'key:{_quoted(key)}'})}")


def _quoted(text: str) -> str:
    return text if text.replace("-", "").isalnum() else '"' + text.replace('"', "") + '"'


def _actions(words: str, actor: Actor) -> Iterable[Fact]:
    wanted = words.lower().split()
    fitting = [
        Fact(name, "", href)
        for name, href, action in ACTIONS
        if may(actor, action) and all(w in name.lower() for w in wanted)
    ]
    return fitting[: _MOST_ACTIONS if wanted else 4]


def recent(request: HttpRequest) -> tuple[Fact, ...]:
    """The pages that this browser looked at lately, newest first."""
    plan = request.ground.plans.head().plan  # type: ignore[attr-defined]
    out = []
    for subject in recent_addresses(request):
        section, _, ident = subject.partition("/")
        if section in SECTIONS and ident in getattr(plan, section):
            out.append(Fact(name_of(subject, plan), SECTIONS[section], of_subject(subject)))
    return tuple(out)


#: What has a number instead of a name → its word, and its page.
_NUMBERED = {
    "proposal": ("Proposal", "/plan/proposals/{}/"),
    "contests": ("Contest", "/items/contests/"),
    "asked": ("Decision", "/decisions/{}/"),
    "unbundling": ("Unbundling", "/unbundle/{}/"),
}


def _called(subject: str, plan: Plan) -> str:
    """The name of what is watched; a number for what has none."""
    section, _, ident = subject.partition("/")
    return f"{_NUMBERED[section][0]} {ident}" if section in _NUMBERED else name_of(subject, plan)


def of_subject(subject: str) -> str:
    """The page of a thing or a proposal; the plan for what has none."""
    section, _, ident = subject.partition("/")
    if section in _NUMBERED and ident.isdecimal():
        return _NUMBERED[section][1].format(ident)
    return place_of(section, ident) if section in SECTIONS and ident else "/plan/"


def safe(wanted: str, usual: str, request: HttpRequest) -> str:
    """Where to go on to: the address wanted if it is one of ours, else the usual."""
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if own and wanted.startswith("/") else usual


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice in words."""

    number: int
    words: str
    when: str
    href: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """What somebody was told, and what they watch."""

    head: str
    rows: tuple[NoticeRow, ...]
    watched: tuple[tuple[str, Link], ...]
    pages: Pages | None
    empty: Empty | None
    has_unread: bool


def notices_page(before: str, ground: Ground, actor: Actor) -> NoticesPage:
    """Builds the page of notices."""
    found = notices(actor, before=int(before) if before.isdecimal() and len(before) < 16 else None)
    count = unread(actor)
    plan = ground.plans.head().plan
    more = f"/notices/?before={found[-1].number}" if len(found) == PAGE else ""
    return NoticesPage(
        head=f"{count} thing{'s' * (count != 1)} you have not read" if count else "You have read everything",
        rows=tuple(_notice(n) for n in found),
        watched=tuple((s, Link(_called(s, plan), of_subject(s))) for s in watched(actor)),
        pages=Pages(f"{len(found)} notices", "/notices/" if before else "", more) if more or before else None,
        empty=None if found else Empty(
            "Nothing has happened to what you watch",
            "Open a stream, a team or a key result and choose Watch: you are told here, and by mail.",
            Link("Find something to watch", "/find"),
        ),
        has_unread=count > 0,
    )  # fmt: skip


def _notice(told: Told) -> NoticeRow:
    return NoticeRow(told.number, told.sentence, day_here(told.at), told.address, told.is_read)


@dataclass(frozen=True, slots=True)
class Saying:
    """A remark in words."""

    number: int
    by: str
    when: str
    text: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """What can be said and heard about a thing, at the foot of its page."""

    subject: str
    is_watched: bool
    here: str
    remarks: tuple[Saying, ...]
    may_remark: bool


def talk(subject: str, here: str, actor: Actor) -> Talk:
    """Builds the foot of a thing's page: one query, or two where something was said."""
    is_watched, is_said = looked_at(subject, actor)
    said = remarks(subject, actor) if is_said else ()
    return Talk(
        subject,
        is_watched,
        here,
        tuple(
            Saying(r.number, r.by, day_here(r.at), r.text, r.is_own or actor.administers)
            for r in said
        ),
        actor.may_write and actor.is_at_least(Role.CONTRIBUTOR),
    )
