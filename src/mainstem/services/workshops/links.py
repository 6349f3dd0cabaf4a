"""The link into a room: a random word that ends, and the two ways in by it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstem.errors import Absent, Conflict, Forbidden, Invalid, TooMany
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require, require_writing
from mainstem.services.server.sealing import seal, unseal
from mainstem.services.workshops.events import Log, locked, log_of, own_id
from mainstem.services.workshops.seated import Seated, lead_of, link_is_open, sit_down, sit_member
from mainstem.store.models import Seat, Workshop
from mainstem.store.together import together
from mainstem.workshop.case import GUEST
from mainstem.workshop.reading import MOST_NAME, line

#: Guests in one room, and guests that come in by one link within a minute.
MOST_GUESTS, MOST_A_MINUTE = 500, 300
#: Longest time that a link works.
LONGEST = timedelta(days=90)
_PURPOSE = "workshop link"
#: Without letters and digits that look alike on a wall.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Link:
    """A room's link as a facilitator sees it; ``word`` is empty where there is none or it has ended."""

    word: str
    until: datetime | None
    guests: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Door:
    """What somebody who has the link sees before they come in."""

    number: int
    title: str
    why: str
    state: str
    starts_at: datetime | None
    takes_guests: bool
    held_by: str


def renew_link(seat: Seated, until: datetime, guests: bool, *, at: datetime) -> str:
    """Makes a new link; the one before stops. Who came in by it stays.

    Args:
        seat: A facilitator's.
        until: When it ends.
        guests: Whether people without an account may come in with a name only.
        at: When.

    Returns:
        The word in the link.

    Raises:
        Forbidden: no facilitator asks.
        Invalid: it would end before it begins, or in more than 90 days.
    """
    if not at < until <= at + LONGEST:
        raise Invalid("A link ends at a time to come, in at most 90 days.", "Choose another end.",
                      field="until")  # fmt: skip
    word = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
    with together():
        row, by = lead_of(seat)
        row.link, row.link_digest = seal(word, _PURPOSE), _digest(word)
        row.link_until, row.takes_guests = until, guests
        row.save(update_fields=["link", "link_digest", "link_until", "takes_guests"])
        whom = "members and guests" if guests else "members"
        auditing.record(
            by, "workshop.link", f"workshops/{row.pk}", at=at,
            sentence=f"Made a new link into “{row.title}” for {whom}, until {until:%Y-%m-%d %H:%M}.",
        )  # fmt: skip
    return word


def end_link(seat: Seated, *, at: datetime) -> None:
    """Ends the link: nobody comes in by it any more, and guests are out at once.

    Raises:
        Forbidden: no facilitator asks.
    """
    with together():
        row, by = lead_of(seat)
        row.link, row.link_digest, row.link_until, row.takes_guests = "", "", None, False
        row.save(update_fields=["link", "link_digest", "link_until", "takes_guests"])
        auditing.record(by, "workshop.link", f"workshops/{row.pk}", at=at,
                        sentence=f"Ended the link into “{row.title}”.")  # fmt: skip
        _tell_guests(row, at)


def _tell_guests(row: Workshop, at: datetime) -> None:
    """An event without puts: whoever streams looks at the seats and finds the guests out."""
    log = log_of(locked(row.pk))
    log.write("appoint", own_id(), None, {}, at=at)
    log.close()


def link_of(seat: Seated, *, at: datetime) -> Link:
    """The link as it stands.

    Raises:
        Forbidden: no facilitator asks.
    """
    with together():
        row, _ = lead_of(seat)
    is_open = link_is_open(row, at)
    word = unseal(row.link, _PURPOSE) if is_open else ""
    return Link(word, row.link_until, row.takes_guests, is_open)


def door_of(code: str, at: datetime) -> Door:
    """The room that a link leads to.

    Raises:
        Absent: it leads nowhere, or has ended: both are said alike.
    """
    row = _by_code(code, at)
    return Door(
        row.pk, row.title, row.why, row.state, row.starts_at, row.takes_guests, row.author_name
    )


def join_as_member(code: str, by: Actor, at: datetime) -> Seated:
    """Comes in by the link with an account that reads the plan.

    Raises:
        Absent: the link leads nowhere, or the account sees nothing.
        Forbidden: they were removed.
    """
    require(by, Action.READ)
    require_writing(by)
    return sit_member(_by_code(code, at).pk, by, at=at)


def join_as_guest(code: str, name: str, at: datetime) -> tuple[Seated, str]:
    """Comes in by the link with a name only.

    Returns:
        The seat, and the secret that its browser keeps; here only its digest is kept.

    Raises:
        Absent: the link leads nowhere, or has ended.
        Forbidden: this room takes no guests.
        Invalid: no name.
        TooMany: too many came within a minute.
        Conflict: the room is full, or finished.
    """
    called = line(name, "name", MOST_NAME)
    secret = secrets.token_urlsafe(32)
    with together():
        row = locked(_by_code(code, at).pk)
        _require_place(row, at)
        log: Log = log_of(row)
        seat = sit_down(log, called, GUEST, at=at, secret=_digest(secret))
        log.close()
    return seat, secret


def _require_place(row: Workshop, at: datetime) -> None:
    if not row.takes_guests:
        raise Forbidden("This workshop takes no guests.", "Sign in, or ask for a link for guests.",
                        code="workshop.no_guests")  # fmt: skip
    if row.state == "finished":
        raise Conflict("This workshop is finished.", "Ask its facilitator for the summary.",
                       code="workshop.finished")  # fmt: skip
    guests = Seat.objects.filter(workshop_id=row.pk, role=GUEST)
    if guests.filter(at__gt=at - timedelta(minutes=1)).count() >= MOST_A_MINUTE:
        raise TooMany("Too many are coming in at once.", "Try again in a minute.")
    if guests.filter(removed_at=None).count() >= MOST_GUESTS:
        raise Conflict(f"This workshop has {MOST_GUESTS} guests, which is all it takes.",
                       "Ask its facilitator.", code="workshop.full")  # fmt: skip


def _by_code(code: str, at: datetime) -> Workshop:
    row = Workshop.objects.filter(link_digest=_digest(code)).first() if code else None
    if row is None or not link_is_open(row, at):
        raise Absent("This link does not work any more.", "Ask whoever invited you for a new one.",
                     code="workshop.no_link")  # fmt: skip
    return row


def _digest(word: str) -> str:
    # unlike letters are not in the words, and case is what people get wrong
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()
