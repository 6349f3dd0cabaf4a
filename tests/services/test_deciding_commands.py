"""`mainstem qualify`, `decide`, `appeal` and `decisions`, as people run them beside a plan of text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mainstem.cli.main import app

PLAN = """\
teams:
  player: {size: 5}
metrics:
  starts: {name: Starts in time, unit: "%", direction: up}
customers:
  fan: {stages: [watch]}
objectives:
  see: {name: See it}
streams:
  fast:
    name: Start fast
    objective: see
    customer: fan
    stages: [watch]
    metric: starts
    claims: [{label: start-time}]
"""


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAINSTEM_TODAY", "2026-10-21")
    return tmp_path


def run(*words: str, code: int = 0) -> str:
    done: Result = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, f"{done.output} {done.exception!r}"
    return done.output


def test_qualify_says_why_and_ends_with_a_code_for_scripts(at: Path) -> None:
    assert "label start-time, which claim fast/1 asks for" in run(
        "qualify", "Warm", "--label", "start-time"
    )
    assert "Counts as debt" in run("qualify", "Old code", "--label", "debt")
    assert "would “Starts in time” of Start fast read the same?" in run(
        "qualify", "Start it sooner", code=3
    )
    said = run("qualify", "Start it sooner", "--answer", "D-W01=true", code=1)
    assert "What would make it qualify:" in said
    assert not (at / "decisions.jsonl").exists()


def test_qualify_in_json_has_every_field(at: Path) -> None:
    found = json.loads(run("qualify", "Start it sooner", "--json", code=3))
    assert (found["outcome"], found["question"]["subject"]) == ("question", "streams/fast")
    assert found["chain"] is None


def test_the_whole_chain_is_said_on_the_command_line_and_kept_beside_the_plan(at: Path) -> None:
    run(
        "qualify",
        "Start it sooner",
        "--key",
        "S-1",
        "--answer",
        "D-W01=cannot-say",
        "--record",
        "--by",
        "Carl",
        code=3,
    )
    run("decide", "1", "refuse", "--why", "Show me how", "--stream", "fast", "--by", "Owen")
    run("appeal", "1", "--why", "It saves a round trip", "--by", "Carl")
    run("decide", "1", "answer", "--why", "Not on our phones", "--by", "Owen")
    shown = run("decisions", "show", "1")
    assert "Owen on" in shown
    assert "refused in the name of Start fast: Show me how" in shown
    assert "answered the appeal: Not on our phones" in shown
    assert "refuse" in run("decisions", "list", "--standing", "refused")
    assert "No decisions" in run("decisions", "list", "--standing", "accepted")
    assert len((at / "decisions.jsonl").read_text().splitlines()) == 4
    said = run("qualify", "Start it sooner", "--key", "s-1", code=1)
    assert "Refused in the name of Start fast: Show me how." in said
    assert json.loads(run("decisions", "list", "--json"))[0]["standing"] == "refuse"


def test_wrong_use_says_what_is_right(at: Path) -> None:
    for words in (
        ["qualify", "X", "--answer", "D-W01=perhaps"], ["decisions", "show"],
        ["decisions", "list", "--standing", "lost"],
        ["decide", "1", "defer", "--why", "later", "--until", "soon"],
    ):  # fmt: skip
        done = CliRunner().invoke(app, words)
        assert type(done.exception).__name__ == "UsageError"


def test_without_a_ledger_nothing_was_done_anyway(at: Path) -> None:
    run("qualify", "Start it sooner", "--record", code=3)
    assert "Nothing that was asked about has appeared" in run("decisions", "done")
