"""Answers as files that other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mainstem.services.people.access import Actor


def record_export(actor: Actor, subject: str, rows: int, *, at: datetime) -> None:
    """Puts into the audit log that somebody took a table with them."""
    from mainstem.services.people import auditing
    from mainstem.store.together import together

    said = f"Exported {subject}: {rows:,} {'row' if rows == 1 else 'rows'}."
    with together():
        auditing.record(actor, "export", subject, at=at, sentence=said)


def write_parquet(columns: Sequence[str], rows: Sequence[Sequence[Any]], into: Path) -> None:
    """Writes rows as Parquet, whole or not at all. Types follow the values; mixed columns become text."""
    import duckdb

    from mainstem.ledger.engine import Small, put_small

    kinds = {c: _kind([r[n] for r in rows]) for n, c in enumerate(columns)}
    fresh = into.with_name(into.name + ".new")
    into.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        named = {f'"{c}"': t for c, t in kinds.items()}
        put_small(con, "answer", Small(named, [[_plain(v) for v in r] for r in rows]))
        target = str(fresh).replace("'", "''")
        con.execute(f"COPY answer TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    fresh.replace(into)


def _kind(values: Sequence[Any]) -> str:
    kinds = {type(v) for v in values if v is not None}
    if kinds and kinds <= {int}:
        return "BIGINT"
    if kinds and kinds <= {int, float}:
        return "DOUBLE"
    return "VARCHAR"


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, float)) else str(value)
