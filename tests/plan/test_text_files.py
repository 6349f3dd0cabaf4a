"""Which files belong to a plan, and reading them as they stood in git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mainstem.errors import PlanError
from mainstem.plan.text import files
from mainstem.plan.text.files import PlanFiles, read_folder, read_revision, top_of_repository
from mainstem.plan.text.load import load_plan


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_a_folder_is_every_yaml_below_it_sorted_and_nothing_hidden(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "sub/c.YAML", ".hidden.yaml", ".git/x.yaml", "people.csv", "notes.md",
                 "sub/.x/d.yaml", "x.yaml.orig"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert list(read_folder(tmp_path).texts) == ["a.yml", "b.yaml", "sub/c.YAML"]


def test_a_folder_that_is_itself_hidden_can_be_a_plan(tmp_path: Path) -> None:
    write(tmp_path / ".plan", a_yaml="teams: {}")
    assert list(read_folder(tmp_path / ".plan").texts) == ["a.yaml"]


def test_one_file_can_be_a_plan_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("teams: {a: }")
    loaded = load_plan(read_folder(tmp_path / "plan.txt"))
    assert str(loaded.places.of("teams/a")) == f"{tmp_path}/plan.txt:1:9"


def test_places_are_named_as_the_plan_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "plan", sub__a_yaml="teams: {a: }")
    monkeypatch.chdir(tmp_path)
    assert str(load_plan(read_folder(Path("plan"))).places.of("teams/a")) == "plan/sub/a.yaml:1:9"


@pytest.mark.parametrize("where", ["nowhere", "empty"])
def test_nothing_to_read_is_an_error_that_says_what_to_do(tmp_path: Path, where: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PlanError, match=r"no plan|no YAML") as error:
        read_folder(tmp_path / where)
    assert "mainstem init" in error.value.hint


def test_a_broken_symbolic_link_is_no_file_and_a_good_one_is(tmp_path: Path) -> None:
    write(tmp_path, a_yaml="teams: {}")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "gone.yaml")
    (tmp_path / "c.yaml").symlink_to(tmp_path / "a.yaml")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert list(read_folder(tmp_path).texts) == ["a.yaml", "c.yaml"]


def test_a_file_that_is_too_large_is_left_out_and_named(tmp_path: Path) -> None:
    write(tmp_path, a_yaml="teams: {a: }", b_yaml="#" * (files.MAX_FILE + 1))
    read = read_folder(tmp_path)
    assert read.too_big == {"b.yaml": files.MAX_FILE + 1}
    assert [f.rule for f in load_plan(read).findings] == ["T011"]


def test_the_whole_plan_has_a_limit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_PLAN", 30)
    write(tmp_path, a_yaml="teams: {a: }", b_yaml="#" * 20, c_yaml="#")
    assert list(read_folder(tmp_path).too_big) == ["b.yaml"]


def test_the_revision_follows_content_and_names_but_not_the_place(tmp_path: Path) -> None:
    one = write(tmp_path / "one", a_yaml="x", b_yaml="y")
    two = write(tmp_path / "two", b_yaml="y", a_yaml="x")
    three = write(tmp_path / "three", a_yaml="xy", b_yaml="")
    assert read_folder(one).revision == read_folder(two).revision
    assert read_folder(one).revision != read_folder(three).revision
    assert PlanFiles({"a": b"", "b": b""}).revision != PlanFiles({"a": b""}).revision


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: team a, then team b in another file; a tag on the first."""
    write(
        tmp_path,
        plan__teams_yaml="teams: {a: }\n",
        plan__x__ö_yaml="objectives: {o: }\n",
        other_yaml="no plan",
    )
    (tmp_path / "plan/.hidden.yaml").write_text("x")
    (tmp_path / "plan/link.yaml").symlink_to("teams.yaml")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "one")
    git(tmp_path, "tag", "first")
    write(tmp_path, plan__teams_yaml="teams: {b: }\n")
    git(tmp_path, "commit", "-q", "-a", "-m", "two")
    return tmp_path


def test_a_plan_is_read_as_it_stood_at_a_revision(repository: Path) -> None:
    before = load_plan(read_revision(repository, "first", "plan"))
    assert list(before.plan.teams) == ["a"]
    assert list(before.plan.objectives) == ["o"]
    assert str(before.places.of("teams/a")) == "first:plan/teams.yaml:1:9"
    assert list(load_plan(read_revision(repository, "HEAD", "plan")).plan.teams) == ["b"]
    assert list(load_plan(read_revision(repository / "plan", "HEAD~1", "plan")).plan.teams) == ["a"]


def test_the_same_text_has_the_same_revision_in_git_and_in_the_folder(repository: Path) -> None:
    (repository / "plan/link.yaml").unlink()
    assert (
        read_revision(repository, "HEAD", "plan").revision
        == read_folder(repository / "plan").revision
    )


def test_one_file_or_the_whole_repository_can_be_read_from_git(repository: Path) -> None:
    one = read_revision(repository, "first", "plan/teams.yaml")
    assert list(one.texts) == ["teams.yaml"]
    assert str(load_plan(one).places.of("teams/a")) == "first:plan/teams.yaml:1:9"
    assert "plan/x/ö.yaml" in read_revision(repository, "first", "").texts


@pytest.mark.parametrize("revision", ["nope", "--output=x", "-n1", "", "first..main", "HEAD:plan"])
def test_an_unknown_or_hostile_revision_is_refused(repository: Path, revision: str) -> None:
    with pytest.raises(PlanError, match="is not a revision"):
        read_revision(repository, revision, "plan")
    assert not (repository / "x").exists()


def test_no_plan_in_a_revision_is_said(repository: Path) -> None:
    with pytest.raises(PlanError, match="no plan at gone in revision `first`"):
        read_revision(repository, "first", "gone")


def test_outside_a_repository_a_revision_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path.parent))
    with pytest.raises(PlanError, match="git repository"):
        top_of_repository(tmp_path / "gone")
