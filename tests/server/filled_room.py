"""A workshop on a server's data, in a process of its own: ``python -m tests.server.filled_room MEMBERS GUESTS [ROOMS]``.

Prints one line of JSON: for each workshop its number, and for everybody their seat, role and cookie. Two
facilitators come first. With ``state`` it prints the room as the tables have it; ``remove SEAT`` and ``end_link`` do that from
beside a server that runs. ``MAINSTEM_DATA`` says where.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
os.environ.setdefault("MAINSTEM_TODAY", "2026-10-21")


def fill(members: str, guests: str, rooms: str = "1") -> list[dict[str, Any]]:
    """Running workshops of the same people."""
    from mainstem.services.server.ground import server_ground
    from mainstem.services.server.serving import prepare

    ground = server_ground()
    if not (ground.data / "mainstem.sqlite3").exists() or not _has_plan(ground):
        prepare(ground.data)
        _write_plan(ground)
    actors = [_actor(f"person{n}@room.example.org", n) for n in range(int(members) + 2)]
    return [room(ground, actors, int(guests)) for _ in range(int(rooms))]


def room(ground: Any, actors: list[Any], guests: int) -> dict[str, Any]:
    """A running workshop with two facilitators, members and guests."""
    from mainstem.clock import now
    from mainstem.services.workshops import acting as workshop_acting
    from mainstem.services.workshops import rooms as workshops
    from mainstem.services.workshops import seats as workshop_seats
    from mainstem.workshop.agendas import agendas

    at = now()
    agenda = next(iter(agendas().values()))
    made = workshops.open_workshop("Live", agenda, ground, actors[0], at=at)
    lead = workshop_seats.seat_of_member(made.pk, actors[0])
    word = workshop_seats.renew_link(lead, until=at + timedelta(days=1), guests=True, at=at)
    people = [_member(made.pk, actor) for actor in actors]
    workshop_seats.appoint(lead, people[1]["seat"], "facilitator", at=at)
    people[1]["role"] = "facilitator"
    people += [_guest(made.pk, word, n, at) for n in range(guests)]
    workshop_acting.act(
        made.pk, lead, [{"id": "start0000", "act": "state", "to": "running"}], at=at
    )
    return {"workshop": made.pk, "people": people}


def _has_plan(ground: Any) -> bool:
    try:
        return bool(ground.plans.head().number)
    except Exception:
        return False


def _write_plan(ground: Any) -> None:
    from mainstem.plan.changes import diff
    from mainstem.plan.model import Plan
    from mainstem.plan.standing import Signature
    from tests.server.factories import NOW, small_plan

    ground.plans.write(diff(Plan(), small_plan()), Signature(NOW, None, "Start", origin="start"))


def _actor(email: str, number: int) -> Any:
    from mainstem.services.people.accounts import actor_of
    from mainstem.store.models import Grant, User
    from tests.server.factories import NOW, TODAY

    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, name=f"Person {number}")
        user.set_unusable_password()
        user.save()
        Grant.objects.create(user=user, role="planner" if number < 2 else "viewer", at=NOW)
    return actor_of(user, today=TODAY, face="page")


def _member(workshop: int, actor: Any) -> dict[str, Any]:
    from django.test import Client

    from mainstem.services.workshops.seats import seat_of_member
    from mainstem.store.models import User

    seat = seat_of_member(workshop, actor)
    browser = Client()
    browser.force_login(User.objects.get(pk=actor.id),
                        backend="allauth.account.auth_backends.AuthenticationBackend")  # fmt: skip
    cookie = f"mainstem_session={browser.cookies['mainstem_session'].value}"
    return {"seat": seat.id, "role": seat.role, "name": seat.name, "cookie": cookie}


def _guest(workshop: int, word: str, number: int, at: Any) -> dict[str, Any]:
    from django.http import HttpResponse

    from mainstem.services.workshops.seats import join_as_guest
    from mainstem.web.seating import keep_guest

    seat, secret = join_as_guest(
        word, f"Guest {number}", at=at + timedelta(minutes=number // 100 - 9)
    )
    response = HttpResponse()
    keep_guest(response, workshop, secret)
    ((name, cookie),) = response.cookies.items()
    return {
        "seat": seat.id,
        "role": seat.role,
        "name": seat.name,
        "cookie": f"{name}={cookie.coded_value}",
    }


def state() -> dict[str, Any]:
    """Every room: its number, its records, its acts in order; read from the events alone."""
    from mainstem.store.models import RoomEvent, Workshop
    from mainstem.workshop.board import Board

    out: dict[str, Any] = {}
    for workshop in Workshop.objects.all():
        board, acts = Board(), []
        for event in RoomEvent.objects.filter(workshop=workshop).order_by("number"):
            board.put(event.number, event.puts)
            acts.append(event.act_id)
        out[str(workshop.pk)] = {
            "number": workshop.number,
            "records": board.records(),
            "acts": acts,
        }
    return out


def lead(workshop: str) -> Any:
    """The first facilitator of a workshop."""
    from mainstem.services.workshops.seats import seat_of_member

    return seat_of_member(int(workshop), _actor("person0@room.example.org", 0))


def remove(workshop: str, seat: str) -> bool:
    """Removes somebody, from another process than the server's."""
    from mainstem.clock import now
    from mainstem.services.workshops.seats import remove_seat

    remove_seat(lead(workshop), int(seat), at=now())
    return True


def end_link(workshop: str) -> bool:
    """Ends the link, from another process than the server's."""
    from mainstem.clock import now
    from mainstem.services.workshops.seats import end_link as end

    end(lead(workshop), at=now())
    return True


if __name__ == "__main__":
    import django

    django.setup()
    first, *rest = sys.argv[1:]
    known = {"state": state, "remove": remove, "end_link": end_link}
    print(json.dumps(known[first](*rest) if first in known else fill(first, *rest)))
