"""Fills a data folder with the small plan, the cast and some work: ``python -m … FOLDER``.

Prints one line of JSON: for everybody of the cast, the key of a session in which they are signed in.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")
os.environ.setdefault("MAINSTEM_TODAY", "2026-10-21")
PEOPLE = "person,team\ncid@x,player-core\ngus@x,growth\npia@x,platform\n"
STADIUMS = {
    "text": "Three stadiums stream in 4K", "cycle": "2026-q4", "team": "playback", "stream": "start-fast",
    "metric": "crashes", "by": "2026-12-31",
    "milestones": [
        {"name": "One stadium", "by": "2026-10-31"}, {"name": "Three stadiums", "by": "2026-12-15"},
    ],
}  # fmt: skip
CRASH = {
    "text": "99.5 % of sessions end without a crash", "cycle": "2026-q4", "team": "player-core",
    "stream": "start-fast", "metric": "crashes", "baseline": 98.9, "target": 99.5, "by": "2026-12-31",
}  # fmt: skip
BEACON = {
    "needs": "growth", "gives": "player-core", "what": "start beacon", "needed_by": "2026-11-12",
}  # fmt: skip


def fill() -> dict[str, str]:
    """A server's data as one finds it in the middle of a cycle."""
    from mainstem.plan.changes import diff
    from mainstem.plan.model import Plan
    from mainstem.plan.standing import Signature
    from mainstem.services.server.ground import server_ground
    from mainstem.services.server.serving import prepare
    from tests.server.cast import make_cast
    from tests.server.factories import NOW, land_some_work, small_plan

    ground = server_ground()
    prepare(ground.data)
    held = small_plan().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    needs = {**held["dependencies"], "beacon": BEACON}
    plan = small_plan(
        dependencies=needs,
        key_results={**held["key_results"], "kr-stadiums": STADIUMS, "kr-crash": CRASH},
    )
    ground.plans.write(diff(Plan(), plan), Signature(NOW, None, "Start", origin="start"))
    cast = make_cast()
    (ground.data / "people.csv").write_text(PEOPLE, "utf-8")
    land_some_work(ground)
    return {name: session_of(user) for name, user in cast.items()}


def session_of(user: Any) -> str:
    """The key of a new session in which somebody is signed in."""
    from django.test import Client

    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(browser.cookies["mainstem_session"].value)


if __name__ == "__main__":
    os.environ["MAINSTEM_DATA"] = str(Path(sys.argv[1]))
    import django

    django.setup()
    print(json.dumps(fill()))
