"""Puts the parts of an import together, so that every row is accounted for exactly once."""
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.sources.table.opened import Opened, quoted
from mainstem.sources.table.parts import Part, count, write
from mainstem.sources.table.places import line_numbers
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS, Staged

if TYPE_CHECKING:
    import duckdb

_LOST = {
    "MISSING COLUMNS": "too few columns",
    "TOO MANY COLUMNS": "too many columns",
    "UNQUOTED VALUE": "quote never closed",
    "INVALID ENCODING": "not UTF-8",
    "LINE SIZE OVER MAXIMUM": "line too long",
    "INVALID STATE": "quotes out of place",
}


#: Notes of an import of many files that are kept.
MOST_NOTES = 40


@dataclass(slots=True)
class Finished:
    """A part with its refused rows named.

    Attributes:
        read: Rows seen, also those that could not be split.
        rejected: Of these, refused.
        name_rows: Fills the table ``placed (r, place)`` for the rows of a table ``wanted (r)``.
    """

    part: Part
    rejects: Path
    read: int
    rejected: int
    name_rows: Callable[[], None]
    file: str


def finish(con: duckdb.DuckDBPyConnection, opened: Opened, part: Part, rejects: Path) -> Finished:
    """Gives every refused row its place and writes them; needs ``refused`` and ``raw``."""
    lost = _lost_rows(con) if opened.stores_rejects else []
    part.notes.extend(_odd_numbers(part, lost, opened))
    rows = part.rows
    con.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT r FROM refused")
    held = _held_places(con, opened)
    lost_lines = _name_rows(con, opened, rows, [p for p, _, _ in lost], held)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lost_rows (place VARCHAR, reason VARCHAR, sample VARCHAR)"
    )
    if lost:
        numbers: list[int | None] = [*lost_lines] if lost_lines else [None] * len(lost)
        con.executemany(
            "INSERT INTO lost_rows VALUES (?, ?, ?)",
            [
                [opened.place.format(n) if n else opened.path.name, reason, sample]
                for n, (_, reason, sample) in zip(numbers, lost, strict=True)
            ],
        )
    write(
        con,
        "SELECT place, reason, sample FROM (SELECT p.place, f.reason, f.sample, f.r FROM refused f"
        " JOIN placed p USING (r) ORDER BY f.r) UNION ALL SELECT * FROM lost_rows",
        rejects,
    )

    def name_rows() -> None:
        _name_rows(con, opened, rows, [p for p, _, _ in lost], held)

    return Finished(
        part, rejects, rows + len(lost), part.rejected + len(lost), name_rows, opened.path.name
    )


def _lost_rows(con: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    """Byte position, reason and text of the records that DuckDB could not split."""
    rows = con.execute(
        "SELECT min(line_byte_position), any_value(error_type::VARCHAR), any_value(left(csv_line, 200))"
        " FROM reject_errors GROUP BY line ORDER BY 1"
    ).fetchall()
    return [
        (p, _LOST.get(kind, kind.lower()), (text or "").strip()[:200]) for p, kind, text in rows
    ]


def _odd_numbers(part: Part, lost: list[tuple[int, str, str]], opened: Opened) -> list[str]:
    if len(lost) > max(10, part.rows):
        return [
            f"Most rows of {opened.path.name} do not have the {len(opened.columns)} columns of its header;"
            " check the delimiter."
        ]
    return []


def _held_places(con: duckdb.DuckDBPyConnection, opened: Opened) -> str | None:
    """A table of row numbers, where the file itself has them (sheets)."""
    if opened.row_sql is None:
        return None
    name = f"held_{abs(hash(opened.place)) % 10**9}"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT rowid AS r, place_no AS no FROM raw"
    )
    return name


def _name_rows(
    con: duckdb.DuckDBPyConnection, opened: Opened, rows: int, lost: list[int], held: str | None
) -> list[int] | None:
    """Fills ``placed`` for the rows in ``wanted``; returns the lines of ``lost`` if they can be told."""
    before, _, after = opened.place.partition("{}")
    wrap = f"{quoted(before)} || {{}} || {quoted(after)}"
    number, source = "wanted.r + 1", "wanted"
    lost_lines: list[int] | None = None
    is_text = opened.kind in ("csv", "json") and opened.place == f"{opened.path.name}:{{}}"
    if held is not None:
        number, source = "no", f"wanted JOIN {held} USING (r)"
    elif is_text and (count(con, "SELECT count(*) FROM wanted") or lost):
        wanted = con.execute("SELECT r FROM wanted").fetchnumpy()["r"]
        found = line_numbers(
            opened.read_path or opened.path,
            skip=opened.head_records,
            lost=lost,
            rows=rows,
            wanted=wanted,
            quotes=opened.kind == "csv",
        )
        if found is None:
            wrap = f"{quoted(opened.path.name + ' row ')} || {{}}"
        else:
            lines, lost_lines = found
            con.execute(
                "SELECT 1"
            ).fetchall()  # an unfinished result would keep the connection busy
            con.register("row_lines", {"r": wanted, "line": lines})
            con.execute("CREATE OR REPLACE TEMP TABLE lines AS SELECT r, line FROM row_lines")
            con.unregister("row_lines")
            number, source = "line", "wanted JOIN lines USING (r)"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE placed AS SELECT wanted.r AS r, {wrap.format(number)} AS place"
        f" FROM {source}"
    )
    return lost_lines


def put_together(
    con: duckdb.DuckDBPyConnection, parts: list[Finished], into: Path, name: str, said: list[str]
) -> Staged:
    """One set of staged files out of all parts.

    A row, or an item, that several tables have counts once, as the last of them has it: exports overlap.
    """
    items, records, rejects = (into / f"{n}.parquet" for n in ("items", "records", "rejects"))
    read = sum(p.read for p in parts)
    rejected = sum(p.rejected for p in parts)
    notes = [*_notes(parts), *said]
    if len(parts) == 1:
        only = parts[0]
        for have, want, columns in (
            (only.part.items, items, ITEM_COLUMNS),
            (only.part.records, records, RECORD_COLUMNS),
        ):
            if only.part.is_lent:
                continue
            if only.part.numbered:
                picked = ", ".join(f'"{c}"' for c in columns)
                write(con, f"SELECT {picked} FROM read_parquet({quoted(str(have))})", want)
            else:
                have.replace(want)
        only.rejects.replace(rejects)
        return Staged(
            name, items, records, rejects, read, read - rejected, rejected, tuple(notes),
            engine=con if only.part.is_lent else None,
        )  # fmt: skip
    overlapped = _merge(con, parts, items, records, rejects)
    if overlapped:
        notes.append(f"{overlapped:,} rows are in more than one of the tables; they count once.")
    rejected += overlapped
    return Staged(name, items, records, rejects, read, read - rejected, rejected, tuple(notes))


def _notes(parts: list[Finished]) -> list[str]:
    """Each note once; said of its file where there are several."""
    if len(parts) == 1:
        return list(dict.fromkeys(parts[0].part.notes))
    said = [n if p.file in n else f"{p.file}: {n}" for p in parts for n in p.part.notes]
    unique = list(dict.fromkeys(said))
    more = len(unique) - MOST_NOTES
    return [*unique[:MOST_NOTES], *([f"… and {more:,} more notes."] if more > 0 else [])]


def _merge(
    con: duckdb.DuckDBPyConnection, parts: list[Finished], items: Path, records: Path, rejects: Path
) -> int:
    """Writes the merged files; returns how many rows fell away because a later table has them too."""
    for what, key in (("items", "key"), ("records", "row_key")):
        paths = [
            (i, p.part.items if what == "items" else p.part.records) for i, p in enumerate(parts)
        ]
        union = " UNION ALL ".join(
            f"SELECT *, {i} AS f FROM read_parquet({quoted(str(path))})" for i, path in paths
        )
        con.execute(f"CREATE OR REPLACE TEMP TABLE all_{what} AS {union}")
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE last_{what} AS SELECT {key}, max(f) AS f FROM all_{what}"
            " GROUP BY ALL"
        )
    for what, key, columns, path in (
        ("items", "key", ITEM_COLUMNS, items),
        ("records", "row_key", RECORD_COLUMNS, records),
    ):
        picked = ", ".join(f'a."{c}"' for c in columns)
        write(
            con,
            f"SELECT {picked} FROM all_{what} a JOIN last_{what} l ON l.{key} = a.{key} AND l.f = a.f",
            path,
        )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE gone AS SELECT f, r FROM (SELECT f, r FROM all_records UNION"
        " SELECT f, r FROM all_items) EXCEPT (SELECT a.f, a.r FROM all_records a JOIN last_records USING"
        " (row_key, f) UNION SELECT a.f, a.r FROM all_items a JOIN last_items USING (key, f))"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE doubled (place VARCHAR)")
    for i, part in enumerate(parts):
        con.execute("CREATE OR REPLACE TEMP TABLE wanted AS SELECT r FROM gone WHERE f = ?", [i])
        if count(con, "SELECT count(*) FROM wanted"):
            part.name_rows()
            con.execute("INSERT INTO doubled SELECT place FROM placed ORDER BY r")
    union = " UNION ALL ".join(
        f"SELECT * FROM read_parquet({quoted(str(p.rejects))})" for p in parts
    )
    write(con, f"{union} UNION ALL SELECT place, 'also in a later table', '' FROM doubled", rejects)
    return count(con, "SELECT count(*) FROM doubled")
