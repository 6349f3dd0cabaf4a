"""A real Redmine for each process of tests, put back before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sources.redmine.real_server import RealRedmine, why_not


@pytest.fixture(scope="session")
def running(tmp_path_factory) -> Iterator[RealRedmine]:
    if why_not():
        pytest.skip(why_not())
    with RealRedmine(tmp_path_factory.mktemp("redmine")) as server:
        yield server


@pytest.fixture
def redmine(running) -> RealRedmine:
    running.anew()
    return running
