"""`mainstem apply` and `export` with a server at an address, over its API."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.api_server import Server, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def run(*words: str, server: Server, who: str, folder: Path, code: int = 0) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAINSTEM_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "mainstem.cli.main", *words, "--server", server.url],
        cwd=folder, env={**kept, "MAINSTEM_TOKEN": server.tokens[who]}, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert server.tokens[who] not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_plan_comes_from_a_server_and_goes_back_with_ones_own_changes(server, tmp_path):
    said = {"key_result": "kr-start", "value": 88.9, "note": "before the export"}
    server.ask("carl", "POST", "/check-ins", said)
    run("export", "plan", server=server, who="petra", folder=tmp_path)
    written = "".join(p.read_text() for p in (tmp_path / "plan").rglob("*.yaml"))
    assert "before the export" in written
    streams = next(p for p in (tmp_path / "plan").rglob("*.yaml") if "owner: Owen" in p.read_text())
    streams.write_text(streams.read_text().replace("owner: Owen", "owner: Olga  # since October"))
    server.ask("petra", "PATCH", "/plan/metrics/crashes", {"value": {"owner": "Ben"}})
    told = run("apply", "plan", "--yes", server=server, who="petra", folder=tmp_path)
    assert "Olga" in told
    assert server.ask("petra", "GET", "/plan/streams/start-fast").json()["value"]["owner"] == "Olga"
    assert server.ask("petra", "GET", "/plan/metrics/crashes").json()["value"]["owner"] == "Ben"
    run("export", "plan", "--yes", server=server, who="petra", folder=tmp_path)
    assert "# since October" in streams.read_text()
    assert "Nothing to change" in run("apply", "plan", server=server, who="petra", folder=tmp_path)


def test_what_is_not_ones_own_to_change_is_refused_and_nothing_is_lost(server, tmp_path):
    run("export", "plan", server=server, who="vera", folder=tmp_path)
    file = next(p for p in (tmp_path / "plan").rglob("*.yaml") if "every-ball" in p.read_text())
    before = file.read_text()
    file.write_text(before.replace("Every fan sees every ball", "Every fan sees all balls"))
    said = run("apply", "plan", "--yes", server=server, who="vera", folder=tmp_path, code=1)
    assert "may not" in said
    assert "all balls" in file.read_text()
