"""Several in a room at once, and a program among them: nothing is lost, nothing happens twice."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from mainstem.services.workshops import boards as workshop_boards
from mainstem.services.workshops import rooms as workshops
from mainstem.services.workshops import seats as workshop_seats
from mainstem.services.workshops.acting import act
from mainstem.services.workshops.catching_up import board_of, whole
from mainstem.store.models import RoomEvent, Workshop
from mainstem.workshop.agendas import agendas
from tests.server.api_caller import caller
from tests.server.cast import actor
from tests.server.factories import NOW


@pytest.mark.django_db
def test_a_program_holds_a_workshop_over_the_api(ground, cast):
    petra, carl = caller("petra", ground, cast), caller("carl", ground, cast)
    number = petra.post("/workshops", {"title": "Day", "agenda": "half-day"}).json()["id"]
    room = carl.get(f"/workshops/{number}").json()
    assert room["role"] == "member"
    sent = {
        "acts": [
            {"id": "hand-1", "act": "hand", "up": True},
            {"id": "go-123", "act": "go", "step": "nothing"},
        ]
    }
    acted = carl.post(f"/workshops/{number}/acts", sent).json()
    assert [r["id"] for r in acted["refused"]] == ["go-123"]
    events = petra.get(f"/workshops/{number}/events?since={room['number']}").json()["events"]
    assert events[-1]["puts"][f"person/{room['seat']}"]["hand"]
    link = petra.post(
        f"/workshops/{number}/link", {"until": "2026-10-22T09:00:00Z", "guests": True}
    ).json()
    assert len(link["word"]) == 12
    assert carl.get(f"/workshops/{number}/link").status_code == 403
    assert (
        petra.patch(
            f"/workshops/{number}/people/{room['seat']}", {"role": "facilitator"}
        ).status_code
        == 204
    )
    assert petra.delete(f"/workshops/{number}/people/{room['seat']}").status_code == 204
    assert carl.get(f"/workshops/{number}").status_code == 403
    assert petra.post(f"/workshops/{number}/finish", {}).status_code == 204
    assert [w["state"] for w in petra.get("/workshops").json()["items"]] == ["finished"]


@pytest.mark.django_db(transaction=True)
def test_two_facilitators_who_act_at_once_lose_nothing_and_double_nothing(ground, cast):
    opened = workshops.open_workshop("Day", agendas()["day"], ground, actor("petra", cast), at=NOW)
    petra, carl = (
        workshop_seats.seat_of_member(opened.pk, actor(n, cast), at=NOW) for n in ("petra", "carl")
    )
    workshop_seats.appoint(petra, carl.id, "facilitator", at=NOW)
    records = whole(opened.pk, petra).records
    step = next(s for s in records["room"]["steps"] if records[f"step/{s}"]["kind"] == "objectives")
    faults = []

    def hammer(seat):
        try:
            for n in range(15):
                own = {"id": f"{seat.name}-{n:04d}", "act": "add_card", "kind": "objective", "step": step,
                       "text": f"{seat.name} {n}"}  # fmt: skip
                act(
                    opened.pk,
                    seat,
                    [own, {"id": f"{seat.name}-t{n:03d}", "act": "timer", "seconds": 60 + n}],
                    at=NOW,
                )
                # a lost answer: it is sent again
                act(opened.pk, seat, [own], at=NOW)
                whole(opened.pk, seat)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hammer, args=(s,)) for s in (petra, carl)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    texts = sorted(r["text"] for n, r in board_of(opened.pk).records().items()
                   if n.startswith("card/") and r["by"] in (petra.id, carl.id))  # fmt: skip
    assert texts == sorted(f"{s.name} {n}" for s in (petra, carl) for n in range(15))
    numbers = list(RoomEvent.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Workshop.objects.get().number == numbers[-1]
    kept = board_of(opened.pk).records()
    workshop_boards.forget()
    assert board_of(opened.pk).records() == kept
