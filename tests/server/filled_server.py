"""A server's data in a process of its own: ``python -m tests.server.filled_server fill|picture|…``.

Backups, moves and crashes are about whole processes, so their tests start some. ``MAINSTEM_DATA`` and
``DATABASE_URL`` say where; every command prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
os.environ.setdefault("MAINSTEM_TODAY", "2026-10-21")


def fill() -> dict[str, Any]:
    """A plan with some history, the cast, check-ins, talk, a session, a second factor, and work."""
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from mainstem.plan.changes import Changed, diff
    from mainstem.plan.model import Plan
    from mainstem.plan.standing import Signature
    from mainstem.services.server.ground import server_ground
    from mainstem.services.server.serving import prepare
    from mainstem.store.models import CheckIn, Contest, Proposal, Remark
    from tests.server.cast import make_cast
    from tests.server.factories import NOW, TODAY, land_some_work, small_plan

    ground = server_ground()
    prepare(ground.data)
    ground.plans.write(diff(Plan(), small_plan()), Signature(NOW, None, "Start", origin="start"))
    cast = make_cast()
    for n in range(12):
        was = f"note {n - 1} – “ü”\u2028 line" if n else None
        change = Changed("initiatives/warm-start", ("note",), was, f"note {n} – “ü”\u2028 line")
        signed = Signature(NOW + timedelta(minutes=n), cast["petra"].pk, "Petra", f"because {n}")
        ground.plans.write([change], signed)
    for n in range(8):
        CheckIn.objects.create(
            key_result="kr-start", on=TODAY - timedelta(days=n), value=86 + n / 3, confidence=0.7,
            note=f"n{n}", by=cast["carl"], by_name="Carl", at=NOW,
        )  # fmt: skip
    Remark.objects.create(
        subject="streams/start-fast", author=cast["vera"], at=NOW, text="Why?\nSo."
    )
    Contest.objects.create(item="PLAY-1", why="Wrong", author=cast["carl"], at=NOW)
    Proposal.objects.create(
        title="Less", author=cast["lena"], at=NOW, base=3, changed_at=NOW,
        changes=[{"z": 1, "a": [2.0, 1e16, None]}],
    )  # fmt: skip
    Authenticator.objects.create(user=cast["ada"], type="totp", data={"secret": "x", "b": 1.0})
    Client().force_login(
        cast["petra"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    land_some_work(ground)
    (ground.data / "people.csv").write_text("person,team\ncid@x,player-core\n", "utf-8")
    return picture()


def picture() -> dict[str, Any]:
    """Everything that a person could compare: plan, revisions, accounts, talk, scores, next keys."""
    from mainstem.score.values import By, Question, Unit
    from mainstem.services.scores.scoring import value_score
    from mainstem.services.server.ground import server_ground
    from mainstem.store import tables
    from mainstem.store.models import Head
    from mainstem.store.proof import prove_plan

    ground = server_ground()
    head = ground.plans.head()
    proof = prove_plan()
    book = ground.book()
    answer = value_score(Question(by=By.TEAM, unit=Unit.HOUR), book)
    sums = {
        tables.header(m).table: (s.rows, s.digest)
        for m in tables.kept_models()
        for s in [tables.sum_of(tables.rows(m, "default"))]
        if m._meta.app_label not in ("contenttypes", "auth")
    }
    return {
        "plan": head.plan.model_dump(mode="json", by_alias=True),
        "order": list(head.plan.streams["start-fast"].teams),
        "head": Head.objects.get(pk=1).number,
        "proof": [proof.revisions, proof.digest],
        "third": ground.plans.at("r3").plan.initiatives["warm-start"].note,
        "score": repr(answer.cells),
        "secret": (ground.data / "secret").read_text(),
        "people": (ground.data / "people.csv").read_text(),
        "tables": sums,
    }


def after() -> dict[str, Any]:
    """What still works afterwards: a new revision, a new account, a new check-in."""
    from mainstem.plan.changes import Changed
    from mainstem.plan.standing import Signature
    from mainstem.services.server.ground import server_ground
    from mainstem.store.models import CheckIn, User
    from mainstem.store.proof import prove_plan
    from tests.server.factories import NOW, TODAY

    ground = server_ground()
    was = ground.plans.head().plan.initiatives["edge-prefetch"].note
    ground.plans.write(
        [Changed("initiatives/edge-prefetch", ("note",), was, "after")], Signature(NOW, None, "A")
    )
    user = User.objects.create_user("new@example.org")
    made = CheckIn.objects.create(key_result="kr-start", on=TODAY, value=1, at=NOW)
    return {"user": user.pk, "check_in": made.pk, "proof": prove_plan().revisions}


def write() -> dict[str, Any]:
    """Writes revisions until it is killed, telling the number of each one that was kept."""
    from mainstem.plan.changes import Changed
    from mainstem.plan.standing import Signature
    from mainstem.services.server.ground import server_ground
    from tests.server.factories import NOW

    ground = server_ground()
    while True:
        was = ground.plans.head().plan.initiatives["edge-prefetch"].note
        now = f"{ground.plans.head().number} " + "long " * 400
        change = Changed("initiatives/edge-prefetch", ("note",), was, now)
        made = ground.plans.write([change], Signature(NOW, None, "W", "again and again"))
        print(made.number, flush=True)


def land() -> dict[str, Any]:
    """Lands work until it is killed, telling the number of each landing that was kept."""
    from mainstem.services.server.ground import server_ground
    from tests.world import World, effort, item

    world = World(server_ground().data)
    for n in range(100_000):
        key = f"NEW-{n}"
        report = world.land([item(key)], [effort(key, 1, day="2026-10-20")], source=f"s{n}")
        print(report.landing, flush=True)
    return {}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(globals()[sys.argv[1]]()))
