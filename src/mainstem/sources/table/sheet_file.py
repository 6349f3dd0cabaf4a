"""Excel and OpenDocument sheets: read by calamine, handed to DuckDB as text."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.errors import SourceError
from mainstem.sources.table.csv_file import csv_sql, refuse_other_kinds
from mainstem.sources.table.opened import (
    SAMPLE_ROWS,
    Column,
    Opened,
    chosen_header,
    name_columns,
)

if TYPE_CHECKING:
    import duckdb


def open_sheets(
    con: duckdb.DuckDBPyConnection, path: Path, options: Mapping[str, str], work: Path
) -> list[Opened]:
    """Opens the sheets asked for by the option ``sheet``: a name, a number, ``*`` for all; without it,
    the first that has a table.

    Raises:
        SourceError: if there is no such sheet, or none has a table.
    """
    del con
    book = _book(path)
    names = list(book.sheet_names)
    chosen = _chosen(names, options.get("sheet"), path)
    opened: list[Opened] = []
    problem: SourceError | None = None
    for name in chosen:
        try:
            opened.append(_open_sheet(book, name, path, options, work, len(opened)))
        except SourceError as error:
            problem = error
            continue
        if options.get("sheet") is None:
            break
    if not opened:
        raise problem or SourceError(f"{path.name} has no sheets.", "Save it with at least one.")
    others = [n for n in names if f'sheet "{n}"' not in " ".join(o.place for o in opened)]
    if others and options.get("sheet") is None:
        opened[0].notes.append(
            f"{path.name}: only the sheet {opened[0].place.split(chr(34))[1]!r} was read; there are also"
            f" {', '.join(repr(n) for n in others[:8])} (option sheet=<name>, or sheet=* for all)."
        )
    return opened


def _book(path: Path) -> Any:
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:
        with path.open("rb") as file:
            refuse_other_kinds(file.read(1000), path, of_text=False)
        raise SourceError(
            f"{path.name} cannot be read as a workbook: {error}.",
            "Save it again as .xlsx, without a password.",
        ) from error


def _chosen(names: list[str], option: str | None, path: Path) -> list[str]:
    if option in (None, "*"):
        return names
    assert option is not None
    if option in names:
        return [option]
    if option.isdecimal() and 0 < int(option) <= len(names):
        return [names[int(option) - 1]]
    raise SourceError(
        f"{path.name} has no sheet {option!r}.",
        f"Its sheets: {', '.join(repr(n) for n in names)}.",
        code="source.no_sheet",
    )


def _open_sheet(
    book: Any, name: str, path: Path, options: Mapping[str, str], work: Path, number: int
) -> Opened:
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    head = [[cell_text(c) or "" for c in row] for row in islice(rows, 60)]
    head = [_stripped(r) for r in head]
    at = chosen_header(head, path, options.get("header"))
    _fill_merged(rows, sheet.merged_cell_ranges or [], at + 1)
    width = max(map(len, head), default=1)
    names = name_columns((head[at] if at >= 0 else []) + [""] * width)
    used = max([len(head[at])] if at >= 0 else [width], default=1)
    names = names[:used]
    copy = work / f"sheet-{abs(hash((path.name, name))) % 10**8}-{number}.csv"
    sample: list[list[str | tuple[str, ...] | None]] = []
    with copy.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f)
        for i, row in enumerate(rows[at + 1 :], start=at + 2):
            cells = [cell_text(c) for c in row[:used]]
            if any(cells):
                cells += [None] * (used - len(cells))
                writer.writerow([i, *cells])
                if len(sample) < SAMPLE_ROWS:
                    sample.append([*cells])
    notes = []
    if at > 0:
        notes.append(
            f"{path.name}: the column names are in row {at + 1}; rows before it were left out."
        )
    return Opened(
        path,
        "sheet",
        [Column(n, f"c{i + 1}") for i, n in enumerate(names)],
        csv_sql(copy, used + 1, ",", 0),
        sample,
        notes,
        copy,
        row_sql="c0::BIGINT",
        place=f'{path.name} sheet "{name}" row {{}}',
    )


def _fill_merged(
    rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]], first: int
) -> None:
    """A name or a day that is merged over several rows holds for each of them. A number is left where it
    stands: eight hours over three rows are not twenty-four."""
    for (top, left), (bottom, _) in ranges:
        if top < first or top >= len(rows) or left >= len(rows[top]):
            continue
        cell = rows[top][left]
        is_word = isinstance(cell, str) and not cell.strip()[:1].isdigit()
        if is_word or isinstance(cell, dt.date):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = cell


def _stripped(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row = row[:-1]
    return row


def cell_text(cell: Any) -> str | None:
    """A cell as text that reads back exactly: dates as ISO, durations as h:mm:ss, 5.0 as 5."""
    match cell:
        case None | "":
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case dt.datetime():
            midnight = cell.time() == dt.time(0)
            return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
        case dt.date():
            return cell.isoformat()
        case dt.time():
            return cell.strftime("%H:%M:%S")
        case dt.timedelta():
            return _clock(cell)
        case _:
            return str(cell)


def _clock(length: dt.timedelta) -> str:
    seconds = round(length.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, s = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{s:02}"
