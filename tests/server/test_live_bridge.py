"""Ordinary requests over the asynchronous server: nothing of them changes, whatever their size and whoever leaves."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse

from mainstem.web.wsgi_bridge import HAND_OFF, Answer, Blocks, Bridge, Left, environ_of
from tests.server.looping import in_a_loop

Wsgi = Callable[..., Iterable[bytes]]


def scope(
    method: str = "GET", path: str = "/", headers: Iterable[tuple[str, str]] = (), query: str = ""
) -> Any:
    return {
        "type": "http", "method": method, "raw_path": path.encode(), "path": path, "query_string": query.encode(),
        "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 8000), "client": ("10.0.0.7", 40123),
        "headers": [(n.lower().encode(), v.encode("latin-1")) for n, v in headers],
    }  # fmt: skip


class Client:
    """A client of the bridge: what it sends, in parts, and what it was sent."""

    def __init__(self, *parts: bytes, leaves: bool = False) -> None:
        self.parts, self.leaves = list(parts), leaves
        self.taken, self.got = 0, []  # type: ignore[var-annotated]
        self.has_left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self.parts:
            self.taken += 1
            part = self.parts.pop(0)
            return {
                "type": "http.request",
                "body": part,
                "more_body": bool(self.parts) or self.leaves,
            }
        if not self.leaves:
            await self.has_left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.got.append(message)

    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self.got)


def asked(application: Wsgi, of: Any, client: Client | None = None, **marks: object) -> Answer:
    async def ask() -> Answer:
        by = client or Client()
        return await Bridge(application, 1, **marks).ask(of, by.receive, by.send)

    return in_a_loop(ask())


def echo(environ: Any, start: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("X-Length", str(len(body)))])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["PATH_INFO"].encode("latin-1")]


def sized(size: int) -> list[tuple[str, str]]:
    return [("Content-Length", str(size))]


def test_an_application_sees_the_request_as_any_wsgi_server_tells_it() -> None:
    environ = environ_of(scope("POST", "/caf%C3%A9", [
        ("Host", "example.org"), ("Content-Type", "text/plain"), ("Content-Length", "3"), ("Cookie", "a=1"),
        ("Cookie", "b=2"), ("Accept", "text/html"), ("Accept", "text/plain"), ("X-Request-ID", "abcdefgh"),
    ], "q=1&r=%20"))  # fmt: skip
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert environ["QUERY_STRING"] == "q=1&r=%20"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "text/html,text/plain"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("10.0.0.7", "8000")
    assert environ["HTTP_X_REQUEST_ID"] == "abcdefgh"


def test_no_client_can_forge_what_hands_over_or_pass_an_underscore_for_a_dash() -> None:
    environ = environ_of(scope(headers=[
        (HAND_OFF, "{}"), ("x_mainstem_live", "{}"), ("X_Forwarded_Proto", "https"),
        ("mainstem.streams", "1"),
    ]))  # fmt: skip
    assert not [name for name in environ if "LIVE" in name or name == "HTTP_X_FORWARDED_PROTO"]
    assert "mainstem.streams" not in environ


def test_marks_are_there_whatever_a_client_sends() -> None:
    def application(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [str(environ["mainstem.streams"]).encode()]

    assert asked(application, scope(), streams=True).body == b"True"


def test_what_hands_over_never_goes_out() -> None:
    def application(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [(HAND_OFF, "secret"), ("X-Other", "kept")])
        return [b""]

    found = asked(application, scope())
    assert found.handed == "secret"
    assert found.headers == [(b"x-other", b"kept")]


def test_nor_from_a_streamed_answer() -> None:
    def application(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [(HAND_OFF, "secret")])
        yield b"part"

    client = Client()
    asked(application, scope(), client)
    assert client.got[0]["headers"] == []


def test_a_whole_answer_keeps_every_cookie_in_its_order() -> None:
    def application(environ: Any, start: Any) -> HttpResponse:
        response = HttpResponse("body")
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        start("200 OK", [("Set-Cookie", c.OutputString()) for c in response.cookies.values()])
        return response

    found = asked(application, scope())
    assert found.body == b"body" and not found.is_sent
    assert [n for n, _ in found.headers] == [b"set-cookie", b"set-cookie"]


def test_a_small_body_comes_whole_however_it_was_cut() -> None:
    client = Client(b"abc", b"", b"def")
    assert dict(asked(echo, scope("POST", "/x", sized(6)), client).headers)[b"x-length"] == b"6"


def test_a_large_body_is_taken_only_as_the_application_reads() -> None:
    parts = [bytes(50_000)] * 40
    client = Client(*parts)
    seen: list[int] = []

    def application(environ: Any, start: Any) -> list[bytes]:
        seen.append(client.taken)
        environ["wsgi.input"].read(50_000)
        seen.append(client.taken)
        rest = environ["wsgi.input"].read()
        start("200 OK", [])
        return [str(50_000 + len(rest)).encode()]

    assert asked(application, scope("POST", "/x", sized(2_000_000)), client).body == b"2000000"
    assert seen[0] == 0
    assert seen[1] <= 2


def test_lines_are_read_of_large_bodies_too() -> None:
    client = Client(b"first line\nsec", b"ond line\n" + bytes(70_000))

    def application(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [environ["wsgi.input"].readline(), environ["wsgi.input"].readline(100)]

    assert (
        asked(application, scope("POST", "/x", sized(80_000)), client).body
        == b"first line\nsecond line\n"
    )


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_client_that_leaves_while_it_sends_is_given_up(size: int) -> None:
    with pytest.raises(Left):
        asked(echo, scope("POST", "/x", sized(size)), Client(b"abc", leaves=True))


def test_a_download_goes_out_in_large_pieces_and_its_file_is_closed() -> None:
    file = io.BytesIO(bytes(600_000))

    def application(environ: Any, start: Any) -> Any:
        response = FileResponse(file)
        start("200 OK", [])
        return environ["wsgi.file_wrapper"](response.file_to_stream, response.block_size)

    client = Client()
    found = asked(application, scope(), client)
    assert found.is_sent and file.closed
    assert len(client.body()) == 600_000
    assert len(client.got) == 5


def test_a_stream_is_sent_as_it_is_made_and_ended() -> None:
    def application(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/csv")])
        yield b"a,b\n"
        yield b"1,2\n"

    client = Client()
    assert asked(application, scope(), client).is_sent
    assert client.got[0]["status"] == 200
    assert [m.get("more_body", False) for m in client.got[1:]] == [True, True, False]
    assert client.body() == b"a,b\n1,2\n"


def test_nothing_more_is_made_for_a_reader_who_left() -> None:
    closed = []

    def endless(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        try:
            while True:
                yield b"more"
        finally:
            closed.append(True)

    async def story() -> None:
        client = Client()
        task = asyncio.ensure_future(Bridge(endless, 1).ask(scope(), client.receive, client.send))
        while len(client.got) < 5:
            await asyncio.sleep(0.001)
        client.has_left.set()
        with pytest.raises(Left):
            await task

    in_a_loop(story())
    assert closed == [True]


def test_what_the_application_raises_reaches_the_server_and_the_thread_lives_on() -> None:
    def application(environ: Any, start: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/bad":
            raise RuntimeError("no")
        return echo(environ, start)

    async def story() -> None:
        bridge, client = Bridge(application, 1), Client()
        with pytest.raises(RuntimeError):
            await bridge.ask(scope(path="/bad"), client.receive, client.send)
        assert (
            await bridge.ask(scope(path="/good"), client.receive, client.send)
        ).body == b"GET /good"

    in_a_loop(story())


def test_no_more_requests_run_at_once_than_there_are_threads() -> None:
    running, most = 0, 0

    def application(environ: Any, start: Any) -> list[bytes]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        environ["wsgi.input"].read()
        running -= 1
        return echo(environ, start)

    async def story() -> None:
        bridge = Bridge(application, 3)
        asks: list[Awaitable[Answer]] = []
        for _ in range(20):
            client = Client()
            asks.append(bridge.ask(scope(), client.receive, client.send))
        assert len(await asyncio.gather(*asks)) == 20

    in_a_loop(story())
    assert 1 <= most <= 3


def test_a_wrapped_file_that_cannot_be_closed_is_let_be() -> None:
    class Bare:
        def read(self, _size: int) -> bytes:
            return b""

    Blocks(Bare()).close()
