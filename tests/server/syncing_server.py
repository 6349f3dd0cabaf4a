"""A process that does a server's jobs, with the tiny tracker as a kind: ``python -m tests.server.syncing_server``.

``connect URL`` connects it; ``run`` does jobs until it is killed or told to stop, and prints each landing;
``picture`` prints how the source stands. ``MAINSTEM_DATA`` says where.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstem.web.settings")


def connect(url: str) -> None:
    """Makes an empty server and connects the tracker, slowly paged."""
    from mainstem.clock import now
    from mainstem.services.people.access import system
    from mainstem.services.server.ground import server_ground
    from mainstem.services.server.serving import prepare
    from mainstem.services.sources import connected as connected_sources
    from mainstem.services.sources.connected import Wanted
    from tests.server.tiny_tracker import TOKEN

    ground = server_ground()
    prepare(ground.data)
    wanted = Wanted({"url": url, "pace": "slow"}, {"token": TOKEN}, "1 h")
    connected_sources.connect_source("tracker", "tiny", wanted, ground, system(), at=now())


def run() -> None:
    """Does jobs until SIGTERM."""
    import threading

    from mainstem.jobs.loop import Loop
    from mainstem.services.server.ground import server_ground
    from mainstem.services.sources import pulling

    pulling.LAND_ROWS = 1
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    jobs = Loop(server_ground(), look=0.05)
    jobs.start()
    last = 0
    while not ended.wait(0.02):
        known = _items()
        if known != last:
            last = known
            sys.stdout.write(f"{known}\n")
            sys.stdout.flush()
    jobs.stop()


def picture() -> None:
    """How it stands, and how many items the ledger has of it."""
    from mainstem.clock import now
    from mainstem.services.people.access import system
    from mainstem.services.sources import showing as source_showing

    found = source_showing.connected_source("tracker", system(), at=now())
    told = {"state": found.state, "report": dict(found.report), "items": _items()}
    sys.stdout.write(json.dumps(told) + "\n")


def release() -> None:
    """As if the minute had passed for which a dead process counts as alive."""
    from datetime import timedelta

    from mainstem.clock import now
    from mainstem.store.models import Job

    held = Job.objects.filter(state="running")
    held.update(held_until=now() - timedelta(seconds=1))
    time.sleep(0.01)


def _items() -> int:
    from mainstem.errors import MainstemError
    from mainstem.ledger.holdings import items_by_month
    from mainstem.services.server.ground import server_ground

    try:
        return sum(n for *_, n in items_by_month(server_ground().shelf.ledger(), "tracker"))
    except MainstemError:
        return 0


if __name__ == "__main__":
    import django

    django.setup()
    from tests.server.tiny_tracker import register

    register()
    {"connect": connect, "run": run, "picture": picture, "release": release}[sys.argv[1]](
        *sys.argv[2:]
    )
