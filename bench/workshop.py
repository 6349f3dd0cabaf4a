"""A workshop with hundreds in the room: a real server on SQLite, a real connection for each of them.

``python -m bench.workshop [--people 50,200,400] [--seconds 20]``. All clients run in this process, the server in
its own. For each size: acts at twenty a second over all; everybody votes within five seconds while cards are
written; the server is killed in the middle and started again; then it is told to end and started again. A time
is from sending an act to the last of all clients having it. At the end the tables and all clients are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.server.room_clients import Place, RoomClient, until

from bench.data import WORK
from bench.interfaces import children, processor

PORT = 8768
RATE, VOTES_WITHIN = 20.0, 5.0


class Hall:
    """A server with a room full of clients, and what was sent and seen."""

    def __init__(self, people: int) -> None:
        self.data = WORK / f"workshop-{people}"
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        self.env = {
            **os.environ, "MAINSTEM_DATA": str(self.data), "DATABASE_URL": "", "MAINSTEM_LOG": "json",
            "MAINSTEM_TODAY": "2026-10-21",
        }  # fmt: skip
        self.people = people
        self.room = self.tool(str(people // 4), str(people - people // 4 - 2))[0]
        self.sent: dict[str, float] = {}
        self.seen: dict[str, int] = {}
        self.times: list[float] = []
        self.ids: list[str] = []
        self.rng = random.Random(people)
        self.clients = [self._client(each) for each in self.room["people"]]

    def tool(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.server.filled_room", *words],
            env=self.env, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    def _client(self, each: dict[str, Any]) -> RoomClient:
        place = Place(PORT, self.room["workshop"], each["cookie"], each["seat"], each["role"])
        return RoomClient(place, heard=self._heard)

    def _heard(self, _number: int, puts: Any) -> None:
        now = time.perf_counter()
        for record in puts.values():
            token = record and record.get("text", "").partition(" ")[0]
            if token in self.sent:
                self.seen[token] = self.seen.get(token, 0) + 1
                if self.seen[token] == self.people:
                    self.times.append(now - self.sent[token])

    def serve(self) -> None:
        self.log = (self.data / "server.log").open("a")
        tool = str(Path(sys.executable).with_name("mainstem"))
        self.server = subprocess.Popen(
            [tool, "serve", "--port", str(PORT)], env=self.env, stdout=self.log, stderr=self.log,
            start_new_session=True,
        )  # fmt: skip

    def answering(self) -> int:
        """The process that answers."""
        return children(self.server.pid)[0]

    def act(self, client: RoomClient, **act: Any) -> None:
        act["id"] = f"act{len(self.ids):09}"
        self.ids.append(f"{client.place.seat}.{act['id']}")
        client.act(act)

    def write(self) -> None:
        """Somebody writes, answers or changes a card; all of them see it."""
        client, token = self.rng.choice(self.clients), f"t{len(self.sent):07}"
        cards = [
            n[5:]
            for n, r in client.records.items()
            if n.startswith("card/") and r["kind"] == "note"
        ]
        self.sent[token] = time.perf_counter()
        drawn = self.rng.random()
        if drawn < 0.5 or not cards:
            step = client.records["room"]["step"]
            self.act(
                client,
                act="add_card",
                card=f"c{token}",
                kind="note",
                step=step,
                text=f"{token} words",
            )
        elif drawn < 0.8:
            self.act(
                client, act="comment", card=self.rng.choice(cards), text=f"{token} a word on it"
            )
        else:
            card = self.rng.choice(cards)
            version = client.records[f"card/{card}"]["version"]
            # two at once would be told of each other's words: that is an answer, not what is measured
            lead = self.clients[0]
            self.act(lead, act="edit_card", card=card, seen=version, text=f"{token} changed")

    def vote(self, client: RoomClient) -> None:
        cards = [
            n[5:]
            for n, r in client.records.items()
            if n.startswith("card/") and r["kind"] == "note"
        ]
        self.act(client, act="dot", card=self.rng.choice(cards), n=1)


def percentile(times: list[float], part: float) -> int:
    return round(sorted(times)[min(int(len(times) * part), len(times) - 1)] * 1000) if times else -1


async def _begin(hall: Hall) -> None:
    hall.serve()
    for client in hall.clients:
        client.start()
    if not await until(lambda: all(c.is_live for c in hall.clients), 120):
        raise SystemExit("not everybody came in")
    lead = hall.clients[0]
    step = lead.records["room"]["step"]
    hall.act(lead, act="set_step", step=step, silent=False, dots=5)
    await until(lambda: not lead.outbox)
    await asyncio.sleep(1)


async def _paced(hall: Hall, seconds: float, rate: float) -> None:
    begun = time.perf_counter()
    for n in range(int(seconds * rate)):
        hall.write()
        await asyncio.sleep(max(0.0, begun + (n + 1) / rate - time.perf_counter()))


async def _settled(hall: Hall) -> None:
    """Waits until everything is answered, and a last card has come to everybody."""
    await until(lambda: not any(c.outbox for c in hall.clients), 60)
    lead, card = hall.clients[0], f"last{len(hall.ids):06}"
    step = lead.records["room"]["step"]
    hall.act(lead, act="add_card", card=card, kind="note", step=step, text="That is all")
    await until(lambda: all(f"card/{card}" in c.records for c in hall.clients), 60)


async def _votes(hall: Hall) -> None:
    async def one(client: RoomClient) -> None:
        await asyncio.sleep(hall.rng.random() * VOTES_WITHIN)
        hall.vote(client)

    await asyncio.gather(_paced(hall, VOTES_WITHIN, 4), *(one(c) for c in hall.clients))


async def _measured(hall: Hall, name: str, task: Any) -> None:
    hall.times.clear()
    process, spent, began = hall.answering(), processor(hall.answering()), time.perf_counter()
    await task
    wall = time.perf_counter() - began
    used = (processor(process) - spent) / wall
    await _settled(hall)
    found = [percentile(hall.times, part) for part in (0.5, 0.95, 0.99)]
    status = Path(f"/proc/{process}/status").read_text()
    memory = int(status.partition("VmRSS:")[2].split()[0]) // 1024
    refused = sum(bool(a) for c in hall.clients for a in c.answers.values())
    lost = len(hall.sent) - refused - sum(hall.seen.get(t, 0) >= hall.people for t in hall.sent)
    print(f"| {hall.people} | {name} | {len(hall.times)} | {' | '.join(map(str, found))} | {lost} | {used:.2f}"
          f" | {memory} |", flush=True)  # fmt: skip


async def _ended(hall: Hall, how: signal.Signals) -> None:
    """The server ends in the middle of acts, and is started again at once."""
    writing = asyncio.create_task(_paced(hall, 6, 10))
    await asyncio.sleep(1)
    began = time.perf_counter()
    if how is signal.SIGKILL:
        os.killpg(hall.server.pid, how)
    else:
        hall.server.send_signal(how)
    hall.server.wait()
    ended = time.perf_counter() - began
    await until(lambda: not any(c.is_live for c in hall.clients), 5)
    began = time.perf_counter()
    hall.serve()
    await until(lambda: all(c.is_live for c in hall.clients), 60)
    back = time.perf_counter() - began
    await writing
    await _settled(hall)
    print(f"| {hall.people} | {how.name}: gone in {ended:.1f} s, all back {back:.1f} s after the new start |"
          " | | | | | | |", flush=True)  # fmt: skip


def _compare(hall: Hall) -> None:
    truth = hall.tool("state")[str(hall.room["workshop"])]
    doubled = len(truth["acts"]) - len(set(truth["acts"]))
    refused = sum(bool(a) for c in hall.clients for a in c.answers.values())
    missing = set(hall.ids) - set(truth["acts"])
    own = ("dots/", "rank/", "answer/", "step/")
    shared = {n: r for n, r in truth["records"].items() if not n.startswith(own)}
    apart = [
        c.place.seat
        for c in hall.clients
        if {n: r for n, r in c.records.items() if not n.startswith(own)} != shared
        and c.place.role != "guest"
    ]
    twice = sum(len(c.doubled) for c in hall.clients)
    print(f"| {hall.people} | tables: {truth['number']} events, {doubled} twice, {len(missing)} of"
          f" {len(hall.ids)} acts not there ({refused} refused); clients: {len(apart)} apart, {twice} messages"
          " twice | | | | | | | |", flush=True)  # fmt: skip


async def measure(people: int, seconds: float) -> None:
    hall = Hall(people)
    try:
        await _begin(hall)
        await _measured(hall, "20 acts a second", _paced(hall, seconds, RATE))
        await _measured(hall, "all vote within 5 s", _votes(hall))
        await _ended(hall, signal.SIGKILL)
        await _ended(hall, signal.SIGTERM)
        _compare(hall)
    finally:
        for client in hall.clients:
            await client.stop()
        hall.server.terminate()
        hall.server.wait(40)


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", default="50,200,400")
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    print("| people | what | acts | p50 ms | p95 ms | p99 ms | not seen by all | cores | MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for people in given.people.split(","):
        asyncio.run(measure(int(people), given.seconds))


if __name__ == "__main__":
    main()
