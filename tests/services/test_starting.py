from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mainstem.challenge.catalogue import check
from mainstem.errors import UsageError
from mainstem.plan.findings import Severity
from mainstem.plan.model import Plan
from mainstem.plan.text.files import read_folder
from mainstem.plan.text.load import load_plan
from mainstem.plan.text.schema import json_schema
from mainstem.services.starting.owners_of_repository import is_group
from mainstem.services.starting.parts_of_repository import find_beside, find_parts
from mainstem.services.starting.recent_work import read_recent_work
from mainstem.services.starting.starter_text import quarter_of, scalar
from mainstem.services.starting.starting import Started, propose_plan, start_plan
from mainstem.work.path_patterns import compiled

TODAY = date(2026, 8, 1)
AUTHOR = "Zaphod Beeblebrox"


class Repository:
    """A real repository on disk; each ``commit`` writes files and moves the clock by a day."""

    def __init__(self, path: Path) -> None:
        self.path, self.day = path, 0
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        moment = f"{1_750_000_000 + self.day * 86_400} +0000"
        env = {
            **os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_NAME": AUTHOR, "GIT_AUTHOR_EMAIL": "zaphod@example.com",
            "GIT_COMMITTER_NAME": AUTHOR, "GIT_COMMITTER_EMAIL": "zaphod@example.com",
            "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment,
        }  # fmt: skip
        done = subprocess.run(
            ["git", "-C", str(self.path), *words],
            env=env,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def commit(self, *files: str, text: str | None = None) -> None:
        self.day += 1
        for file in files:
            target = self.path / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text if text is not None else f"{self.day}\n", encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"day {self.day}")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Work in two parts, with tests, a lock file, vendored code and CODEOWNERS."""
    made = Repository(tmp_path / "watch-together")
    made.commit("README.md", "src/player/a.py", "src/billing/a.py", "vendor/x/a.c", "go.sum")
    for _ in range(8):
        made.commit("src/player/a.py", "tests/player/test_a.py", "go.sum")
    for _ in range(3):
        made.commit("src/billing/a.py", "vendor/x/a.c")
    owners = (
        "* @acme/core @zaphod\n/src/player/ @acme/Video-Team\n"
        "/src/billing/ @acme/billing ann@example.com\n/docs/ @acme/writers\n"
    )
    made.commit(".github/CODEOWNERS", text=owners)
    return made


def loaded(folder: Path) -> Plan:
    plan = load_plan(read_folder(folder))
    assert not plan.findings, [f"{f.rule} {f.what}" for f in plan.findings]
    return plan.plan


def text_of(started: Started) -> str:
    return next(text for name, text in started.files.items() if name.endswith(".yaml"))


def claims(plan: Plan) -> dict[str, list[str]]:
    return {s: [p for c in stream.claims for p in c.path] for s, stream in plan.streams.items()}


# Any folder


def test_a_folder_gets_a_plan_that_loads_and_a_schema_beside_it(tmp_path: Path) -> None:
    started = start_plan(tmp_path / "new" / "place", today=TODAY)
    assert list(started.files) == ["plan/mainstem.yaml", "plan/mainstem.schema.json"]
    plan = loaded(tmp_path / "new" / "place" / "plan")
    assert list(plan.cycles) == ["2026-Q3"] and list(plan.teams) == ["everyone"]
    (stream,) = plan.streams.values()
    assert (
        stream.metric and stream.guardrails and stream.claims and stream.teams and stream.objective
    )
    assert text_of(started).startswith("# yaml-language-server: $schema=mainstem.schema.json\n")
    assert started.proposals == ()


def test_the_checks_of_a_fresh_plan_are_a_short_list_of_what_is_marked(tmp_path: Path) -> None:
    start_plan(tmp_path, today=TODAY)
    findings = check(loaded(tmp_path / "plan"), today=TODAY)
    assert 1 <= len(findings) <= 6
    assert [f.rule for f in findings if f.severity is Severity.BLOCKS] == ["D-M09"]


def test_the_text_is_what_the_published_schema_allows(repository: Repository) -> None:
    plain = yaml.safe_load(text_of(propose_plan(repository.path, today=TODAY)))
    jsonschema.validate(_with_days_as_text(plain), json_schema())


def _with_days_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_days_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_days_as_text(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("there", ["plan/teams.yaml", "mainstem.yaml", "plan/deep/a.yml"])
def test_nothing_is_written_over_or_beside_a_plan_that_is_there(tmp_path: Path, there: str) -> None:
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine")
    with pytest.raises(UsageError, match=r"\.ya?ml") as refused:
        start_plan(tmp_path, today=TODAY)
    assert there in refused.value.message and "Nothing was written" in refused.value.hint
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [tmp_path / there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_folder_named_plan_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "solver.go").write_text("package plan")
    started = start_plan(tmp_path, today=TODAY)
    assert list(started.files) == ["mainstem.yaml", "mainstem.schema.json"]
    assert any("--plan mainstem.yaml" in note for note in started.notes)
    loaded(tmp_path / "mainstem.yaml")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        start_plan(tmp_path / "x", today=TODAY)


def test_a_plan_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir(mode=0o500)
    if os.access(tmp_path / "plan", os.W_OK):
        (tmp_path / "plan").rmdir()
        (tmp_path / "plan").symlink_to(tmp_path / "gone" / "far")
    with pytest.raises(UsageError, match=r"cannot be written|already"):
        start_plan(tmp_path, today=TODAY)
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 1), ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))),
        (date(2026, 12, 31), ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))),
        (date(2028, 3, 1), ("2028-Q1", date(2028, 1, 1), date(2028, 3, 31))),
    ],
)
def test_the_cycle_is_the_quarter_of_today(day: date, expected: tuple[str, date, date]) -> None:
    assert quarter_of(day) == expected


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1))
def test_any_name_is_read_back_as_it_was_written(name: str) -> None:
    assert yaml.safe_load(f"name: {scalar(name)}\n") == {"name": name}


# A repository


def test_a_repository_gives_teams_and_the_parts_that_see_most_work(repository: Repository) -> None:
    started = start_plan(repository.path, today=TODAY)
    plan = loaded(repository.path / "plan")
    assert plan.organisation.name == "watch-together"
    assert claims(plan) == {
        "player": ["/src/player/", "/tests/player/"],
        "billing": ["/src/billing/"],
    }
    assert {t: team.owns for t, team in plan.teams.items()} == {
        "video-team": ("@acme/Video-Team",),
        "core": ("@acme/core",),
        "billing": ("@acme/billing",),
        "writers": ("@acme/writers",),
    }
    assert list(plan.streams["player"].teams) == ["video-team"]
    assert list(plan.streams["billing"].teams) == ["billing"]
    text = text_of(started)
    assert '- path: "/src/player/"   # 33 % of the work in the last 12 commits (2025-06-' in text
    assert [p.id for p in started.proposals if p.kind == "stream"] == ["player", "billing"]


def test_the_metric_is_left_to_a_person_and_the_checks_say_so(repository: Repository) -> None:
    start_plan(repository.path, today=TODAY)
    findings = check(loaded(repository.path / "plan"), today=TODAY)
    blocking = [(f.rule, f.subject) for f in findings if f.severity is Severity.BLOCKS]
    assert sorted(blocking) == [("D-M09", "metrics/first-success-rate"), ("S01", "streams/billing")]
    assert len(findings) <= 8
    text = (repository.path / "plan" / "mainstem.yaml").read_text("utf-8")
    assert "# metric:              # TO DO" in text


def test_nobody_who_wrote_or_owns_code_is_named(repository: Repository) -> None:
    started = propose_plan(repository.path, today=TODAY)
    everything = f"{started.files} {started.proposals} {started.notes}".lower()
    for person in ("zaphod", "beeblebrox", "ann@example.com/", "@zaphod"):
        assert person not in everything
    assert not any(name.endswith("people.csv") for name in started.files)
    assert "people.csv" in text_of(started)
    assert any("2 owners are no team" in note for note in started.notes)


def test_owners_are_teams_only_if_they_are_written_as_such() -> None:
    assert is_group("@acme/video") and is_group("@acme/apps/video")
    assert not any(is_group(o) for o in ("@ann", "ann@example.com", "@@developer", "@@a/b"))


def test_without_codeowners_there_is_one_team(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    for _ in range(3):
        repository.commit("app/one/a.py", "app/two/a.py")
    plan = Plan.model_validate(yaml.safe_load(text_of(propose_plan(tmp_path, today=TODAY))))
    assert list(plan.teams) == ["everyone"]
    assert all(list(stream.teams) == ["everyone"] for stream in plan.streams.values())


def test_a_folder_that_is_gone_is_not_proposed(repository: Repository) -> None:
    for _ in range(20):
        repository.commit("src/old/a.py")
    repository.git("rm", "-rq", "src/old")
    repository.commit()
    started = propose_plan(repository.path, today=TODAY)
    assert "old" not in [p.id for p in started.proposals]


def test_folders_with_odd_names_are_quoted_or_left_out(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    names = ["y", 'say "hi"', "ключ и #замок", "[id]", "sup*port", "support"]
    for name in names:
        repository.commit(f"src/{name}/a.py")
        repository.commit(f"src/{name}/a.py")
    start_plan(tmp_path, today=TODAY)
    plan = loaded(tmp_path / "plan")
    found = [path for paths in claims(plan).values() for path in paths]
    assert found and not any("[" in path or "*" in path for path in found)
    assert all(any(compiled(p).fullmatch(f"src/{n}/a.py") for n in names) for p in found)
    assert "support" not in plan.streams


def test_a_repository_with_no_folders_gets_one_stream_for_everything(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    for _ in range(3):
        repository.commit("main.py")
    start_plan(tmp_path, today=TODAY)
    assert claims(loaded(tmp_path / "plan")) == {"everything": ["*"]}


def test_a_repository_that_git_cannot_read_is_said(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    started = start_plan(tmp_path, today=TODAY)
    assert any(note.startswith("git cannot read this repository") for note in started.notes)
    loaded(tmp_path / "plan")


def test_settings_of_a_running_git_hook_do_not_lead_elsewhere(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.commit("elsewhere/a.py")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    recent = read_recent_work(repository.path)
    assert recent is not None and recent.root == repository.path.resolve()
    assert not any(path.startswith("elsewhere") for path in recent.work)


def test_a_repository_without_a_commit_is_like_any_folder(tmp_path: Path) -> None:
    Repository(tmp_path)
    started = start_plan(tmp_path, today=TODAY)
    assert started.proposals == ()
    loaded(tmp_path / "plan")


def test_a_folder_inside_a_repository_looks_at_its_own_work(repository: Repository) -> None:
    for part in ("lexer", "parser"):
        for _ in range(4):
            repository.commit(f"tools/{part}/a.py")
    started = start_plan(repository.path / "tools", today=TODAY)
    assert [p.paths[0] for p in started.proposals if p.kind == "stream"] == [
        "/tools/lexer/",
        "/tools/parser/",
    ]


def test_a_clone_of_one_commit_is_weighed_by_its_files(
    repository: Repository, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth=1", f"file://{repository.path}", str(clone))
    started = start_plan(clone, today=TODAY)
    assert set(claims(loaded(clone / "plan"))) == {"player", "billing"}
    assert any("no history" in note for note in started.notes)
    assert "of the work in the repository's files" in text_of(started)


def test_a_shallow_clone_says_on_how_much_it_rests(repository: Repository, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth=6", f"file://{repository.path}", str(clone))
    started = propose_plan(clone, today=TODAY)
    assert any("shallow" in note and "5 commits" in note for note in started.notes)
    assert {p.id for p in started.proposals if p.kind == "stream"} == {"player", "billing"}


def test_a_clone_without_blobs_is_read_and_fetches_nothing(
    repository: Repository, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    repository.git("config", "uploadpack.allowFilter", "true")
    words = ("clone", "-q", "--filter=blob:none", "--no-checkout")
    repository.git(*words, f"file://{repository.path}", str(clone))
    before = sorted(p.name for p in (clone / ".git" / "objects").rglob("*"))
    whole, partial = read_recent_work(repository.path), read_recent_work(clone)
    assert whole is not None and partial is not None
    assert (partial.work, partial.commits, partial.days) == (whole.work, whole.commits, whole.days)
    assert sorted(p.name for p in (clone / ".git" / "objects").rglob("*")) == before


def test_generated_vendored_and_lock_files_count_for_nothing(repository: Repository) -> None:
    recent = read_recent_work(repository.path)
    assert recent is not None
    assert not any(path.startswith("vendor/") or path == "go.sum" for path in recent.work)
    assert sum(recent.work.values()) == pytest.approx(recent.commits)


# Parts


def test_a_folder_that_dominates_is_looked_into() -> None:
    work = {"core/a/x": 40.0, "core/b/x": 30.0, "cli/x": 10.0, "core/x": 5.0}
    assert [part.folder for part in find_parts(work)] == ["core/a", "core/b", "cli"]


def test_a_part_is_named_by_what_it_is_and_not_by_its_src() -> None:
    work = {"crates/lint/src/a/x": 40.0, "crates/lint/src/x": 10.0, "crates/fmt/src/x": 30.0}
    assert [part.folder for part in find_parts(work)] == ["crates/lint", "crates/fmt"]


def test_tests_and_documentation_are_parts_only_if_there_is_nothing_else() -> None:
    work = {"docs/a/x": 50.0, ".github/x": 20.0, "engine/x": 5.0}
    assert [part.folder for part in find_parts(work)] == ["engine"]
    assert [part.folder for part in find_beside(work)] == ["docs", ".github"]
    assert [part.folder for part in find_parts({"docs/a/x": 5.0, "docs/b/x": 4.0})] == [
        "docs/a",
        "docs/b",
    ]


NAMES = st.sampled_from(["a", "b", "src", "lib", "tests", "docs", ".ci"])
PATHS = st.lists(NAMES, min_size=1, max_size=5).map(lambda steps: "/".join([*steps, "f"]))


@given(st.dictionaries(PATHS, st.floats(0.01, 100), max_size=30))
def test_parts_never_overlap_and_their_shares_are_shares(work: dict[str, float]) -> None:
    parts = find_parts(work)
    claimed = [folder for part in parts for folder in (part.folder, *part.tests)]
    for one in claimed:
        assert not any(o is not one and f"{one}/".startswith(f"{o}/") for o in claimed if o != one)
    assert len(set(claimed)) == len(claimed)
    assert sum(part.share for part in parts) <= 1 + 1e-9
    assert parts or not any("/" in path for path in work)
