"""Opening a table, choosing its mapping, and turning its rows into staged parts."""

# ruff: noqa: S608
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import SourceError
from mainstem.sources.table.binding import Bound, bind, load
from mainstem.sources.table.header import guess_mapping
from mainstem.sources.table.mapping import Mapping, load_mapping
from mainstem.sources.table.merging import Finished, finish
from mainstem.sources.table.opened import Opened, quoted, type_of
from mainstem.sources.table.options import Options
from mainstem.sources.table.settle import Rules, decide_day_first
from mainstem.sources.table.task import Task

if TYPE_CHECKING:
    import duckdb

#: Name of the only part of an import.
ONE = "only"
_DATES = ("day", "start", "end", "created", "started", "done", "updated")


def connect(timezone: str, work: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own whose days are cut in ``timezone``.

    Raises:
        SourceError: if there is no such time zone.
    """
    import duckdb

    con = duckdb.connect()
    con.execute(f"SET temp_directory = {quoted(str(work))}")
    con.execute("SET enable_progress_bar = false")
    try:
        con.execute(f"SET TimeZone = {quoted(timezone)}")
    except duckdb.Error as error:
        con.close()
        raise SourceError(
            f"There is no time zone {timezone!r}.", "Use a name like Europe/Berlin or UTC."
        ) from error
    return con


#: Files that Mainstem itself writes beside a plan.
_OF_A_PLAN = frozenset({"mainstem.schema.json", "answers.jsonl", "decisions.jsonl"})


def tables_in(folder: Path) -> Iterable[Path]:
    """Tables of a folder at any depth, by name; hidden files, plain texts and what a plan keeps beside itself
    are none."""
    for path in sorted(folder.rglob("*")):
        hidden = any(p.startswith((".", "~$")) for p in path.relative_to(folder).parts)
        other = path.suffix.lower() == ".txt" or path.name in _OF_A_PLAN
        if path.is_file() and not hidden and not other and type_of(path):
            yield path


def open_table(
    con: duckdb.DuckDBPyConnection, path: Path, options: Options, work: Path
) -> list[Opened]:
    """Opens one file; a workbook may give several tables.

    Raises:
        SourceError: if it is no table, or cannot be read.
    """
    kind = type_of(path)
    if kind == "json":
        from mainstem.sources.table.json_file import open_json

        return [open_json(con, path)]
    if kind == "parquet":
        from mainstem.sources.table.parquet_file import open_parquet

        return [open_parquet(con, path)]
    if kind == "sheet":
        from mainstem.sources.table.sheet_file import open_sheets

        return open_sheets(con, path, options.given, work)
    from mainstem.sources.table.csv_file import open_csv

    return [open_csv(con, path, options.given, work)]


def choose_mapping(opened: Opened, options: Options) -> Mapping:
    """The mapping asked for, or a guess; with what the options say otherwise.

    Raises:
        SourceError: if there is no such mapping, or the table is not work.
    """
    asked = options.given.get("mapping")
    if asked:
        return options.applied(load_mapping(asked))
    try:
        mapping = guess_mapping(opened.header, opened.sample, opened.path.name)
    except SourceError:
        named = options.columns.keys()
        if not named & {"key", "title", "hours", "points"} and not {"start", "end"} <= named:
            raise
        has_time = "hours" in named or {"start", "end"} <= named
        rows = "time" if has_time and "day" in named else "issues"
        mapping = Mapping(rows=rows)
    return options.applied(mapping)


def read_table(
    con: duckdb.DuckDBPyConnection,
    opened: Opened,
    mapping: Mapping,
    options: Options,
    zone: str,
    into: Path,
    lends: bool = False,
) -> Finished:
    """Reads one opened table into staged parts.

    Args:
        into: Where the parts go, without their endings; called ``ONE`` if there will be no other.
        lends: Whether such an only part may stay in the engine.

    Raises:
        SourceError: if a column is missing, or the file breaks off.
    """
    from mainstem.sources.table.issue_rows import stage_issue_rows
    from mainstem.sources.table.time_rows import stage_time_rows

    bound = bind(mapping, opened)
    _load(con, bound, into.parent)
    rules = _rules(bound, options, zone)
    texts = [bound.text(r) for r in _DATES if bound.has(r)]
    day_first, note = decide_day_first(con, texts, rules)
    notes = [*opened.notes, *([note] if note else [])]
    date, numbered = options.given.get("date"), into.name != ONE
    lends = lends and not numbered
    task = Task(con, bound, rules, day_first, date, options.bots, into, numbered, notes, lends)
    part = stage_time_rows(task) if mapping.rows == "time" else stage_issue_rows(task)
    return finish(con, opened, part, into.with_suffix(".rejects.parquet"))


def _rules(bound: Bound, options: Options, zone: str) -> Rules:
    return Rules(
        zone,
        bound.mapping.day_first,
        bound.mapping.decimal,
        bound.opened.european,
        options.full_day,
        options.given.get("earliest", Rules().earliest),
        options.given.get("latest", Rules().latest),
    )


def _load(con: duckdb.DuckDBPyConnection, bound: Bound, work: Path) -> None:
    """Loads the table; a text that turns out not to be UTF-8 after all is recoded and loaded again."""
    import duckdb

    opened = bound.opened
    _forget_rejects(con)
    try:
        load(con, bound)
        if opened.stores_rejects and opened.read_path == opened.path and _has_foreign_bytes(con):
            _recode(con, bound, work)
        if opened.stores_rejects and _lost(con, "LINE SIZE%"):
            _forget_rejects(con)
            opened.rows_sql = opened.rows_sql[:-1] + ", max_line_size=67108864)"
            load(con, bound)
    except duckdb.Error as error:
        raise SourceError(
            f"{opened.path.name} cannot be read: {str(error).splitlines()[0]}",
            "Check that the file is whole; option delimiter and header settle how it is split.",
        ) from error


def _recode(con: duckdb.DuckDBPyConnection, bound: Bound, work: Path) -> None:
    from mainstem.sources.table.csv_file import recode
    from mainstem.sources.table.opened import quoted_path

    opened = bound.opened
    copy = recode(opened.path, "cp1252", work)
    opened.rows_sql = opened.rows_sql.replace(quoted_path(opened.path), quoted_path(copy))
    opened.read_path = copy
    opened.notes.append(f"{opened.path.name} is Windows-1252 (Latin-1), not UTF-8; it was recoded.")
    _forget_rejects(con)
    load(con, bound)


def _forget_rejects(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DROP TABLE IF EXISTS reject_errors")
    con.execute("DROP TABLE IF EXISTS reject_scans")


def _lost(con: duckdb.DuckDBPyConnection, what: str) -> int:
    row = con.execute(
        "SELECT count(*) FROM reject_errors WHERE error_type::VARCHAR LIKE ?", [what]
    ).fetchone()
    return int(row[0]) if row else 0


def _has_foreign_bytes(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether rows were lost to their encoding while no kept row needs UTF-8 to be read."""
    if not _lost(con, "INVALID ENCODING"):
        return False
    texts = [
        f"strlen({c[0]}) <> length({c[0]})"
        for c in con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'raw' AND data_type = 'VARCHAR'"
        ).fetchall()
    ]
    row = con.execute(f"SELECT count(*) FROM raw WHERE {' OR '.join(texts)}").fetchone()
    return not (row and row[0])
