"""Files as a connected source: only what changed is read, and what is gone is withdrawn."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mainstem.errors import SourceError
from mainstem.sources.remote import Batch, Connection, Count, Watch
from mainstem.sources.table import looking
from mainstem.sources.table.connected import FilesConnected
from tests.sources.table.conftest import Landing, Reader

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
HEAD = "Entry Id,Issue key,Date,Hours,Person\n"


@dataclass
class Held:
    """A ledger in memory, of one source."""

    folder: Path
    items: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    records: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cursor: Mapping[str, Any] = field(default_factory=dict)
    rejects: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: int = 0
    sent: int = 0

    def apply(self, batch: Batch) -> None:
        stems = set(batch.stems)
        self.records = {k: r for k, r in self.records.items() if k.partition("#")[0] not in stems}
        self.items.update({i["key"]: i for i in batch.items})
        self.records.update({r["row_key"]: r for r in batch.records})
        for key in batch.gone:
            del self.items[key]
            self.records = {k: r for k, r in self.records.items() if r["item_key"] != key}
        self.cursor = json.loads(json.dumps(batch.cursor))
        self.read += batch.read
        self.sent += len(batch.items) + len(batch.records)
        self.rejects += [(r.place, r.reason) for r in batch.rejects]
        self.notes += batch.notes

    def watch(self) -> Watch:
        return Watch(NOW, known=lambda: {k: k for k in self.items}, folder=str(self.folder))

    def sync(self, of: Connection) -> Held:
        self.read, self.sent, self.rejects, self.notes = 0, 0, [], []
        for batch in FilesConnected().pull(of, self.cursor, self.watch()):
            self.apply(batch)
        return self

    @property
    def hours(self) -> float:
        return sum(r["amount"] for r in self.records.values() if r["unit"] == 1) / 10**6


def connection(path: Path | str, **options: str) -> Connection:
    told = {o.name: o.default for o in FilesConnected.options}
    return Connection("sheets", "files", {**told, "path": str(path), **options}, {}, "UTC")


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return Held(tmp_path / "kept")


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def sheet(path: Path, *rows: tuple[int, str, float]) -> Path:
    lines = [f"{n},{key},2026-03-0{1 + n % 9},{hours},ann" for n, key, hours in rows]
    path.write_text(HEAD + "\n".join(lines) + "\n")
    return path


def same(held: Held, landing: Landing) -> None:
    assert held.items.keys() == landing.items.keys()
    told = {
        k.partition("#")[2]: (r["item_key"], r["day"], r["amount"]) for k, r in held.records.items()
    }
    assert told == {
        k: (r["item_key"], str(r["day"]), r["amount"]) for k, r in landing.records.items()
    }


def test_a_connected_file_and_an_import_agree(drop: Path, held: Held, read: Reader) -> None:
    path = sheet(drop / "may.csv", (1, "ABC-1", 1.5), (2, "ABC-1", 2), (3, "ABC-2", 0.25))
    same(held.sync(connection(path)), read(path))
    assert held.hours == 3.75
    issues = drop / "issues.csv"
    issues.write_text(
        "Issue key,Summary,Status,Resolved,Story Points,Labels\nABC-1,One,Done,2026-03-04,3,a\n"
        "shop#2,Two,Open,,5,b\n"
    )
    other = Held(held.folder).sync(connection(issues))
    same(other, read(issues))
    assert other.items["ABC-1"]["labels"] == ["a"]
    assert other.items["ABC-1"]["done"] == "2026-03-04 00:00:00"


def test_where_nothing_changed_nothing_is_read_nor_handed_over(drop: Path, held: Held) -> None:
    sheet(drop / "a.csv", (1, "ABC-1", 1), (2, "ABC-2", 2))
    of = connection(drop)
    assert held.sync(of).read == 2
    cursor = held.cursor
    assert held.sync(of).read == 0
    assert held.sent == 0
    assert held.cursor["state"] == cursor["state"]


def test_only_changed_files_are_read_and_only_what_differs_is_handed_over(
    drop: Path, held: Held
) -> None:
    rows = [(n, f"ABC-{n % 50}", 1.0) for n in range(1, 1001)]
    sheet(drop / "a.csv", *rows)
    sheet(drop / "b.csv", (2001, "XYZ-1", 5))
    of = connection(drop)
    held.sync(of)
    assert held.hours == 1005
    rows[17] = (18, "ABC-18", 4.0)
    del rows[500]
    sheet(drop / "a.csv", *rows)
    held.sync(of)
    assert held.read == 999
    assert held.hours == 1007
    assert held.sent < 20


def test_a_correction_is_seen_though_size_and_time_are_the_same_for_a_moment(
    drop: Path, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet(drop / "a.csv", (1, "ABC-1", 1))
    of = connection(drop)
    held.sync(of)
    stamp = path.stat().st_mtime_ns
    sheet(path, (1, "ABC-1", 7))
    os.utime(path, ns=(stamp, stamp))
    assert held.sync(of).hours == 7
    monkeypatch.setattr(looking, "FRESH", -1)
    held.sync(of)
    assert held.cursor["files"]["a.csv"][1] == stamp


def test_a_file_that_vanished_stays_unless_the_files_hold_everything(
    drop: Path, held: Held
) -> None:
    sheet(drop / "a.csv", (1, "ABC-1", 1))
    gone = sheet(drop / "b.csv", (2, "ABC-2", 2))
    of, whole = connection(drop), connection(drop, whole="yes")
    held.sync(of)
    gone.unlink()
    assert held.sync(of).hours == 3
    sheet(drop / "a.csv", (1, "ABC-1", 5))
    assert held.sync(of).hours == 7, "what vanished is still known after another file changed"
    assert held.sync(whole).hours == 5
    assert set(held.items) == {"ABC-1"}


def test_a_row_that_several_files_have_counts_once_as_the_last_has_it(
    drop: Path, held: Held, read: Reader
) -> None:
    sheet(drop / "2026-03.csv", (1, "ABC-1", 1), (2, "ABC-1", 2))
    sheet(drop / "2026-04.csv", (2, "ABC-1", 20), (3, "ABC-1", 3))
    same(held.sync(connection(drop)), read(drop))
    assert held.hours == 24
    (drop / "2026-04.csv").unlink()
    assert held.sync(connection(drop, whole="yes")).hours == 3


def test_a_sync_that_dies_in_the_middle_is_made_good_by_the_next(drop: Path, held: Held) -> None:
    rows = [(n, f"ABC-{n}", 1.0) for n in range(1, 9001)]
    path = sheet(drop / "a.csv", *rows)
    of = connection(drop)
    for taken in (1, 3, 5):
        batches = FilesConnected().pull(of, held.cursor, held.watch())
        for _ in range(taken):
            held.apply(next(batches))
        batches.close()  # type: ignore[attr-defined]
    assert held.sync(of).hours == 9000
    sheet(path, *[(n, k, 2.0) for n, k, _ in rows[:4500]])
    batches = FilesConnected().pull(of, held.cursor, held.watch())
    for _ in range(2):
        held.apply(next(batches))
    batches.close()  # type: ignore[attr-defined]
    assert held.sync(of).hours == 9000
    assert len(held.items) == 4500


def test_what_changes_after_a_sync_died_leaves_nothing_behind(drop: Path, held: Held) -> None:
    sheet(drop / "a.csv", *[(n, f"ABC-{n}", 1.0) for n in range(1, 9001)])
    of = connection(drop, whole="yes")
    for _ in range(2):
        batches = FilesConnected().pull(of, held.cursor, held.watch())
        for _ in range(4):
            if batch := next(batches, None):
                held.apply(batch)
        batches.close()  # type: ignore[attr-defined]
        sheet(drop / "a.csv", (1, "ABC-1", 2.0))
        sheet(drop / "b.csv", *[(n, f"ABC-{n}", 3.0) for n in range(10_001, 19_001)])
        (drop / "b.csv").unlink() if held.cursor.get("state") else held.sync(of)
    sheet(drop / "a.csv", (2, "ABC-2", 5.0))
    (drop / "b.csv").unlink(missing_ok=True)
    assert held.sync(of).hours == 5
    assert set(held.items) == {"ABC-2"}


def test_what_is_kept_beside_may_be_lost(drop: Path, held: Held) -> None:
    sheet(drop / "a.csv", (1, "ABC-1", 1), (2, "ABC-2", 2))
    sheet(drop / "b.csv", (3, "ABC-3", 4))
    of = connection(drop)
    held.sync(of)
    shutil.rmtree(held.folder)
    sheet(drop / "a.csv", (1, "ABC-1", 1))
    assert held.sync(of).hours == 5
    assert set(held.items) == {"ABC-1", "ABC-3"}
    shutil.rmtree(held.folder)
    (drop / "b.csv").unlink()
    assert held.sync(of).hours == 5, "nobody can tell which rows were of the file that vanished"
    assert "kept as it is" in held.notes[-1]


def test_another_mapping_reads_all_files_anew_and_leaves_nothing_of_the_old_one(
    drop: Path, held: Held
) -> None:
    path = drop / "a.csv"
    path.write_text("Ticket,When,Spent,Who\nABC-1,2026-03-01,90,ann\nABC-2,2026-03-02,30,bob\n")
    roles = {"key": "Ticket", "day": "When", "hours": "Spent", "person": "Who", "rows": "time"}
    of = connection(drop, options=json.dumps(roles))
    assert held.sync(of).hours == 120
    of = connection(drop, options=json.dumps({**roles, "unit": "minutes", "row_id": "Ticket"}))
    assert held.sync(of).hours == 2


def test_a_pattern_names_files_and_one_that_cannot_be_read_is_told(drop: Path, held: Held) -> None:
    sheet(drop / "a.csv", (1, "ABC-1", 1))
    (drop / "b.csv").write_text("nothing\nof\nuse\n")
    sheet(drop / "c.tsv", (2, "ABC-2", 2))
    held.sync(connection(drop / "*.csv"))
    assert held.hours == 1
    assert held.rejects == [("b.csv", "the file was left out")]
    sheet(drop / "b.csv", (5, "ABC-5", 5))
    assert held.sync(connection(drop / "*.csv")).hours == 6
    (drop / "b.csv").write_text("nothing\nof\nuse\n")
    assert held.sync(connection(drop / "*.csv")).hours == 6, "as it was read last"


def test_refused_rows_are_reported_once_with_their_place(drop: Path, held: Held) -> None:
    path = drop / "a.csv"
    path.write_text(HEAD + "1,ABC-1,2026-03-01,1,ann\n2,ABC-1,nonsense,1,ann\n")
    of = connection(drop)
    held.sync(of)
    assert held.read == 2
    assert held.rejects == [("a.csv:3", "date not understood")]
    assert not held.sync(of).rejects


def test_nothing_there_is_an_error_that_says_what_may_be(drop: Path, held: Held) -> None:
    for path in (drop, drop / "none.csv", drop / "*.csv"):
        with pytest.raises(SourceError):
            held.sync(connection(path))
    (check,) = FilesConnected().test(connection(drop), held.watch())
    assert not check.ok
    with pytest.raises(SourceError, match="no option"):
        held.sync(connection(drop, options='{"delimeter": "comma"}'))


def test_the_test_says_how_files_would_be_read_and_the_count_what_was(
    drop: Path, held: Held
) -> None:
    (drop / "a.csv").write_text(
        "Issue key,Issue Type,Created,Status\nABC-1,Bug,2026-01-04,Open\nABC-2,Bug,2026-01-09,Open\n"
    )
    checks = list(FilesConnected().test(connection(drop), held.watch()))
    assert all(c.ok for c in checks)
    assert "key ← Issue key" in checks[1].said
    assert FilesConnected().count(connection(drop), held.watch()) is None
    held.sync(connection(drop))
    found = FilesConnected().count(connection(drop), held.watch())
    assert found is not None
    assert found.counts == (Count("Bug", "2026-01", 2),)


@pytest.mark.parametrize("seed", range(12))
def test_after_any_changes_the_ledger_holds_what_the_files_hold(
    drop: Path, held: Held, read: Reader, seed: int
) -> None:
    rng = random.Random(seed)
    of = connection(drop, whole="yes")
    files: dict[str, dict[int, tuple[int, str, float]]] = {}
    for _ in range(12):
        name = f"{rng.choice('abc')}.csv"
        rows = files.setdefault(name, {})
        for n in rng.sample(range(1, 40), 6):
            rows[n] = (n, f"ABC-{rng.randrange(5)}", rng.randrange(1, 9))
        for n in rng.sample(sorted(rows), 2):
            del rows[n]
        sheet(drop / name, *rows.values())
        if len(files) > 1 and rng.random() < 0.2:
            del files[name]
            (drop / name).unlink()
        if rng.random() < 0.2:
            shutil.rmtree(held.folder, ignore_errors=True)
        if rng.random() < 0.3:
            batches = FilesConnected().pull(of, held.cursor, held.watch())
            for _ in range(rng.randrange(1, 4)):
                if batch := next(batches, None):
                    held.apply(batch)
        else:
            held.sync(of)
    held.sync(of)
    same(held, read(drop))
