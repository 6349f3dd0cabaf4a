"""Does this qualify? asked over the API of a server with the large organisation's plan.

``python -m bench.qualify [--small] [--requests 3000] [--past 10000]``. The organisation (5,000 people, a month
of work) is made once and kept among the benches' data, with so many past decisions. Questions are drawn anew:
with labels that are claimed, titles that no claim catches, keys that the ledger knows. Prints p50, p95 and p99 of
one client after the other, and of ten at once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.data import WORK
from bench.web_data import CLIENTS
from bench.web_server import PORT, Server, environment

PEOPLE, MONTHS = 5_000, 1


def _prepare(folder: Path, people: int, past: int) -> dict[str, Any]:
    """Makes the organisation and its decisions, and a token; run in a process of its own."""
    import django

    django.setup()
    from bench.web_data import _make_ready, _sources, make
    from mainstem.clock import now
    from mainstem.services.people.access import Actor, Given, Role
    from mainstem.services.people.tokens import create_token
    from mainstem.services.server.ground import server_ground
    from mainstem.store.models import AskedWork, Decision, User

    make(folder, people, MONTHS)
    _make_ready()
    ground, rng = server_ground(), random.Random(7)
    plan = ground.plans.head().plan
    streams = list(plan.streams)
    words = sorted(
        {w for r in plan.key_results.values() for w in r.text.lower().split()}
        | {w for s in plan.streams.values() for w in (s.name or "").lower().split()}
    )
    missing = past - AskedWork.objects.count()
    rows = [
        AskedWork(title=_title(rng, words), at=now(), standing=rng.choice(("accept", "refuse")), decided_at=now(),
                  stream=rng.choice(streams), author_name="Somebody")
        for _ in range(max(0, missing))
    ]  # fmt: skip
    made = AskedWork.objects.bulk_create(rows, batch_size=500)
    Decision.objects.bulk_create(
        [
            Decision(asked=r, step=r.standing, stream=r.stream, why="It moves it", at=now())
            for r in made
        ],
        batch_size=500,
    )
    user = User.objects.filter(grants__role="administrator").first()
    assert user is not None
    by = Actor(user.pk, user.get_full_name(), frozenset({Given(Role.ADMINISTRATOR)}))
    made_token = create_token(
        "bench", "read", ground.today() + timedelta(days=1), ground, by, at=ground.now()
    )
    found: dict[str, list[str]] = {}
    _sources(found)
    labels = [v for s in plan.streams.values() for c in s.claims for v in c.label]
    return {"token": made_token.text, "labels": labels, "teams": list(plan.teams),
            "words": words, "source": found["source"], "items": found["item"]}  # fmt: skip


def _title(rng: random.Random, words: list[str]) -> str:
    return " ".join(rng.choice(words) for _ in range(rng.randint(3, 8))).capitalize()


def _question(rng: random.Random, found: dict[str, Any]) -> dict[str, Any]:
    words = found["words"]
    asked: dict[str, Any] = {"title": _title(rng, words), "team": rng.choice(found["teams"])}
    kind = rng.random()
    if kind < 0.3 and found["labels"]:
        asked["given"] = {"label": [rng.choice(found["labels"])]}
    elif kind < 0.5:
        asked |= {"key": rng.choice(found["items"]), "source": found["source"][0]}
    elif kind < 0.6:
        asked["answers"] = {"D-W01": rng.choice(("true", "false"))}
    return asked


def _client(seed: int, count: int, found: dict[str, Any], times: list[float]) -> None:
    rng, connection = random.Random(seed), HTTPConnection("127.0.0.1", PORT, timeout=60)
    head = {"Authorization": f"Bearer {found['token']}", "Content-Type": "application/json"}
    for _ in range(count):
        body = json.dumps(_question(rng, found))
        began = time.perf_counter()
        connection.request("POST", "/api/v1/qualify", body, head)
        answer = connection.getresponse()
        said = answer.read()
        times.append(time.perf_counter() - began)
        assert answer.status == 200, said


def _measured(clients: int, requests: int, found: dict[str, Any]) -> str:
    times: list[float] = []
    threads = [
        threading.Thread(
            target=_client, args=(n + 100 * clients, requests // clients, found, times)
        )
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    p50, p95, p99 = (times[int(len(times) * p)] * 1000 for p in (0.5, 0.95, 0.99))
    return f"| {clients} | {len(times)} | {p50:.1f} | {p95:.1f} | {p99:.1f} |"


def main() -> None:
    """Makes, serves, asks, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--past", type=int, default=10_000)
    parser.add_argument("--prepare", type=Path)
    given = parser.parse_args()
    if given.prepare:
        people = 280 if given.small else PEOPLE
        print(json.dumps(_prepare(given.prepare, people, given.past)))
        return
    folder = (WORK / ("qualify-small" if given.small else "qualify")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [sys.executable, "-m", "bench.qualify", *sys.argv[1:], "--prepare", str(folder)],
        env={**environment(folder, ""), "DJANGO_SETTINGS_MODULE": "mainstem.web.settings"}
        | ({} if os.environ.get("DATABASE_URL") else {"DATABASE_URL": ""}),
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found = json.loads(made.stdout.strip().splitlines()[-1])
    with Server(folder):
        _client(1, 50, found, [])
        print(
            "| clients | requests | p50 ms | p95 ms | p99 ms |",
            "| --- | --- | --- | --- | --- |",
            sep="\n",
        )
        print(_measured(1, given.requests, found))
        print(_measured(CLIENTS, given.requests, found))


if __name__ == "__main__":
    main()
