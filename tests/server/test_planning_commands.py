"""`mainstem apply`, `export` and `diff … server`, as people run them, on a server's data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = """\
# ours
teams:
  player: {size: 5}  # five
metrics:
  starts: {unit: "%", direction: up}
objectives:
  see: {name: See it}
streams:
  fast:
    name: Start fast
    objective: see
    metric: starts
    teams: {player: 60%}
"""


def run(*words: str, data: Path, folder: Path, code: int = 0) -> str:
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("MAINSTEM_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "mainstem.cli.main", *words],
        cwd=folder, env={**environment, "MAINSTEM_DATA": str(data)}, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A server's data folder with an empty plan."""
    place = tmp_path / "data"
    program = (
        "import django; django.setup(); from pathlib import Path\n"
        f"from mainstem.store.migrating import migrate; migrate(Path({str(place)!r}))"
    )
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("MAINSTEM_", "DJANGO_"))
    }
    subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True,
        env={**environment, "MAINSTEM_DATA": str(place), "DJANGO_SETTINGS_MODULE": "mainstem.web.settings"},
    )  # fmt: skip
    return place


def test_a_plan_goes_to_a_server_and_comes_back_with_what_others_changed(data, tmp_path):
    work = tmp_path / "ann"
    (work / "plan").mkdir(parents=True)
    (work / "plan" / "plan.yaml").write_text(PLAN)
    shown = run("apply", "plan", data=data, folder=work, code=1)
    assert "Stream Start fast is new" in shown and "Nothing was changed" in shown
    assert "is at r1" in run("apply", "plan", "--yes", "--why", "the first", data=data, folder=work)
    assert "Nothing changed" in run("diff", "plan", "server", data=data, folder=work)

    other = tmp_path / "ben"
    other.mkdir()
    assert "wrote plan/streams.yaml" in run("export", "plan", data=data, folder=other)
    streams = other / "plan" / "streams.yaml"
    streams.write_text(streams.read_text() + "    owner: Ben\n")
    run("apply", "plan", "--yes", data=data, folder=other)

    mine = work / "plan" / "plan.yaml"
    mine.write_text(mine.read_text().replace("size: 5", "size: 6"))
    assert "owner" in run("diff", "plan", "server", data=data, folder=work, code=1)
    run("apply", "plan", "--yes", data=data, folder=work)
    run("export", "plan", "--yes", data=data, folder=work)
    text = mine.read_text()
    assert "owner: Ben" in text and "{size: 6}  # five" in text and text.startswith("# ours")
    assert "Nothing changed" in run("diff", "plan", "server", data=data, folder=work)

    mine.write_text(text.replace("owner: Ben", "owner: Ann"))
    streams.write_text(streams.read_text().replace("owner: Ben", "owner: Bob"))
    run("apply", "plan", "--yes", data=data, folder=other)
    refused = run("apply", "plan", "--yes", data=data, folder=work, code=1)
    assert "Ann" in refused and "Bob" in refused and "Ben" in refused


def test_a_folder_without_a_server_is_said_so(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN)
    said = run(
        "apply", "plan.yaml", "--server", "nowhere", data=tmp_path / "none", folder=tmp_path, code=2
    )
    assert "no server's data" in said
    over = ("apply", "plan.yaml", "--server")
    said = run(*over, "https://x.example", data=tmp_path, folder=tmp_path, code=2)
    assert "MAINSTEM_TOKEN" in said
    said = run(*over, "http://x.example", data=tmp_path, folder=tmp_path, code=2)
    assert "https://" in said
