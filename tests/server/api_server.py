"""A real server in a process of its own, for tests of HTTP and of several requests at once.

``python -m tests.server.api_server`` fills the data folder and prints a token of each of the cast.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """A running server: its address, and a token for writing of each of the cast."""

    url: str
    tokens: dict[str, str]
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """As if somebody had pulled the plug."""
        self.process.kill()
        self.process.wait(30)

    def ask(
        self, name: str, method: str, path: str, body: Any = None, **heads: str
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[name]}"}
        headers |= {head.replace("_", "-"): value for head, value in heads.items()}
        return httpx.request(
            method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=30
        )


def _environment(data: Path) -> dict[str, str]:
    given = {k: v for k, v in os.environ.items() if not k.startswith(("MAINSTEM_", "DATABASE_"))}
    return {
        **given, "MAINSTEM_DATA": str(data), "MAINSTEM_TODAY": "2026-10-21",
        "DJANGO_SETTINGS_MODULE": "mainstem.web.settings", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@contextmanager
def running_server(data: Path, tokens: dict[str, str] | None = None) -> Iterator[Server]:
    """Serves a data folder on loopback; fills it first, unless it was served before with these tokens."""
    environment = _environment(data)
    known = tokens or _fill(environment)
    port = _free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads",
        "8", "--no-ws", "mainstem.web.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield Server(url, known, process)
    finally:
        process.kill()
        process.wait(30)


def _fill(environment: dict[str, str]) -> dict[str, str]:
    filled = subprocess.run(
        [sys.executable, "-m", "tests.server.api_server"], cwd=ROOT, env=environment, check=True,
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    found: dict[str, str] = json.loads(filled.stdout.splitlines()[-1])
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended at once"
        try:
            if httpx.get(f"{url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def _main() -> None:
    import django

    from tests.server import filled_server  # sets Django's settings

    django.setup()
    filled_server.fill()
    from mainstem.services.server.ground import server_ground
    from mainstem.store.models import User
    from tests.server.api_caller import token_of

    cast = {user.email.partition("@")[0]: user for user in User.objects.all()}
    ground = server_ground()
    print(json.dumps({name: token_of(name, ground, cast) for name in cast if name != "otto"}))


if __name__ == "__main__":
    _main()
