"""Values as each real database hands them over."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mainstem.errors import SourceError
from mainstem.sources.remote import Stopped
from mainstem.sources.sql.source import SqlSource
from tests.sources.sql.databases import Made, make
from tests.sources.sql.folding import Held, connection, sync, watch


def one(made: Made, query: str, own: str = "UTC", **options: str) -> Held:
    return sync(connection(made.url, own, query=query, **options), Held())


def test_postgresql(tmp_path: Path) -> None:
    made = make("postgresql", tmp_path)
    held = one(
        made,
        "SELECT 'A-1' AS key, ARRAY['b', NULL, 'c, d'] AS labels, '{\"a\": [1, null]}'::jsonb AS shape,"
        " TIMESTAMPTZ '2026-03-10 23:30:00+05:30' AS done, INTERVAL '1 day 90 minutes' AS hours,"
        " 'NaN'::numeric AS points, '\\x68692021'::bytea AS note, true AS urgent, 1.50::numeric AS size,"
        " gen_random_uuid() AS uid, '100%' AS share, 'a:since;--' AS \"Odd Name\"",
    )
    item = held.items["A-1"]
    assert item["labels"] == ["b", "c, d"]
    assert item["done"] == "2026-03-10 18:00:00"
    assert {k: v for k, v in item["fields"].items() if k != "uid"} == {
        "shape": '{"a": [1, null]}', "note": "hi !", "urgent": "true", "size": "1.50",
        "share": "100%", "odd name": "a:since;--",
    }  # fmt: skip
    assert held.amounts_in(1) == {"A-1": 25.5}
    assert held.amounts_in(2) == {}
    held = one(
        made,
        "SELECT key, done, bytes AS title FROM (VALUES ('A-1', 'infinity'::timestamptz, ''::bytea),"
        " ('A-2', '0044-03-15 BC'::timestamptz, ''), ('A-3', NULL, '\\xff'), ('A-4', NULL, '\\x41'))"
        " AS v (key, done, bytes)",
    )
    assert set(held.items) == {"A-4"}
    assert sorted(held.rejects) == [
        ("key A-1", "the done is no date"), ("key A-2", "the done is no date"),
        ("key A-3", "the title is bytes and no text"),
    ]  # fmt: skip


def test_mariadb(tmp_path: Path) -> None:
    made = make("mariadb", tmp_path)
    made.run(
        "CREATE TABLE odd (id INT PRIMARY KEY, at TIMESTAMP NULL, local DATETIME(3), t TIME, b BIT(1), j JSON,"
        " raw VARBINARY(20), f DOUBLE, y YEAR)"
    )
    made.run("SET time_zone = '+00:00'")
    made.run(
        "INSERT INTO odd VALUES (1, '2026-03-10 12:00:00', '2026-03-10 23:30:00.125', '01:30:00', b'1',"
        " '[\"x\", \"y\"]', 'text', 2.5, 2026)"
    )
    held = one(
        made,
        "SELECT id AS item_key, at AS created, local AS done, t AS hours, b AS bot, j AS labels, raw AS title,"
        " f AS points, y AS year, 'a''b;\\';x' AS quoted FROM odd",
        "Asia/Tokyo",
    )
    item = held.items["1"]
    assert item["done"] == "2026-03-10 14:30:00.125000", "a DATETIME is in the zone that is said"
    assert (item["labels"], item["title"], item["bot"]) == (["x", "y"], "text", True)
    assert item["fields"] == {"year": "2026", "quoted": "a'b;';x"}
    assert held.amounts_in(1) == {"1": 1.5}
    assert held.amounts_in(2) == {"1": 2.5}


def test_a_moment_of_mariadb_is_the_same_whatever_the_zone_of_the_session(tmp_path: Path) -> None:
    made = make("mariadb", tmp_path)
    query = "SELECT 'A' AS item_key, FROM_UNIXTIME(1773144000) AS shown, at AS created FROM moments"
    made.run("CREATE TABLE moments (at TIMESTAMP NULL)")
    made.run("INSERT INTO moments SELECT FROM_UNIXTIME(1773144000)")
    assert one(made, query, "Asia/Tokyo").items["A"]["created"] == "2026-03-10 12:00:00"


def test_sqlite(tmp_path: Path) -> None:
    made = make("sqlite", tmp_path)
    held = one(
        made,
        "SELECT 1 AS key, '2026-03-10T23:30:00Z' AS created, '2026-03-10 23:30:00.5' AS done,"
        " '{a,\"b c\"}' AS labels, 'x' || char(0) || 'y' AS title, x'41' AS note, '2,5' AS points"
        " UNION ALL SELECT 'k' || char(0), NULL, NULL, NULL, NULL, NULL, NULL"
        " UNION ALL SELECT 2, NULL, 1773144000, NULL, NULL, NULL, NULL"
        " UNION ALL SELECT 3.0, '2026-03-10', NULL, '[\"a\", {\"name\": \"b\"}]', CAST(x'ff41' AS TEXT), NULL, '2.5'",
    )
    assert set(held.items) == {"3"}
    assert held.items["3"]["labels"] == ["a", "b"]
    assert held.items["3"]["title"] == "\ufffdA"
    assert sorted(reason for _, reason in held.rejects) == [
        "the done is no date", "the key is no key", "the points is no number",
    ]  # fmt: skip


def test_duckdb(tmp_path: Path) -> None:
    made = make("duckdb", tmp_path)
    held = one(
        made,
        "SELECT 'A-1' AS key, ['b', 'c'] AS labels, {'a': 1} AS shape, TIMESTAMPTZ '2026-03-10 23:30:00+00' AS done,"
        " INTERVAL 90 MINUTE AS hours, 1.5::DOUBLE AS points, MAP {'k': 'v'} AS more, 12345678901234567890::HUGEINT AS big",
        "Europe/Berlin",
    )
    item = held.items["A-1"]
    assert item["labels"] == ["b", "c"]
    assert item["done"] == "2026-03-10 23:30:00"
    assert {r["day"] for r in held.records.values()} == {"2026-03-11"}
    assert held.amounts_in(1) == {"A-1": 1.5}
    assert json.loads(item["fields"]["shape"]) == {"a": 1}
    assert item["fields"]["big"] == "12345678901234567890"


def test_time_entries_without_an_id_are_told_apart_by_what_they_say(made: Made) -> None:
    rows = "SELECT 'A-1' AS item_key, '2026-03-10' AS day, 2 AS hours, 'ann' AS person, 'x' AS note"
    query = f"{rows} UNION ALL {rows} UNION ALL {rows.replace(chr(39) + 'x', chr(39) + 'y')}"
    held = one(made, query)
    assert held.amounts_in(1) == {"A-1": 6}
    assert len(held.records) == 3
    again = sync(connection(made.url, query=f"{rows} UNION ALL {rows}"), Held())
    assert set(again.records) < set(held.records)


def test_a_column_cannot_pass_for_what_the_ledger_keeps_of_an_item(made: Made) -> None:
    query = "SELECT 7 AS id, 'A-1' AS item_key, '2026-03-10' AS day, 2 AS hours, 'x' AS gone, 'y' AS field_id2"
    held = one(made, query)
    assert held.items["A-1"]["fields"] == {"field_id": "7", "field_gone": "x", "id2": "y"}


def test_a_sync_can_be_stopped_in_the_middle_of_a_large_answer(made: Made) -> None:
    made.tickets(*((f"A-{n}", *[None] * 8, datetime(2026, 1, 1)) for n in range(6_000)))
    looks = watch(Held())
    batches = SqlSource().pull(
        connection(made.url, query="SELECT ticket_id AS item_key FROM ticket"), {}, looks
    )
    assert next(batches).read == 2_000
    looks.stop.set()
    with pytest.raises(Stopped):
        next(batches)
    assert len(one(made, "SELECT ticket_id AS item_key FROM ticket").items) == 6_000


def test_a_key_with_a_number_sign_keeps_its_own_effort(made: Made) -> None:
    made.tickets(*((f"shop#{n}", *[None] * 8, None) for n in range(3)))
    query = "SELECT ticket_id AS item_key, '2026-03-10' AS done FROM ticket"
    of = connection(made.url, query=query)
    held = sync(of, Held())
    assert held.amounts_in(3) == {"shop#0": 1, "shop#1": 1, "shop#2": 1}
    assert len({k.partition("#")[0] for k in held.records}) == 3
    made.run("DELETE FROM ticket WHERE ticket_id = 'shop#1'")
    assert set(sync(of, held).amounts_in(3)) == {"shop#0", "shop#2"}


def test_a_wrong_password_is_told_without_being_told(tmp_path: Path) -> None:
    made = make("mariadb", tmp_path)
    port = made.url.rpartition(":")[2].partition("/")[0]
    url = f"mysql://reader:s3cr%40t%2F@127.0.0.1:{port}/warehouse"
    (check,) = SqlSource().test(connection(url, query="SELECT 1 AS item_key"), watch(Held()))
    assert (check.what, check.ok) == ("credentials", False)
    told = f"{check} {connection(url)}"
    assert "s3cr" not in told
    with pytest.raises(SourceError) as error:
        sync(connection(url, query="SELECT 1 AS item_key"), Held())
    assert error.value.permanent
    assert error.value.__cause__ is None


def test_a_database_that_does_not_answer_is_asked_again_later() -> None:
    for url in ("postgresql://u:hidden@127.0.0.1:9/d", "mysql://u:hidden@127.0.0.1:9/d"):
        with pytest.raises(SourceError) as error:
            sync(connection(url, query="SELECT 1 AS item_key"), Held())
        assert not error.value.permanent
        assert "hidden" not in f"{error.value.message} {error.value.hint}"


def test_an_account_that_only_reads_is_told_so(tmp_path: Path) -> None:
    made = make("mariadb", tmp_path)
    name = made.url.rpartition("/")[2]
    made.run(f"CREATE USER r_{name}@'127.0.0.1' IDENTIFIED BY 'pass word'")
    made.run(f"GRANT SELECT ON {name}.* TO r_{name}@'127.0.0.1'")
    url = made.url.replace("root@", f"r_{name}:pass+word@").replace("pass+word", "pass%20word")
    checks = {
        c.what: c
        for c in SqlSource().test(connection(url, query="SELECT 1 AS item_key"), watch(Held()))
    }
    assert checks["read only"].ok
    made = make("postgresql", tmp_path)
    name = urlsplit(made.url).path.strip("/")
    made.run(f"CREATE ROLE r_{name} LOGIN PASSWORD 'x'")
    made.run(f"GRANT SELECT ON ticket TO r_{name}")
    head, _, tail = made.url.partition("://")
    url = f"{head}://r_{name}:x@{tail.partition('@')[2]}"
    query = "SELECT ticket_id AS key FROM ticket"
    checks = {c.what: c for c in SqlSource().test(connection(url, query=query), watch(Held()))}
    assert checks["read only"].ok
    (check, *_) = [
        c
        for c in SqlSource().test(
            connection(url, query="SELECT log_id AS key FROM log"), watch(Held())
        )
        if not c.ok
    ]
    assert check.what == "right to read"
