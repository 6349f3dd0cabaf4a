"""The table source: every table at a path becomes staged items and records."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.errors import SourceError
from mainstem.ids import slug
from mainstem.sources.base import ReadRequest
from mainstem.sources.table.binding import bind
from mainstem.sources.table.mapping import Mapping, save_mapping
from mainstem.sources.table.merging import Finished, put_together
from mainstem.sources.table.opened import Opened, type_of
from mainstem.sources.table.options import Options, read_options
from mainstem.sources.table.reading import (
    ONE,
    choose_mapping,
    connect,
    open_table,
    read_table,
    tables_in,
)
from mainstem.work.records import Staged

if TYPE_CHECKING:
    import duckdb


class TableSource:
    """Reads CSV, TSV, Excel, JSON Lines, JSON and Parquet, packed or not, and folders of them."""

    name = "table"

    def recognises(self, path: Path) -> bool:
        """Whether the name says that it is a table, or a folder that holds one."""
        if path.is_dir():
            return any(True for _ in tables_in(path))
        return type_of(path) is not None

    def read(self, request: ReadRequest) -> Staged:
        """Reads a table, or all tables of a folder, into staged files.

        Raises:
            SourceError: if there is no table, it cannot be opened, or it is not work.
        """
        options = read_options(request.options)
        files = list(tables_in(request.path)) if request.path.is_dir() else [request.path]
        if not files:
            raise SourceError(
                f"There is no table in {request.path.name}.",
                "It may hold .csv, .tsv, .xlsx, .jsonl, .json and .parquet, also .gz and .zst.",
            )
        work = Path(tempfile.mkdtemp(prefix="reading-", dir=request.into))
        con = connect(request.timezone, work)
        staged = None
        try:
            staged = _read(con, request, files, options, work)
            return staged
        finally:
            # an engine that is lent goes on spilling beside what it read
            if staged is None or staged.engine is None:
                con.close()
                shutil.rmtree(work, ignore_errors=True)


def _read(
    con: duckdb.DuckDBPyConnection,
    request: ReadRequest,
    files: list[Path],
    options: Options,
    work: Path,
) -> Staged:
    finished: list[Finished] = []
    skipped: list[str] = []
    mappings: dict[str, Mapping] = {}
    for number, path in enumerate(files):
        request.progress(number, len(files), f"reading {path.name}")
        try:
            for opened in open_table(con, path, options, work):
                mapping = choose_mapping(opened, options)
                many = len(files) > 1 or opened.kind == "sheet"
                into = work / (f"part-{len(finished)}" if many else ONE)
                part = read_table(
                    con, opened, mapping, options, request.timezone, into, request.borrows
                )
                finished.append(part)
                mappings.setdefault(_told(opened, mapping, options), mapping)
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
    name = request.source or source_name(request.path, [m.name for m in mappings.values()])
    _save(options, list(mappings.values()), skipped)
    return put_together(con, finished, request.into, name, [*mappings, *skipped])


def _told(opened: Opened, mapping: Mapping, options: Options) -> str:
    """One sentence about which column was taken for what."""
    bound = bind(mapping, opened)
    columns = (
        f"{role} ← {', '.join(dict.fromkeys(bound.picked[p].name for p in places))}"
        for role, places in bound.roles.items()
    )
    asked = mapping.name or options.given.get("mapping")
    by = f"mapping {asked}" if asked else "guessed"
    more = "" if asked else " Keep it with --save-mapping."
    row = "a time entry" if mapping.rows == "time" else "a work item"
    return f"A row is {row} ({by}): {'; '.join(columns)}.{more}"


def _save(options: Options, mappings: list[Mapping], notes: list[str]) -> None:
    """Writes the mapping that was used, if asked to."""
    if options.save is None:
        return
    try:
        save_mapping(mappings[0], options.save)
    except OSError as error:
        raise SourceError(
            f"The mapping cannot be written to {options.save}: {error.strerror}.",
            "Choose a file in a folder that there is.",
        ) from error
    if len(mappings) > 1:
        notes.append(f"The tables were read by {len(mappings)} mappings; only the first was kept.")


def source_name(path: Path, mappings: list[str]) -> str:
    """The name to land under: that of the program the export is from, else of the file without dates.

    Exports of one program correct each other, whatever their files are called.
    """
    known = {m for m in mappings if m and not m.startswith("generic")}
    if len(known) == 1 and len(set(mappings)) == 1:
        return known.pop()
    # `.` and `..` are called what the folder is called
    stem = path.name if path.name not in ("", "..") else path.resolve().name
    while "." in stem and not path.is_dir() and stem.rsplit(".", 1)[1].isalnum():
        stem = stem.rsplit(".", 1)[0]
    bare = re.sub(
        r"\(\d+\)|\d{4}-?\d{2}(-?\d{2})?|\d{4,}|\bcopy\b|\bkopie\b", " ", stem, flags=re.IGNORECASE
    )
    bare = re.sub(r"[\s_.\-–]+", "-", bare).strip("-")
    return slug(bare or stem)
