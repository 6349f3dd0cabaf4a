"""Plans of past revisions: kept small, given back exactly, and never given back wrong."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from mainstem.errors import LedgerError
from mainstem.ledger.store import Ledger
from mainstem.plan.model import Plan
from mainstem.services.plans.kept_plans import keep_plan, kept_plan
from tests.world import plan


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path, make=True)


def company(revision: int = 0) -> Plan:
    """Sixty teams and streams; every revision renames one team and a stream."""
    # names that compress as badly as those of people do
    teams = {f"t{n}": {"name": f"Team {n * 7919 % 1000003:x}"} for n in range(60)}
    streams = {
        f"s{n}": {"name": f"Because {n * 104729 % 1000003:x} of {n * 15485863 % 999983:x}"}
        for n in range(60)
    }
    for n in range(revision):
        teams[f"t{n % 60}"]["name"] = f"Renamed in {n}"
        streams[f"s{n * 7 % 60}"]["name"] = f"Said again in {n}"
    return plan(teams=teams, streams=streams)


def sizes(ledger: Ledger) -> dict[str, int]:
    return {f.name: f.stat().st_size for f in (ledger.root / "plans").iterdir()}


def test_a_small_change_is_kept_as_a_change(ledger: Ledger) -> None:
    keep_plan(ledger, company(), "a")
    keep_plan(ledger, company(1), "b")
    assert set(sizes(ledger)) == {"a.json.gz", "b.since-a.json.gz"}
    assert kept_plan(ledger, "a") == company()
    assert kept_plan(ledger, "b") == company(1)


def test_a_hundred_revisions_take_a_fraction_of_as_many_whole_plans(ledger: Ledger) -> None:
    for n in range(100):
        keep_plan(ledger, company(n), f"r{n}")
    found = sizes(ledger)
    whole = [name for name in found if ".since-" not in name]
    assert 1 < len(whole) < 40
    assert sum(found.values()) < 60 * found["r0.json.gz"]
    for n in range(100):
        again = kept_plan(ledger, f"r{n}")
        assert again == company(n) and list(again.streams) == list(company(n).streams)


def test_streams_added_removed_renamed_and_put_in_another_order_come_back(ledger: Ledger) -> None:
    old = plan(teams={"a": {}, "b": {"in": "a"}}, streams={"x": {}, "y": {}, "z": {}})
    new = plan(
        teams={"a": {"name": "A"}}, streams={"z": {}, "w": {"claims": [{"label": "w"}]}, "x": {}}
    )
    keep_plan(ledger, company(), "1")
    keep_plan(ledger, old, "2")
    keep_plan(ledger, new, "3")
    for revision, want in (("1", company()), ("2", old), ("3", new)):
        again = kept_plan(ledger, revision)
        assert again == want and list(again.streams) == list(want.streams)


def test_a_revision_is_kept_once(ledger: Ledger) -> None:
    keep_plan(ledger, company(), "a")
    keep_plan(ledger, company(1), "b")
    before = {f.name: f.stat().st_mtime_ns for f in (ledger.root / "plans").iterdir()}
    keep_plan(ledger, company(1), "b")
    keep_plan(ledger, company(), "a")
    assert {f.name: f.stat().st_mtime_ns for f in (ledger.root / "plans").iterdir()} == before


def test_plans_kept_by_earlier_versions_are_read(ledger: Ledger) -> None:
    folder = ledger.root / "plans"
    folder.mkdir()
    raw = company(3).model_dump_json(by_alias=True).encode()
    (folder / "old.json.gz").write_bytes(gzip.compress(raw, mtime=0))
    assert kept_plan(ledger, "old") == company(3)
    keep_plan(ledger, company(4), "new")
    assert "new.since-old.json.gz" in sizes(ledger)
    assert kept_plan(ledger, "new") == company(4)


def test_a_refresh_without_a_revision_had_no_plan(ledger: Ledger) -> None:
    keep_plan(ledger, company(), "")
    assert not (ledger.root / "plans").exists()
    assert kept_plan(ledger, "") == Plan()


@pytest.mark.parametrize("torn", ["a.json.gz", "b.since-a.json.gz"])
@pytest.mark.parametrize("left", [0, 20, 60])
def test_a_torn_file_is_named_and_no_other_plan_is_given(
    ledger: Ledger, torn: str, left: int
) -> None:
    keep_plan(ledger, company(), "a")
    keep_plan(ledger, company(1), "b")
    file = ledger.root / "plans" / torn
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(LedgerError, match=f"revision b is damaged: {re.escape(torn)}") as raised:
        kept_plan(ledger, "b")
    assert raised.value.code == "ledger.plan" and "backup" in raised.value.hint


@pytest.mark.parametrize("lost", ["a.json.gz", "b.since-a.json.gz"])
def test_a_lost_file_is_named(ledger: Ledger, lost: str) -> None:
    keep_plan(ledger, company(), "a")
    keep_plan(ledger, company(1), "b")
    (ledger.root / "plans" / lost).unlink()
    with pytest.raises(LedgerError, match=r"revision b is damaged: .* is not there"):
        kept_plan(ledger, "b")


def test_changes_that_start_from_another_plan_are_refused(ledger: Ledger) -> None:
    keep_plan(ledger, company(), "a")
    keep_plan(ledger, company(1), "b")
    other = plan(teams={"q": {}}).model_dump_json(by_alias=True).encode()
    (ledger.root / "plans" / "a.json.gz").write_bytes(gzip.compress(other))
    with pytest.raises(LedgerError, match=r"b.since-a.json.gz does not fit a.json.gz"):
        kept_plan(ledger, "b")


def test_where_the_last_whole_plan_is_torn_the_next_is_kept_whole(ledger: Ledger) -> None:
    keep_plan(ledger, company(), "a")
    file = ledger.root / "plans" / "a.json.gz"
    file.write_bytes(file.read_bytes()[:40])
    keep_plan(ledger, company(1), "b")
    assert kept_plan(ledger, "b") == company(1)
