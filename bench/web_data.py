"""The large organisation on a server, made once; and what clients need to ask for its pages.

``python -m bench.web_data FOLDER [--small]`` fills the folder if it is empty and prints one line of JSON:
cookies of signed-in people, and names of things to ask for. ``--queries`` counts queries for each page.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any

PEOPLE, MONTHS = 5_000, 24
SMALL_PEOPLE, SMALL_MONTHS = 280, 3
CLIENTS, WRITERS = 10, 50
#: Page of ``ui.md`` → its addresses; names in braces are drawn anew for every request.
PAGES: dict[str, tuple[str, ...]] = {
    "Pulse": ("/", "/?cycle={cycle}", "/?cycle={cycle}&team={team}"),
    "River": ("/river", "/river?cycle={cycle}&team={team}"),
    "Map": ("/map", "/map?cycle={cycle}"),
    "Objective": ("/objectives/{objective}", "/objectives/{objective}?cycle={cycle}"),
    "Stream": ("/streams/{stream}", "/streams/{stream}?cycle={cycle}&team={team}"),
    "Streams": ("/streams/?cycle={cycle}",),
    "Team": ("/teams/{team}", "/teams/{team}?cycle={cycle}"),
    "Teams": ("/teams/?cycle={cycle}",),
    "Initiative": ("/initiatives/{initiative}",),
    "Work": ("/items/", "/items/?cycle={cycle}&team={team}"),
    "Item": ("/items/{source}/{item}",),
    "Key results": ("/key-results/", "/key-results/?team={team}"),
    "Key result": ("/key-results/{key_result}",),
    "Plan": ("/plan/", "/plan/streams/", "/plan/streams/{stream}/", "/plan/initiatives/{initiative}/"),
    "Revisions": ("/plan/revisions/", "/plan/revisions/1/"),
    "Proposals": ("/plan/proposals/",),
    "Find": ("/find?q={word}",),
    "Sources": ("/sources/",),
    "Settings": ("/settings/", "/settings/people/", "/settings/jobs/"),
    "Audit": ("/audit/",),
}  # fmt: skip


def make(folder: Path, people: int, months: int) -> float:
    """Fills the folder, if it is not filled. Seconds that it took."""
    from mainstem.demo.server import fill_server
    from mainstem.services.server.demo_server import is_demo

    began = time.perf_counter()
    if not is_demo(folder):
        fill_server(folder, people=people, months=months)
        _give_writers()
    return time.perf_counter() - began


def _make_ready() -> None:
    """What a server makes after it has derived; next to nothing where it is there."""
    from mainstem.services.server.deriving_ahead import make_ready
    from mainstem.services.server.ground import server_ground

    make_ready(server_ground())


def _give_writers() -> None:
    from mainstem.clock import now
    from mainstem.store.models import Grant, User

    for user in User.objects.exclude(grants__isnull=False)[:WRITERS]:
        Grant.objects.create(user=user, role="planner", at=now())


def cookies(role: str, most: int) -> list[str]:
    """Session cookies of people who hold a role."""
    from django.test import Client

    from mainstem.store.models import User

    out = []
    for user in User.objects.filter(grants__role=role).order_by("-pk")[:most]:
        browser = Client()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        out.append(browser.cookies["mainstem_session"].value)
    return out


def names() -> dict[str, list[str]]:
    """Things to ask for, by the names in ``PAGES``."""
    from mainstem.services.server.ground import server_ground

    plan = server_ground().plans.head().plan
    running = [
        k for k, kr in plan.key_results.items() if plan.cycles[kr.cycle].state == "committed"
    ]
    return {
        "cycle": list(plan.cycles), "team": list(plan.teams), "objective": list(plan.objectives),
        "stream": list(plan.streams), "initiative": list(plan.initiatives), "key_result": running,
        "word": ["start", "night", "play", "team", "derby"],
            }  # fmt: skip


def _sources(found: dict[str, list[str]]) -> None:
    """The name under which the tracker's items landed, and keys that there are."""
    import duckdb

    from mainstem.config import settings
    from mainstem.ledger.store import Ledger, relation

    ledger = Ledger.open(settings().data / "ledger")
    view = ledger.view()
    first = next(x for x in view.landings if x.what == "import")
    found["source"] = [first.source]
    rows = duckdb.execute(
        f"SELECT key FROM {relation(view.table('items'))} WHERE NOT stub AND item % 97 = 0 LIMIT 2000"
    ).fetchall()
    found["item"] = [key for (key,) in rows]


def queries(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Queries and milliseconds for each page, in this process, when it is warm; absent pages left out."""
    import random

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    rng, out = random.Random(1), {}
    browser = Client()
    browser.cookies["mainstem_session"] = found["leaders"][0]
    for page, addresses in PAGES.items():
        counts, times, status = [], [], 0
        for address in addresses * 3:
            path = address.format(**{k: rng.choice(v) for k, v in found["names"].items()})
            with CaptureQueriesContext(connection) as caught:
                began = time.perf_counter()
                status = browser.get(path).status_code
                times.append(time.perf_counter() - began)
            counts.append(len(caught))
        out[page] = {
            "status": status,
            "queries": max(counts[1:]),
            "ms": sorted(times)[len(times) // 2] * 1000,
        }
    return out


def main() -> None:
    """Makes, counts, prints."""
    folder, is_small = Path(sys.argv[1]).resolve(), "--small" in sys.argv
    os.environ.update(MAINSTEM_DATA=str(folder), DJANGO_SETTINGS_MODULE="mainstem.web.settings")
    os.environ.setdefault("MAINSTEM_TODAY", "2026-10-05")
    os.environ.setdefault("MAINSTEM_DEMO", "on")
    import django

    django.setup()
    logging.disable(logging.INFO)
    people, months = (SMALL_PEOPLE, SMALL_MONTHS) if is_small else (PEOPLE, MONTHS)
    seconds = make(folder, people, months)
    _make_ready()
    found = {
        "seconds": seconds, "names": names(), "leaders": cookies("administrator", 1),
        "writers": cookies("planner", WRITERS),
    }  # fmt: skip
    _sources(found["names"])
    if "--queries" in sys.argv:
        found["queries"] = queries(found)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
