"""What Prometheus can read: requests, jobs, the ledger's age. Counted only where the setting is on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from mainstem.services.server import health, queueing
from mainstem.services.server.ground import Ground

#: Seconds; the bars of a page are 0.1 and 0.15.
_STEPS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10)


def is_on() -> bool:
    """Whether anything is counted."""
    return bool(settings.METRICS)


@cache
def _requests() -> tuple[CollectorRegistry, Counter, Histogram]:
    registry = CollectorRegistry()
    return (
        registry,
        Counter("mainstem_requests", "Requests answered", ["method", "route", "status"], registry=registry),
        Histogram("mainstem_request_seconds", "Time to answer", ["route"], buckets=_STEPS, registry=registry),
    )  # fmt: skip


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one request."""
    _, requests, times = _requests()
    known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
    requests.labels(known, route, str(status)).inc()
    times.labels(route).observe(seconds)


@cache
def _streams() -> Gauge:
    return Gauge(
        "mainstem_live_streams", "Open streams of workshops", registry=_requests()[0],
        multiprocess_mode="livesum",
    )  # fmt: skip


def streams(count: int) -> None:
    """Says how many streams this process holds open."""
    if is_on():
        _streams().set(count)


def text(ground: Ground) -> bytes:
    """Everything, in Prometheus' own format."""
    return _counted() + generate_latest(_state(ground))


def _counted() -> bytes:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(_requests()[0])
    from prometheus_client.multiprocess import MultiProcessCollector

    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)


def _state(ground: Ground) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_State(ground))
    return registry


class _State:
    """What is so at the moment of asking."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def collect(self) -> Iterator[Metric]:
        """The figures; Prometheus' library calls this."""
        jobs = GaugeMetricFamily("mainstem_jobs", "Jobs that run or keep failing", labels=["state"])
        for state, number in queueing.counts().items():
            jobs.add_metric([state], number)
        yield jobs
        ledger = health.ledger_state(self._ground)
        if ledger is not None:
            version, age = ledger
            yield GaugeMetricFamily("mainstem_ledger_version", "Newest landing", value=version)
            yield GaugeMetricFamily(
                "mainstem_ledger_age_seconds", "Time since the newest landing", value=age
            )
        yield GaugeMetricFamily(
            "mainstem_plan_revision", "Newest revision", value=self._ground.plans.head().number
        )
