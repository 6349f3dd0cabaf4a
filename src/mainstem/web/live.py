"""The hub: all open streams of this process, fed as soon as something happened, in whatever process it did.

Everything here runs in the loop. Tables are read in one thread, never while a stream waits: an open stream
holds a connection of a browser and a few hundred bytes, nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from django.db import close_old_connections

from mainstem.clock import now
from mainstem.services.server.ground import server_ground
from mainstem.services.workshops import hearing
from mainstem.services.workshops.signals import listen
from mainstem.web import live_messages as messages
from mainstem.web import metrics
from mainstem.web.live_room import Line, Room
from mainstem.web.threads import Threads
from mainstem.web.wsgi_bridge import Message, Receive, Send

_LOG = structlog.get_logger("mainstem.live")
#: Streams of one seat, and of this process.
MOST_OF_SEAT, MOST = 4, 2_000
#: Seconds between two signs of life, two messages to a room, two looks at what other processes wrote.
BEAT, PACE, LOOK = 15.0, 0.1, 0.25
#: Messages a second that are sent to one room, at most: a large room is told a little less often.
_RATE = 2_000
#: Looks after which seats are looked through, and after which it is written down who is here.
_SEATS, _HERE = 8, 80
#: Seconds that a reader has to take the last message.
_PATIENCE = 2.0
#: Events read at once.
_READ = 1_000


class Hub:
    """Open streams by room. ``is_shared``: other processes hold streams too, and who is here is counted together."""

    def __init__(self, *, is_shared: bool = False) -> None:
        self._is_shared = is_shared
        self._rooms: dict[int, Room] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._threads = Threads(1, "live")
        self._is_open = False
        self._others: dict[int, int] = {}
        self._deaf: Callable[[], None] = lambda: None

    def open(self) -> None:
        """Begins to listen; to be called in the loop."""
        loop = asyncio.get_running_loop()
        self._is_open = True

        def landed(number: int) -> None:
            loop.call_soon_threadsafe(self._wake, number)

        self._deaf = listen(landed)
        self._tasks[0] = loop.create_task(self._look_on())

    def close(self) -> None:
        """Ends all streams; browsers come again by themselves, to whoever answers then."""
        if not self._is_open:
            return
        self._is_open = False
        self._deaf()
        for task in self._tasks.values():
            task.cancel()
        for line in self._lines():
            line.end()

    def count(self) -> int:
        """How many streams are open."""
        return sum(len(room.lines) for room in self._rooms.values())

    def has_room(self) -> bool:
        """Whether one more stream may be opened."""
        return self._is_open and self.count() < MOST

    async def stream(self, line: Line, first: bytes, receive: Receive, send: Send) -> None:
        """Sends ``first`` and then whatever happens, until the reader leaves or is let go. The head is sent."""
        self._join(line)
        give = asyncio.create_task(_give(line, first, send))
        gone = asyncio.create_task(_gone(receive))
        over = asyncio.create_task(_let_go(line))
        try:
            await asyncio.wait({give, gone, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._leave(line)
            for task in (give, gone, over):
                task.cancel()
        if give.done() and not give.cancelled():
            await send({"type": "http.response.body", "body": b""})

    def _join(self, line: Line) -> None:
        room = self._rooms.get(line.room)
        if room is None:
            room = self._rooms[line.room] = Room(line.room, line.number)
            self._tasks[line.room] = asyncio.create_task(self._keep(room))
        same = [o for o in room.lines if o.viewer.id == line.viewer.id and not o.is_over]
        if line.viewer.id and len(same) >= MOST_OF_SEAT:
            same[0].end(messages.opening(messages.LATER))
        room.lines[line] = None
        # whoever is new is told how many are here, too
        room.told = -1
        metrics.streams(self.count())
        room.wake.set()

    def _leave(self, line: Line) -> None:
        line.end()
        room = self._rooms[line.room]
        room.lines.pop(line, None)
        metrics.streams(self.count())
        if not room.lines:
            del self._rooms[line.room]
            self._tasks.pop(line.room).cancel()

    def _lines(self) -> list[Line]:
        return [line for room in self._rooms.values() for line in room.lines]

    def _wake(self, number: int) -> None:
        if room := self._rooms.get(number):
            room.wake.set()

    async def _ask(self, call: Callable[[], Any]) -> Any:
        def ask() -> Any:
            close_old_connections()
            return call()

        return await self._threads.run(ask)

    async def _keep(self, room: Room) -> None:
        """Reads what happened in a room once, and hands it out to all; at most so often."""
        while True:
            await room.wake.wait()
            room.wake.clear()
            try:
                await self._read(room)
            except Exception:
                # the next look wakes this room again
                _LOG.exception("not read", workshop=room.number)
            await asyncio.sleep(max(PACE, len(room.lines) / _RATE))

    async def _read(self, room: Room) -> None:
        head = room.head
        events = await self._ask(lambda: hearing.events_after(room.number, head, _READ))
        room.take(events)
        if any(not puts for _, puts in events):
            # nothing of the board, so something of who may be here
            await self._look_at_seats()
        for line, role in room.hand_out():
            await self._renew(line, role)
        if len(events) == _READ:
            room.wake.set()

    async def _renew(self, line: Line, role: str) -> None:
        """Gives a line whose role changed everything anew: they see more, or less, of what was there before."""
        line.viewer = messages.Viewer(line.viewer.id, role)
        line.number, shown = await self._ask(lambda: hearing.whole_for(line.room, line.viewer))
        line.put(messages.whole(line.number, shown))

    async def _look_on(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(LOOK)
            if not self._rooms:
                continue
            looks += 1
            try:
                await self._look(looks)
            except Exception:
                _LOG.exception("not looked")

    async def _look(self, looks: int) -> None:
        numbers = list(self._rooms)
        heads = await self._ask(lambda: hearing.heads_of(numbers))
        for number, room in tuple(self._rooms.items()):
            if number not in heads:
                room.end(messages.out())
            elif heads[number] < room.head:
                # a backup was put back: what was told is not so any more
                room.end()
            elif heads[number] > room.head:
                room.wake.set()
        if looks % _SEATS == 0:
            await self._look_at_seats()
            await self._count_all(is_said=looks % _HERE == 0)
        for number, room in self._rooms.items():
            room.say_here(max(room.seats(), self._others.get(number, 0)))

    def _seats(self) -> frozenset[int]:
        # a token that only reads takes no seat
        return frozenset(line.viewer.id for line in self._lines()) - {0}

    async def _look_at_seats(self) -> None:
        """Ends the streams of seats that are out."""
        seats = self._seats()
        # links end by the clock of the server, which may stand on a fixed day
        gone = await self._ask(lambda: hearing.out_of(seats, server_ground().now()))
        for line in self._lines():
            if line.viewer.id in gone:
                line.end(messages.out())

    async def _count_all(self, *, is_said: bool) -> None:
        """Says now and then who is here, and hears it of other processes."""
        seats, numbers = self._seats(), list(self._rooms)
        if is_said:
            await self._ask(lambda: hearing.say_here(seats, now()))
        if self._is_shared:
            self._others = await self._ask(lambda: hearing.count_here(numbers, now()))


async def _give(line: Line, first: bytes, send: Send) -> None:
    text = messages.opening() + first
    while True:
        await send({"type": "http.response.body", "body": text, "more_body": True})
        text = await line.take(BEAT)
        if not text:
            if line.is_over:
                return
            text = messages.beat(line.number)


async def _gone(receive: Receive) -> None:
    message: Message = {}
    while message.get("type") != "http.disconnect":
        message = await receive()


async def _let_go(line: Line) -> None:
    """Ends some time after the line, for a reader who does not even take the last message."""
    await line.over.wait()
    await asyncio.sleep(_PATIENCE)
