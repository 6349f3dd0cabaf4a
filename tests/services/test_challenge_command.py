"""`mainstem challenge` on a plan in a folder: what it prints, what it keeps, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mainstem.cli.main import app
from mainstem.errors import Invalid, UsageError

PLAN = """
organisation: {name: Streamly}
metrics:
  plays: {definition: sessions that play over sessions, source: warehouse, kind: rate, direction: up}
  crashes: {name: Crash-free sessions}
objectives:
  watch: {name: Fans see every ball}
streams:
  start-fast: {objective: watch, metric: plays, guardrails: crashes, owner: Ann}
"""
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, ["challenge", *words])


def test_the_whole_plan_in_a_sentence_and_by_verdict(run: Run) -> None:
    made = run()
    assert made.exit_code == 0, made.output
    assert made.output.startswith("Of three things, ")
    assert "conditional: " in made.output
    assert run("--strict").exit_code == 1


def test_an_answer_is_kept_beside_the_plan_and_counts(run: Run, tmp_path: Path) -> None:
    made = run("plays", "--answer", "D-M01=true", "--evidence", "Support told one", "--by", "Ann")
    assert made.exit_code == 1
    assert "disqualified" in made.output
    line = json.loads((tmp_path / "answers.jsonl").read_text())
    assert (line["subject"], line["by"], line["answer"]) == ("metrics/plays", "Ann", "true")
    assert "Ann, " in run("metrics/plays").output
    assert run("plays", "--answer", "D-M01=").exit_code == 0


def test_json_has_the_statements_the_questions_and_the_history(run: Run) -> None:
    run("plays", "--answer", "D-M01=false", "--evidence", "Support told one", "--by", "Ann")
    found = json.loads(run("plays", "--json").output)
    assert found["verdict"] == "conditional"
    assert "D-M02" in found["questions"]
    assert [a["by"] for a in found["history"]] == ["Ann"]
    assert {t["subject"] for t in json.loads(run("--json").output)["things"]} == {
        "objectives/watch",
        "streams/start-fast",
        "metrics/plays",
    }


def test_the_statements_can_be_listed(run: Run) -> None:
    assert len(run("--statements").output.splitlines()) == 30


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["nothing"], UsageError),
        (["--answer", "D-M01=true"], UsageError),
        (["plays", "--answer", "D-M01"], UsageError),
        (["plays", "--answer", "D-M01=perhaps"], UsageError),
        (["plays", "--answer", "D-M01=false"], Invalid),
        (["plays", "--answer", "D-M01=cannot-say"], Invalid),
    ],
)
def test_what_cannot_be_taken_is_said(run: Run, words: list[str], error: type[Exception]) -> None:
    assert isinstance(run(*words).exception, error)
