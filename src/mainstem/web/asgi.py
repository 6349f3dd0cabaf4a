"""The web application for an asynchronous server: ordinary requests by WSGI, and the streams of live rooms.

Who may look into a room is decided by an ordinary view, which answers with what is there and a header that
hands the rest over (``web/views/workshop_live.py``). Only here is that header turned into a stream; it is taken
out of everything that comes from a client or goes to one.
"""

from __future__ import annotations

import asyncio
import json
import signal
import threading
from collections.abc import Callable, Iterable
from types import FrameType

from mainstem.web.live import Hub
from mainstem.web.live_messages import Viewer
from mainstem.web.live_room import Line
from mainstem.web.wsgi_bridge import Answer, Bridge, Left, Message, Receive, Send

#: What a streamed answer does not take over from the ordinary one.
_OF_THE_WHOLE = (b"content-length", b"content-encoding")


class Application:
    """What an ASGI server calls; ``application`` is the WSGI application, asked by ``threads`` threads."""

    def __init__(
        self, application: Callable[..., Iterable[bytes]], threads: int, *, is_shared: bool = False
    ) -> None:
        self.hub = Hub(is_shared=is_shared)
        self._bridge = Bridge(application, threads, streams=True)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request, or lives from the start of the server to its end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            answer = await self._bridge.ask(scope, receive, send)
        except Left:
            return
        if answer.handed and scope["method"] == "GET":
            await self._stream(answer, receive, send)
        elif not answer.is_sent:
            await _give(answer, send)

    async def _stream(self, answer: Answer, receive: Receive, send: Send) -> None:
        if not self.hub.has_room():
            await _give(Answer(503, [(b"retry-after", b"5"), (b"content-length", b"0")]), send)
            return
        said = json.loads(answer.handed)
        line = Line(said["room"], Viewer(said["seat"], said["role"]), said["number"])
        headers = [(n, v) for n, v in answer.headers if n not in _OF_THE_WHOLE]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await self.hub.stream(line, answer.body, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.hub.open()
                _on_leaving(self.hub.close)
            else:
                self.hub.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


async def _give(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


def _on_leaving(call: Callable[[], None]) -> None:
    """Calls as soon as the process is told to end: the server waits for open streams before it says so itself."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        _add(number, loop, call)


def _add(number: signal.Signals, loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    before = signal.getsignal(number)

    def both(got: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call)
        if callable(before):
            before(got, frame)

    # the loop hears of signals by a file descriptor; this one runs beside it
    signal.signal(number, both)
    signal.siginterrupt(number, False)
