"""A process killed in the middle of a sync: another goes on from the last landing, nothing twice or lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.server.tiny_tracker import Tiny

pytestmark = pytest.mark.slow


def ran(*arguments: str, data: Path) -> str:
    return subprocess.run(
        [sys.executable, "-m", "tests.server.syncing_server", *arguments], env=env(data), text=True,
        check=True, stdout=subprocess.PIPE, timeout=120,
    ).stdout  # fmt: skip


def env(data: Path) -> dict[str, str]:
    return {**os.environ, "MAINSTEM_DATA": str(data), "DATABASE_URL": "", "MAINSTEM_TODAY": ""}


def started(data: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.server.syncing_server", "run"], env=env(data), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def picture(data: Path) -> dict[str, Any]:
    return json.loads(ran("picture", data=data).splitlines()[-1])


def reached(process: subprocess.Popen, items: int) -> None:
    """Waits until so many items are visible."""
    for line in process.stdout:
        if int(line) >= items:
            return
    raise AssertionError("it ended before")


def test_a_process_killed_in_mid_sync_loses_nothing_and_another_goes_on(tmp_path):
    data = tmp_path / "data"
    with Tiny(60, size=1) as tiny:
        ran("connect", tiny.url, data=data)
        first = started(data)
        reached(first, 3)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        between = picture(data)
        assert 3 <= between["items"] < 60
        # nobody takes it up before the minute has passed in which the dead process counts as alive
        assert between["state"] == "syncing"
        ran("release", data=data)
        tiny.size = 20
        second = started(data)
        reached(second, 60)
        # all is visible a moment before the sync has ended
        while picture(data)["state"] == "syncing":
            assert second.poll() is None
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0
        after = picture(data)
    assert after["items"] == 60 and after["state"] == "well"
    # what had landed was not read again
    assert after["report"]["read"] <= 60 - between["items"]


def test_two_processes_at_once_read_everything_once(tmp_path):
    data = tmp_path / "data"
    with Tiny(30, size=5) as tiny:
        ran("connect", tiny.url, data=data)
        both = [started(data), started(data)]
        try:
            for process in both:
                reached(process, 30)
        finally:
            for process in both:
                process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in both] == [0, 0]
        found = picture(data)
    assert found["state"] == "well" and found["report"]["read"] == 30 == found["report"]["new"]
    # seven pages, the last one empty, and a count: nobody read it a second time
    assert tiny.asked["GET /issues"] == 7
