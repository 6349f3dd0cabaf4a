"""What the ledger holds of a connected source: its items by id, how many there are, where it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mainstem.ledger.sql import text
from mainstem.ledger.store import Ledger, View, relation


def cursor_of(view: View, source: str) -> tuple[int, Mapping[str, Any]]:
    """Number of the last landing of a source that kept a cursor, and the cursor; ``(0, {})`` before."""
    for landing in reversed(view.landings):
        if landing.source == source and "cursor" in landing.report:
            return landing.number, landing.report["cursor"]
    return 0, {}


def known_ids(ledger: Ledger, source: str) -> dict[str, str]:
    """Stable id → key of the items of a source that are not gone; the key is the id where it never changes."""
    return {str(ident): str(key) for ident, key in _ask(ledger, "known_ids", source, "items")}


def known_stems(ledger: Ledger, source: str, prefix: str) -> set[str]:
    """Stems of a source that begin with a prefix and have effort."""
    return {str(stem) for (stem,) in _ask(ledger, "known_stems", source, "records", prefix=prefix)}


def items_by_month(ledger: Ledger, source: str) -> list[tuple[str, str, int]]:
    """Type, month of creation (``2026-11``; empty if unknown) and number of the items that are not gone."""
    return [(str(t), str(m), int(n)) for t, m, n in _ask(ledger, "items_by_month", source, "items")]


def effort_of_source(ledger: Ledger, source: str) -> dict[int, tuple[int, int, int]]:
    """Rows, items and micro-units that a source brought, by unit; unit 0 is all of them."""
    found = _ask(ledger, "effort_of_source", source, "records")
    return {unit: (rows, items, amount) for unit, rows, items, amount in found}


def _ask(
    ledger: Ledger, question: str, source: str, of: str, **given: str
) -> list[tuple[Any, ...]]:
    """The answer to a question about the rows of one table, ``of``."""
    view = ledger.view()
    con = ledger.connect()
    try:
        for table in (of, "names"):
            con.execute(
                f"CREATE OR REPLACE TEMP VIEW {table} AS SELECT * FROM {relation(view.table(table))}"
            )
        return con.execute(text(question), {"source": source, **given}).fetchall()
    finally:
        con.close()
