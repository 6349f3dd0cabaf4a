"""Values out of a real Prometheus with a history made for it, and of answers that it would never give."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.services.sources.connecting import connect
from mainstem.sources.observing import Mark, Observed, Seen
from mainstem.sources.prometheus.source import PrometheusSource
from mainstem.sources.prometheus.translate import first_days, read, samples, stretches
from mainstem.sources.remote import Refused, Watch

SOURCE = PrometheusSource()
SAMPLE = Path(__file__).parents[3] / "src/mainstem/sources/prometheus/sample/range.json"
#: The history has a sample at each of so many ends of days, before the first of these moments.
DAYS = 20
END = datetime(2026, 3, 20, tzinfo=UTC)
AT = END + timedelta(hours=9)
#: A day without a sample, and one whose value is no number.
LOST, NAN = date(2026, 3, 9), date(2026, 3, 12)

needs_prometheus = pytest.mark.skipif(
    not (shutil.which("prometheus") and shutil.which("promtool")),
    reason="needs Prometheus: apt install --no-install-recommends prometheus",
)


def days() -> list[date]:
    first = END.date() - timedelta(days=DAYS)
    return [first + timedelta(days=n) for n in range(DAYS)]


def value_on(day: date) -> float:
    return float(day.toordinal() % 50)


def _history() -> str:
    """Samples at the end of each day, in the form that is backfilled."""
    lines = ["# TYPE shop_orders gauge"]
    for region, factor in (("eu", 1.0), ("us", 2.0)):
        for day in days():
            if day == LOST:
                continue
            moment = int(
                datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC).timestamp()
            )
            value = "NaN" if day == NAN else repr(value_on(day) * factor)
            lines.append(f'shop_orders{{region="{region}"}} {value} {moment}')
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on loopback with the history in its store."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "history.om").write_text(_history())
    subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(folder / "history.om"), str(folder / "data")],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "prometheus.yml").write_text("global: {}\n")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
         f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=100y"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/-/ready")
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("Prometheus did not start")


def of(url: str = "http://prometheus.example.org", zone: str = "UTC", **options: Any) -> Any:
    secrets = {k: options.pop(k) for k in ("token", "password") if k in options}
    return connect("monitoring", "prometheus", {"url": url, **options}, secrets, timezone=zone)


def observe(
    source: Any, cursor: Any = None, watch: Watch | None = None
) -> tuple[list[Observed], list[Mark], list[Seen]]:
    parts = list(SOURCE.observe(source, cursor or {}, watch or Watch(AT)))
    return [v for p in parts for v in p.values], [m for p in parts for m in p.marks], parts


@needs_prometheus
def test_values_of_days_come_from_a_real_server_with_their_gaps(prometheus: str) -> None:
    # a day's value is looked up at its end, and no further back than that
    source = of(prometheus, metric="orders", query='max_over_time(shop_orders{region="eu"}[10m])')
    values, marks, _ = observe(source)
    found = {v.on: v.value for v in values}
    assert found == {d: None if d == NAN else value_on(d) for d in days() if d != LOST}
    said = {m.on: m.words for m in marks if m.words}
    assert said == {LOST: "Prometheus has no data here", NAN: "the query gives NaN"}


@needs_prometheus
def test_weeks_are_asked_for_at_their_end_and_the_period_stands_in_the_query(
    prometheus: str,
) -> None:
    source = of(prometheus, metric="orders", per="week",
                query='sum(sum_over_time((shop_orders == shop_orders)[$period:1d]))')  # fmt: skip
    values, _, _ = observe(source)
    assert [v.on.isoformat() for v in values][-1] == "2026-03-09"
    assert all(v.on.weekday() == 0 for v in values)


@needs_prometheus
def test_several_series_are_an_error_that_names_the_labels(prometheus: str) -> None:
    with pytest.raises(SourceError, match=r"2 series, which differ in region") as raised:
        observe(of(prometheus, metric="orders", query="shop_orders"))
    assert 'region="eu"' in raised.value.hint
    values, _, _ = observe(of(prometheus, metric="orders", query="sum(shop_orders)"))
    assert {v.on: v.value for v in values}[days()[0]] == value_on(days()[0]) * 3


@needs_prometheus
def test_a_query_that_cannot_be_read_is_refused_in_the_words_of_the_server(prometheus: str) -> None:
    with pytest.raises(SourceError, match=r"Prometheus refuses the query: .*parse error") as raised:
        observe(of(prometheus, metric="orders", query="sum(("))
    assert raised.value.permanent


@needs_prometheus
def test_a_later_sync_reads_only_the_days_again_that_it_should(prometheus: str) -> None:
    source = of(prometheus, metric="orders", query="sum(shop_orders)", again="4")
    _, _, parts = observe(source)
    values, marks, _ = observe(source, parts[-1].cursor)
    assert [v.on for v in values] == days()[-5:]
    assert not [m for m in marks if m.words]
    assert observe(of(prometheus, metric="orders", query="avg(shop_orders)", again="4"),
                   parts[-1].cursor)[0][0].on == days()[0]  # fmt: skip


@needs_prometheus
def test_several_metrics_come_in_one_sync(prometheus: str) -> None:
    queries = {
        "a": 'shop_orders{region="eu"}',
        "b": 'shop_orders{region="us"}',
        "c": "nothing_at_all",
    }
    values, marks, _ = observe(of(prometheus, queries=queries))
    first = days()[0]
    assert {v.metric: v.value for v in values if v.on == first} == {
        "a": value_on(first), "b": value_on(first) * 2,
    }  # fmt: skip
    assert not [m for m in marks if m.metric == "c"]


@needs_prometheus
def test_the_test_names_the_server_and_each_query(prometheus: str) -> None:
    queries = {"good": "sum(shop_orders)", "many": "shop_orders", "none": "nothing", "bad": "sum(("}
    found = {c.what: c for c in SOURCE.test(of(prometheus, queries=queries), Watch(AT))}
    assert found["server"].ok and "Prometheus 2." in found["server"].said
    assert found["query of good"].ok and "values, the last" in found["query of good"].said
    for name in ("many", "none", "bad"):
        assert not found[f"query of {name}"].ok and found[f"query of {name}"].hint


def answering(body: Any, status: int = 200) -> Watch:
    return Watch(AT, transport=httpx.MockTransport(lambda _: httpx.Response(status, json=body)))


def test_a_server_that_is_none_ends_the_sync_and_moves_no_cursor() -> None:
    with pytest.raises(SourceError, match="does not answer as Prometheus does"):
        observe(of(metric="m", query="up"), watch=answering({"hello": 1}))


def test_credentials_and_tenants_go_into_headers() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"data": {"resultType": "matrix", "result": []}})

    for options in (
        {"token": "s3"}, {"user": "ann", "password": "s3"}, {"headers": {"X-Scope-OrgID": "7"}},
    ):  # fmt: skip
        observe(of(metric="m", query="up", **options), watch=Watch(AT, transport=httpx.MockTransport(answer)))  # fmt: skip
    heads = [r.headers.get("authorization") for r in asked]
    assert {"Bearer s3", "Basic YW5uOnMz"} <= set(heads)
    assert asked[-1].headers["x-scope-orgid"] == "7"
    assert not any("s3" in str(r.url) for r in asked)


def test_a_missing_sample_takes_nothing_back_that_was_seen() -> None:
    of_days = stretches(first_days(date(2026, 10, 6), date(2026, 10, 8), "day"), "UTC")[0]
    found = samples(json.loads(SAMPLE.read_text()), "m")
    values, marks = read(found, of_days, "m", has_begun=False)
    assert [(v.on.day, v.value) for v in values] == [(6, None), (8, 7.5)]
    assert [(m.on.day, m.words) for m in marks] == [
        (6, "the query gives NaN"), (7, "Prometheus has no data here"), (8, ""),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 800),
    st.sampled_from(["day", "week", "month", "quarter"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)  # fmt: skip
def test_every_period_is_in_one_stretch_and_ends_where_the_next_begins(
    first: date, span: int, per: str, zone: str
) -> None:
    firsts = first_days(first, first + timedelta(days=span), per)
    cut = stretches(firsts, zone)
    assert [d for s in cut for d in s.firsts] == firsts[:-1]
    ends = [datetime.fromtimestamp(e, ZoneInfo(zone)) for s in cut for e in s.ends]
    assert [e.date() for e in ends] == firsts[1:]
    for s in cut:
        assert [b - a for a, b in zip(s.ends, s.ends[1:], strict=False)] == [s.seconds] * (
            len(s.ends) - 1
        )
        assert len(s.ends) <= 10_000


def test_one_answer_never_has_more_points_than_the_server_gives() -> None:
    cut = stretches(first_days(date(1975, 1, 1), date(2026, 1, 1), "day"), "UTC")
    assert len(cut) == 2 and max(len(s.ends) for s in cut) < 11_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=7), JSON)
def test_any_json_gives_samples_or_a_reason(at: list[int], new: Any) -> None:
    answer = json.loads(SAMPLE.read_text())
    node, steps = answer, list(at)
    while len(steps) > 1 and isinstance(node, (dict, list)) and node:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        inner = node[keys[steps.pop(0) % len(keys)]]
        if not isinstance(inner, (dict, list)) or not inner:
            break
        node = inner
    if isinstance(node, (dict, list)) and node:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        node[keys[steps[0] % len(keys) if steps else 0]] = new
    try:
        found = samples(answer, "m")
    except (Refused, SourceError):
        return
    of_days = stretches(first_days(date(2026, 10, 6), date(2026, 10, 8), "day"), "UTC")[0]
    read(found, of_days, "m", has_begun=True)
