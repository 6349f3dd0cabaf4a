"""Chromium by Playwright, which is started once for each process: a second one beside it cannot start."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest


@cache
def playwright() -> Any:
    """Playwright's synchronous API, running until the process ends."""
    sync = pytest.importorskip("playwright.sync_api", reason="needs playwright (a dev dependency)")
    # its loop runs in this thread; Django takes that for asynchronous code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    started = sync.sync_playwright().start()
    atexit.register(started.stop)
    return started


def launched() -> Iterator[Any]:
    """A browser for a fixture, closed when its tests are over."""
    started = playwright()
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("needs Chromium: install it, or name it in CHROMIUM")
    made = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
    yield made
    made.close()
