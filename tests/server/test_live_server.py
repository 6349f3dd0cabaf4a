"""A real server with browsers in a room: killed, restarted, left and come back to; nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server.looping import in_a_loop
from tests.server.room_clients import Place, RoomClient, until
from tests.server.test_operating_crashes import free_port

pytestmark = pytest.mark.slow
MEMBERS, GUESTS = 8, 10
#: ``SEED=7 python -m pytest …`` plays another story.
SEED = os.environ.get("SEED", "1")


class Server:
    """A real server on data with a workshop for each test; none takes a room that another had."""

    def __init__(self, data: Path, rooms: int) -> None:
        self.port = free_port()
        self.env = {
            **os.environ, "MAINSTEM_DATA": str(data), "DATABASE_URL": "", "MAINSTEM_TODAY": "2026-10-21",
        }  # fmt: skip
        self.env.pop("DJANGO_SETTINGS_MODULE", None)
        self.rooms = self.told(str(MEMBERS), str(GUESTS), str(rooms))

    def told(self, *words: str) -> Any:
        """What a process beside the server says of the same data."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.server.filled_room", *words],
            env=self.env, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    def serve(self) -> None:
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("mainstem")), "serve", "--port", str(self.port)],
            env=self.env, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        """Ends the server and all its processes without any notice."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Asks the server to end. Streams do not hold it up: it would be killed after 30 s."""
        self.process.terminate()
        self.process.wait(25)


class Hall:
    """A workshop, and everybody's browser in it."""

    def __init__(self, server: Server) -> None:
        self.server, self.room = server, server.rooms.pop()
        self.clients = [self._client(each) for each in self.room["people"]]
        self.sent: list[str] = []

    def _client(self, each: dict[str, Any]) -> RoomClient:
        return RoomClient(
            Place(
                self.server.port, self.room["workshop"], each["cookie"], each["seat"], each["role"]
            )
        )

    def told(self, what: str, *words: str) -> Any:
        return self.server.told(what, str(self.room["workshop"]), *words)

    def kept(self) -> Any:
        """The room as the tables have it."""
        return self.server.told("state")[str(self.room["workshop"])]

    def act(self, client: RoomClient, **act: Any) -> None:
        act["id"] = f"act{len(self.sent):06}"
        self.sent.append(f"{client.place.seat}.{act['id']}")
        client.act(act)

    async def come(self, *names: RoomClient) -> None:
        for client in names or self.clients:
            client.start()
        assert await until(lambda: all(c.is_live for c in names or self.clients))
        lead = self.clients[0]
        self.act(lead, act="set_step", step=lead.records["room"]["step"], silent=False, dots=8)
        assert await until(lambda: not lead.outbox)

    async def settled(self) -> None:
        """Everything is answered, and everybody who is here knows it."""
        here = [c for c in self.clients if not c.is_out]
        assert await until(lambda: not any(c.outbox for c in here))
        newest = (await asyncio.to_thread(self.kept))["number"]
        lead = self.clients[0]
        # what is nothing to somebody moves their number only with the next thing that is
        step, card = lead.records["room"]["step"], f"last{newest:05}"
        self.act(lead, act="add_card", card=card, kind="note", step=step, text="That is all")
        assert await until(lambda: all(c.number > newest for c in here))

    async def leave(self) -> None:
        for client in self.clients:
            await client.stop()

    def same_for_all(self) -> None:
        """Clients and tables agree, as far as each may see; each act is there once, unless it was refused."""
        from mainstem.workshop.seeing import masked_records

        truth = self.kept()
        acts = truth["acts"]
        assert len(acts) == len(set(acts))
        refused = {
            f"{c.place.seat}.{i}" for c in self.clients for i, said in c.answers.items() if said
        }
        waiting = {f"{c.place.seat}.{a['id']}" for c in self.clients for a in c.outbox}
        assert set(self.sent) - refused - waiting <= set(acts)
        assert not refused & set(acts)
        for client in self.clients:
            assert client.doubled == []
            if not client.is_out:
                assert client.records == masked_records(truth["records"], viewer_of(client, truth))


def viewer_of(client: RoomClient, truth: Any) -> Any:
    from mainstem.web.live_messages import Viewer

    return Viewer(client.place.seat, truth["records"][f"person/{client.place.seat}"]["role"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = Server(tmp_path_factory.mktemp("live") / "data", rooms=5)
    made.serve()
    yield made
    if made.process.poll() is None:
        made.kill()


@pytest.fixture
def hall(server: Server) -> Hall:
    return Hall(server)


def something(hall: Hall, rng: random.Random, client: RoomClient) -> None:
    """A random act of somebody, as a page would send it: mostly sensible, sometimes refused."""
    state = client.records
    step = state["room"]["step"]
    cards = [n[5:] for n, r in state.items() if n.startswith("card/") and r["kind"] == "note"]
    card = rng.choice(cards) if cards else ""
    drawn = rng.randrange(10)
    if drawn < 3 or not card:
        hall.act(
            client,
            act="add_card",
            card=f"c{len(hall.sent):07}",
            kind="note",
            step=step,
            text=f"words {drawn}",
        )
    elif drawn == 3:
        version = state[f"card/{card}"]["version"]
        hall.act(
            client, act="edit_card", card=card, seen=version, text=f"other words {len(hall.sent)}"
        )
    elif drawn == 4:
        hall.act(client, act="comment", card=card, text="a word on it")
    elif drawn in (5, 6):
        hall.act(client, act="dot", card=card, n=rng.randrange(4))
    elif drawn == 7:
        hall.act(client, act="hand", up=rng.random() < 0.5)
    elif drawn == 8:
        hall.act(
            client, act="cluster_cards", cards=[card], cluster=rng.choice(("This", "That", ""))
        )
    else:
        lead = hall.clients[rng.randrange(2)]
        hall.act(lead, **rng.choice((
            {"act": "undo"}, {"act": "remove_card", "card": card}, {"act": "show_dots", "step": step},
            {"act": "restore_card", "card": card}, {"act": "timer", "seconds": 60},
        )))  # fmt: skip


def test_killed_and_restarted_in_the_middle_everybody_is_back_with_everything(hall: Hall) -> None:
    async def story() -> None:
        rng = random.Random(6)
        await hall.come()
        for how in (hall.server.kill, hall.server.end):
            for _ in range(15):
                something(hall, rng, rng.choice(hall.clients))
                await asyncio.sleep(0.01)
            await asyncio.to_thread(how)
            for _ in range(15):
                something(hall, rng, rng.choice(hall.clients))
            assert await until(lambda: not any(c.is_live for c in hall.clients))
            hall.server.serve()
            assert await until(lambda: all(c.is_live for c in hall.clients))
        await hall.settled()
        await hall.leave()

    in_a_loop(story())
    hall.same_for_all()


def test_random_acts_with_drops_and_delays_end_alike_for_all(hall: Hall) -> None:
    async def one(client: RoomClient, rng: random.Random) -> None:
        for _ in range(15):
            something(hall, rng, client)
            if rng.random() < 0.15:
                client.drop()
            await asyncio.sleep(rng.random() * 0.3)

    async def story() -> None:
        await hall.come()
        await asyncio.gather(
            *(one(c, random.Random(f"{SEED} {n}")) for n, c in enumerate(hall.clients))
        )
        await hall.settled()
        await hall.leave()

    in_a_loop(story())
    hall.same_for_all()


def test_two_facilitators_at_once_lose_and_double_nothing(hall: Hall) -> None:
    async def story() -> None:
        first, second = hall.clients[:2]
        await hall.come()
        step = first.records["room"]["step"]
        for n in range(60):
            lead = (first, second)[n % 2]
            hall.act(
                lead, act="add_card", card=f"c{n:07}", kind="note", step=step, text=f"card {n}"
            )
            hall.act(lead, act="timer", seconds=60 + n)
        await hall.settled()
        await hall.leave()
        cards = [n for n, r in first.records.items() if n.startswith("card/c0")]
        assert len(cards) == 60

    in_a_loop(story())
    hall.same_for_all()


def test_who_is_removed_is_out_at_once_and_guests_when_the_link_ends(hall: Hall) -> None:
    async def story() -> None:
        await hall.come()
        one, *others = [c for c in hall.clients if c.place.role == "guest"]
        await asyncio.to_thread(hall.told, "remove", str(one.place.seat))
        assert await until(lambda: one.is_out)
        assert not any(c.is_out for c in others)
        await asyncio.to_thread(hall.told, "end_link")
        assert await until(lambda: all(c.is_out for c in others))
        assert not any(c.is_out for c in hall.clients if c.place.role != "guest")
        await hall.leave()

    in_a_loop(story())


def test_the_fifth_window_of_somebody_closes_their_oldest(hall: Hall) -> None:
    async def story() -> None:
        place = hall.clients[2].place
        windows = [RoomClient(place, again=60) for _ in range(5)]
        for window in windows:
            window.start()
            assert await until(lambda w=window: w.is_live)
        assert await until(lambda: not windows[0].is_live)
        assert all(w.is_live for w in windows[1:])
        for window in windows:
            await window.stop()

    in_a_loop(story())
