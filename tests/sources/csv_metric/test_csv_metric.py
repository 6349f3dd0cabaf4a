"""Values out of CSV files: as people's spreadsheets write them, and one real series with a break."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.services.sources.connecting import connect
from mainstem.sources.csv_metric.source import CsvMetricSource
from mainstem.sources.csv_metric.translate import Wanted, read
from mainstem.sources.observing import Seen
from mainstem.sources.remote import Watch

AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
SAMPLE = Path(__file__).parents[3] / "src/mainstem/sources/csv_metric/sample/weekly.csv"
PYPI = Path(__file__).parents[4] / "shared/data/metric-pypi-downloads"
SOURCE = CsvMetricSource()


def of(**options: Any) -> Any:
    secrets = {k: options.pop(k) for k in ("token",) if k in options}
    return connect("sheet", "csv-metric", options, secrets, timezone="UTC")


def seen(cursor: Any = None, watch: Watch | None = None, **options: Any) -> Seen:
    (found,) = SOURCE.observe(of(**options), cursor or {}, watch or Watch(AT))
    return found


def values(text: str, **wanted: Any) -> list[tuple[str, float | None]]:
    got = read(text.encode(), Wanted(**{"metric": "m", **wanted}))
    return [(v.on.isoformat(), v.value) for v in got.values]


def refused(text: str, **wanted: Any) -> list[tuple[str, str, str]]:
    got = read(text.encode(), Wanted(**{"metric": "m", **wanted}))
    return [(r.place, r.reason, r.sample) for r in got.rejects]


def test_a_german_spreadsheet_is_read_with_its_commas_and_remarks() -> None:
    got = seen(path=str(SAMPLE), metric="sales", note="note", day_format="%d.%m.%Y")
    assert [(v.on.day, v.value) for v in got.values] == [(5, 1204.5), (12, 1310.0), (19, None), (26, 1290.25)]  # fmt: skip
    assert [(m.on.day, m.kind, m.words) for m in got.marks if m.words] == [
        (12, "note", "campaign"), (19, "gap", "the table has no value here"),
    ]  # fmt: skip
    assert not got.rejects


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (("1,5", "1,234"), (1.5, 1.234)),
        (("1.234,5", "1,234"), (1234.5, 1.234)),
        (("1,234.5", "1,234"), (1234.5, 1234.0)),
        (("1.5", "1.234"), (1.5, 1.234)),
        (("1,234,567", "12"), (1234567.0, 12.0)),
        (("12 %", "-3"), (12.0, -3.0)),
        (("1 234", "1'000.5"), (1234.0, 1000.5)),
        (("1e3", "+2"), (1000.0, 2.0)),
    ],
)
def test_what_divides_off_decimals_is_told_from_the_whole_column(
    cells: tuple[str, ...], found: tuple[float, ...]
) -> None:
    rows = "".join(f"2026-10-0{n};{cell}\n" for n, cell in enumerate(cells, 1))
    assert [v for _, v in values(f"day;value\n{rows}")] == list(found)


def test_a_comma_that_may_mean_both_is_refused_until_somebody_says() -> None:
    text = "day;value\n2026-10-01;1,234\n"
    assert refused(text) == [("line 2", "the comma may be decimal or not: say `decimal`", "1,234")]
    assert values(text, decimal="comma") == [("2026-10-01", 1.234)]
    assert values(text, decimal="point") == [("2026-10-01", 1234.0)]


def test_days_are_read_as_systems_write_them() -> None:
    written = ("20261005", "2026-W41", "2026-10", "2026-Q4", "2026-10-05T00:00:00Z", "1791158400")
    found = [values(f"day,value\n{day},1\n")[0][0] for day in written]
    assert found == ["2026-10-05", "2026-10-05", "2026-10-01", "2026-10-01", "2026-10-05", "2026-10-05"]  # fmt: skip


def test_what_cannot_be_read_is_refused_with_its_line() -> None:
    text = "day,value\nsoon,1\n2026-10-02,many\n2026-10-03,4\n2026-10-03,5\n2026-10-04,nan\n1066-10-14,1\n"
    assert refused(text) == [
        ("line 2", "the day cannot be read", "soon"),
        ("line 3", "the value is no number", "many"),
        ("line 5", "another value for the same day", "5"),
        ("line 6", "the value is no finite number", "nan"),
        ("line 7", "the day is an impossible one", "1066-10-14"),
    ]
    assert values(text) == [("2026-10-03", 4.0)]


def test_rows_of_names_that_nobody_asked_for_are_not_read(tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    file.write_text("name,day,value\na,2026-10-01,1\nb,2026-10-01,2\nc,2026-10-01,x\n")
    got = seen(path=str(file), metric_column="name", metrics={"a": "first", "b": "second"})
    assert [(v.metric, v.value) for v in got.values] == [("first", 1.0), ("second", 2.0)]
    assert not got.rejects


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(SourceError, match="lacks the column price") as raised:
        values("day,value\n2026-10-01,1\n", value="price")
    assert "It has day, value." in raised.value.hint
    with pytest.raises(SourceError, match="lacks a column for the day"):
        values("when,value\n2026-10-01,1\n")


def test_where_another_thing_is_counted_a_mark_says_so() -> None:
    text = "day,value,counted\n2026-10-01,1,visits\n2026-10-02,2,visits\n2026-10-03,3,visitors\n"
    got = read(text.encode(), Wanted("m", definition="counted",
                                     definitions={date(2026, 10, 2): "without robots"}))  # fmt: skip
    assert [(m.on.day, m.words) for m in got.marks if m.kind == "definition"] == [
        (2, "without robots"), (3, "from visits to visitors"),
    ]  # fmt: skip


def test_a_file_that_is_as_it_was_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "x.csv.gz"
    file.write_bytes(gzip.compress(b"day,value\n2026-10-01,1\n"))
    first = seen(path=str(file), metric="m")
    assert [v.value for v in first.values] == [1.0]
    again = seen(first.cursor, path=str(file), metric="m")
    assert not again.values and again.cursor == first.cursor
    assert seen(first.cursor, path=str(file), metric="other").values
    file.write_bytes(b"day,value\n2026-10-01,2\n")
    assert [v.value for v in seen(first.cursor, path=str(file), metric="m").values] == [2.0]


def test_a_file_by_address_is_asked_for_with_its_token_and_not_sent_twice() -> None:
    asked = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers)
        if request.headers.get("if-none-match") == '"1"':
            return httpx.Response(304)
        return httpx.Response(200, text="day,value\n2026-10-01,3\n", headers={"etag": '"1"'})

    options = {"url": "https://example.org/x.csv", "metric": "m", "token": "secret-1", "header": "X-Key",
               "scheme": "none"}  # fmt: skip
    watch = Watch(AT, transport=httpx.MockTransport(serve))
    first = seen(watch=watch, **options)
    assert [v.value for v in first.values] == [3.0]
    assert asked[0]["x-key"] == "secret-1"
    second = seen(first.cursor, Watch(AT, transport=httpx.MockTransport(serve)), **options)
    assert not second.values and second.cursor == first.cursor


def test_a_page_for_people_is_no_table() -> None:
    transport = httpx.MockTransport(lambda r: httpx.Response(200, text="<html>Sign in</html>"))
    with pytest.raises(SourceError, match="a page for people"):
        seen(watch=Watch(AT, transport=transport), url="https://example.org/x.csv", metric="m")


def test_the_test_names_what_is_wrong_and_what_was_found(tmp_path: Path) -> None:
    good = list(SOURCE.test(of(path=str(SAMPLE), metric="m", day_format="%d.%m.%Y"), Watch(AT)))
    assert all(c.ok for c in good) and "4 values, 0 rows refused" in good[-1].said
    (bad,) = SOURCE.test(of(path=str(tmp_path / "none.csv"), metric="m"), Watch(AT))
    assert not bad.ok and "cannot be read" in bad.said
    (both,) = SOURCE.test(of(path=str(SAMPLE)), Watch(AT))
    assert not both.ok and "either a `metric` or `metrics`" in both.said


@pytest.mark.skipif(not PYPI.exists(), reason="the shared data is not here")
def test_a_real_series_has_its_declared_break_and_its_overlapping_windows() -> None:
    file = next(PYPI.glob("*.csv.gz"))
    got = seen(
        path=str(file), metric="downloads", day="last_update", value="download_count",
        where={"project": "requests"}, window="30",
        definitions={"2018-02-10": "downloads by installers alone"},
    )  # fmt: skip
    by_day = {v.on: v.value for v in got.values}
    assert by_day[date(2018, 2, 7)] == 141_694_705 and by_day[date(2018, 2, 10)] == 9_083_695
    assert len(by_day) == 122 and not got.rejects
    said = {m.kind: m for m in got.marks if m.words}
    assert said["definition"].on == date(2018, 2, 10)
    assert said["note"].on == date(2018, 1, 10)
    assert "values come 1 to 44 days apart" in said["note"].words


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_give_values_refusals_or_a_reason(body: bytes) -> None:
    try:
        got = read(b"day,value\n" + body, Wanted("m"))
    except SourceError as error:
        assert error.message
        return
    assert all(re.match(r"line \d+", r.place) and r.reason for r in got.rejects)
