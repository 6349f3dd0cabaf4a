"""A served data folder for each module, filled once, and one browser for all."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chromium import launched
from tests.server.journeys.walking import Walk

TODAY = "2026-10-21"
ROOT = Path(__file__).parents[3]


@dataclass
class Site:
    """A server that runs: its address, its folder, and sessions of the cast by their name."""

    address: str
    folder: Path
    sessions: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @property
    def said(self) -> str:
        """What it printed at its start."""
        return (self.folder.parent / "server.log").read_text("utf-8")


def surroundings(folder: Path) -> dict[str, str]:
    """What a server's process is told: its folder, the day, and no database but the embedded one."""
    kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return {**kept, "MAINSTEM_DATA": str(folder), "MAINSTEM_TODAY": TODAY}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Runs ``mainstem serve`` on a folder until the end of the block; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [Path(sys.executable).with_name("mainstem"), "serve", "--port", str(port)]
    with (
        (folder.parent / "server.log").open("w") as log,
        subprocess.Popen(command, env=surroundings(folder), stdout=log, stderr=log) as server,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Returns when a server answers."""
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        try:
            httpx.get(address)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A data folder to copy from, and the sessions in it."""
    folder = tmp_path_factory.mktemp("journeys") / "data"
    made = subprocess.run(
        [sys.executable, "-m", "tests.server.journeys.small_site", str(folder)],
        env=surroundings(folder), cwd=ROOT, check=True, timeout=180, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return folder, json.loads(made.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def site(filled: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small organisation on a server of its own."""
    folder, sessions = filled
    own = tmp_path_factory.mktemp("site") / "data"
    shutil.copytree(folder, own)
    with served(own) as address:
        yield Site(address, own, sessions)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    yield from launched()


@pytest.fixture
def sit_down(chromium: Any, site: Site) -> Iterator[Any]:
    """``sit_down("vera")`` opens a browser in which Vera is signed in; ``sit_down()`` one for nobody."""
    opened: list[Walk] = []

    def sit(name: str = "", **options: Any) -> Walk:
        walk = Walk(chromium, site.address, site.seen, **options)
        opened.append(walk)
        if name:
            walk.carry(site.sessions[name])
        return walk

    yield sit
    for walk in opened:
        walk.leave()


@pytest.fixture(params=["with script", "without script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts; a story that asks for it is told both ways."""
    return bool(request.param == "with script")
