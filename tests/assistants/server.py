"""A real ``mainstem mcp --http`` in a process of its own, beside a server's data.

``python -m tests.assistants.server`` fills the data folder and prints tokens by name.
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
class Running:
    """A running server for assistants: its address, and tokens by name."""

    url: str
    tokens: dict[str, str]
    data: Path
    process: subprocess.Popen[bytes]

    def post(
        self, body: Any = None, *, token: str = "", method: str = "POST", **heads: str
    ) -> httpx.Response:
        """Sends one message, by default with what a client sends along."""
        headers = {
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
        }
        headers |= {"Authorization": f"Bearer {self.tokens[token]}"} if token else {}
        headers |= {name.replace("_", "-"): value for name, value in heads.items()}
        content = body if isinstance(body, bytes) else json.dumps(body)
        return httpx.request(method, self.url, content=content, headers=headers, timeout=60)


def environment(data: Path) -> dict[str, str]:
    """Variables of a process on a server's data."""
    given = {k: v for k, v in os.environ.items() if not k.startswith(("MAINSTEM_", "DATABASE_"))}
    return {
        **given, "MAINSTEM_DATA": str(data), "MAINSTEM_TODAY": "2026-10-21",
        "DJANGO_SETTINGS_MODULE": "mainstem.web.settings", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def fill(data: Path) -> dict[str, str]:
    """Fills a data folder in a process of its own; tokens by name."""
    filled = subprocess.run(
        [sys.executable, "-m", "tests.assistants.server"], cwd=ROOT, env=environment(data), check=True,
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    found: dict[str, str] = json.loads(filled.stdout.splitlines()[-1])
    return found


@contextmanager
def running(data: Path, tokens: dict[str, str], **variables: str) -> Iterator[Running]:
    """Serves a filled data folder on loopback, with further settings."""
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "mainstem.cli.main",
        "mcp",
        "--http",
        "--data",
        str(data),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(data) | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield Running(f"http://127.0.0.1:{port}/mcp", tokens, data, process)
    finally:
        process.kill()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended at once"
        try:
            httpx.get(f"http://127.0.0.1:{port}/mcp", timeout=2)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not come up")


def _main() -> None:
    import django

    from tests.server import filled_server  # sets Django's settings

    django.setup()
    filled_server.fill()
    from datetime import timedelta

    from mainstem.services.people.tokens import revoke_token
    from mainstem.services.server.ground import server_ground
    from mainstem.store.models import ApiToken, Grant, User
    from tests.server.api_caller import token_of
    from tests.server.cast import actor
    from tests.server.factories import NOW

    cast = {user.email.partition("@")[0]: user for user in User.objects.all()}
    ground = server_ground()
    made = {name: token_of(name, ground, cast) for name in cast if name != "otto"}
    made["reads"] = token_of("ada", ground, cast, "read")
    made["revoked"] = token_of("ada", ground, cast)
    revoke_token(ApiToken.objects.latest("pk").pk, actor("ada", cast), at=NOW)
    made["ended"] = token_of("ada", ground, cast)
    ApiToken.objects.filter(pk=ApiToken.objects.latest("pk").pk).update(
        ends_at=NOW - timedelta(days=1)
    )
    grant = Grant.objects.create(user=cast["otto"], role="viewer", team="", stream="", at=NOW)
    made["otto"] = token_of("otto", ground, cast)
    grant.delete()
    print(json.dumps(made))


if __name__ == "__main__":
    _main()
