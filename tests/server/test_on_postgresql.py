"""The story tests of the server once more, on a real PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.postgresql import fresh_database

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_story_of_the_server_holds_on_postgresql():
    url = fresh_database()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/server", "-q", "-p", "no:cacheprovider",
         "-m", "not browser and not slow"],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True,
        timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 50
