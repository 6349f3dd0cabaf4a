"""The tutorial works: its files are written and its commands run, in order, in a clone of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```", re.M | re.S)


def clone_into(folder: Path) -> Path:
    """A clone without a plan of its own."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs the project as a git repository: git clone instead of an archive")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    shutil.rmtree(folder / "plan", ignore_errors=True)
    for name in ("mainstem.yaml", "people.csv"):
        (folder / name).unlink(missing_ok=True)
    return folder


def test_the_tutorial_can_be_followed_from_top_to_bottom(tmp_path: Path) -> None:
    at = clone_into(tmp_path / "clone")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "MAINSTEM_TODAY": "2026-11-23"}
    ran = []
    for kind, text in BLOCK.findall(TUTORIAL.read_text("utf-8")):
        if kind == "yaml":
            name = text.splitlines()[0].removeprefix("# ")
            (at / name).parent.mkdir(exist_ok=True)
            (at / name).write_text(text, "utf-8")
            continue
        for command in re.findall(r"^\$ (.*)$", text, re.M):
            done = subprocess.run(
                ["bash", "-o", "pipefail", "-c", command],
                cwd=at, env=environment, capture_output=True, text=True,
            )  # fmt: skip
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            ran.append(command)
    assert (at / "report.html").stat().st_size > 10_000
    assert len(ran) >= 10
