"""Whatever a driver hands over becomes work or a reasoned refusal, never another error."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstem.errors import SourceError
from mainstem.sources.remote import Refused
from mainstem.sources.sql.columns import ISSUE, TIME, bind
from mainstem.sources.sql.mark import bound, first_mark, mark_of
from mainstem.sources.sql.statement import parse_statement
from mainstem.sources.sql.translate import Translator
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS

_PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(), st.binary(),
    st.dates(), st.datetimes(), st.datetimes(timezones=st.just(UTC)), st.times(), st.timedeltas(),
    st.uuids(), st.binary().map(memoryview), st.sampled_from([
        "2026-03-10", "2026-03-10 12:00:00+02", "2026-13-99", "infinity", "0000-00-00 00:00:00", "{a,b}",
        '["a", {"name": "b"}]', "[" * 5_000, "1e400", "-0", "NaN", "\ud800", "a\0b", "shop#1", "100%", "",
        Decimal("Infinity"), Decimal("sNaN"), 10**400, b"\x01", float("nan"),
    ]),
)  # fmt: skip
_ANY = st.recursive(
    _PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4),
        st.tuples(inner, inner),
    ),
    max_leaves=8,
)  # fmt: skip
_ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"]).map(
    ZoneInfo
)


def _translator(names: list[str], rows: str, zone: ZoneInfo) -> Translator:
    now = datetime(2026, 3, 20, tzinfo=UTC)
    return Translator(bind(names, rows, {}), zone, ZoneInfo("Europe/Berlin"), now)


@settings(max_examples=400)
@given(st.data(), _ZONES)
def test_any_row_is_an_item_or_refused(data: st.DataObject, zone: ZoneInfo) -> None:
    names = [*ISSUE, "field_a", "other"]
    row: list[Any] = ["ABC-1", *[None] * (len(names) - 1)]
    for place in data.draw(st.sets(st.integers(0, len(names) - 1), min_size=1, max_size=5)):
        row[place] = data.draw(_ANY)
    try:
        work = _translator(names, "issue", zone).work(row)
    except Refused as error:
        assert error.reason
        return
    assert work.item["key"]
    assert work.item.keys() <= ITEM_COLUMNS.keys()
    assert all(isinstance(v, str) and "\0" not in v for v in work.item["fields"].values())
    for record in work.records:
        assert record.keys() == RECORD_COLUMNS.keys()
        assert 0 <= record["amount"] < 2**63
        assert "#" not in record["row_key"].partition("#")[0]


@settings(max_examples=400)
@given(st.data(), _ZONES)
def test_any_row_is_a_time_entry_or_refused(data: st.DataObject, zone: ZoneInfo) -> None:
    names = [*TIME, "field_a"]
    row: list[Any] = [1, "2026-03-10", 1.5, *[None] * (len(names) - 3)]
    for place in data.draw(st.sets(st.integers(0, len(names) - 1), min_size=1, max_size=5)):
        row[place] = data.draw(_ANY)
    try:
        entry = _translator(names, "time", zone).entry(row)
    except Refused as error:
        assert error.reason
        return
    assert 0 <= entry.record["amount"] < 2**63
    assert len(entry.record["row_key"].partition("#")[0]) == 3


@given(_PLAIN)
def test_any_value_is_a_mark_that_can_be_read_again_or_refused(value: Any) -> None:
    try:
        mark = mark_of(value, "changed")
    except SourceError:
        return
    bound(mark, 10)


@given(st.text())
def test_any_text_is_a_statement_or_refused(text: str) -> None:
    for engine in ("postgresql", "mysql", "sqlite"):
        try:
            query = parse_statement(text, engine)
        except SourceError:
            continue
        assert ":since".join(query.pieces).lower() in text.lower()
    first = first_mark(text)
    assert first is None or bound(first) is not None
