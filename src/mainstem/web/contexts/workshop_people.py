"""Who sits in a room, and how others come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstem.figures.wording import day, plural
from mainstem.web.contexts.workshop_invite import Code, code_of, short
from mainstem.web.contexts.workshop_steps import Records, Somebody, groups, people, room

#: People that a room can have on one page.
MOST = 500
ROLE_WORDS = {"facilitator": "facilitator", "member": "member", "guest": "guest"}


@dataclass(frozen=True, slots=True)
class Seatholder:
    """Somebody in the room, and what the reader may do about them.

    Attributes:
        person: Who.
        role: What they are, in words.
        is_self: Whether it is the reader.
        may_appoint: Role that the reader can give them; empty for none.
        may_group: Whether the reader can put them into another group.
        may_remove: Whether the reader can remove them.
    """

    person: Somebody
    role: str
    is_self: bool
    may_appoint: str
    may_group: bool
    may_remove: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """The link into a room.

    Attributes:
        address: The whole of it; empty where there is none.
        short: The same as one types it.
        code: It as a QR code.
        until: Until when it works, in words.
        until_value: The same for a form, in the organisation's time.
        guests: Whether it takes guests.
        is_over: Whether there was one and it has ended.
    """

    address: str
    short: str
    code: Code | None
    until: str
    until_value: str
    guests: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The people of a room."""

    head: str
    lead: str
    seated: tuple[Seatholder, ...]
    out: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]
    more: int
    is_led: bool
    is_open: bool


def build_people(records: Records, seat: int, role: str, most: int = MOST) -> PeoplePage:
    """Everybody in a room, as the person in a seat may see and change it.

    Args:
        records: As that seat sees them.
        seat: The reader's.
        role: The reader's.
        most: How many are shown, those with a hand up first among their like.
    """
    all_ = people(records)
    here = [p for p in all_ if not p.is_out]
    is_led, is_open = role == "facilitator", room(records).get("state") != "finished"
    leaders = sum(p.role == "facilitator" for p in here)
    guests = sum(p.role == "guest" for p in here)
    lead = f"{plural(leaders, 'facilitator')}, {plural(len(here) - leaders - guests, 'member')}, {plural(guests, 'guest')}."
    seated = tuple(_seatholder(p, seat, is_led and is_open, leaders) for p in here[:most])
    head = f"{plural(len(here), 'person', 'people')} sit{'s' if len(here) == 1 else ''} in this workshop"
    return PeoplePage(head, lead, seated, tuple(p.name for p in all_ if p.is_out), tuple(groups(records)), max(len(here) - most, 0),
                      is_led, is_open)  # fmt: skip


def _seatholder(person: Somebody, seat: int, is_led: bool, leaders: int) -> Seatholder:
    is_self = person.seat == seat
    # a room is never without somebody who can lead it
    may_step_down = person.role == "facilitator" and leaders > 1
    appoint = "facilitator" if person.role == "member" else "member" if may_step_down else ""
    return Seatholder(
        person, ROLE_WORDS.get(person.role, person.role), is_self, appoint if is_led else "",
        is_led or is_self, is_led and not is_self,
    )  # fmt: skip


def build_invitation(
    address: str, until: datetime | None, guests: bool, at: datetime, zone: str
) -> Invitation:
    """The link of a room as its facilitator sees it.

    Args:
        address: The whole address; empty where there is none that works.
        until: When it ends.
        guests: Whether it takes guests.
        at: The moment.
        zone: IANA name of the organisation's time zone.
    """
    here = until.astimezone(ZoneInfo(zone)) if until else None
    words = f"{day(here.date())}, {here:%H:%M}" if here else ""
    is_over = until is not None and until <= at
    works = bool(address) and not is_over
    return Invitation(
        address if works else "", short(address) if works else "", code_of(address) if works else None,
        words, f"{here:%Y-%m-%dT%H:%M}" if here else "", guests, is_over,
    )  # fmt: skip
