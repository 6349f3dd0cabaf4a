"""What one table became, before all tables of an import are put together."""
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.work.records import UNIT_CODES

if TYPE_CHECKING:
    import duckdb

HOUR, POINT, ITEM, EVENT = (UNIT_CODES[u] for u in ("hour", "point", "item", "event"))

#: Words that bots have in their names; a person called Abbot or Talbot is none.
BOT = r"(?i)\[bot\]|(^|[ ._@-])(ro)?bot([ ._@-]|$)|^(dependabot|renovate|github-actions|greenkeeper)\b"

_MOST_DISTINCT = 5_000

#: One of these is in every name that ``BOT`` finds; looking for them first is much cheaper.
_LIKELY = ("bot", "Bot", "BOT", "renovate", "github-actions", "greenkeeper")


@dataclass(slots=True)
class Part:
    """Staged files of one table.

    Attributes:
        items: Parquet with ``ITEM_COLUMNS``; with ``r``, the row it came from, if there are other parts.
        records: Parquet with ``RECORD_COLUMNS``, likewise.
        rows: Rows that DuckDB could split into columns.
        rejected: Of these, refused.
        numbered: Whether the files have the column ``r``.
        is_lent: Whether the engine has ``read_items`` and ``read_records`` in place of the files.
    """

    items: Path
    records: Path
    rows: int = 0
    rejected: int = 0
    numbered: bool = False
    notes: list[str] = field(default_factory=list)
    is_lent: bool = False


def write(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    """Writes a query's rows as Parquet, uncompressed: it is read once and thrown away.

    A column of ids gives up early on listing its distinct values, of which there are too many.
    """
    target = str(path).replace("'", "''")
    how = f"FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT {_MOST_DISTINCT}"
    con.execute(f"COPY ({sql}) TO '{target}' ({how})")


def count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The one number that a query gives."""
    rows = con.execute(sql).fetchall()
    return int(rows[0][0]) if rows and rows[0][0] is not None else 0


def bot_sql(con: duckdb.DuckDBPyConnection, person: str, named: tuple[str, ...]) -> str:
    """SQL that is true for robots among the persons of ``raw``; constant where there are none.

    ``named`` are further accounts that are robots, by the option ``bots``.
    """
    likely = " OR ".join(f"contains(person, '{w}')" for w in _LIKELY)
    found = f"regexp_matches(person, '{BOT}')"
    if named:
        names = ", ".join("'" + n.replace("'", "''").casefold() + "'" for n in named)
        likely += f" OR lower(person) IN ({names})"
        found += f" OR lower(person) IN ({names})"
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bots AS SELECT person FROM"
        f" (SELECT DISTINCT {person} AS person FROM raw) WHERE ({likely}) AND {found}"
    )
    if not count(con, "SELECT count(*) FROM bots"):
        return "false"
    return f"coalesce({person} IN (SELECT person FROM bots), false)"
