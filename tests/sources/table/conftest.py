"""Reads a text as a table and shows what would land."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mainstem.sources.base import ReadRequest
from mainstem.sources.table.source import TableSource
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS, REJECT_COLUMNS, Staged


@dataclass
class Landing:
    staged: Staged
    items: dict[str, dict[str, Any]]
    records: dict[str, dict[str, Any]]
    rejects: list[tuple[str, str, str]]

    @property
    def hours(self) -> float:
        return sum(r["amount"] for r in self.records.values() if r["unit"] == 1) / 10**6

    @property
    def days(self) -> list[str]:
        return [str(r["day"]) for r in self.records.values()]

    @property
    def notes(self) -> str:
        return "\n".join(self.staged.notes)

    def of(self, unit: int) -> dict[str, dict[str, Any]]:
        return {k: r for k, r in self.records.items() if r["unit"] == unit}


Reader = Callable[..., Landing]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """``read(content, name="x.csv", timezone="UTC", **options)``; ``content`` may be a path."""
    count = 0

    def reader(
        content: str | bytes | Path, name: str = "sheet.csv", timezone: str = "UTC", **options: str
    ) -> Landing:
        nonlocal count
        count += 1
        path = content if isinstance(content, Path) else tmp_path / f"in{count}" / name
        if not isinstance(content, Path):
            path.parent.mkdir()
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        into = tmp_path / f"out{count}"
        into.mkdir()
        staged = TableSource().read(ReadRequest(path, into, timezone, None, options))
        landing = _landing(staged)
        assert staged.read == staged.accepted + staged.rejected
        assert len(landing.rejects) == staged.rejected
        return landing

    return reader


def _landing(staged: Staged) -> Landing:
    items = _rows(staged.items, ITEM_COLUMNS)
    records = _rows(staged.records, RECORD_COLUMNS)
    rejects = _rows(staged.rejects, REJECT_COLUMNS)
    by_key = {i["key"]: i for i in items}
    by_row = {r["row_key"]: r for r in records}
    assert len(by_key) == len(items), "item keys are unique"
    assert len(by_row) == len(records), "row keys are unique"
    assert None not in by_key
    assert None not in by_row
    assert all(r["amount"] >= 0 and r["day"] is not None for r in records)
    assert {r["item_key"] for r in records} - {None} <= by_key.keys()
    return Landing(
        staged, by_key, by_row, [(r["place"], r["reason"], r["sample"]) for r in rejects]
    )


def _rows(path: Path, columns: dict[str, str]) -> list[dict[str, Any]]:
    con = duckdb.connect()
    described = con.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    assert {d[0]: d[1] for d in described} == columns
    cursor = con.execute(f"SELECT * FROM '{path}'")
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
