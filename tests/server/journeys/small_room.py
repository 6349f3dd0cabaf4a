"""A room on a folder that ``small_site`` filled: ``python -m … FOLDER [CARDS]``.

Prints one line of JSON: the workshop's number, the cookie of a guest, and the ids of the steps by kind. Petra
leads; with ``CARDS`` so many notes lie at its last step.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
os.environ.setdefault("MAINSTEM_TODAY", "2026-10-21")


def fill(cards: int) -> dict[str, Any]:
    """A running workshop in which Petra leads and Gita is a guest."""
    from django.http import HttpResponse

    from mainstem.clock import now
    from mainstem.services.people.accounts import actor_of
    from mainstem.services.server.ground import server_ground
    from mainstem.services.workshops import acting as workshop_acting
    from mainstem.services.workshops import rooms as workshops
    from mainstem.services.workshops import seats as workshop_seats
    from mainstem.services.workshops.boards import board_of
    from mainstem.store.models import User
    from mainstem.web.seating import keep_guest
    from mainstem.workshop.agendas import Agenda, AgendaStep
    from mainstem.workshop.kinds import StepKind
    from tests.server.full_room import STEPS

    ground, at = server_ground(), now()
    petra = actor_of(User.objects.get(email="petra@example.org"), today=ground.today(), face="page")
    steps = tuple(
        AgendaStep(StepKind(kind), title, prompt=prompt, minutes=10, silent=kind == "customers",
                   dots=3 if kind == "customers" else 0, ranking=kind == "metrics")
        for kind, title, prompt in STEPS
    )  # fmt: skip
    agenda = Agenda("small", "Small", "", "", steps)
    made = workshops.open_workshop("Streamly 2027", agenda, ground, petra, at=at)
    lead = workshop_seats.seat_of_member(made.pk, petra)
    word = workshop_seats.renew_link(lead, until=at + timedelta(days=1), guests=True, at=at)
    _, secret = workshop_seats.join_as_guest(word, "Gita", at)
    ids = {record["kind"]: ident for ident, record in board_of(made.pk).of("step")}
    acts = [
        {"id": "begin000", "act": "state", "to": "running"},
        {"id": "go000000", "act": "go", "step": ids["customers"]},
    ]
    acts += [
        {"id": f"note{n:06}", "act": "add_card", "card": f"note{n:06}", "kind": "note", "step": ids["talk"],
         "text": f"Thought {n}: what if we asked ten viewers"}
        for n in range(cards)
    ]  # fmt: skip
    for start in range(0, len(acts), 200):
        done = workshop_acting.act(made.pk, lead, acts[start : start + 200], at=at)
        assert not done.refused, done.refused[0].error
    held = HttpResponse()
    keep_guest(held, made.pk, secret)
    (name, cookie), *_ = ((n, m.value) for n, m in held.cookies.items())
    return {"workshop": made.pk, "guest": [name, cookie], "steps": ids}


if __name__ == "__main__":
    os.environ["MAINSTEM_DATA"] = str(Path(sys.argv[1]))
    import django

    django.setup()
    print(json.dumps(fill(int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
