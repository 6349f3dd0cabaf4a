"""Ordinary requests on an asynchronous server: the WSGI application, in a few threads.

A small body is read before a thread is taken, so that a slow sender holds none; a large one is read as the
application asks for it, so that a fast sender waits. A whole answer crosses back once; a streamed one piece by
piece at the reader's pace, and it ends when the reader leaves.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import unquote_to_bytes

from mainstem.web.threads import Threads, across

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]

#: What the application says to have its answer turned into a stream; from a client it is left out, and to one.
HAND_OFF = "X-Mainstem-Live"
#: Bytes up to which a body is read before a thread is taken; bytes of a file that are sent at once.
_SMALL, _BLOCK = 65_536, 262_144
#: Seconds that a request has for itself: most pages are done in less.
_TURN = 0.03
_HAND_OFF = HAND_OFF.lower()
_NAMES = {b"content-length": "CONTENT_LENGTH", b"content-type": "CONTENT_TYPE"}


class Left(OSError):
    """The client went away while something was read from it or sent to it."""


@dataclass(slots=True)
class Answer:
    """What the application answered.

    Attributes:
        status: The status of HTTP.
        headers: Names in lower case, in the order of the application.
        body: All of it, unless ``is_sent``.
        is_sent: Head and body went out already, piece by piece.
        handed: What the application hands over to be streamed; never among the headers.
    """

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    is_sent: bool = False
    handed: str = ""

    def take(self, status: str, headers: Iterable[tuple[str, str]]) -> None:
        """Takes over the head as WSGI gives it."""
        self.status = int(status[:3])
        for name, value in headers:
            if name.lower() == _HAND_OFF:
                self.handed = value
            else:
                self.headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))


class Bridge:
    """Asks ``application``, for at most ``threads`` requests at once; others wait in their order."""

    def __init__(
        self, application: Callable[..., Iterable[bytes]], threads: int, **marks: object
    ) -> None:
        """``marks`` are put into every request's environment under ``mainstem.NAME``: no header can forge them."""
        self._application, self._threads = application, Threads(threads, "answer", _TURN)
        self._base: Environ = {
            "SCRIPT_NAME": "", "wsgi.version": (1, 0), "wsgi.errors": sys.stderr,
            "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
            "wsgi.input_terminated": True, "wsgi.file_wrapper": Blocks,
            **{f"mainstem.{name}": value for name, value in marks.items()},
        }  # fmt: skip

    async def ask(self, scope: Message, receive: Receive, send: Send) -> Answer:
        """Asks the application. A streamed answer is sent on the way, a whole one is left to the caller.

        Raises:
            Left: the client left first.
            Exception: whatever the application raised.
        """
        loop = asyncio.get_running_loop()
        environ = self._base | environ_of(scope)
        environ["wsgi.input"] = body = await _body(environ, receive, loop)
        is_read = isinstance(body, io.BytesIO)
        reader = _Reader(send, receive if is_read else None, loop)
        answer: Answer = await self._threads.run(lambda: self._ask(environ, reader))
        return answer

    def _ask(self, environ: Environ, reader: _Reader) -> Answer:
        answer = Answer()

        def start(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> None:
            answer.headers.clear()
            answer.take(status, headers)

        chunks: Any = self._application(environ, start)
        with closing(chunks) if hasattr(chunks, "close") else nullcontext():
            # Django says of its answers whether they are whole
            if getattr(chunks, "streaming", not isinstance(chunks, list)):
                answer.is_sent = True
                reader.give(answer, chunks)
            else:
                answer.body = b"".join(chunks)
        return answer


def environ_of(scope: Message) -> Environ:
    """What WSGI says of a request. Headers with ``_`` in their names are left out: they would pass for others."""
    path = scope.get("raw_path") or scope["path"].encode()
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.url_scheme": scope.get("scheme", "http"),
    }
    for of, ends in (("SERVER", scope.get("server")), ("REMOTE", scope.get("client"))):
        name, port = ends or ("localhost", 0)
        environ[f"{of}_ADDR" if of == "REMOTE" else f"{of}_NAME"] = name
        environ[f"{of}_PORT"] = str(port or 0)
    for name, value in scope["headers"]:
        if b"_" not in name and name != _HAND_OFF.encode():
            _add(environ, name, value.decode("latin-1"))
    return environ


def _add(environ: Environ, name: bytes, value: str) -> None:
    known = _NAMES.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
    if known in environ:
        value = environ[known] + ("; " if known == "HTTP_COOKIE" else ",") + value
    environ[known] = value


async def _body(environ: Environ, receive: Receive, loop: asyncio.AbstractEventLoop) -> Any:
    length = environ.get("CONTENT_LENGTH", "0")
    if not length.isdecimal() or int(length) > _SMALL or "HTTP_TRANSFER_ENCODING" in environ:
        return io.BufferedReader(_Trickle(receive, loop), _SMALL)
    body, is_more = io.BytesIO(), int(length) > 0
    while is_more:
        message = await receive()
        body.write(_part(message))
        is_more = message.get("more_body", False)
    body.seek(0)
    return body


def _part(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise Left("the client left before it had sent its request")
    part: bytes = message.get("body", b"")
    return part


class _Trickle(io.RawIOBase):
    """A large body: read from the client when the application reads."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive, self._loop = receive, loop
        self._rest, self._is_more = memoryview(b""), True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and self._is_more:
            message = across(self._receive(), self._loop)
            self._rest = memoryview(_part(message))
            self._is_more = message.get("more_body", False)
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


class _Reader:
    """Who reads a streamed answer; ``receive`` tells when they leave, unless a body is still read by it."""

    def __init__(
        self, send: Send, receive: Receive | None, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._send, self._receive, self._loop = send, receive, loop
        self._is_gone = False

    def give(self, answer: Answer, chunks: Iterable[bytes]) -> None:
        """Sends head and body at the reader's pace; stops asking for more when they have left."""
        watch = asyncio.run_coroutine_threadsafe(self._watch(), self._loop)
        try:
            each = iter(chunks)
            # an application may say its head as late as with its first piece
            first = next(each, b"")
            self._put(
                {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
            )
            for chunk in chain((first,), each):
                self._put({"type": "http.response.body", "body": chunk, "more_body": True})
            self._put({"type": "http.response.body", "body": b""})
        finally:
            watch.cancel()

    def _put(self, message: Message) -> None:
        if self._is_gone:
            raise Left("the client left before it had read its answer")
        across(self._send(message), self._loop)

    async def _watch(self) -> None:
        while self._receive is not None and not self._is_gone:
            self._is_gone = (await self._receive())["type"] == "http.disconnect"


class Blocks:
    """A file as an answer: in large pieces, whatever the application asks for."""

    def __init__(self, file: Any, _size: int = 0) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(_BLOCK), b"")

    def close(self) -> None:
        """Closes the file; the server calls this."""
        if hasattr(self._file, "close"):
            self._file.close()
