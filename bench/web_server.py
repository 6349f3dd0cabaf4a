"""A server started for a benchmark: how soon it answers, how much memory it takes, one page of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.parse
from http.client import HTTPConnection
from pathlib import Path

from bench.data import WORK

PORT = 8765


def tool() -> str:
    return str(Path(sys.executable).with_name("mainstem"))


def environment(data: Path, url: str) -> dict[str, str]:
    return {**os.environ, "MAINSTEM_DATA": str(data), "DATABASE_URL": url, "MAINSTEM_LOG": "json",
            "MAINSTEM_TODAY": "2026-10-05", "MAINSTEM_DEMO": "on"}  # fmt: skip


class Server:
    """A server on a data folder, for the length of a ``with``."""

    def __init__(self, data: Path, *more: str, url: str = "") -> None:
        self.data, self.more, self.url = data, more, url

    def __enter__(self) -> Server:
        began = time.perf_counter()
        self.log = (WORK / "server.log").open("w")
        self.process = subprocess.Popen(
            [tool(), "serve", "--port", str(PORT), *self.more],
            env=environment(self.data, self.url), stdout=self.log, stderr=self.log,
        )  # fmt: skip
        while True:
            try:
                status, _, _ = get("/demo/", "")
                break
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit((WORK / "server.log").read_text()) from None
                time.sleep(0.02)
        assert status == 200, status
        self.first_page = time.perf_counter() - began
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.log.close()

    def memory(self) -> dict[str, float]:
        """Resident megabytes: of the process that answers, and of all together (shared parts once)."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return {
            "answering": max(_rss(pid, "VmRSS") for pid in pids),
            "together": sum(_pss(pid) for pid in pids),
        }


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(p) for p in found]


def _rss(pid: int, name: str) -> float:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


def _pss(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"Pss:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


def get(
    path: str, cookie: str, connection: HTTPConnection | None = None
) -> tuple[int, bytes, float]:
    """A page: status, body as it travelled, seconds."""
    used = connection or HTTPConnection("127.0.0.1", PORT, timeout=60)
    began = time.perf_counter()
    used.request("GET", urllib.parse.quote(path, safe="/?=&%"), headers={
        "Cookie": f"mainstem_session={cookie}", "Accept-Encoding": "gzip"})  # fmt: skip
    answer = used.getresponse()
    body = answer.read()
    return answer.status, body, time.perf_counter() - began
