"""What the pages of one's own account show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mainstem.figures.wording import day, plural, shorten
from mainstem.services.people.access import ROLES
from mainstem.services.people.accounts import Account, Profile
from mainstem.services.people.grants import said_of
from mainstem.services.people.sessions import Session, second_steps_of, sessions_of
from mainstem.services.people.tokens import SCOPES, NewToken, Token, tokens_of
from mainstem.web.contexts.pieces import Fact
from mainstem.web.request import Request

_STEPS = {"totp": "one-time codes", "webauthn": "a passkey", "recovery_codes": "recovery codes"}


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One's account: who one is, what one may do, what guards it."""

    head: str
    email: str
    rights: str
    guards: tuple[Fact, ...]
    has_tokens: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A session in words."""

    id: int
    browser: str
    since: str
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """Where one is signed in."""

    head: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A token in words; ``works`` is whether it can still be taken back."""

    id: int
    name: str
    prefix: str
    scope: str
    until: str
    used: str
    works: bool
    state: str


@dataclass(frozen=True, slots=True)
class TokensPage:
    """One's tokens, and the one just made."""

    head: str
    keys: tuple[Key, ...]
    made: str
    made_name: str


def account_page(request: Request) -> AccountPage:
    """One's account."""
    user: Account = request.user  # type: ignore[assignment]
    person = user.pk
    steps = [_STEPS.get(s, s) for s in second_steps_of(person) if s != "recovery_codes"]
    known = len(sessions_of(person))
    working = sum(t.works(request.ground.now()) for t in tokens_of(person, request.actor))
    guards = (
        Fact("Password", "set: change it" if user.has_usable_password() else "none: you sign in by others",
             "/account/password/change/" if user.has_usable_password() else "/account/password/set/"),
        Fact("Second step", _and(steps) if steps else "none yet: add a passkey or one-time codes",
             "/account/2fa/"),
        Fact("Sessions", plural(known, "browser is", "browsers are") + " signed in", "/account/sessions/"),
        Fact("Tokens for programs", plural(working, "token works", "tokens work") if working else "none works", "/account/tokens/"),
    )  # fmt: skip
    return AccountPage(
        head=f"Your account, {user.get_full_name()}",
        email=user.email,
        rights=_rights(request),
        guards=guards if request.actor.is_known else guards[:-1],
        has_tokens=request.actor.is_known,
    )


def sessions_page(request: Request) -> SessionsPage:
    """Where one is signed in."""
    found = sessions_of(request.actor.id or 0, request.session.session_key or "")
    zone = zone_of(request)
    head = f"You are signed in with {plural(len(found), 'browser')}" if found else "Your sessions"
    return SessionsPage(head, tuple(_place(s, zone) for s in found))


def tokens_page(request: Request, made: NewToken | None) -> TokensPage:
    """One's tokens."""
    now, zone = request.ground.now(), zone_of(request)
    found = tokens_of(request.actor.id or 0, request.actor)
    working = sum(t.works(now) for t in found)
    head = (
        f"{plural(working, 'token works', 'tokens work')} in your name"
        if working
        else "No program works in your name"
    )
    keys = tuple(key_of(t, now, zone) for t in found)
    return TokensPage(head, keys, made.text if made else "", made.token.name if made else "")


def as_given(profile: Profile) -> dict[str, str]:
    """A profile as a form is filled with it."""
    return asdict(profile)


def zone_of(request: Request) -> ZoneInfo:
    """The time zone in which the person reads moments."""
    own = getattr(request.user, "timezone", "")
    return ZoneInfo(own or request.ground.plans.head().plan.organisation.timezone)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A day and a time as the person reads them."""
    here = at.astimezone(zone)
    return f"{day(here.date())}, {here:%H:%M}"


def key_of(token: Token, now: datetime, zone: ZoneInfo) -> Key:
    """A token in words."""
    state = "works" if token.works(now) else ("taken back" if token.revoked_at else "ended")
    used = moment(token.used_at, zone) if token.used_at else "never"
    # it ends with the last moment of a day: that day is what was chosen
    last = (token.ends_at - timedelta(seconds=1)).astimezone(zone).date()
    return Key(
        token.id, token.name, f"{token.prefix}…", SCOPES[token.scope], day(last), used,
        token.works(now), state,
    )  # fmt: skip


def _place(of: Session, zone: ZoneInfo) -> Place:
    return Place(of.id, browser_of(of.browser), moment(of.since, zone), of.address, of.is_here)


def browser_of(told: str) -> str:
    """What a browser says it is, in short."""
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
    systems = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip
    name = next((n for mark, n in names if mark in told), "")
    system = next((n for mark, n in systems if mark in told), "")
    return " on ".join(p for p in (name, system) if p) or shorten(told, 60) or "a program"


def _rights(request: Request) -> str:
    given = sorted(request.actor.given, key=lambda g: (g.role, g.team, g.stream))
    if not given:
        return "You have no right yet. Ask an administrator for one."
    return f"You are {_and([said_of(g) for g in given])}. {_most(request)}"


def _most(request: Request) -> str:
    """What the highest of one's roles means."""
    role = max((g.role for g in request.actor.given), key=list(ROLES).index)
    return f"That means: {ROLES[role][1]}."


def _and(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
