"""Items of the ledger that are, or may be, work that somebody had asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mainstem.ledger.engine import Small, put_small
from mainstem.ledger.sql import text
from mainstem.ledger.store import relation

if TYPE_CHECKING:
    from mainstem.ledger.questions import Desk


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A piece of work that is looked for.

    Attributes:
        no: Its number.
        key: Its key in lower case, and ``source`` the source that it must be of; empty: any.
        link: Its address as ``bare_link`` writes it.
        since: Only effort after this day counts.
        words: Spellings of words, of which an item's title that may be the same has at least ``least``.
    """

    no: int
    key: str
    source: str
    link: str
    since: date
    words: tuple[str, ...] = ()
    least: int = 0


@dataclass(frozen=True, slots=True)
class DoneRow:
    """An item that was found: how (``link``, ``key`` or ``likeness``) and the first day of effort since."""

    no: int
    item: str
    title: str
    how: str
    first_day: date


def done_items(desk: Desk, asked: Sequence[AskedRow], *, after: int = 0) -> list[DoneRow]:
    """Items that landed after a landing and are, by link or key, or may be, by their words, what was asked.

    Only items with effort after their ``since``.
    """
    if not asked:
        return []
    columns = {
        "no": "INTEGER",
        "key": "VARCHAR",
        "source": "VARCHAR",
        "link": "VARCHAR",
        "since": "DATE",
    }
    words = [(a.no, w, a.least) for a in asked for w in a.words]
    with desk.connection() as con:
        for name in ("items", "effort", "names"):
            con.execute(
                f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {relation(desk.table(name))}"
            )
        rows = [(a.no, a.key, a.source, a.link, a.since) for a in asked]
        put_small(con, "asked", Small(columns, rows))
        put_small(
            con, "words", Small({"no": "INTEGER", "word": "VARCHAR", "least": "INTEGER"}, words)
        )
        return [
            DoneRow(*row) for row in con.execute(text("done_items"), {"after": after}).fetchall()
        ]
