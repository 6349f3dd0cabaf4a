"""The commands of the first minutes, on input that is odd but real."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mainstem.cli.main import app
from mainstem.clock import now
from mainstem.errors import MainstemError
from mainstem.plan.changes import diff, sentence
from mainstem.plan.model import Plan

PLAN = (
    "organisation: {name: Acme, unit: hour}\nstreams:\n  pay: {name: Pay, claims: [{label: pay}]}\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def said(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, words)
        assert done.exit_code == code, f"{done.output} {done.exception!r}"
        return done.output.replace("\u202f", " ").replace("\u00a0", " ")

    return said


def test_what_init_names_as_the_next_step_can_be_taken(run, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "time-sheets").mkdir()
    monkeypatch.chdir(tmp_path / "time-sheets")
    assert "`mainstem import FILE`" in run("init")
    Path("hours.csv").write_text("Date,Person,Hours\n2026-07-01,ann,1\n")
    said = run("import", ".")
    assert "(time-sheets)" in said
    assert "read 1 = new 1" in said
    inside = tmp_path / "repository" / "tools"
    inside.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(inside.parent)], check=True)
    monkeypatch.chdir(inside)
    assert "`mainstem import ..`" in run("init")
    assert "The repository has no commit yet" in run("import", "..")


def test_all_of_the_effort_is_all_of_it_though_all_is_unknown(run, tmp_path: Path) -> None:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    (tmp_path / "hours.csv").write_text(
        "Date,Person,Task,Labels,Hours\n"
        '2026-07-01,ann,"Line one\nline two",spike,1\n2026-04-01,ann,"Line\nx",spike,1\n'
    )
    run("import", "hours.csv")
    last = run("score").strip().splitlines()[-1]
    assert last.split() == ["all", "2", "hours", "100", "%"]
    assert "Too much is unknown to say" in run("change", "2026-Q2", "2026-Q3")
    assert "coverage" not in run("score", "--since", "2030-01-01")
    done = CliRunner().invoke(app, ["score", "--by", "month"])
    assert isinstance(done.exception, MainstemError)
    assert "--grain month" in done.exception.hint
    lumps = run("unattributed").splitlines()
    assert any("Line one line two" in line for line in lumps)
    assert not any(line.strip().startswith("line two") for line in lumps)


def test_a_plan_that_cannot_be_read_is_not_shown_as_one_that_lost_everything(
    run, tmp_path: Path
) -> None:
    (tmp_path / "old.yaml").write_text(PLAN)
    (tmp_path / "new.yaml").write_text(PLAN.replace("  pay:", "<<<<<<< HEAD\n  pay:"))
    done = CliRunner().invoke(app, ["diff", "old.yaml", "new.yaml"])
    assert isinstance(done.exception, MainstemError)
    assert "The plan new.yaml has 1 fault in its text" in done.exception.message
    assert "removed" not in done.output


def test_an_organisation_that_gets_or_loses_its_name_is_told_in_whole_sentences() -> None:
    named, bare = Plan.model_validate({"organisation": {"name": "Acme"}}), Plan()
    assert [sentence(c) for c in diff(named, bare)] == [
        "The organisation has no name any more; it was Acme"
    ]
    assert [sentence(c) for c in diff(bare, named)] == ["The organisation is now called Acme"]


def test_a_time_sheet_with_times_of_day_and_one_with_a_column_for_each_day(
    run, tmp_path: Path
) -> None:
    (tmp_path / "mainstem.yaml").write_text(PLAN.replace("unit: hour", "unit: hour, timezone: UTC"))
    (tmp_path / "shifts.csv").write_text(
        "Date,Start,End,Person,Break\n2026-07-01,09:00,17:30,ann,30\n2026-07-02,09:00,08:00,ann,\n"
    )
    said = run("import", "shifts.csv")
    assert all(f"{role} ← {role.capitalize()}" in said for role in ("start", "end", "break"))
    assert "rejected 1: end before start" in said
    assert "8 hours" in run("score")
    (tmp_path / "week.csv").write_text("Person,Task,Mon,Tue,Wed\nann,fix,1,2,3\n")
    done = CliRunner().invoke(app, ["import", "week.csv"])
    assert getattr(done.exception, "code", "") == "source.days_across"


def test_an_import_is_taken_back_by_its_name(run, tmp_path: Path) -> None:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    rows = "".join(f"2026-07-0{n},ann,WEB-{n},pay,2.5\n" for n in range(1, 5))
    for name in ("hours", "fixed"):
        (tmp_path / f"{name}.csv").write_text("Date,Person,Key,Labels,Hours\n" + rows)
    run("import", "hours.csv")
    assert "mainstem import --take-back fixed" in run("import", "fixed.csv")
    assert run("score").strip().splitlines()[-1].split()[:2] == ["all", "20"]
    before = now().isoformat()
    unasked = run("import", "--take-back", "fixed", code=1)
    assert "fixed brought 4 rows of effort on 4 items: 10 hours." in unasked
    assert "Say --yes" in unasked
    assert "taken back: 4 rows of effort on 4 items: 10 hours" in run(
        "import", "--take-back", "fixed", "--yes"
    )
    assert run("score").strip().splitlines()[-1].split()[:2] == ["all", "10"]
    known = run("score", "--as-of", before).splitlines()
    assert any(line.split()[:2] == ["all", "20"] for line in known), (
        "what was known then stays known"
    )
    assert "nothing to take back" in run("import", "--take-back", "fixed")
    assert '"withdrawn": 4' in run("import", "--take-back", "hours", "--yes", "--format", "json")
    assert "effort: 4 new" in run("import", "hours.csv"), "what was taken back can come again"
    assert run("score").strip().splitlines()[-1].split()[:2] == ["all", "10"]


def test_taking_back_says_what_there_is_and_what_it_needs(run, tmp_path: Path) -> None:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    (tmp_path / "hours.csv").write_text("Date,Person,Hours\n2026-07-01,ann,1\n")
    run("import", "hours.csv")
    for words, said in (
        (["--take-back", "hour"], "Sources there are: hours."),
        (["hours.csv", "--take-back", "hours"], "Take it back first"),
        ([], "Name a file"),
    ):
        done = CliRunner().invoke(app, ["import", *words])
        assert isinstance(done.exception, MainstemError)
        assert said in done.exception.hint


def test_a_commit_is_explained_by_the_beginning_of_its_hash(run, tmp_path: Path) -> None:
    (tmp_path / "mainstem.yaml").write_text(PLAN)
    one, two = "ab12cd3" + "4" * 33, "ab12cd3" + "5" * 33
    (tmp_path / "w.csv").write_text(
        f"Date,Person,Key,Title,Hours\n2026-07-01,ann,{one},First,1\n2026-07-01,ann,{two},Second,1\n"
    )
    run("import", "w.csv")
    assert "First" in run("explain", "ab12cd34")
    assert "Second" in run("explain", "AB12CD35")
    done = CliRunner().invoke(app, ["explain", "ab12cd3"])
    assert isinstance(done.exception, MainstemError)
    assert one in done.exception.hint and two in done.exception.hint
    assert isinstance(CliRunner().invoke(app, ["explain", "ab12cd"]).exception, MainstemError)
    assert one in run("score", "--items"), "what is piped keeps the whole key"


def test_people_at_a_terminal_see_as_much_of_a_hash_as_names_it(monkeypatch) -> None:
    from mainstem.cli import output

    key = "ab12cd34" * 5
    assert output.shown_key(key) == key
    monkeypatch.setattr(output.sys.stdout, "isatty", lambda: True, raising=False)
    assert output.shown_key(key) == "ab12cd34ab12"
    assert output.shown_key("WEB-12") == "WEB-12"
