"""Who sits in a room and with what right. A seat that was removed is out at once, wherever it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mainstem.clock import now
from mainstem.errors import Absent, Conflict, Forbidden, Invalid
from mainstem.services.people import auditing
from mainstem.services.people.access import Action, Actor, require, require_writing
from mainstem.services.workshops.events import Log, locked, log_of, no_workshop, own_id
from mainstem.store.models import Seat, Workshop
from mainstem.store.together import together
from mainstem.workshop.board import Record
from mainstem.workshop.case import FACILITATOR, GUEST, MEMBER
from mainstem.workshop.reading import MOST_NAME
from mainstem.workshop.taking_part import is_taken, new_person


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody in a room.

    Attributes:
        id: Number of the seat; 0 for a token that only reads, which takes no seat.
        workshop: Number of the workshop.
        name: What others read.
        role: ``facilitator``, ``member`` or ``guest``.
        actor: The account behind it; ``None`` for a guest.
    """

    id: int
    workshop: int
    name: str
    role: str
    actor: Actor | None = None

    @property
    def leads(self) -> bool:
        """Whether they are a facilitator."""
        return self.role == FACILITATOR


def seat_of_member(number: int, by: Actor, *, at: datetime | None = None) -> Seated:
    """The seat of somebody with an account; one is made when a reader first comes. Who opened it leads.

    Raises:
        Absent: there is no such workshop, or the actor sees nothing.
        Forbidden: they were removed from it.
    """
    require(by, Action.READ)
    found = Seat.objects.filter(workshop_id=number, person_id=by.id).first() if by.id else None
    if found is not None:
        return _seated(found, by)
    if not by.may_write or by.id is None:
        if not Workshop.objects.filter(pk=number).exists():
            raise no_workshop()
        return Seated(0, number, by.name, MEMBER, by)
    return sit_member(number, by, at=at or now())


def sit_member(number: int, by: Actor, *, at: datetime) -> Seated:
    """The seat of an account that may come in; made if it has none. Errors are those of ``seat_of_member``."""
    with together():
        row = locked(number)
        found = Seat.objects.filter(workshop_id=number, person_id=by.id).first()
        if found is not None:
            return _seated(found, by)
        log = log_of(row)
        role = FACILITATOR if row.author_id == by.id else MEMBER
        made = sit_down(log, by.name, role, at=at, by=by)
        log.close()
    return made


def sit_down(
    log: Log, name: str, role: str, *, at: datetime, by: Actor | None = None, secret: str = ""
) -> Seated:
    """A new seat, and the event that tells of it. The workshop's row is locked."""
    called = _free_name(log, name)
    row = Seat.objects.create(
        workshop_id=log.row.pk, person_id=by.id if by else None, name=called, role=role,
        secret_digest=secret, at=at, seen_at=at,
    )  # fmt: skip
    log.write("join", own_id(), row.pk, {f"person/{row.pk}": new_person(called, role)}, at=at)
    return Seated(row.pk, log.row.pk, called, role, by)


def _free_name(log: Log, name: str) -> str:
    """A name that nobody in the room has: a number is added where somebody does."""
    called = " ".join(name.split())[:MOST_NAME] or "Somebody"
    return next(n for n in _names(called) if not is_taken(log.board, n))


def _names(called: str) -> Iterator[str]:
    yield called
    count = 2
    while True:
        yield f"{called[: MOST_NAME - 6]} {count}"
        count += 1


def seat_of_guest(number: int, secret: str, *, at: datetime | None = None) -> Seated:
    """The seat of a guest, by the secret that their browser keeps.

    Raises:
        Absent: there is none, or the room's link has ended.
        Forbidden: they were removed.
    """
    digest = hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
    rows = Seat.objects.select_related("workshop")
    row = rows.filter(workshop_id=number, secret_digest=digest).first() if secret else None
    if row is None or not takes_guests(row.workshop, at or now()):
        raise Absent("There is no such workshop.", "Open the link that you were given.")
    return _seated(row, None)


def _seated(row: Seat, by: Actor | None) -> Seated:
    if row.removed_at is not None:
        raise removed()
    return Seated(row.pk, row.workshop_id, row.name, row.role, by)


def removed() -> Forbidden:
    """What somebody is told whose seat was removed."""
    return Forbidden("You were removed from this workshop.", "Ask its facilitator.",
                     code="workshop.removed")  # fmt: skip


def link_is_open(row: Workshop, at: datetime) -> bool:
    """Whether somebody can come in by the workshop's link."""
    return bool(row.link_digest) and row.link_until is not None and at < row.link_until


def takes_guests(row: Workshop, at: datetime) -> bool:
    """Whether guests may be in the room: their way in must still be open."""
    return row.takes_guests and link_is_open(row, at)


def standing_seat(seat: Seated, row: Workshop, at: datetime) -> Seated:
    """A seat as it is now, asked for inside the transaction of what it does.

    Raises:
        Forbidden: it was removed, or a token only reads.
        Absent: it is of another workshop, or there is none any more.
    """
    if seat.actor is not None:
        require(seat.actor, Action.READ)
        require_writing(seat.actor)
    found = Seat.objects.filter(pk=seat.id, workshop_id=row.pk).first()
    if found is None or seat.workshop != row.pk:
        raise no_workshop()
    if found.removed_at is not None:
        raise removed()
    if found.role == GUEST and not takes_guests(row, at):
        raise Absent("The link into this workshop has ended.", "Ask its facilitator.",
                     code="workshop.no_link")  # fmt: skip
    return replace(seat, name=found.name, role=found.role)


def lead_of(seat: Seated) -> tuple[Workshop, Actor]:
    """The locked workshop of a facilitator and their account. Inside a transaction.

    Raises:
        Forbidden: they are none, or a token only reads.
    """
    row = locked(seat.workshop)
    found = Seat.objects.filter(pk=seat.id, workshop_id=row.pk, removed_at=None).first()
    if seat.actor is None or found is None or found.role != FACILITATOR:
        raise Forbidden("Only a facilitator may do this.", "Ask one.", code="workshop.facilitator")
    require(seat.actor, Action.READ)
    require_writing(seat.actor)
    return row, seat.actor


def appoint(seat: Seated, target: int, role: str, *, at: datetime) -> None:
    """Makes a member a facilitator, or a facilitator a member. Whoever plans may appoint in any room.

    Args:
        seat: Who appoints.
        target: The seat that is given the role.
        role: ``facilitator`` or ``member``.
        at: When.

    Raises:
        Forbidden: no facilitator asks.
        Absent: there is no such seat.
        Invalid: it is a guest's, or no such role.
        Conflict: nobody would lead the room.
    """
    if role not in (FACILITATOR, MEMBER):
        raise Invalid(f"{role[:30]!r} is no role to give.", "Choose facilitator or member.",
                      field="role")  # fmt: skip
    with together():
        row, by = _appointing(seat)
        held = _seat_in(row, target)
        if held.role == GUEST:
            raise Invalid(
                "A guest leads no workshop.", "Invite them to an account first.", field="role"
            )
        if held.role == role:
            return
        _require_other_lead(row, held)
        held.role = role
        held.save(update_fields=["role"])
        _put(row, "appoint", held, {"role": role}, at)
        auditing.record(by, "workshop.appoint", f"workshops/{row.pk}", at=at,
                        sentence=f"{held.name} is now {role} of “{row.title}”.")  # fmt: skip


def _appointing(seat: Seated) -> tuple[Workshop, Actor]:
    if seat.actor is not None and seat.actor.plans:
        require_writing(seat.actor)
        return locked(seat.workshop), seat.actor
    return lead_of(seat)


def remove_seat(seat: Seated, target: int, *, at: datetime) -> None:
    """Removes somebody, at once and for good. What they wrote stays.

    Raises:
        Forbidden: no facilitator asks.
        Absent: there is no such seat.
        Conflict: nobody would lead the room.
    """
    with together():
        row, by = lead_of(seat)
        held = _seat_in(row, target)
        _require_other_lead(row, held)
        held.removed_at = at
        held.save(update_fields=["removed_at"])
        _put(row, "remove", held, {"out": True, "hand": None}, at)
        auditing.record(by, "workshop.remove", f"workshops/{row.pk}", at=at,
                        sentence=f"Removed {held.name} ({held.role}) from “{row.title}”.")  # fmt: skip


def _seat_in(row: Workshop, target: int) -> Seat:
    found = Seat.objects.filter(pk=target, workshop_id=row.pk, removed_at=None).first()
    if found is None:
        raise Absent("There is nobody of that seat.", "Look at the list of people.",
                     code="workshop.no_seat")  # fmt: skip
    return found


def _require_other_lead(row: Workshop, held: Seat) -> None:
    if held.role != FACILITATOR:
        return
    others = Seat.objects.filter(workshop_id=row.pk, role=FACILITATOR, removed_at=None)
    if not others.exclude(pk=held.pk).exists():
        raise Conflict("Nobody would lead this workshop any more.", "Appoint another facilitator first.",
                       code="workshop.last_facilitator")  # fmt: skip


def _put(row: Workshop, act: str, held: Seat, given: Record, at: datetime) -> None:
    log = log_of(row)
    person = log.board.get(f"person/{held.pk}") or new_person(held.name, held.role)
    puts: dict[str, Record | None] = {f"person/{held.pk}": {**person, **given}}
    if "role" in given:
        # who leads sees more of each step: put again, they reach everybody with the right mask
        puts |= {f"step/{ident}": step for ident, step in log.board.of("step")}
    log.write(act, own_id(), None, puts, at=at)
    log.close()
