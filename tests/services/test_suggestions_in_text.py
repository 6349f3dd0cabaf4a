"""Suggestions on a folder: `mainstem suggest` from training to a link in the plan's text."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

pytest.importorskip("sklearn", reason="pip install 'mainstem[suggest]'")
SAID = {
    "player": ["player", "buffer", "manifest", "stall", "frame", "codec", "startup"],
    "signup": ["form", "checkout", "invoice", "card", "trial", "email", "captcha"],
}
PLAN = """\
organisation: {name: Streamly, unit: hour}
objectives: {o: {name: Every ball}}
streams:
  start-fast: {name: Start to first frame, objective: o, claims: [{label: player}]}
  sign-up: {name: Sign-up, objective: o, claims: [{label: signup}]}  # two streams
"""


def run(*words: str) -> Any:
    from mainstem.cli.main import _commands, app

    if not app.registered_commands:
        _commands()
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def test_train_show_and_accept_write_a_link_into_the_plan(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    rng, rows = random.Random(2), ["key,title,label,hours,date,person"]
    for n in range(300):
        label = "player" if n % 2 else "signup"
        title = " ".join(rng.sample(SAID[label], 3))
        rows.append(f"K-{n},{title},{label},1,2026-{1 + n // 34:02}-{1 + n % 28:02},ann")
    rows += ["U-1,player stall codec,,2,2026-10-01,ann", "U-2,invoice card trial,,1,2026-10-01,ann"]
    Path("w.csv").write_text("\n".join(rows) + "\n")
    Path("mainstem.yaml").write_text(PLAN)
    assert run("import", "w.csv").exit_code == 0

    told = json.loads(run("suggest", "train", "--format", "json").output)
    assert (told["labelled"], told["suggestions"]) == (300, 2), told["quiet"]
    shown = {r["key"]: r for r in json.loads(run("suggest", "show", "--format", "json").output)}
    assert shown["U-1"]["target"] == "stream:start-fast"
    assert "player" in shown["U-1"]["reason"]
    assert "nearest neighbour" in run("suggest", "show", "--model").output

    assert run("suggest", "accept", "U-1").exit_code == 0
    text = Path("mainstem.yaml").read_text()
    assert "# two streams" in text
    assert f"Suggested by model {told['version']}" in text
    assert "Start to first frame" in run("explain", "U-1").output
    assert "U-1" not in run("suggest", "show").output
    assert "start-fast/1" in run("claims", "--rates").output
