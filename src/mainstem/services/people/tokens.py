"""API tokens: keys for programs that act for a person, within a scope, until a day."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from mainstem.errors import Absent, Forbidden, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Actor, nothing_here
from mainstem.services.people.accounts import actor_of
from mainstem.services.server.ground import Ground
from mainstem.store.models import ApiToken
from mainstem.store.together import together

SCOPES = {"read": "reads what you may read", "write": "reads and writes what you may"}
#: Longest life of a token, in days.
LONGEST = 366
#: How exact the time of last use is kept, so that reading does not write each time.
_MINUTE = timedelta(minutes=1)
_MARK = "ms_"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be shown: never the token itself.

    Attributes:
        id: Its number.
        name: What its owner calls it.
        scope: ``read`` or ``write``.
        prefix: Its first characters, by which one finds it again.
        at: When it was made.
        ends_at: When it stops working.
        used_at: When it was used last, to the minute.
        revoked_at: When it was taken back.
    """

    id: int
    name: str
    scope: str
    prefix: str
    at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def works(self, at: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked_at is None and at < self.ends_at


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made: ``text`` is shown once and never kept."""

    token: Token
    text: str


def create_token(
    name: str, scope: str, last_day: date, ground: Ground, by: Actor, *, at: datetime
) -> NewToken:
    """Makes a token for the actor, which works through its last day where the organisation is.

    Raises:
        Invalid: no name, no such scope, or a day that has passed or is more than a year away.
        Forbidden: a program asks; one token cannot make another that outlives it.
        Absent: for an outsider.
    """
    owner = _owner(by)
    named = name.strip()
    _check(named, scope, last_day, ground.today())
    zone = ZoneInfo(ground.plans.head().plan.organisation.timezone)
    ends = datetime.combine(last_day + timedelta(days=1), time(), zone)
    text = _MARK + secrets.token_urlsafe(32)
    with together():
        row = ApiToken.objects.create(
            user_id=owner, name=named, scope=scope, prefix=text[:11],
            token_hash=_hashed(text), at=at, ends_at=ends,
        )  # fmt: skip
        auditing.record(
            by, "token.make", f"tokens/{row.pk}", at=at,
            sentence=f"Made the token “{named}” that {SCOPES[scope]}, until {last_day}.",
        )  # fmt: skip
    return NewToken(_shown(row), text)


def tokens_of(person: int, by: Actor) -> tuple[Token, ...]:
    """A person's tokens, newest first: one's own, or anybody's for an administrator.

    Raises:
        Absent: they are none of the actor's business.
    """
    if by.id != person and not by.administers:
        raise nothing_here()
    return tuple(_shown(t) for t in ApiToken.objects.filter(user_id=person).order_by("-pk"))


def revoke_token(token: int, by: Actor, *, at: datetime) -> Token:
    """Takes a token back at once; taking it back again changes nothing.

    Raises:
        Absent: there is none, or it is somebody else's.
    """
    with together():
        row = ApiToken.objects.select_for_update().filter(pk=token).first()
        if row is None or (row.user_id != by.id and not by.administers):
            raise Absent("There is no such token.", "It may have been removed.")
        if row.revoked_at is None:
            row.revoked_at = at
            row.save(update_fields=["revoked_at"])
            said = f"Took back the token “{row.name}” ({row.prefix}…)."
            auditing.record(by, "token.revoke", f"tokens/{row.pk}", at=at, sentence=said)
    return _shown(row)


def revoke_all(person: int, *, at: datetime) -> int:
    """Takes back every token of a person; how many there were."""
    return ApiToken.objects.filter(user_id=person, revoked_at=None).update(revoked_at=at)


def actor_of_token(
    text: str, at: datetime, *, today: date | None = None, face: str = "api",
    address: str = "", request: str = "",
) -> Actor | None:  # fmt: skip
    """Who acts with a token, or nothing if it does not work at that moment.

    A plain SHA-256 is right here, unlike for a password: the token is 256 random bits, so there is
    nothing to guess, and it is looked at on every request.
    """
    if not text.startswith(_MARK):
        return None
    row = ApiToken.objects.select_related("user").filter(token_hash=_hashed(text)).first()
    if row is None or not _shown(row).works(at) or not row.user.is_active:
        return None
    if row.used_at is None or row.used_at <= at - _MINUTE:
        old = Q(used_at=None) | Q(used_at__lte=at - _MINUTE)
        ApiToken.objects.filter(old, pk=row.pk).update(used_at=at)
    return actor_of(
        row.user, today=today or at.date(), face=face, may_write=row.scope == "write",
        address=address, request=request,
    )  # fmt: skip


def _owner(by: Actor) -> int:
    if by.id is None or not by.is_known:
        raise nothing_here()
    if by.face in ("api", "mcp"):
        raise Forbidden(
            "A token cannot make tokens.", "Make it in your account, signed in as yourself."
        )
    return by.id


def _check(name: str, scope: str, last_day: date, today: date) -> None:
    if not name or len(name) > 100:
        raise Invalid("The token has no name, or one of more than 100 characters.",
                      "Say what uses it, such as “release script”.", field="name")  # fmt: skip
    if scope not in SCOPES:
        raise Invalid(f"{scope!r} is no scope.", "It is read or write.", field="scope")
    if not today <= last_day <= today + timedelta(days=LONGEST):
        raise Invalid(f"{last_day} is no last day for a token.",
                      "Choose a day from today to a year from now.", field="last_day")  # fmt: skip


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(row: ApiToken) -> Token:
    return Token(
        row.pk, row.name, row.scope, row.prefix, row.at, row.ends_at, row.used_at, row.revoked_at
    )
