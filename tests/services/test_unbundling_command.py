"""`mainstem unbundle`: questions on a terminal, answers in the text of the plan, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mainstem.cli.main import app

PLAN = """\
# the plan of a small company
objectives:
  ball:
    name: Every fan sees every ball   # since spring
customers:
  viewer: {name: Sports viewer, stages: [discover, watch]}
teams:
  playback: {name: Playback, kind: stream-aligned, size: 5}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    monkeypatch.chdir(tmp_path)

    def said(*words: str, typed: str = "", code: int = 0) -> str:
        done = CliRunner().invoke(app, ["unbundle", *words, "--by", "Ann"], input=typed)
        assert done.exit_code == code, f"{done.output} {done.exception!r}"
        return str(done.output)

    return said


def text() -> str:
    return Path("mainstem.yaml").read_text()


def test_the_list_works_without_a_terminal_and_changes_nothing(run: Any) -> None:
    told = run("ball", "--list")
    assert told.startswith("6 questions open, 1 answered.")
    assert "objectives/ball|+streams  Which stream of value serves it?" in told
    assert text() == PLAN
    assert run("every fan sees every ball") == told, (
        "by its name too, and without a terminal it only lists"
    )


def test_answers_are_written_into_the_text_and_its_comments_stay(run: Any) -> None:
    answers = ["They can see it live", "?", "End of 2027", "Ann Berg"]
    told = run("ball", "--ask", typed="\n".join(answers) + "\n")
    assert "helps: Three quarters" in told
    assert "3 questions open, 4 answered." in told, (
        "what was answered before the end of input stays"
    )
    assert (
        "# since spring" in text()
        and "owner: Ann Berg" in text()
        and text().startswith("# the plan of")
    )


def test_an_empty_answer_passes_and_what_is_passed_twice_ends_it(run: Any) -> None:
    told = run("ball", "--ask", typed="\n" * 40)
    assert "6 questions open, 1 answered." in told
    assert told.count("Until when is it worth going for?") >= 2, (
        "it came back when nothing else was left"
    )
    assert text() == PLAN


def test_one_question_at_a_time_from_the_objective_to_a_bet(run: Any) -> None:
    run(
        "ball",
        "--answer",
        "objectives/ball|+streams",
        "--with",
        "name=Start to first frame",
        "--with",
        "customer=Sports viewer",
    )
    stream = "streams/start-to-first-frame"
    run(
        "ball",
        "--answer",
        f"{stream}|stages",
        "--with",
        "stages=discover",
        "--with",
        "stages=watch",
    )
    run("ball", "--answer", f"{stream}|metric", "--with", "other=Sessions that play within 2 s")
    run("ball", "--answer", f"{stream}|teams", "--with", "team=Playback", "--with", "share=60")
    run(
        "ball",
        "--answer",
        f"{stream}|+key_results:playback",
        "--with",
        "text=92 % of sessions play within 2 s",
        "--with",
        "target=92",
    )
    told = json.loads(
        run(
            "ball",
            "--answer",
            f"{stream}|+initiatives:playback",
            "--with",
            "name=Warm start",
            "--json",
        )
    )
    keys = {one["key"] for one in told["questions"]}
    assert "initiatives/warm-start|effect" in keys and f"{stream}|teams" not in keys
    assert told["verdicts"][stream]
    from mainstem.services.plans.planning import open_plan

    plan = open_plan(Path("mainstem.yaml")).plan
    assert plan.streams["start-to-first-frame"].stages == ("discover", "watch")
    assert plan.initiatives["warm-start"].team == "playback"


def test_a_statement_is_kept_beside_the_plan(run: Any) -> None:
    run(
        "ball",
        "--answer",
        "objectives/ball|D-O01",
        "--with",
        "answer=false",
        "--with",
        "evidence=Fans told us so",
    )
    assert "D-O01" in Path("answers.jsonl").read_text()
    assert "D-O01" not in run("ball", "--list")
    assert text() == PLAN


def test_a_new_objective_is_written_first_and_its_words_are_minded(run: Any) -> None:
    told = run("Grow by 30 %", "--new", "--list")
    assert "objectives/grow-by-30|L08  Would you say it in other words?" in told
    assert "Grow by 30 %" in text()


def test_what_cannot_be_is_told_and_nothing_is_written(run: Any) -> None:
    for words in (("nothing-like-it", "--list"), ("ball", "--answer", "streams/x|metric"), ("ball", "--answer", "objectives/ball|owner"),
                  ("ball", "--answer", "objectives/ball|owner", "--with", "owner")):  # fmt: skip
        assert CliRunner().invoke(app, ["unbundle", *words]).exit_code != 0
    assert text() == PLAN
