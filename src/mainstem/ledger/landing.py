"""Landing: staged files become part of the ledger, as one visible change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from shlex import quote
from typing import TYPE_CHECKING, Any

from mainstem.errors import LedgerError
from mainstem.ledger.sql import statements
from mainstem.ledger.store import Change, Ledger
from mainstem.work.records import (
    GONE_COLUMNS,
    ITEM_COLUMNS,
    RECORD_COLUMNS,
    STEM_COLUMNS,
    Staged,
)

if TYPE_CHECKING:
    import duckdb

#: A month of records with more files than this is written as one again when it is next touched.
MANY_FILES = 24
#: Rejected rows kept word for word in the ledger, per landing.
KEPT_REJECTS = 200
#: Fewer equal time entries in two sources may be chance.
FEWEST_TWICE = 3


@dataclass(frozen=True, slots=True)
class LandingReport:
    """What became of everything that a source read. ``read = new + changed + unchanged + rejected``.

    ``read`` … ``rejected`` count what the source calls a row (issue, commit, line); ``records`` and
    ``items`` count what the ledger keeps of them, which may be more or fewer.
    """

    source: str
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    items: Mapping[str, int]
    records: Mapping[str, int]
    withdrawn: int
    gone: int
    reasons: tuple[tuple[str, int, str, str], ...]
    notes: tuple[str, ...]
    landing: int

    @property
    def has_changed(self) -> bool:
        """Whether anything in the ledger is other than before; items may be where no row of effort is."""
        kept = (
            counts.get(word) for counts in (self.items, self.records) for word in ("new", "changed")
        )
        return any((self.new, self.changed, self.withdrawn, self.gone, *kept))


def land(
    ledger: Ledger,
    staged: Staged,
    *,
    at: datetime,
    whole: bool = False,
    cursor: Mapping[str, Any] | None = None,
    keeps_cursor: bool = False,
) -> LandingReport:
    """Lands staged files.

    Args:
        staged: What a source read.
        at: The moment of knowledge.
        whole: The files hold everything the source has: rows that are gone are withdrawn.
        cursor: Where a connected source goes on after this; visible together with what landed.
        keeps_cursor: Land for the sake of the cursor, also where nothing else has changed.

    Raises:
        LedgerError: if two staged rows share a key, or the source's sums do not agree.
    """
    if staged.read != staged.accepted + staged.rejected:
        raise LedgerError(
            f"The source {staged.source} read {staged.read} rows but accounts for"
            f" {staged.accepted + staged.rejected}.",
            "This is a fault of the source; nothing was imported. Please report it.",
            code="ledger.sums",
        )
    with ledger.change(staged.engine) as change:
        con = change.con
        _stage(con, staged)
        reasons, samples = _rejects(con, staged)
        _names(change, staged, whole)
        items = _land_items(change, staged)
        records, months, days = _land_records(change, staged.source)
        report = _report(staged, items, records, reasons, change, con)
        if twice := _also_elsewhere(change, staged.source, months):
            report = replace(report, notes=(*report.notes, *twice))
        if (
            not report.has_changed
            and change.before.version
            and not staged.rejected
            and not keeps_cursor
        ):
            return report
        change.commit(
            what="import",
            source=staged.source,
            report={
                **_as_json(report),
                "months": months,
                "days": days,
                "samples": samples,
                **({} if cursor is None else {"cursor": dict(cursor)}),
            },
            at=at,
        )
        return report


def _stage(con: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    for what, path, columns in (
        ("items", staged.items, ITEM_COLUMNS),
        ("records", staged.records, RECORD_COLUMNS),
    ):
        picked = ", ".join(f'CAST("{c}" AS {t}) AS "{c}"' for c, t in columns.items())
        parquet = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        rows = parquet if staged.engine is None else f"read_{what}"
        con.execute(f"CREATE OR REPLACE TEMP VIEW staged_{what} AS SELECT {picked} FROM {rows}")
    for table, file, columns in (
        ("staged_stems", staged.stems, STEM_COLUMNS),
        ("staged_gone", staged.gone, GONE_COLUMNS),
    ):
        listed = ", ".join(f"{c} {t}" for c, t in columns.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({listed})")
        if file is not None:
            con.execute(f"INSERT INTO {table} SELECT * FROM read_parquet(?)", [str(file)])
    if staged.engine is None:
        _refuse_doubled(con, staged)


def _refuse_doubled(con: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    row = con.execute(
        "SELECT count(*), approx_count_distinct(row_key) FROM staged_records"
    ).fetchone()
    assert row is not None
    if row[0] and row[1] < row[0] * 0.97:
        row = con.execute("SELECT count(*), count(DISTINCT row_key) FROM staged_records").fetchone()
        assert row is not None
        if row[0] != row[1]:
            raise LedgerError(
                f"The source {staged.source} gave {row[0] - row[1]} rows the same key as another row.",
                "Give the mapping a column that is unique per row, or leave the row id out of it.",
                code="ledger.duplicate_keys",
            )


def _rejects(
    con: duckdb.DuckDBPyConnection, staged: Staged
) -> tuple[tuple[tuple[str, int, str, str], ...], list[list[str]]]:
    path = str(staged.rejects).replace("'", "''")
    # a place ends with a number: line 9 comes before line 10
    by_place = f"""
        SELECT *, regexp_replace(place, '[0-9]+$', '') AS file,
          TRY_CAST(regexp_extract(place, '[0-9]+$') AS HUGEINT) AS number
        FROM read_parquet('{path}')"""
    grouped = con.execute(
        "SELECT reason, count(*), min_by(place, (file, number)), min_by(sample, (file, number)) "
        f"FROM ({by_place}) GROUP BY reason ORDER BY count(*) DESC, reason"
    ).fetchall()
    samples = con.execute(
        f"SELECT place, reason, sample FROM ({by_place}) ORDER BY file, number LIMIT {KEPT_REJECTS}"
    ).fetchall()
    return tuple((r[0], r[1], r[2] or "", r[3] or "") for r in grouped), [
        [str(v or "") for v in s] for s in samples
    ]


def _names(change: Change, staged: Staged, whole: bool) -> None:
    """Numbers for the source, its people and its words for teams; new ones are added to ``names``."""
    con = change.con
    con.execute(f"CREATE OR REPLACE TEMP TABLE names AS SELECT * FROM {change.view('names')}")
    con.execute("CREATE OR REPLACE TEMP TABLE staged_source AS SELECT ? AS name", [staged.source])
    con.execute(
        "CREATE OR REPLACE TEMP TABLE new_names AS "
        "SELECT w.kind, (coalesce((SELECT max(no) FROM names n WHERE n.kind = w.kind), 0) + "
        "row_number() OVER (PARTITION BY w.kind ORDER BY w.name))::INTEGER AS no, w.name FROM ("
        "SELECT DISTINCT 'person' AS kind, person AS name FROM staged_records WHERE person IS NOT NULL "
        "UNION ALL SELECT DISTINCT 'team', team FROM staged_records WHERE team IS NOT NULL "
        "UNION ALL SELECT 'source', name FROM staged_source"
        ") w ANTI JOIN names USING (kind, name)"
    )
    con.execute("INSERT INTO names SELECT * FROM new_names")
    row = con.execute("SELECT count(*) FROM new_names").fetchone()
    if row and row[0]:
        change.put("names", "SELECT * FROM new_names")
    for kind in ("person", "team"):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {kind}_no AS SELECT no, name FROM names WHERE kind = '{kind}'"
        )
    con.execute(
        "CREATE OR REPLACE TABLE source_no AS SELECT no, ?::BOOLEAN AS whole FROM names"
        " WHERE kind = 'source' AND name = ?",
        [whole, staged.source],
    )


def _land_items(change: Change, staged: Staged) -> dict[str, int]:
    con, is_part = change.con, staged.gone is not None
    con.execute(f"CREATE OR REPLACE TEMP VIEW items AS SELECT * FROM {change.view('items')}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE last_item AS SELECT coalesce(max(item), 0) AS no FROM items"
    )
    if is_part:
        con.execute("CREATE OR REPLACE TEMP TABLE staged_part AS SELECT * FROM staged_items")
        con.execute("DROP VIEW staged_items")
        con.execute("ALTER TABLE staged_part RENAME TO staged_items")
    steps = statements("land_gone")
    # an export has no ids to compare by and nothing to tell of: the steps then only make empty tables
    for statement in steps if is_part else [f"{s} LIMIT 0" for s in steps[:2]]:
        con.execute(statement)
    for statement in _item_steps(staged):
        con.execute(statement)
    counts = con.execute(
        "SELECT count(*), count(*) FILTER (fresh), (SELECT count(*) FROM changed_items)"
        " FROM numbered_items WHERE NOT foreign_item"
    ).fetchone()
    assert counts is not None
    total, fresh, changed = counts
    if changed:
        chunks = [
            str(r[0])
            for r in con.execute(
                "SELECT DISTINCT chunk FROM landed_items WHERE item IN (SELECT item FROM changed_items)"
            ).fetchall()
        ]
        change.put(
            "items",
            f"SELECT o.* FROM items o WHERE o.chunk IN ({', '.join(chunks)}) "
            "AND o.item NOT IN (SELECT item FROM changed_items) UNION ALL BY NAME "
            f"SELECT * EXCLUDE (fresh), {change.number} AS landing FROM landed_items "
            "WHERE fresh OR item IN (SELECT item FROM changed_items)",
            order="item",
            replace=chunks,
        )
    elif fresh:
        change.put_beside(
            "items",
            f"SELECT * EXCLUDE (fresh), {change.number} AS landing FROM landed_items WHERE fresh",
            order="item",
        )
    return {"new": fresh, "changed": changed, "unchanged": total - fresh - changed}


def _item_steps(staged: Staged) -> list[str]:
    again, single, incoming, stubs, *rest = statements("land_items")
    if staged.engine is None:
        return [again, single, incoming, stubs, *rest]
    # what is lent has no key twice and every item that a record names: looking for the first or the others
    # would work it all out once more
    plain = "CREATE OR REPLACE TEMP VIEW single_items AS SELECT * FROM staged_items"
    return [plain, incoming, *rest]


def _land_records(change: Change, source: str) -> tuple[dict[str, int], list[str], list[str]]:
    """Returns counts, the months touched and the first and last day touched."""
    if not any(x.what == "import" and x.source == source for x in change.before.landings):
        return _land_first(change)
    con = change.con
    con.execute(f"CREATE OR REPLACE TEMP VIEW records AS SELECT * FROM {change.view('records')}")
    for statement in statements("land_records"):
        con.execute(statement)
    row = con.execute(
        "SELECT count(*) FILTER (fresh), count(*) FILTER (changed), "
        "count(*) FILTER (NOT fresh AND NOT changed), (SELECT count(*) FROM withdrawn_records) "
        "FROM compared_records"
    ).fetchone()
    assert row is not None
    new, changed, unchanged, withdrawn = row
    touched = con.execute(
        "SELECT list(DISTINCT m ORDER BY m), min(d), max(d) FROM ("
        "SELECT month AS m, day AS d FROM compared_records WHERE fresh OR changed "
        "UNION ALL SELECT o.month, o.day FROM known_records o JOIN compared_records c USING (row_key) "
        "WHERE c.changed UNION ALL SELECT month, day FROM withdrawn_records)"
    ).fetchone()
    assert touched is not None
    months = list(touched[0] or [])
    _write_records(change, bool(changed or withdrawn), months)
    days = [str(touched[1]), str(touched[2])] if months else []
    counts = {"new": new, "changed": changed, "unchanged": unchanged, "withdrawn": withdrawn}
    return counts, months, days


def _land_first(change: Change) -> tuple[dict[str, int], list[str], list[str]]:
    """The first rows of a source have nothing to be compared with: they are written as they come."""
    con = change.con
    con.execute(statements("land_records")[0].replace("TEMP TABLE", "TEMP VIEW", 1))
    writer = change.writer("records")
    files = writer.write(f"SELECT *, {change.number} AS landing FROM incoming_records")
    counts = {"new": sum(f[2] for f in files), "changed": 0, "unchanged": 0, "withdrawn": 0}
    if not files:
        return counts, [], []
    change.pins["records"] = writer.commit(files)
    # of the files that were just written: there a day is a number, and need not be worked out again
    written = [str(writer.root / writer.name / f[0]) for f in files]
    row = con.execute("SELECT min(day), max(day) FROM read_parquet(?)", [written]).fetchone()
    assert row is not None
    return counts, sorted({str(f[3]) for f in files}), [str(row[0]), str(row[1])]


def _also_elsewhere(change: Change, source: str, months: list[str]) -> list[str]:
    """What to note where a new source brings hours that another source has already: a corrected export
    under another file's name would count everything twice, and nothing else would show it."""
    landed = {x.source for x in change.before.landings if x.what == "import"}
    if not months or not landed or source in landed:
        return []
    listed = ", ".join(f"'{m}'" for m in months)
    # an item that both sources describe is one of each, under the same key
    rows = change.con.execute(
        "WITH same AS (SELECT item, item AS other FROM numbered_items UNION SELECT 0, 0 "
        "UNION SELECT n.item, i.item FROM numbered_items n JOIN items i USING (key)), "
        "fresh AS (SELECT row_key, source, other AS item, day, person, amount FROM incoming_records "
        "JOIN same USING (item) WHERE unit = 1 AND person > 0 AND amount > 0) "
        "SELECT n.name, count(DISTINCT f.row_key), (SELECT count(DISTINCT row_key) FROM fresh) FROM fresh f "
        f"JOIN {change.view('records')} r ON r.day = f.day AND r.person = f.person "
        "AND r.item = f.item AND r.amount = f.amount AND r.unit = 1 AND r.source <> f.source "
        f"AND r.month IN ({listed}) JOIN names n ON n.kind = 'source' AND n.no = r.source "
        "GROUP BY n.name ORDER BY 2 DESC, 1"
    ).fetchall()
    return [
        f"{alike:,} of its {whole:,} time entries are in {other} too: same person, day, item and time. They"
        f" count twice. Corrected rows replace others under the same name (--source {other}); to take these"
        f" out again: mainstem import --take-back {quote(source)}"
        for other, alike, whole in rows
        if alike >= FEWEST_TWICE and alike * 2 >= whole
    ]


def _write_records(change: Change, rewrites: bool, months: list[str]) -> None:
    con = change.con
    fresh = f"SELECT * EXCLUDE (fresh, changed, old_month), {change.number} AS landing FROM compared_records"
    files = change.table("records").by_partition() if months else {}
    crowded = [m for m in months if len(files.get(m, ())) >= MANY_FILES]
    if rewrites or crowded:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE gone AS SELECT row_key FROM compared_records WHERE changed "
            "UNION ALL SELECT row_key FROM withdrawn_records"
        )
        listed = ", ".join(f"'{m}'" for m in months)
        change.put(
            "superseded",
            f"SELECT * EXCLUDE (month), {change.number} AS replaced_by FROM known_records "
            "WHERE row_key IN (SELECT row_key FROM gone)",
        )
        change.put(
            "records",
            f"SELECT * FROM records WHERE month IN ({listed}) AND NOT ("
            "source = (SELECT no FROM source_no) AND row_key IN (SELECT row_key FROM gone)) "
            f"UNION ALL BY NAME {fresh} WHERE fresh OR changed",
            replace=months,
        )
    elif months:
        change.put("records", f"{fresh} WHERE fresh")


def _report(
    staged: Staged,
    items: dict[str, int],
    records: dict[str, int],
    reasons: tuple[tuple[str, int, str, str], ...],
    change: Change,
    con: duckdb.DuckDBPyConnection,
) -> LandingReport:
    new, changed = _rows(con, staged.accepted, records)
    return LandingReport(
        source=staged.source,
        read=staged.read,
        new=new,
        changed=changed,
        unchanged=staged.accepted - new - changed,
        rejected=staged.rejected,
        items=items,
        records={k: v for k, v in records.items() if k != "withdrawn"},
        withdrawn=records["withdrawn"],
        gone=_count(con, "SELECT count(*) FROM gone_items"),
        reasons=reasons,
        notes=staged.notes,
        landing=change.number,
    )


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _rows(
    con: duckdb.DuckDBPyConnection, accepted: int, records: dict[str, int]
) -> tuple[int, int]:
    """How many rows that were read are new, and how many changed something.

    Where rows are items (issues, commits), a row is new with its item, and changed if the item or any
    of its effort is; where rows are effort, they are counted as such. Either way never more than read.
    """
    row = con.execute("SELECT count(*) FROM incoming_items WHERE NOT stub").fetchone()
    assert row is not None
    # A tracker may give the same issue twice in one reading: more rows than items does not make them
    # effort. An issue is one stem for all its effort; rows of effort are a stem each.
    by_item = 0 < _count(con, "SELECT count(DISTINCT stem) FROM staged_stems") <= row[0]
    if not by_item and row[0] < accepted and sum(records.values()) >= accepted:
        new = min(records["new"], accepted)
        return new, min(records["changed"], accepted - new)
    compared = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'compared_records'"
    ).fetchone()
    stirred = (
        "SELECT item FROM compared_records WHERE fresh OR changed"
        if compared and compared[0]
        else "SELECT item FROM incoming_records"
        if records["new"]
        else "SELECT NULL::BIGINT WHERE false"
    )
    found = con.execute(
        "SELECT count(*) FILTER (fresh), count(*) FILTER (NOT fresh AND (item IN "
        f"(SELECT item FROM changed_items) OR item IN ({stirred}))) FROM landed_items "
        "WHERE NOT stub OR key IN (SELECT key FROM staged_items)"
    ).fetchone()
    assert found is not None
    new = min(found[0], accepted)
    return new, min(found[1], accepted - new)


def _as_json(report: LandingReport) -> dict[str, Any]:
    return {
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "items": dict(report.items),
        "records": dict(report.records),
        "withdrawn": report.withdrawn,
        "gone": report.gone,
        "reasons": [list(r) for r in report.reasons],
        "notes": list(report.notes),
    }
