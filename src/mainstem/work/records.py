"""Work as it comes from a source: items and the effort spent on them, before anything is attributed.

``ITEM_COLUMNS`` and ``RECORD_COLUMNS`` are the contract between ``sources`` (which write staged files
in this shape) and ``ledger`` (which lands them). Types are DuckDB's.

Amounts are whole millionths of their unit, so that sums are exact and do not depend on order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: One millionth of a unit is the smallest amount.
MICRO = 1_000_000
#: Shares are whole ten-thousandths.
WHOLE = 10_000

#: Units as they are stored. ``event`` is a trace of somebody's day (a commit, a change of state); it
#: is no unit of effort and no score is ever given in it, but person-days are split by it.
UNIT_CODES: dict[str, int] = {"hour": 1, "point": 2, "item": 3, "person_day": 4, "event": 5}

ITEM_COLUMNS: dict[str, str] = {
    "key": "VARCHAR",  # unique within the source, never null
    "type": "VARCHAR",
    "title": "VARCHAR",
    "state": "VARCHAR",
    "project": "VARCHAR",
    "labels": "VARCHAR[]",
    "components": "VARCHAR[]",
    "epic": "VARCHAR",  # key of the epic, or its name where the source gives no key
    "parent": "VARCHAR",  # key of the parent item
    "paths": "VARCHAR[]",  # changed paths, for claims by path
    "team": "VARCHAR",  # the record's own word for the team
    "fields": "MAP(VARCHAR, VARCHAR)",  # everything else that a claim may ask for
    "url": "VARCHAR",
    "created": "TIMESTAMP",  # UTC
    "started": "TIMESTAMP",
    "done": "TIMESTAMP",  # reached the counting state
    "shares": "MAP(VARCHAR, INTEGER)",  # explicit: stream id or `kind:debt` → ten-thousandths
    "bot": "BOOLEAN",
}

RECORD_COLUMNS: dict[str, str] = {
    "row_key": "VARCHAR",  # unique within the source: the same key again is a correction
    "item_key": "VARCHAR",  # null: effort on no item
    "day": "DATE",  # in the organisation's time zone
    "person": "VARCHAR",  # who; only ever used to find the team and to split days
    "team": "VARCHAR",  # the record's own word for the team, if the row has one
    "unit": "INTEGER",  # UNIT_CODES
    "amount": "BIGINT",  # millionths of the unit, never negative
    "bot": "BOOLEAN",
}

REJECT_COLUMNS: dict[str, str] = {
    "place": "VARCHAR",  # `timesheet.csv:1042`, `sheet "May" row 7`, `commit 1f3a…`
    "reason": "VARCHAR",  # stable words, so that equal reasons can be counted
    "sample": "VARCHAR",  # the offending value, cut to 200 characters
}

STEM_COLUMNS: dict[str, str] = {
    "stem": "VARCHAR",  # what stands before `#` in a row key; all records of it are in this landing
}

GONE_COLUMNS: dict[str, str] = {
    "key": "VARCHAR",  # an item that is no longer there
    "why": "VARCHAR",  # `deleted`, `out of reach`
}


@dataclass(frozen=True, slots=True)
class Staged:
    """What a source read, as Parquet files in the shape above.

    ``read = accepted + rejected`` holds by construction and is checked again when it lands.

    Attributes:
        source: Name under which keys are unique and importing again corrects.
        items: Parquet file with ``ITEM_COLUMNS``.
        records: Parquet file with ``RECORD_COLUMNS``.
        rejects: Parquet file with ``REJECT_COLUMNS``.
        read: Rows, issues or commits seen.
        accepted: Of these, how many became at least one item or record.
        rejected: Of these, how many were refused as a whole.
        notes: Things worth a person's attention, in words.
        stems: Parquet file with ``STEM_COLUMNS``: what the ledger has of them and does not come again is
            withdrawn.
        gone: Parquet file with ``GONE_COLUMNS``: items that are no longer there, with their effort.
        engine: A DuckDB connection that the source lends to land in: it has ``read_items`` and
            ``read_records`` in place of the files ``items`` and ``records``, which are not written, in
            each of them no key twice, and among the items all that a record names. Whoever asked for it
            closes it.
    """

    source: str
    items: Path
    records: Path
    rejects: Path
    read: int
    accepted: int
    rejected: int
    notes: tuple[str, ...] = field(default=())
    stems: Path | None = None
    gone: Path | None = None
    engine: Any = None
