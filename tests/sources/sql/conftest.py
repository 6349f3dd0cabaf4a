from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.sql.databases import ENGINES, Made, make


@pytest.fixture(params=ENGINES)
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """A database with two empty tables, of each engine."""
    return make(request.param, tmp_path)
