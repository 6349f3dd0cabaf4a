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
#: What depends on the database: who writes, who reads it back, two at once. Pages, rights and protocols
#: are the same on both, and are tested once.
STORIES = (
    "test_stored_plans.py", "test_committing_check_ins.py", "test_committing_pages.py",
    "test_planning_editing.py", "test_planning_proposals.py", "test_planning_cycles.py",
    "test_people_services.py", "test_people_administering.py", "test_finding.py", "test_webhooks.py",
    "test_working_contests.py", "test_working_shares.py", "test_operating_jobs.py",
    "test_connected_sources.py", "test_connected_sources_hooks.py",
    "test_workshop_rooms.py", "test_workshop_rooms_at_once.py",
    "test_unbundling.py", "test_api_stories.py", "test_api_repeating.py", "test_api_versions.py", "test_api_paging.py",
)  # fmt: skip


@pytest.mark.slow
def test_the_stories_of_the_server_hold_on_postgresql():
    url = fresh_database()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *(f"tests/server/{name}" for name in STORIES), "-q",
         "-p", "no:cacheprovider", "-m", "not browser and not slow"],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True,
        timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed[1]) > 200
