"""Taking an import back: all effort of a source is withdrawn as if an empty whole export had come."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from mainstem.ledger.landing import LandingReport, land
from mainstem.ledger.store import Ledger
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS, REJECT_COLUMNS, Staged


def take_back(ledger: Ledger, source: str, *, at: datetime) -> LandingReport:
    """Withdraws everything of a source. What it was stays in the history; items keep their names."""
    with tempfile.TemporaryDirectory(prefix="staging-", dir=ledger.root) as into:
        return land(ledger, _nothing(source, Path(into)), at=at, whole=True)


def _nothing(source: str, into: Path) -> Staged:
    import duckdb

    files: dict[str, Path] = {}
    with duckdb.connect() as con:
        for name, columns in (
            ("items", ITEM_COLUMNS),
            ("records", RECORD_COLUMNS),
            ("rejects", REJECT_COLUMNS),
        ):
            files[name] = into / f"{name}.parquet"
            picked = ", ".join(f'NULL::{sql} AS "{column}"' for column, sql in columns.items())
            target = str(files[name]).replace("'", "''")
            con.execute(f"COPY (SELECT {picked} LIMIT 0) TO '{target}' (FORMAT parquet)")
    return Staged(source, files["items"], files["records"], files["rejects"], 0, 0, 0)
