"""What all tests share: hypothesis profiles, a clean environment, and no silent skips where tools are installed."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import settings

# time limits of single examples depend on who else uses the machine
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# a setting of the person who runs the tests must not reach them
for name in [n for n in os.environ if n.startswith("MAINSTEM_")]:
    del os.environ[name]

#: Beside what is marked `long` where it stands: parts of names of tests that CI, with its half hour, leaves out.
#: Each shows more of what a shorter one shows too: other roles, other seeds, a story once more without script.
LONG = (
    "[without script",
    *(f"test_axe_finds_nothing[{width}-" for width in (1440, 2560)),
    "assistants/test_over_http.py",
    *(f"test_no_request_surprises[{who}]" for who in ("owen", "lena", "carl", "petra")),
    "test_observations.py::test_many_small_landings",
    "test_operating_copies.py::test_a_backup_of_sqlite_can_be_restored_into_postgresql_and_back",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is long before ``-m`` looks at marks."""
    for item in items:
        if any(part in item.nodeid for part in LONG):
            item.add_marker(pytest.mark.long)


R = TypeVar("R", pytest.TestReport, pytest.CollectReport)
NO_SKIPS = os.environ.get("CI_NO_SKIPS") == "1"
#: Files for tests that may lie beside the project and are not part of it.
DATA = "../shared/data"


def is_allowed(reason: str) -> bool:
    """Whether a test may be skipped for this reason where every tool was installed: only for want of data."""
    words = reason.removeprefix("Skipped: ")
    return (
        DATA in words
        or "shared data" in words
        or not words.startswith(("needs ", "could not import"))
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _judged((yield))


def _judged(report: R) -> R:
    """With ``CI_NO_SKIPS=1`` a test skipped because a tool is absent has failed."""
    if NO_SKIPS and report.skipped and isinstance(report.longrepr, tuple):
        reason = str(report.longrepr[2])
        if not is_allowed(reason):
            report.outcome = "failed"
            report.longrepr = f"Skipped where no skip for a missing tool is allowed. {reason}"
    return report
