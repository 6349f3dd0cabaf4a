"""Fills a data folder with the demo organisation: ``python -m tests.server.journeys.demo_folder FOLDER``.

Prints one line of JSON: for the planner and the team lead of its cast, the key of a session, and its day.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from mainstem.demo.organisation import TODAY


def fill(folder: Path) -> dict[str, str]:
    """A small demo, and sessions by role; ``today`` is the day that it lives in."""
    from mainstem.demo.cast import LEAD, PLANNER
    from mainstem.demo.server import fill_server
    from mainstem.store.models import User
    from tests.server.journeys.small_site import session_of

    fill_server(folder, people=280, months=2)
    people = {"tomas": PLANNER, "lene": LEAD}
    sessions = {n: session_of(User.objects.get(email=p.email)) for n, p in people.items()}
    return {**sessions, "today": TODAY.isoformat()}


if __name__ == "__main__":
    os.environ.update(
        MAINSTEM_DATA=sys.argv[1], MAINSTEM_TODAY=TODAY.isoformat(),
        DJANGO_SETTINGS_MODULE="mainstem.web.settings",
    )  # fmt: skip
    import django

    django.setup()
    print(json.dumps(fill(Path(sys.argv[1]))))
