"""Batches that are gathered: what waits lands like what was handed over, and the last of a thing counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from mainstem.sources import gathering
from mainstem.sources.gathering import Gathering
from mainstem.sources.remote import Batch, Reject
from mainstem.work.records import Staged


def _row(stem: int, amount: int) -> dict[str, Any]:
    return {"row_key": f"{stem}#item", "item_key": f"A-{stem}", "day": "2026-05-04", "unit": 3,
            "amount": amount}  # fmt: skip


def _batch(stems: range, amount: int, **more: Any) -> Batch:
    items = [{"key": f"A-{n}", "fields": {"id": str(n)}, "labels": ["x"]} for n in stems]
    records = [_row(n, amount) for n in stems]
    return Batch({}, len(items), items, records, stems=[str(n) for n in stems], **more)


def _amounts(staged: Staged) -> dict[str, int]:
    query = f"SELECT row_key, amount, day FROM '{staged.records}'"
    return {key: amount for key, amount, _ in duckdb.sql(query).fetchall()}


@pytest.mark.parametrize("waiting", [1, 3, 1_000])
def test_the_last_batch_of_a_thing_counts_however_many_rows_wait(
    waiting: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_WAITING", dict.fromkeys(gathering._WAITING, waiting))
    with Gathering(tmp_path) as gathered:
        gathered.add(_batch(range(4), 1))
        gathered.add(_batch(range(2, 6), 2))
        gathered.add(
            Batch({"at": 3}, 1, rejects=[Reject("A-9", "no day")], gone={"A-0": "deleted"})
        )
        staged = gathered.staged("tracker")
    assert _amounts(staged) == {
        "1#item": 1, "2#item": 2, "3#item": 2, "4#item": 2, "5#item": 2,
    }  # fmt: skip
    keys = duckdb.sql(f"SELECT key FROM '{staged.items}' ORDER BY key").fetchall()
    assert [key for (key,) in keys] == ["A-1", "A-2", "A-3", "A-4", "A-5"]
    assert (staged.read, staged.accepted, staged.rejected) == (9, 8, 1)
    assert duckdb.sql(f"SELECT place, reason FROM '{staged.rejects}'").fetchall() == [
        ("A-9", "no day")
    ]
    assert duckdb.sql(f"SELECT key, why FROM '{staged.gone}'").fetchall() == [("A-0", "deleted")]
