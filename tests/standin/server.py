"""A faithful local stand-in for a vendor's API that goes wrong by a seeded schedule.

A stand-in (``tests/standin/jira.py`` …) holds a world of issues, answers as the vendor does, and changes the
world between two answers when its schedule says so. The same stand-ins serve tests and benchmarks.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit


def seeds(usual: int = 16) -> range:
    """Seeds of fault schedules that a test runs; ``SCHEDULES=400`` in the environment runs more."""
    return range(int(os.environ.get("SCHEDULES", usual)))


@dataclass(frozen=True)
class Asked:
    """A request as a stand-in sees it. Names of headers in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    #: Path and query as they came, for queries in which a name comes more than once.
    address: str = ""

    def json(self) -> Any:
        return json.loads(self.body or b"null")


@dataclass
class Reply:
    """What a stand-in answers; ``body`` is made JSON unless it is bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Faults:
    """How often what goes wrong; chances for each answer. ``quiet`` answers follow after ``most`` faults.

    ``limited`` is a 429 with Retry-After, ``busy`` a 5xx, ``page`` an HTML page with status 200 or 502,
    ``cut`` a body that ends early with its length announced, ``torn`` a whole answer whose JSON ends early,
    ``hung`` no answer within the client's patience, ``dropped`` a closed connection, ``changed`` a change of
    the world before the answer, ``again`` a page that repeats the last rows of the one before, ``shuffled``
    rows in another order, ``expired`` a page token that is refused, ``clock`` hours that the vendor's clock
    is off.
    """

    seed: int = 0
    limited: float = 0.0
    busy: float = 0.0
    page: float = 0.0
    cut: float = 0.0
    torn: float = 0.0
    hung: float = 0.0
    dropped: float = 0.0
    changed: float = 0.0
    again: float = 0.0
    shuffled: float = 0.0
    expired: float = 0.0
    clock: float = 0.0
    most: int = 1_000_000
    hang_seconds: float = 0.5

    @classmethod
    def schedule(cls, seed: int) -> Faults:
        """A schedule out of a seed: some kinds of faults, each more or less often."""
        rng = random.Random(seed)
        names = [
            "limited",
            "busy",
            "page",
            "cut",
            "torn",
            "dropped",
            "changed",
            "again",
            "shuffled",
            "expired",
        ]
        chosen = rng.sample(names, rng.randint(1, 5))
        out = cls(seed=seed, clock=rng.choice((0.0, 0.0, -5.0, 3.0)), most=rng.randint(3, 25))
        for name in chosen:
            setattr(out, name, rng.uniform(0.05, 0.35))
        if rng.random() < 0.05:
            out.hung = 0.1
        return out


class StandIn:
    """A vendor on loopback. Subclasses answer in ``answer`` and change their world in ``change``.

    Attributes:
        latency: Seconds that pass before each answer, as over a network.
    """

    faults: Faults
    latency = 0.0

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.rng = random.Random(self.faults.seed)
        self.lock = threading.RLock()
        self.asked: Counter[str] = Counter()
        self.wrong = 0
        self._server: ThreadingHTTPServer | None = None

    # to be written by subclasses

    def answer(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def change(self, rng: random.Random) -> None:
        """Changes something in the world, as people do while somebody reads."""

    # serving

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        stand_in = self

        class Handler(_Handler):
            owner = stand_in

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that went away is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def now(self) -> datetime:
        """The vendor's clock."""
        return datetime.now(UTC) + timedelta(hours=self.faults.clock)

    def goes_wrong(self, chance: float) -> bool:
        """Whether it does, this time. Call it with the lock held."""
        if chance <= 0 or self.wrong >= self.faults.most or self.rng.random() >= chance:
            return False
        self.wrong += 1
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # head and body are two writes: without this the second waits 40 ms for the first to be acknowledged
    disable_nagle_algorithm = True
    owner: ClassVar[StandIn]

    def _serve(self) -> None:
        owner, parts = self.owner, urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        asked = Asked(
            self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)),
            {k.lower(): v for k, v in self.headers.items()}, body, self.path,
        )  # fmt: skip
        if owner.latency:
            # without the lock: who asks for several things at once waits for all of them at once
            time.sleep(owner.latency)
        with owner.lock:
            owner.asked[f"{asked.method} {asked.path}"] += 1
            if owner.goes_wrong(owner.faults.changed):
                owner.change(owner.rng)
            fault = self._fault()
            reply = None if fault else owner.answer(asked)
        if fault is not None:
            fault()
            return
        assert reply is not None
        data = reply.bytes() if reply.status not in (204, 304) else b""
        with owner.lock:
            cut = bool(data) and owner.goes_wrong(owner.faults.cut)
            torn = bool(data) and not cut and owner.goes_wrong(owner.faults.torn)
        if torn:
            data = data[: max(len(data) // 2, 1)]
        self._send(reply.status, data, reply.headers, cut=cut)

    def _fault(self) -> Callable[[], None] | None:
        o, f = self.owner, self.owner.faults
        if o.goes_wrong(f.limited):
            return lambda: self._send(429, b'{"message":"too many"}', {"Retry-After": "0"})
        if o.goes_wrong(f.busy):
            status = o.rng.choice((500, 502, 503, 504))
            return lambda: self._send(status, b'{"errorMessages":["not well"]}', {})
        if o.goes_wrong(f.page):
            status = o.rng.choice((200, 502))
            page = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
            return lambda: self._send(status, page, {"Content-Type": "text/html"})
        if o.goes_wrong(f.hung):
            return lambda: (time.sleep(f.hang_seconds), self._drop())[1]
        if o.goes_wrong(f.dropped):
            return self._drop
        return None

    def _drop(self) -> None:
        self.close_connection = True

    def _send(
        self, status: int, data: bytes, headers: Mapping[str, str], *, cut: bool = False
    ) -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.owner.now(), usegmt=True))
        given = {"Content-Type": "application/json", **headers}
        for name, value in given.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if cut:
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
        else:
            self.wfile.write(data)
        self.wfile.flush()

    do_GET = do_POST = do_HEAD = do_PUT = do_PATCH = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Silent."""
