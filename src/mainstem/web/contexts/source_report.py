"""What the last sync and the last proof of a source found, and what it brought, as tables and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.figures.shown import Tag
from mainstem.figures.wording import one_line, shorten
from mainstem.services.sources.pulling import cost_words
from mainstem.services.sources.showing import SourceShown
from mainstem.services.sources.states import LandingRow
from mainstem.web.contexts.account import moment
from mainstem.web.contexts.jobs import when
from mainstem.web.contexts.pieces import Cell, Column, Fact, Row, Table


def report_facts(report: Mapping[str, Any]) -> tuple[Fact, ...]:
    """What became of everything that was read."""
    names = ("read", "new", "changed", "unchanged", "rejected", "gone")
    return tuple(Fact(n.capitalize(), f"{report[n]:,}") for n in names if n in report)


def report_words(report: Mapping[str, Any]) -> str:
    """How it adds up and what it cost."""
    if not report:
        return ""
    seconds = report.get("seconds")
    took = f" in {seconds:,.1f} s" if seconds else ""
    return f"Read = new + changed + unchanged + rejected. It took {cost_words(report)}{took}."


def reasons(report: Mapping[str, Any]) -> Table | None:
    """Why something was rejected."""
    rows = tuple(
        Row((
            Cell(one_line(str(r["reason"]))), Cell(f"{r['count']:,}"), Cell(one_line(str(r["first_at"]))),
            Cell(shorten(one_line(str(r.get("sample", ""))), 120)),
        ))
        for r in report.get("reasons", ())
    )  # fmt: skip
    columns = (
        Column("Reason"),
        Column("How many", is_number=True),
        Column("First at"),
        Column("Value"),
    )
    return Table("Why something was rejected", columns, rows) if rows else None


def proof_words(of: SourceShown, now: datetime) -> str:
    """What counting found; nothing where nothing can be counted."""
    if of.brings != "work":
        return ""
    if not of.proof or of.proved is None:
        return "Nothing was counted yet. It is done after a sync, once a day."
    words = " ".join(one_line(str(of.proof.get(k, ""))) for k in ("sentence", "words"))
    return f"{words.strip()} Counted {when(of.proved, now)}."


def proof_rows(proof: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those that differ first, each by month from the newest."""
    rows = sorted(proof.get("rows", ()), key=lambda r: (r["month"], r["type"]), reverse=True)
    return sorted(rows, key=lambda r: r["theirs"] == r["ours"])


def proof_table(rows: Sequence[Mapping[str, Any]], here: str) -> Table:
    """Both sides; ``here`` is the page's own address."""
    columns = (
        Column("Created in"), Column("Type"), Column("There", is_number=True),
        Column("Here", is_number=True), Column("Difference", is_number=True),
    )  # fmt: skip
    return Table(
        "Items on both sides", columns, tuple(_proof_row(r) for r in rows),
        f"{here}?format=csv&table=proof",
    )  # fmt: skip


def _proof_row(row: Mapping[str, Any]) -> Row:
    less = row["ours"] - row["theirs"]
    shown = f"{less:+,}".replace("-", "−") if less else "0"
    differs = (Tag("differs", "rest"),) if less else ()
    return Row((
        Cell(row["month"], tags=differs), Cell(one_line(row["type"]) or "all"),
        Cell(f"{row['theirs']:,}"), Cell(f"{row['ours']:,}"), Cell(shown),
    ))  # fmt: skip


def history(landings: Sequence[LandingRow], zone: ZoneInfo) -> Table | None:
    """What landed last."""
    columns = (
        Column("Landed"), Column("Read", is_number=True), Column("New", is_number=True),
        Column("Changed", is_number=True), Column("Withdrawn", is_number=True),
        Column("Rejected", is_number=True),
    )  # fmt: skip
    rows = tuple(
        Row((
            Cell(moment(x.at, zone), f"/sources/landings/{x.number}", f"import {x.number}"),
            *(Cell(f"{n:,}") for n in (x.read, x.new, x.changed, x.withdrawn, x.rejected)),
        ))
        for x in landings
    )  # fmt: skip
    return Table("What landed last", columns, rows) if rows else None
