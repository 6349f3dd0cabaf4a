"""What streams cost ordinary pages: the WSGI application served as such, and by ``web/asgi.py``, in the same run.

``python -m bench.interfaces [--seconds 3] [--rounds 5] [--paths /healthz,/plan/revisions/]``. Two servers on the
demo's data, asked in turn by 16 connections of this process; a row is the median of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.data import WORK

PORTS = {"WSGI": 8766, "ASGI": 8767}
CONNECTIONS, THREADS = 16, 4


def load(kind: str) -> Any:
    """The application as a process of the server loads it, without jobs."""
    import django

    from mainstem.web.tidying import few_arenas
    from mainstem.web.warming import settle_down, warm_up

    django.setup()
    from mainstem.web.asgi import Application
    from mainstem.web.wsgi import application

    few_arenas()
    warm_up()
    settle_down()
    return application if kind == "WSGI" else Application(application, THREADS)


def serve(kind: str) -> None:
    """Serves one of the two until it is told to end."""
    from granian.constants import Interfaces
    from granian.server import Server

    more: dict[str, Any] = {"blocking_threads": THREADS, "blocking_threads_idle_timeout": 600}
    Server(
        "bench", port=PORTS[kind], interface=Interfaces[kind], websockets=False, log_enabled=False,
        workers_kill_timeout=10, **(more if kind == "WSGI" else {}),
    ).serve(target_loader=partial(load, kind), wrap_loader=False)  # fmt: skip


@dataclass
class Round:
    """Requests a second, milliseconds at the 95th percentile, the server's processor milliseconds a request."""

    rate: float
    p95: float
    spent: float


async def _ask(port: int, path: str, cookie: str, until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: mainstem_session={cookie}\r\n\r\n"
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b" 200 " not in answer[:16]:
            raise SystemExit(f"{path}: {answer[:60]!r}")
        await _body(reader, answer)
        times.append(time.perf_counter() - began)
    writer.close()


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    _, found, length = head.partition(b"content-length: ")
    if found:
        await reader.readexactly(int(length.partition(b"\r\n")[0]))
        return
    size = -1
    while size:
        size = int(await reader.readline(), 16)
        await reader.readexactly(size + 2)


async def _all(port: int, path: str, cookie: str, seconds: float) -> list[float]:
    times: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_ask(port, path, cookie, until, times) for _ in range(CONNECTIONS)))
    return times


def measure(process: int, port: int, path: str, cookie: str, seconds: float) -> Round:
    """One round of one server."""
    spent, began = processor(process), time.perf_counter()
    times = sorted(asyncio.run(_all(port, path, cookie, seconds)))
    wall = time.perf_counter() - began
    return Round(
        len(times) / wall,
        times[int(len(times) * 0.95)] * 1000,
        (processor(process) - spent) / len(times) * 1000,
    )


def children(pid: int) -> list[int]:
    """Processes that a process started."""
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _await(port: int) -> None:
    for _ in range(600):
        try:
            HTTPConnection("127.0.0.1", port).request("GET", "/healthz")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--paths", default="/healthz,/plan/revisions/,/key-results/,/streams/")
    parser.add_argument("--serve", default="")
    given = parser.parse_args()
    os.environ |= {
        "MAINSTEM_DATA": str(WORK / "interfaces"), "MAINSTEM_DEMO": "on", "MAINSTEM_TODAY": "2026-10-05",
        "DJANGO_SETTINGS_MODULE": "mainstem.web.settings", "DATABASE_URL": "", "MAINSTEM_LOG": "json",
    }  # fmt: skip
    if given.serve:
        return serve(given.serve)
    (WORK / "interfaces").mkdir(parents=True, exist_ok=True)
    if not (WORK / "interfaces" / "demo.json").exists():
        subprocess.run([sys.executable, "-m", "mainstem.demo.server"], check=True)
    import django

    django.setup()
    from bench.web_data import cookies

    cookie = cookies("administrator", 1)[0]
    servers = {kind: subprocess.Popen([sys.executable, "-m", "bench.interfaces", "--serve", kind],
                                      stdout=subprocess.DEVNULL) for kind in PORTS}  # fmt: skip
    try:
        for port in PORTS.values():
            _await(port)
        print("| page | served as | requests a second | p95 ms | processor ms a request |")
        print("| --- | --- | --- | --- | --- |")
        for path in given.paths.split(","):
            rounds: dict[str, list[Round]] = {kind: [] for kind in PORTS}
            for number in range(given.rounds):
                for kind in list(PORTS)[:: 1 if number % 2 else -1]:
                    process = children(servers[kind].pid)[0]
                    rounds[kind].append(measure(process, PORTS[kind], path, cookie, given.seconds))
            for kind, found in rounds.items():
                rate, p95, spent = (
                    statistics.median(getattr(r, name) for r in found)
                    for name in ("rate", "p95", "spent")
                )
                print(f"| {path} | {kind} | {rate:.0f} | {p95:.1f} | {spent:.2f} |", flush=True)
    finally:
        for server in servers.values():
            server.terminate()
        for server in servers.values():
            server.wait(30)


if __name__ == "__main__":
    main()
