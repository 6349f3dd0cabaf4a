"""The engines that cases run on: the embedded one, and a real Spark cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ledger.cluster import cluster, missing

#: Small enough for a machine that does other things as well.
SMALL = {
    "spark.executor.memory": "512m", "spark.executor.cores": "1", "spark.driver.memory": "512m",
    "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2", "spark.log.level": "ERROR",
}  # fmt: skip


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The engine on a master and two workers of our own."""
    absent = missing()
    if absent and os.environ.get("CI"):
        pytest.fail(f"Spark must be tested here. {absent}")
    if absent:
        pytest.skip(absent)
    from mainstem.ledger.spark_engine import SparkEngine

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with cluster(tmp_path_factory.mktemp("spark")) as url:
        engine = SparkEngine.connect(url, SMALL)
        yield engine
        engine.close()


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.xdist_group("spark")]),
    ]
)
def engine(request: pytest.FixtureRequest) -> Any:
    """``None`` is the embedded engine, as for ``Desk``."""
    return request.getfixturevalue("spark") if request.param == "spark" else None
