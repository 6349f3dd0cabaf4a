"""A commit's team is the owner of most of its paths, by the repository's own CODEOWNERS."""

from __future__ import annotations

import subprocess
from pathlib import Path

import duckdb
import pytest

from mainstem.sources.base import ReadRequest
from mainstem.sources.git.source import GitSource


def _git(repository: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", str(repository), "-c", "user.name=Ann", "-c", "user.email=ann@x", *words],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    at = tmp_path / "repo"
    (at / "pay").mkdir(parents=True)
    (at / ".github").mkdir()
    (at / ".github/CODEOWNERS").write_text("* @org/all\n/pay/ @org/payments @ann\n/free/\n")
    for name in ("pay/a", "pay/b", "top"):
        (at / name).write_text(name)
    _git(tmp_path, "init", "-q", str(at))
    _git(at, "add", "pay", "top")
    _git(at, "commit", "-qm", "mostly payments")
    _git(at, "add", "-A")
    _git(at, "commit", "-qm", "the owners themselves")
    return at


def teams(repository: Path, into: Path, **options: str) -> dict[str, str | None]:
    into.mkdir()
    staged = GitSource().read(ReadRequest(repository, into, options=options))
    rows = duckdb.execute(f"SELECT title, team FROM '{staged.items}'").fetchall()
    return dict(rows)


def test_the_owner_of_most_paths_is_the_team(repository: Path, tmp_path: Path) -> None:
    found = teams(repository, tmp_path / "staged")
    assert found == {"mostly payments": "@org/payments", "the owners themselves": "@org/all"}


def test_owners_can_be_left_aside(repository: Path, tmp_path: Path) -> None:
    assert set(teams(repository, tmp_path / "staged", teams="none").values()) == {None}
