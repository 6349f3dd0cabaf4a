"""Values from any JSON API: the shapes that vendors answer in, pages, days, credentials, and any rubbish."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.services.sources.connecting import connect
from mainstem.sources.http_metric.source import HttpMetricSource
from mainstem.sources.http_metric.translate import Paths, read
from mainstem.sources.observing import Observed, Seen
from mainstem.sources.remote import Refused, Watch
from tests.standin.server import Asked, Faults, Reply, StandIn

AT = datetime(2026, 10, 7, 8, tzinfo=UTC)
SAMPLES = Path(__file__).parents[3] / "src/mainstem/sources/http_metric/sample"
SOURCE = HttpMetricSource()

#: Vendor → options as the page of the documentation gives them.
SHAPES: dict[str, dict[str, str]] = {
    "ga4": {"rows": "rows", "day": "dimensionValues[0].value", "value": "metricValues[0].value"},
    "posthog": {"rows": "results", "day": "[0]", "value": "[1]"},
    "mixpanel": {"rows": 'data.values."Order placed"', "day": "key", "value": "value"},
    "amplitude": {"day": "data.xValues", "value": "data.series[0]"},
    "datadog": {"rows": "series[0].pointlist", "day": "[0]", "value": "[1]"},
}
FOUND = {
    "ga4": [120.0, 131.0], "posthog": [12.0, 15.0], "mixpanel": [40.0, 44.0],
    "amplitude": [410.0, 399.0], "datadog": [7.5, None],
}  # fmt: skip


def of(**options: Any) -> Any:
    secrets = {k: options.pop(k) for k in ("token", "second_token") if k in options}
    given_ = {"metric": "m", "url": "https://api.example.org/v1/values", **options}
    return connect("api", "http-metric", given_, secrets, timezone="UTC")


def watch(answer: Callable[[httpx.Request], httpx.Response]) -> Watch:
    return Watch(AT, transport=httpx.MockTransport(answer))


def observe(answer: Any, cursor: Any = None, **options: Any) -> tuple[list[Observed], list[Seen]]:
    """All values and the parts they came in; ``answer`` is JSON or makes a response."""
    respond = answer if callable(answer) else lambda _: httpx.Response(200, json=answer)
    parts = list(SOURCE.observe(of(**options), cursor or {}, watch(respond)))
    return [v for p in parts for v in p.values], parts


@pytest.mark.parametrize("vendor", SHAPES)
def test_the_answers_of_vendors_are_read_by_their_paths(vendor: str) -> None:
    answer = json.loads((SAMPLES / f"{vendor}.json").read_text())
    found, parts = observe(answer, **SHAPES[vendor])
    assert [v.value for v in found] == FOUND[vendor]
    assert [v.on for v in found] == [date(2026, 10, 5), date(2026, 10, 6)]
    assert not [r for p in parts for r in p.rejects]


def test_the_days_asked_for_stand_in_the_address_and_in_the_body() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((str(request.url), json.loads(request.content)))
        return httpx.Response(200, json={"rows": []})

    observe(answer, url="https://api.example.org/q?from={since}&to_ms={after_ms}", method="POST", rows="rows",
            body='{"range": ["{since_compact}", "{until_compact}"], "n": {since_s}}', since="2026-10-05")  # fmt: skip
    assert asked == [(
        "https://api.example.org/q?from=2026-10-05&to_ms=1791331200000",
        {"range": ["20261005", "20261006"], "n": 1791158400},
    )]  # fmt: skip


def test_a_later_sync_reads_the_days_again_that_may_have_been_corrected() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["since"])
        return httpx.Response(200, json={"rows": []})

    options = {"url": "https://api.example.org/q?since={since}", "rows": "rows", "again": "3",
               "since": "2026-01-01"}  # fmt: skip
    _, parts = observe(answer, **options)
    observe(answer, parts[-1].cursor, **options)
    observe(answer, parts[-1].cursor, **{**options, "day": "other"})
    assert asked == ["2026-01-01", "2026-10-03", "2026-01-01"]


def test_another_question_is_a_change_of_definition_and_so_is_what_somebody_declares() -> None:
    _, parts = observe([], rows="@", since="2026-09-01")
    cursor = parts[-1].cursor
    _, again = observe([], cursor, rows="@", since="2026-09-01", headers={"x": "1"})
    assert not [m for p in again for m in p.marks]
    _, other = observe([], cursor, rows="@", since="2026-09-01", factor="100",
                       definitions={"2026-10-01": "without robots"})  # fmt: skip
    assert [(m.on.isoformat(), m.kind) for p in other for m in p.marks] == [
        ("2026-09-01", "definition"), ("2026-10-01", "definition"),
    ]  # fmt: skip


def test_long_histories_are_asked_for_in_stretches_that_leave_out_no_day() -> None:
    asked: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.params["a"], request.url.params["b"]))
        return httpx.Response(200, json={"rows": []})

    _, parts = observe(answer, url="https://api.example.org/?a={since}&b={until}", rows="rows",
                       since="2026-09-30", days_at_once="3")  # fmt: skip
    assert asked == [
        ("2026-09-30", "2026-10-02"),
        ("2026-10-03", "2026-10-05"),
        ("2026-10-06", "2026-10-06"),
    ]
    assert [p.cursor["through"] for p in parts if p.cursor and not p.values][-1] == "2026-10-06"
    assert parts[-1].is_last


PAGES = {
    "": {"rows": [{"day": "2026-10-05", "value": 1}], "next": "two"},
    "two": {"rows": [{"day": "2026-10-06", "value": 2}], "next": None},
}


@pytest.mark.parametrize(
    "options",
    [
        {"next_parameter": "after"},
        {"url": "https://api.example.org/v1/values?after={next}"},
        {"method": "POST", "body": '{"after": "{next}"}'},
    ],
)
def test_pages_are_followed_by_token(options: dict[str, str]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else {}
        return httpx.Response(
            200, json=PAGES[request.url.params.get("after") or body.get("after", "")]
        )

    found, parts = observe(answer, rows="rows", next="next", **options)
    assert [v.value for v in found] == [1.0, 2.0]
    assert [bool(p.cursor) for p in parts] == [False, False, True]


def test_pages_are_followed_by_address_but_not_to_another_host() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/two":
            return httpx.Response(200, json={"rows": [{"day": "2026-10-06", "value": 2}]})
        return httpx.Response(200, json={**PAGES[""], "next": f"https://{host}/two"})

    host = "api.example.org"
    assert [v.value for v in observe(answer, rows="rows", next="next")[0]] == [1.0, 2.0]
    host = "elsewhere.example.org"
    with pytest.raises(SourceError, match="another host"):
        observe(answer, rows="rows", next="next", token="t")


def test_pages_that_go_in_circles_are_an_error() -> None:
    with pytest.raises(SourceError, match="do not end"):
        observe(PAGES[""], rows="rows", next="next")


@pytest.mark.parametrize(
    ("options", "header", "value"),
    [
        ({"token": "s3"}, "authorization", "Bearer s3"),
        ({"token": "s3", "scheme": "none", "header": "DD-API-KEY"}, "dd-api-key", "s3"),
        ({"token": "s3", "user": "ann"}, "authorization", "Basic YW5uOnMz"),
        ({"token": "s3", "second_token": "s4", "second_header": "DD-APPLICATION-KEY"},
         "dd-application-key", "s4"),
        ({"headers": {"X-Project": "7"}}, "x-project", "7"),
    ],
)  # fmt: skip
def test_credentials_go_into_headers(options: Any, header: str, value: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=[])

    observe(answer, rows="@", **options)
    assert asked[0].headers[header] == value
    assert "s3" not in str(asked[0].url)


def test_no_secret_is_in_an_error() -> None:
    with pytest.raises(SourceError) as raised:
        observe(lambda _: httpx.Response(401, json={"error": "no"}), rows="@", token="s3cr3t")
    assert "s3cr3t" not in raised.value.message + raised.value.hint


def test_what_cannot_be_read_is_refused_with_its_place() -> None:
    rows = [{"day": "2026-10-05", "value": "12.5"}, {"day": "x", "value": 1}, {"value": 2},
            {"day": "2026-10-06", "value": True}, {"day": "2026-10-05", "value": 13}, 7]  # fmt: skip
    found, parts = observe(rows, rows="@")
    assert [v.value for v in found] == [12.5]
    assert [(r.place, r.reason) for r in parts[0].rejects] == [
        ("row 2", "the day cannot be read"), ("row 3", "the day cannot be read"),
        ("row 4", "the value is no number"), ("row 5", "another value for the same day"),
        ("row 6", "the day cannot be read"),
    ]  # fmt: skip


def test_several_values_of_a_day_are_added_or_the_last_counts_where_somebody_says_so() -> None:
    rows = [{"day": 1791158400, "value": 1}, {"day": 1791190800000, "value": 2}]
    assert [v.value for v in observe(rows, rows="@", combine="sum", factor="100")[0]] == [300.0]
    assert [v.value for v in observe(rows, rows="@", combine="last")[0]] == [2.0]


def test_none_is_a_gap_that_is_closed_when_a_value_comes() -> None:
    for value, words in ((None, "the source says that there is none"), (4, "")):
        _, parts = observe([{"day": "2026-10-05", "value": value}], rows="@")
        assert [(m.kind, m.words) for m in parts[0].marks] == [("gap", words)]


@pytest.mark.parametrize(
    ("path", "where"), [({"rows": "a..b"}, "rows"), ({"rows": "@", "day": "[["}, "day")]
)
def test_a_path_that_is_none_is_named(path: dict[str, str], where: str) -> None:
    with pytest.raises(SourceError, match=f"`{where}` is no path"):
        observe([], **path)


def test_a_path_that_leads_elsewhere_ends_the_sync_where_it_was() -> None:
    with pytest.raises(SourceError, match="`rows` leads to no list"):
        observe({"rows": 7}, rows="rows")
    with pytest.raises(SourceError, match="lists of the same length"):
        observe({"d": ["2026-10-05"], "v": []}, day="d", value="v")


def test_a_body_that_is_no_json_is_named() -> None:
    with pytest.raises(SourceError, match="is no JSON"):
        observe({}, rows="@", method="POST", body="{since}")


def test_the_test_says_what_it_found() -> None:
    answer = json.loads((SAMPLES / "ga4.json").read_text())
    good = list(SOURCE.test(of(**SHAPES["ga4"]), watch(lambda _: httpx.Response(200, json=answer))))
    assert all(c.ok for c in good) and good[-1].said.startswith("2 values of the last four weeks")
    bad = list(SOURCE.test(of(rows="nothing"), watch(lambda _: httpx.Response(200, json=answer))))
    assert not bad[-1].ok and bad[-1].hint
    (refused,) = [
        c for c in SOURCE.test(of(rows="@"), watch(lambda _: httpx.Response(401))) if not c.ok
    ]
    assert "credentials" in refused.said


def test_weeks_without_a_day_are_their_monday() -> None:
    rows = [{"day": "202641", "value": 1}, {"day": 202642, "value": 2}]
    assert [v.on for v in observe(rows, rows="@", day_format="%G%V")[0]] == [
        date(2026, 10, 5), date(2026, 10, 12),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "zone", "wanted"),
    [
        ("2026-10-05T00:00:00+00:00", "America/New_York", "2026-10-05"),
        ("2026-10-05T02:30:00+00:00", "America/New_York", "2026-10-04"),
        ("2026-10-05T23:30:00Z", "Asia/Tokyo", "2026-10-06"),
        ("2026-10-05T00:00:00+0900", "Europe/Berlin", "2026-10-05"),
    ],
)
def test_a_bucket_that_begins_at_midnight_is_that_day_wherever_one_is(
    moment: str, zone: str, wanted: str
) -> None:
    got = read([{"day": moment, "value": 1}], "m", Paths("@", "day", "value", zone=zone))
    assert got.values[0].on.isoformat() == wanted


class Api(StandIn):
    """Answers with a value for each day asked for."""

    def answer(self, asked: Asked) -> Reply:
        first, last = (date.fromisoformat(asked.query[n]) for n in ("since", "until"))
        days = range(first.toordinal(), last.toordinal() + 1)
        return Reply([{"day": date.fromordinal(n).isoformat(), "value": n % 97} for n in days])


@pytest.mark.parametrize("seed", range(12))
def test_an_api_that_fails_in_passing_is_read_whole(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainstem.sources.calls.FIRST_WAIT", 0.001)
    with Api(Faults.schedule(seed)) as api:
        source = of(url=f"{api.url}/v?since={{since}}&until={{until}}", rows="@", since="2026-08-01",
                    days_at_once="20")  # fmt: skip
        cursor: Any = {}
        held: dict[date, float | None] = {}
        for _ in range(30):
            try:
                for part in SOURCE.observe(source, cursor, Watch(AT)):
                    held.update({v.on: v.value for v in part.values})
                    cursor = part.cursor
                break
            except SourceError as error:
                assert not error.permanent
    days = range(date(2026, 8, 1).toordinal(), date(2026, 10, 6).toordinal() + 1)
    assert held == {date.fromordinal(n): float(n % 97) for n in days}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def _replaced(value: Any, at: list[int], new: Any) -> Any:
    """The same JSON with one node replaced."""
    if not at or not isinstance(value, (dict, list)) or not value:
        return new
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[at[0] % len(keys)]
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[key] = _replaced(value[key], at[1:], new)  # type: ignore[call-overload]
    return copy


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SHAPES)), st.lists(st.integers(0, 5), max_size=6), JSON)
def test_any_json_gives_values_or_refusals(vendor: str, at: list[int], new: Any) -> None:
    answer = _replaced(json.loads((SAMPLES / f"{vendor}.json").read_text()), at, new)
    shape = SHAPES[vendor]
    try:
        got = read(answer, "m", Paths(shape.get("rows", ""), shape["day"], shape["value"]))
    except Refused as error:
        assert error.reason
        return
    assert all(r.reason for r in got.rejects)


def test_a_path_to_a_value_that_is_never_there_does_not_pass_the_test() -> None:
    rows = [{"day": "2026-10-05", "count": 3}, {"day": "2026-10-06", "count": 4}]
    found = list(SOURCE.test(of(rows="@"), watch(lambda _: httpx.Response(200, json=rows))))
    assert not found[-1].ok and found[-1].hint
    assert (
        found[-1].said
        == "0 values of the last four weeks, 0 refused; 2 days have nothing at `value`"
    )
