"""The table source: opens files, finds their mapping, turns rows into staged items and records."""
# ruff: noqa: S608

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import SourceError
from mainstem.ids import slug
from mainstem.sources.base import ReadRequest
from mainstem.sources.table.binding import Bound, bind, load
from mainstem.sources.table.header import guess_mapping
from mainstem.sources.table.mapping import Mapping, load_mapping
from mainstem.sources.table.merging import Finished, finish, put_together
from mainstem.sources.table.opened import Opened, quoted, type_of
from mainstem.sources.table.options import Options, read_options
from mainstem.sources.table.settle import Rules, decide_day_first
from mainstem.work.records import Staged

if TYPE_CHECKING:
    import duckdb

#: Name of the only part of an import.
ONE = "only"
_DATES = ("day", "start", "end", "created", "started", "done", "updated")


class TableSource:
    """Reads CSV, TSV, Excel, JSON Lines, JSON and Parquet, packed or not, and folders of them."""

    name = "table"

    def recognises(self, path: Path) -> bool:
        """Whether the name says that it is a table, or a folder that holds one."""
        if path.is_dir():
            return any(True for _ in _tables(path))
        return type_of(path) is not None

    def read(self, request: ReadRequest) -> Staged:
        """Reads a table, or all tables of a folder, into staged files.

        Raises:
            SourceError: if there is no table, it cannot be opened, or it is not work.
        """
        options = read_options(request.options)
        files = list(_tables(request.path)) if request.path.is_dir() else [request.path]
        if not files:
            raise SourceError(
                f"There is no table in {request.path.name}.",
                "It may hold .csv, .tsv, .xlsx, .jsonl, .json and .parquet, also .gz and .zst.",
            )
        with tempfile.TemporaryDirectory(prefix="reading-", dir=request.into) as folder:
            con = connect(request.timezone, Path(folder))
            try:
                return _read(con, request, files, options, Path(folder))
            finally:
                con.close()


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


def _tables(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(p.startswith((".", "~$")) for p in path.relative_to(folder).parts)
        if path.is_file() and not hidden and type_of(path) and path.suffix.lower() != ".txt":
            yield path


def _read(
    con: duckdb.DuckDBPyConnection,
    request: ReadRequest,
    files: list[Path],
    options: Options,
    work: Path,
) -> Staged:
    finished: list[Finished] = []
    skipped: list[str] = []
    mappings: list[str] = []
    for number, path in enumerate(files):
        request.progress(number, len(files), f"reading {path.name}")
        try:
            for opened in open_table(con, path, options, work):
                mapping = choose_mapping(opened, options)
                many = len(files) > 1 or opened.kind == "sheet"
                into = work / (f"part-{len(finished)}" if many else ONE)
                part = read_table(con, opened, mapping, options, request.timezone, into)
                finished.append(part)
                mappings.append(mapping.name)
        except SourceError as error:
            if len(files) == 1:
                raise
            skipped.append(f"{path.name} was left out: {error.message}")
    if not finished:
        raise SourceError(
            f"None of the {len(files)} tables in {request.path.name} could be read. {skipped[0]}",
            "Give a mapping, or read one of them to see what is wrong with it.",
            code="source.not_work",
        )
    name = request.source or source_name(request.path, mappings)
    return put_together(con, finished, request.into, name, skipped)


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
        if not options.columns.keys() & {"key", "title", "hours", "points"}:
            raise
        rows = "time" if "hours" in options.columns and "day" in options.columns else "issues"
        mapping = Mapping(rows=rows)
    return options.applied(mapping)


def read_table(
    con: duckdb.DuckDBPyConnection,
    opened: Opened,
    mapping: Mapping,
    options: Options,
    zone: str,
    into: Path,
) -> Finished:
    """Reads one opened table into staged parts.

    Args:
        into: Where the parts go, without their endings; called ``ONE`` if there will be no other.

    Raises:
        SourceError: if a column is missing, or the file breaks off.
    """
    from mainstem.sources.table.issue_rows import stage_issue_rows
    from mainstem.sources.table.time_rows import stage_time_rows

    bound = bind(mapping, opened)
    _load(con, bound, into.parent)
    rules = Rules(
        zone,
        mapping.day_first,
        mapping.decimal,
        opened.european,
        options.full_day,
        options.given.get("earliest", Rules().earliest),
        options.given.get("latest", Rules().latest),
    )
    texts = [bound.text(r) for r in _DATES if bound.has(r)]
    day_first, note = decide_day_first(con, texts, rules)
    stage = stage_time_rows if mapping.rows == "time" else stage_issue_rows
    part = stage(
        con, bound, rules, day_first,
        date=options.given.get("date"), bots=options.bots, into=into, numbered=into.name != ONE,
    )  # fmt: skip
    part.notes[:0] = [*opened.notes, *([note] if note else [])]
    return finish(con, opened, part, into.with_suffix(".rejects.parquet"))


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


def source_name(path: Path, mappings: list[str]) -> str:
    """The name to land under: that of the program the export is from, else of the file without dates.

    Exports of one program correct each other, whatever their files are called.
    """
    known = {m for m in mappings if m and not m.startswith("generic")}
    if len(known) == 1 and len(set(mappings)) == 1:
        return known.pop()
    stem = path.name
    while "." in stem and not path.is_dir() and stem.rsplit(".", 1)[1].isalnum():
        stem = stem.rsplit(".", 1)[0]
    bare = re.sub(
        r"\(\d+\)|\d{4}-?\d{2}(-?\d{2})?|\d{4,}|\bcopy\b|\bkopie\b", " ", stem, flags=re.IGNORECASE
    )
    bare = re.sub(r"[\s_.\-–]+", "-", bare).strip("-")
    return slug(bare or stem)


@dataclass(frozen=True, slots=True)
class Description:
    """How a table would be read."""

    path: Path
    table: str
    mapping: Mapping
    header: tuple[str, ...]
    columns: tuple[tuple[str, str, str, str], ...]
    fields: tuple[str, ...]
    notes: tuple[str, ...]

    def as_text(self) -> str:
        """One line per role: role, column, an example, why."""
        lines = [
            f"{self.table}: a row is {'a time entry' if self.mapping.rows == 'time' else 'a work item'}"
            + (f" ({self.mapping.about})" if self.mapping.about else "")
        ]
        width = max((len(c) for _, c, _, _ in self.columns), default=0)
        for role, column, example, reason in self.columns:
            shown = f"  e.g. {example}" if example else ""
            lines.append(f"  {role:<14} ← {column:<{width}}  {reason}{shown}")
        if self.mapping.rows == "time":
            lines.append(f"  plain numbers are {self.mapping.unit}")
        if self.fields:
            lines.append(f"  fields         ← {', '.join(self.fields)}")
        return "\n".join([*lines, *self.notes])


def describe_mapping(path: Path, options: Dict[str, str] | None = None) -> list[Description]:
    """How the tables at ``path`` would be read, without reading them whole.

    Args:
        options: As for reading.

    Raises:
        SourceError: if a table cannot be opened or is not work.
    """
    asked = read_options(options)
    files = list(_tables(path)) if path.is_dir() else [path]
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        con = connect("UTC", Path(folder))
        try:
            return [
                _describe(opened, choose_mapping(opened, asked))
                for file in files
                for opened in open_table(con, file, asked, Path(folder))
            ]
        finally:
            con.close()


def _describe(opened: Opened, mapping: Mapping) -> Description:
    bound = bind(mapping, opened)
    rows = []
    for role, places in bound.roles.items():
        names = list(dict.fromkeys(bound.picked[p].name for p in places))
        example = next((e for n in names if (e := _example(opened, n))), "")
        rows.append(
            (role, ", ".join(names), example, mapping.reasons.get(role, "as the mapping says"))
        )
    return Description(
        opened.path,
        opened.place.replace("{}", "").strip(": ").removesuffix(" row").removesuffix(" object"),
        mapping,
        tuple(opened.header),
        tuple(rows),
        tuple(bound.rest),
        tuple(opened.notes),
    )


def _example(opened: Opened, name: str) -> str:
    if name not in opened.header:
        return ""
    place = opened.header.index(name)
    for row in opened.sample:
        value = row[place]
        text = ", ".join(value) if isinstance(value, tuple) else value
        if text:
            return text.replace("\n", " ")[:40]
    return ""
