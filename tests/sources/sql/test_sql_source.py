"""A query on a real database becomes work."""

from __future__ import annotations

import os
import stat
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mainstem.errors import SourceError
from mainstem.sources.remote import Count
from mainstem.sources.sql.source import SqlSource
from tests.sources.sql.databases import LOGS, QUERY, Made
from tests.sources.sql.folding import NOW, Held, connection, sync, watch

HOUR, POINT, ITEM = 1, 2, 3
MADE = datetime(2026, 1, 31, 23, 30)
DONE = datetime(2026, 3, 10, 23, 30)


def ticket(key: str, changed: datetime = DONE, **said: object) -> tuple[object, ...]:
    row = {
        "summary": f"Title of {key}", "kind": "Story", "labels": "player, core", "who": "ann@example.org",
        "made": MADE, "done": DONE, "points": Decimal("2.50"), "risk": "high", **said,
    }  # fmt: skip
    return (key, *row.values(), changed)


def log(ident: int, key: str, hours: str = "1.5", changed: datetime = DONE) -> tuple[object, ...]:
    return (ident, key, date(2026, 3, 10), Decimal(hours), "ann@example.org", changed)


def test_a_row_becomes_an_item_with_its_effort(made: Made) -> None:
    made.tickets(ticket("ABC-1"), ticket("ABC-2", done=None))
    held = sync(connection(made.url, query=QUERY), Held())
    item = held.items["ABC-1"]
    assert (item["title"], item["type"], item["labels"]) == (
        "Title of ABC-1", "Story", ["player", "core"],
    )  # fmt: skip
    assert item["fields"]["risk"] == "high"
    assert (item["created"], item["done"]) == ("2026-01-31 23:30:00", "2026-03-10 23:30:00")
    assert held.amounts_in(ITEM) == {"ABC-1": 1}
    assert held.amounts_in(POINT) == {"ABC-1": 2.5}
    assert held.read == 2
    assert not held.rejects


def test_stamps_without_an_offset_are_in_the_zone_that_is_said_and_days_are_cut_in_ours(
    made: Made,
) -> None:
    made.tickets(ticket("ABC-1"))
    of = connection(made.url, "Europe/Berlin", query=QUERY, timezone="UTC")
    held = sync(of, Held())
    assert held.items["ABC-1"]["done"] == "2026-03-10 23:30:00"
    assert {r["day"] for r in held.records.values()} == {"2026-03-11"}
    held = sync(connection(made.url, "Europe/Berlin", query=QUERY), Held())
    assert held.items["ABC-1"]["done"] == "2026-03-10 22:30:00"
    assert {r["day"] for r in held.records.values()} == {"2026-03-10"}


def test_a_time_entry_becomes_hours_on_its_day(made: Made) -> None:
    made.logs(log(1, "ABC-1"), log(2, "ABC-1", "0.25"), log(3, "ABC-2", "8"))
    held = sync(connection(made.url, query=LOGS), Held())
    assert held.amounts_in(HOUR) == {"ABC-1": 1.75, "ABC-2": 8}
    assert {r["day"] for r in held.records.values()} == {"2026-03-10"}
    assert {k.partition("#")[2] for k in held.records} == {"1", "2", "3"}


def test_reading_again_changes_nothing_and_what_is_gone_is_withdrawn(
    made: Made, tmp_path: Path
) -> None:
    made.tickets(*(ticket(f"ABC-{n}") for n in range(1, 6)))
    made.logs(*(log(n, "ABC-1") for n in range(1, 6)))
    items, time = (connection(made.url, query=q) for q in (QUERY, LOGS))
    held, logged = sync(items, Held(), tmp_path), sync(time, Held(), tmp_path)
    before, logged_before = dict(held.records), dict(logged.records)
    assert sync(items, held, tmp_path).records == before
    assert sync(time, logged, tmp_path).records == logged_before
    made.run("DELETE FROM ticket WHERE ticket_id = 'ABC-3'")
    made.run("DELETE FROM log WHERE log_id = 4")
    sync(items, held, tmp_path)
    sync(time, logged, tmp_path)
    assert set(held.items) == {"ABC-1", "ABC-2", "ABC-4", "ABC-5"}
    assert set(held.amounts_in(ITEM)) == set(held.items)
    assert logged.amounts_in(HOUR) == {"ABC-1": 6.0}


def test_only_what_changed_is_read_since_the_newest_stamp(made: Made) -> None:
    first = datetime(2026, 3, 1)
    made.tickets(*(ticket(f"ABC-{n}", first + timedelta(days=n)) for n in range(1, 11)))
    of = connection(made.url, query=QUERY, since_column="changed", overlap="0")
    held = sync(of, Held())
    assert held.read == 10
    made.tickets(ticket("ABC-11", first + timedelta(days=11)))
    made.run(
        "UPDATE ticket SET summary = 'Another', changed = '2026-03-14 00:00:00' WHERE ticket_id = 'ABC-2'"
    )
    sync(of, held)
    assert held.read == 3, "the newest of before, and the two that changed"
    assert held.items["ABC-2"]["title"] == "Another"
    assert len(held.items) == 11


def test_since_is_a_parameter_of_the_query_wherever_it_stands(made: Made) -> None:
    first = datetime(2026, 3, 1)
    made.tickets(*(ticket(f"ABC-{n}", first + timedelta(days=n)) for n in range(1, 5)))
    query = f"{QUERY} WHERE changed >= :since AND summary NOT LIKE '%:since; DROP%' -- :since;\n"
    of = connection(made.url, query=query, since_column="changed", overlap="0")
    held = sync(of, Held())
    assert len(held.items) == 4
    assert sync(of, held).read == 1


def test_a_sync_that_dies_goes_on_from_the_newest_row_that_landed(made: Made) -> None:
    first = datetime(2026, 3, 1)
    made.tickets(*(ticket(f"ABC-{n}", first + timedelta(minutes=n)) for n in range(4_500)))
    of = connection(made.url, query=QUERY, since_column="changed", overlap="0")
    held = Held()
    batches = SqlSource().pull(of, {}, watch(held))
    held.add(next(batches))
    held.add(next(batches))
    batches.close()  # type: ignore[attr-defined]
    assert len(held.items) == 4_000
    sync(of, held)
    assert held.read == 501
    assert len(held.items) == 4_500


def test_once_a_day_all_is_read_again_to_find_what_is_gone(made: Made, tmp_path: Path) -> None:
    made.tickets(ticket("ABC-1"), ticket("ABC-2"))
    made.logs(log(1, "ABC-1"), log(2, "ABC-1"))
    items = connection(made.url, query=QUERY, since_column="changed")
    time = connection(made.url, query=LOGS, since_column="changed")
    held, logged = sync(items, Held(), tmp_path), sync(time, Held(), tmp_path)
    made.run("DELETE FROM ticket WHERE ticket_id = 'ABC-1'")
    made.run("DELETE FROM log WHERE log_id = 1")
    soon, late = NOW + timedelta(hours=23), NOW + timedelta(hours=24)
    assert len(sync(items, held, tmp_path, at=soon).items) == 2
    assert set(sync(items, held, tmp_path, at=late).items) == {"ABC-2"}
    assert sync(time, logged, tmp_path, at=soon).amounts_in(HOUR) == {"ABC-1": 3.0}
    assert sync(time, logged, tmp_path, at=late).amounts_in(HOUR) == {"ABC-1": 1.5}


def test_a_table_that_is_empty_for_a_moment_withdraws_nothing(made: Made) -> None:
    made.tickets(ticket("ABC-1"))
    of = connection(made.url, query=QUERY)
    held = sync(of, Held())
    made.run("DELETE FROM ticket")
    with pytest.raises(SourceError, match="gives no row") as error:
        sync(of, held)
    assert not error.value.permanent
    assert set(held.items) == {"ABC-1"}
    assert not sync(connection(made.url, query=QUERY, may_be_empty="yes"), held).items


def test_the_database_counts_by_type_and_month_of_creation(made: Made) -> None:
    made.tickets(
        ticket("ABC-1"), ticket("ABC-2", kind="Bug", made=DONE), ticket("ABC-3", made=None)
    )
    found = SqlSource().count(connection(made.url, query=QUERY), watch(Held()))
    assert found is not None
    assert found.counts == (
        Count("Bug", "2026-03", 1), Count("Story", "", 1), Count("Story", "2026-01", 1),
    )  # fmt: skip
    of = connection(made.url, "America/New_York", query=QUERY)
    found = SqlSource().count(of, watch(Held()))
    assert found is not None
    assert Count("Story", "2026-02", 1) in found.counts, "23:30 there is the next month in UTC"


def test_the_test_says_what_each_column_means(made: Made) -> None:
    made.tickets(ticket("ABC-1"))
    checks = {c.what: c for c in SqlSource().test(connection(made.url, query=QUERY), watch(Held()))}
    assert checks["connection"].ok
    assert checks["query"].said == "It gives rows, with 10 columns."
    assert "done: when it was done" in checks["columns"].said
    assert "fields: risk, changed" in checks["columns"].said
    right = checks["read only"]
    assert (right.ok, right.optional) == (False, True), "the owner of the tables could write"


def test_a_query_that_would_write_is_refused_and_nothing_is_written(made: Made) -> None:
    made.tickets(ticket("ABC-1"))
    for query in ("DELETE FROM ticket", f"{QUERY}; DELETE FROM ticket", "DROP TABLE ticket"):
        with pytest.raises(SourceError) as error:
            sync(connection(made.url, query=query), Held())
        assert error.value.code == "source.query"
    assert len(sync(connection(made.url, query=QUERY), Held()).items) == 1


def test_the_columns_can_be_named_instead_of_a_query(made: Made) -> None:
    made.tickets(ticket("ABC-1"))
    of = connection(
        made.url,
        table="ticket",
        columns='{"key": "ticket_id", "done": "finished", "title": "summary"}',
    )
    held = sync(of, Held())
    assert held.items["ABC-1"]["title"] == "Title of ABC-1"
    assert held.amounts_in(ITEM) == {"ABC-1": 1}
    assert held.items["ABC-1"]["fields"]["risk"] == "high"


def test_a_column_that_is_missing_is_said_with_those_there_are(made: Made) -> None:
    with pytest.raises(SourceError, match="no column key") as error:
        sync(connection(made.url, query="SELECT ticket_id AS keyy, summary FROM ticket"), Held())
    assert "Did you mean 'keyy'?" in error.value.message
    assert "keyy, summary" in error.value.hint
    of = connection(made.url, query=QUERY, since_column="moved")
    with pytest.raises(SourceError, match="no column moved"):
        sync(of, Held())


def test_a_query_that_fails_says_why_without_the_password(made: Made) -> None:
    with pytest.raises(SourceError) as error:
        sync(connection(made.url, query="SELECT nothing AS item_key FROM ticket"), Held())
    assert "nothing" in error.value.message
    assert error.value.permanent
    assert error.value.code == "source.query"


def test_a_changed_query_is_read_anew_and_says_so(made: Made) -> None:
    made.tickets(ticket("ABC-1"), ticket("XYZ-1"))
    held = sync(connection(made.url, query=QUERY, since_column="changed"), Held())
    query = f"{QUERY} WHERE ticket_id LIKE 'ABC-%'"
    sync(connection(made.url, query=query, since_column="changed"), held)
    assert set(held.items) == {"ABC-1"}
    assert "read anew" in held.notes[0]


def test_rows_that_cannot_be_work_are_refused_with_a_reason(made: Made) -> None:
    made.tickets(
        ticket("ABC-1", points=Decimal(-1)),
        ticket("ABC-2", made=datetime(1960, 1, 1)),
        ticket("ABC-3"),
    )
    held = sync(connection(made.url, query=QUERY), Held())
    assert set(held.items) == {"ABC-3"}
    assert sorted(held.rejects) == [
        ("key ABC-1", "the points is negative"), ("key ABC-2", "the created is an impossible day"),
    ]  # fmt: skip


def test_an_item_whose_row_is_refused_is_not_gone(made: Made) -> None:
    made.tickets(ticket("ABC-1"), ticket("ABC-2"))
    of = connection(made.url, query=QUERY)
    held = sync(of, Held())
    made.run("UPDATE ticket SET points = -1 WHERE ticket_id = 'ABC-1'")
    sync(of, held)
    assert set(held.items) == {"ABC-1", "ABC-2"}
    assert held.rejects


def test_several_rows_of_one_item_are_said(made: Made) -> None:
    made.tickets(ticket("ABC-1"))
    query = f"{QUERY} UNION ALL {QUERY.replace('summary AS', 'kind AS')}"
    held = sync(connection(made.url, query=query), Held())
    assert len(held.items) == 1
    assert "1 rows have the key of an earlier row, such as ABC-1" in held.notes[0]


def test_a_file_is_opened_for_reading_only(tmp_path: Path) -> None:
    from tests.sources.sql.databases import make

    for engine in ("sqlite", "duckdb"):
        made = make(engine, tmp_path)
        made.tickets(ticket("ABC-1"))
        path = Path(made.url.partition(":///")[2])
        before = path.read_bytes()
        path.chmod(stat.S_IRUSR)
        assert sync(connection(made.url, query=QUERY), Held()).items
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        assert path.read_bytes() == before
        os.unlink(path)  # noqa: PTH108
        with pytest.raises(SourceError) as error:
            sync(connection(made.url, query=QUERY), Held())
        assert error.value.code == "source.address"
        assert not path.exists()
