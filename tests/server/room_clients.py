"""A browser in a room, without a browser: keeps the records as the page's script does, and sends acts until they
are answered. It can lose its connection at any moment, and be slow.

Made for whole servers over real sockets; hundreds of them fit into one process (``bench/workshop.py``).
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
#: What may happen to a connection; all of it means: try again.
_LOST = (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError, ValueError)
TOKEN = "a" * 32


@dataclass(frozen=True)
class Place:
    """Where a room is, and as whom: a cookie of a session, or of a guest's seat."""

    port: int
    workshop: int
    cookie: str
    seat: int
    role: str
    name: str = ""

    def head(self, method: str, path: str, *lines: str) -> bytes:
        """The head of a request."""
        return "\r\n".join((
            f"{method} /workshop/{self.workshop}/{path} HTTP/1.1", "Host: 127.0.0.1",
            f"Cookie: mainstem_csrf={TOKEN}; {self.cookie}", *lines, "", "",
        )).encode()  # fmt: skip


class Refused(Exception):
    """The server answered, but not with what was asked for."""


async def _opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, _, rest = text.partition("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in rest.split("\r\n") if ": " in line)
    return int(first.split()[1]), headers


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline() or b"0", 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readline()


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return b"".join([chunk async for chunk in _chunks(reader)])


@dataclass
class RoomClient:
    """One browser. ``heard`` is called with every message of puts as it comes: number, puts.

    Attributes:
        records, number: The room as this viewer has it.
        doubled: Numbers that came twice on one stream or went back; must stay empty.
        is_out: It was told that it is out.
        back: Seconds from losing a stream to having the next.
    """

    place: Place
    heard: Callable[[int, Mapping[str, Any]], None] = lambda number, puts: None
    again: float = 0.3
    records: dict[str, Record] = field(default_factory=dict)
    number: int = -1
    here: int = 0
    doubled: list[int] = field(default_factory=list)
    is_out: bool = False
    outbox: list[Record] = field(default_factory=list)
    answers: dict[str, Record] = field(default_factory=dict)
    back: list[float] = field(default_factory=list)
    is_live: bool = False
    _stream: asyncio.StreamWriter | None = None
    _post: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Comes into the room and stays there, whatever happens."""
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]

    async def stop(self) -> None:
        """Leaves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.drop()

    def drop(self) -> None:
        """Loses its connections, without any goodbye."""
        for writer in (self._stream, self._post[1] if self._post else None):
            if writer is not None:
                writer.transport.abort()

    def act(self, act: Mapping[str, Any]) -> None:
        """Puts an act, with an id of its own, where it waits until it is answered."""
        self.outbox.append(dict(act))
        self._wake.set()

    # what comes

    async def _listen(self) -> None:
        lost = time.perf_counter()
        while not self.is_out:
            with suppress(*_LOST):
                await self._one_stream(lost)
            if self.is_live:
                self.is_live, lost = False, time.perf_counter()
            await asyncio.sleep(self.again * (0.5 + random.random()))

    async def _one_stream(self, lost: float) -> None:
        reader, self._stream = await _opened(self.place.port)
        try:
            asked = self.place.head("GET", f"live?after={self.number}", "Accept: text/event-stream")
            self._stream.write(asked)
            status, headers = await _head(reader)
            if status in (401, 403, 404):
                self.is_out = True
            if status != 200 or "event-stream" not in headers["content-type"]:
                raise ValueError(status)
            await self._read(reader, lost)
        finally:
            self._stream.transport.abort()

    async def _read(self, reader: asyncio.StreamReader, lost: float) -> None:
        rest = b""
        async for chunk in _chunks(reader):
            if not self.is_live:
                self.is_live = True
                self.back.append(time.perf_counter() - lost)
            *blocks, rest = (rest + chunk).split(b"\n\n")
            for block in blocks:
                self._take(block)

    def _take(self, block: bytes) -> None:
        event = data = b""
        for line in block.split(b"\n"):
            name, _, value = line.partition(b": ")
            if name == b"event":
                event = value
            elif name == b"data":
                data = value
        if event == b"out":
            self.is_out = True
        elif event == b"here":
            self.here = json.loads(data)["count"]
        elif event == b"whole":
            given = json.loads(data)
            self.number, self.records = given["n"], given["records"]
            self.heard(self.number, self.records)
        elif data:
            self._put(json.loads(data))

    def _put(self, given: Record) -> None:
        if given["n"] <= self.number:
            self.doubled.append(given["n"])
            return
        self.number = given["n"]
        for name, record in given["puts"].items():
            if record is None:
                self.records.pop(name, None)
            else:
                self.records[name] = record
        self.heard(self.number, given["puts"])

    # what goes

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self.outbox and not self.is_out:
                batch = self.outbox[:50]
                try:
                    async with asyncio.timeout(15):
                        given = await self.posted(batch)
                except _LOST:
                    self._post = None
                    await asyncio.sleep(self.again * (0.5 + random.random()))
                    continue
                refused = {one["id"]: one for one in given.get("refused", ())}
                for act in batch:
                    self.answers[act["id"]] = refused.get(act["id"], {})
                del self.outbox[: len(batch)]

    async def posted(self, acts: list[Record]) -> Record:
        """Sends a batch once.

        Raises:
            ValueError: the server answered that it is to be sent again.
            Refused: the server answered with an error.
        """
        if self._post is None:
            self._post = await _opened(self.place.port)
        reader, writer = self._post
        body = json.dumps({"acts": acts}).encode()
        writer.write(self.place.head(
            "POST", "acts", "Content-Type: application/json", "Accept: application/json",
            f"X-CSRFToken: {TOKEN}", f"Content-Length: {len(body)}") + body)  # fmt: skip
        status, headers = await _head(reader)
        text = await _body(reader, headers)
        if status == 429 or status >= 500:
            raise ValueError(status)
        if status != 200:
            raise Refused(f"{status}: {text[:500]!r}")
        given: Record = json.loads(text)
        return given


async def until(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Waits until something holds; whether it does."""
    for _ in range(int(seconds / 0.05)):
        if holds():
            return True
        await asyncio.sleep(0.05)
    return holds()
