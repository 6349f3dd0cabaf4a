"""Queries on a real database become values of metrics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from mainstem.errors import SourceError
from mainstem.sources.observing import Mark, Seen
from mainstem.sources.remote import Connection, Secret, Watch
from mainstem.sources.sql.metric import SqlMetricSource
from tests.sources.sql.databases import Made
from tests.sources.sql.folding import NOW

SALES = "SELECT on_day, sum(hours) FROM log WHERE on_day >= :since GROUP BY on_day ORDER BY on_day"
FIRST = date(2026, 1, 1)


def of(made: Made, **queries: str) -> Connection:
    told = {"queries": json.dumps(queries), "again": "10"}
    return Connection("warehouse", "sql-metric", told, {"url": Secret(made.url)}, "Europe/Berlin")


def observe(
    connection: Connection, cursor: Mapping[str, Any]
) -> tuple[list[Seen], Mapping[str, Any]]:
    seen = list(SqlMetricSource().observe(connection, cursor, Watch(NOW)))
    assert seen[-1].is_last
    return seen, seen[-1].cursor


def values(seen: list[Seen]) -> dict[tuple[str, str], float | None]:
    return {(o.metric, o.on.isoformat()): o.value for s in seen for o in s.values}


def fill(made: Made, days: int) -> None:
    made.logs(*((n, "ABC-1", FIRST + timedelta(days=n), n, "ann", None) for n in range(days)))


def test_days_and_values_are_read_and_later_only_the_last_days_again(made: Made) -> None:
    fill(made, 60)
    connection = of(made, orders=SALES)
    seen, cursor = observe(connection, {})
    assert len(values(seen)) == 60
    assert values(seen)["orders", "2026-01-05"] == 4
    made.run("UPDATE log SET hours = 77 WHERE log_id = 55")
    made.run("UPDATE log SET hours = 88 WHERE log_id = 2")
    seen, cursor = observe(connection, cursor)
    assert len(values(seen)) == 11
    assert values(seen)["orders", "2026-02-25"] == 77
    assert ("orders", "2026-01-03") not in values(seen), "older than what is read again"


def test_a_query_that_changed_is_a_mark_and_all_days_are_read_anew(made: Made) -> None:
    fill(made, 60)
    _, cursor = observe(of(made, orders=SALES), {})
    seen, cursor = observe(of(made, orders=SALES.replace("sum(", "2 * sum(")), cursor)
    assert len(values(seen)) == 60
    assert values(seen)["orders", "2026-01-05"] == 8
    (mark,) = [m for s in seen for m in s.marks]
    assert (mark.metric, mark.on, mark.kind) == ("orders", date(2026, 3, 20), "definition")
    assert isinstance(mark, Mark)
    seen, _ = observe(of(made, orders=SALES.replace("sum(", "2  *\n sum(")), cursor)
    assert not [m for s in seen for m in s.marks], "other blanks are no other definition"


def test_several_metrics_have_each_their_place(made: Made) -> None:
    fill(made, 5)
    seen, cursor = observe(of(made, orders=SALES), {})
    second = "SELECT on_day AS day, ticket_id, log_id AS value FROM log"
    seen, cursor = observe(of(made, orders=SALES, entries=second), cursor)
    assert values(seen)["entries", "2026-01-03"] == 2
    assert set(cursor) == {"orders", "entries"}


def test_a_day_without_a_value_is_none_and_what_is_no_number_is_refused(made: Made) -> None:
    fill(made, 3)
    empty = "SELECT on_day, CASE WHEN log_id = 1 THEN NULL ELSE -1.5 END FROM log"
    seen, _ = observe(of(made, a=empty, b="SELECT on_day, who FROM log"), {})
    assert values(seen) == {
        ("a", "2026-01-01"): -1.5, ("a", "2026-01-02"): None, ("a", "2026-01-03"): -1.5,
    }  # fmt: skip
    rejects = [r for s in seen for r in s.rejects]
    assert {r.reason for r in rejects} == {"the value is no number"}
    assert len(rejects) == 3


def test_the_test_runs_each_query(made: Made) -> None:
    fill(made, 1)
    connection = of(made, orders=SALES, wrong="SELECT nothing FROM log", wide="SELECT * FROM log")
    checks = {c.what: c for c in SqlMetricSource().test(connection, Watch(NOW))}
    assert checks["query of orders"].ok
    assert not checks["query of wrong"].ok
    assert "log_id, ticket_id, on_day" in checks["query of wide"].said
    assert not checks["read only"].ok


def test_a_query_that_would_write_is_refused(made: Made) -> None:
    with pytest.raises(SourceError, match="query of orders"):
        observe(of(made, orders="UPDATE log SET hours = 1"), {})
