from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mainstem.sources.base import ReadRequest
from mainstem.sources.git.source import GitSource
from tests.sources.git.git_repository import Made, Read, rows_of


@pytest.fixture
def repository(tmp_path: Path) -> Made:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    made = Made(tmp_path / "shop")
    made.path.mkdir()
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    def run(path: Path, timezone: str = "UTC", **options: str) -> Read:
        into = tmp_path / f"staged-{len(list(tmp_path.glob('staged-*')))}"
        into.mkdir()
        staged = GitSource().read(ReadRequest(path, into, timezone, options=options))
        rows = [rows_of(p) for p in (staged.items, staged.records, staged.rejects)]
        assert staged.read == staged.accepted + staged.rejected
        return Read(staged, *rows)

    return run
