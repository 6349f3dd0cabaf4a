"""Landings stay quick to read however many there are, and a change leaves readers alone."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mainstem.ledger.pinned import pinned
from mainstem.ledger.store import DEAD_SECONDS, Ledger, relation
from mainstem.ledger.tables import MANY_LANDINGS, Table
from tests.world import World, effort, item

START = datetime(2026, 1, 1, tzinfo=UTC)


def moment(number: int) -> datetime:
    return START + timedelta(hours=number)


def note(ledger: Ledger, number: int) -> None:
    with ledger.change() as change:
        change.commit(what="people", report={"nth": number}, at=moment(number))


def version(ledger: Ledger) -> int:
    log = ledger.tables / "landings" / "_delta_log"
    return max(int(f.stem) for f in log.glob("*.json") if f.stem.isdigit())


@pytest.mark.slow
@pytest.mark.long
def test_hundreds_of_landings_lie_in_few_files_and_none_is_lost(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path, make=True)
    most = 0
    for number in range(1, 261):
        note(ledger, number)
        if number % 7 == 0 or number == 260:
            files = Table(ledger.tables, "landings", version(ledger)).files()
            most = max(most, len(files))
    assert most < 2 * MANY_LANDINGS and len(files) <= MANY_LANDINGS
    landings = ledger.landings()
    assert [x.number for x in landings] == list(range(1, 261))
    assert [x.report["nth"] for x in landings] == list(range(1, 261))
    assert [x.at for x in landings] == [moment(n) for n in range(1, 261)]
    # one change of the log for each landing: whoever watches the head sees each
    assert version(ledger) == 260


def test_the_past_is_as_it_was_after_landings_were_merged(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.land([item("A")], [effort("A", 2, row="r")])
    ledger = world.ledger
    then = ledger.view()
    before = version(ledger)
    last = then.landings[-1].at
    world.land([item("A")], [effort("A", 5, row="r")])
    for number in range(MANY_LANDINGS + 5):
        with ledger.change() as change:
            change.commit(
                what="people", report={"nth": number}, at=last + timedelta(days=1 + number)
            )
    past = ledger.view(last)
    assert past == then
    con = ledger.connect()
    amount = f"SELECT amount FROM {relation(past.table('records'))}"
    assert con.execute(amount).fetchall() == [(2_000_000,)]
    # who still holds an old version of the landings, as a backup does, finds its files
    old = Table(ledger.tables, "landings", before)
    assert con.execute(f"SELECT count(*) FROM {relation(old)}").fetchone() == (1,)
    con.close()
    found = pinned(ledger.root)
    assert found is not None and found.landing == MANY_LANDINGS + 7
    assert all((ledger.root / name).exists() for name in found.files)


def spilling(ledger: Ledger) -> object:
    """A connection whose table is far larger than its memory."""
    con = ledger.connect()
    con.execute("SET threads = 1")
    con.execute("SET memory_limit = '40MB'")
    con.execute("CREATE TEMP TABLE big AS SELECT r, sha1(r::VARCHAR) AS s FROM range(3000000) t(r)")
    return con


def test_a_change_leaves_what_a_reader_spilled_alone(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path, make=True)
    con = spilling(ledger)
    spilled = list((tmp_path / "spill").glob("*/*"))
    assert spilled
    note(ledger, 1)
    assert all(f.exists() for f in spilled)
    found = con.execute("SELECT count(DISTINCT s[:2]), sum(r) FROM big").fetchone()  # type: ignore[attr-defined]
    assert found == (256, 3_000_000 * 2_999_999 // 2)
    con.close()  # type: ignore[attr-defined]
    assert list((tmp_path / "spill").iterdir()) == []


@pytest.mark.parametrize(("age", "is_kept"), [(60, True), (DEAD_SECONDS + 60, False)])
def test_what_a_dead_process_spilled_goes_with_a_later_change(
    tmp_path: Path, age: int, is_kept: bool
) -> None:
    ledger = Ledger.open(tmp_path, make=True)
    left = tmp_path / "spill" / "0123"
    left.mkdir(parents=True)
    (left / "duckdb_temp_storage-0.tmp").write_bytes(b"x" * 100)
    then = left.stat().st_mtime - age
    for path in (left / "duckdb_temp_storage-0.tmp", left):
        os.utime(path, (then, then))
    note(ledger, 1)
    assert left.exists() == is_kept
