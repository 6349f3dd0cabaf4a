"""What it takes to turn one loaded table into a part."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.sources.table.binding import Bound
from mainstem.sources.table.parts import Part, count
from mainstem.sources.table.settle import Rules
from mainstem.sources.table.shares import settle_shares

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Task:
    """One loaded table, and what was settled about it.

    Attributes:
        bound: Where each role's values are in the table ``raw``.
        day_first: Whether 1/7/2026 is the first of July.
        date: Day of rows that have none.
        bots: Accounts that are robots.
        into: Where the part goes, without its endings.
        numbered: Whether staged rows say which row they came from, in a column ``r``.
        lends: Whether the part may stay in the engine, see ``Staged.engine``.
        notes: Grows while the table is read.
    """

    con: duckdb.DuckDBPyConnection
    bound: Bound
    rules: Rules
    day_first: bool
    date: str | None
    bots: tuple[str, ...]
    into: Path
    numbered: bool
    notes: list[str] = field(default_factory=list)
    lends: bool = False

    def part(self) -> Part:
        """The part, once ``refused`` is filled; its files are still to be written."""
        return Part(
            self.into.with_suffix(".items.parquet"),
            self.into.with_suffix(".records.parquet"),
            count(self.con, "SELECT count(*) FROM raw"),
            count(self.con, "SELECT count(*) FROM refused"),
            self.numbered,
            self.notes,
        )

    def shares(self) -> tuple[str, str]:
        """SQL of the streams that a row states, and what to join for it."""
        if not self.bound.has("stream"):
            return "MAP {}::MAP(VARCHAR, INTEGER)", ""
        shares, join, wrong = settle_shares(self.con, self.bound.text("stream"))
        self.notes.extend(wrong)
        return shares, join
