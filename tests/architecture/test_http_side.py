"""Services and the store know Django's models, never its HTTP side."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "mainstem"
HTTP_SIDE = (
    "django.http", "django.shortcuts", "django.urls", "django.views", "django.template", "django.forms",
    "django.contrib.messages",
)  # fmt: skip
FILES = sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "store").rglob("*.py")])


def imported(path: Path) -> set[str]:
    out: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            out.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            out.update(f"{node.module}.{alias.name}" for alias in node.names)
    return out


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_use_case_knows_of_requests_and_pages(path: Path) -> None:
    known = [name for name in imported(path) if name.startswith(HTTP_SIDE)]
    assert not known, f"{path.name} imports {known}: that belongs into web or api"
