"""Text tables: encoding, delimiter and header are found in the first part, DuckDB reads the whole."""
# ruff: noqa: S608

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mainstem.errors import SourceError
from mainstem.sources.table.opened import (
    SAMPLE_ROWS,
    Column,
    Opened,
    chosen_header,
    name_columns,
    quoted,
    quoted_path,
)

if TYPE_CHECKING:
    import duckdb

HEAD = 1 << 18
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_csv(
    con: duckdb.DuckDBPyConnection, path: Path, options: Mapping[str, str], work: Path
) -> Opened:
    """Opens a CSV, TSV or other delimited text, also compressed.

    Args:
        options: ``encoding``, ``delimiter``, ``header`` override what is found.
        work: Folder for a recoded copy, if one is needed.

    Raises:
        SourceError: if it is empty, has no header, or cannot be read.
    """
    notes: list[str] = []
    read_path, text = _first_part(con, path, options, work, notes)
    delimiter, declared = find_delimiter(text, path, options)
    records = _records(text, delimiter)
    first = _past_declaration(records, declared)
    at = chosen_header(records[first:60], path, options.get("header"))
    at = at + first if at >= 0 else first - 1
    width = _width(records[at + 1 :], len(records[at]) if at >= 0 else 0)
    cells = records[at] if at >= 0 else []
    names = name_columns(cells + [""] * (width - len(cells)))
    if at > first:
        notes.append(
            f"{path.name}: the column names are on line {at + 1}; lines before it were left out."
        )
    return Opened(
        path,
        "csv",
        [Column(n, f"c{i}") for i, n in enumerate(names)],
        csv_sql(read_path, len(names), delimiter, at + 1),
        _sample(records[at + 1 :], len(names)),
        notes,
        read_path,
        at + 1,
        place=f"{path.name}:{{}}",
        european=delimiter == ";",
        stores_rejects=True,
    )


def _first_part(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    options: Mapping[str, str],
    work: Path,
    notes: list[str],
) -> tuple[Path, str]:
    """The file to read, recoded if need be, and its first lines."""
    head = _head(con, path)
    refuse_other_kinds(head, path)
    encoding = options.get("encoding") or find_encoding(head)
    read_path = path
    if encoding not in ("utf-8", "utf-8-sig"):
        read_path = recode(path, encoding, work)
        head = _head(con, read_path)
        notes.append(f"{path.name} is {_word(encoding)}, not UTF-8; it was recoded.")
    text = head.decode("utf-8-sig", errors="replace")
    if len(head) >= HEAD:
        text = text[: text.rfind("\n") + 1] or text
    return read_path, text


#: First bytes of files that are no text, or no table, whatever their name says → what they are, what to do.
_OTHER_KINDS = (
    (b"PK\x03\x04", "a ZIP archive or an Excel file", "Unpack it, or name it .xlsx if it is one."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "Name it .xls."),
    (b"PAR1", "a Parquet file", "Name it .parquet."),
    (b"\x1f\x8b", "packed with gzip", "Name it .csv.gz."),
    (b"%PDF", "a PDF document", "Export the table as CSV or Excel."),
)
_WEB_PAGE = re.compile(rb"\s*<(!doctype html|html|head|table|meta)\b", re.IGNORECASE)


def refuse_other_kinds(head: bytes, path: Path, *, of_text: bool = True) -> None:
    """Says what a file is whose first bytes show that its name is wrong.

    Args:
        of_text: Also refuse what is no text; a workbook is none.

    Raises:
        SourceError: it is something else.
    """
    for start, what, hint in _OTHER_KINDS:
        if of_text and head.startswith(start):
            raise SourceError(f"{path.name} is {what}, not text.", hint, code="source.unreadable")
    if _WEB_PAGE.match(head.removeprefix(codecs.BOM_UTF8)):
        raise SourceError(
            f"{path.name} is a web page, not a table.",
            "If it shows a table, open it in a spreadsheet program and save it as .xlsx or .csv;"
            " if it asks to sign in, download the export again.",
            code="source.unreadable",
        )


def _sample(records: list[list[str]], width: int) -> list[list[str | tuple[str, ...] | None]]:
    rows = [r for r in records if len(r) == width][:SAMPLE_ROWS]
    return [[c or None for c in r] for r in rows]


def csv_sql(path: Path, width: int, delimiter: str, skip: int, more: str = "") -> str:
    """DuckDB's reader with everything decided: no sniffing, every column a text."""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    return (
        f"read_csv({quoted_path(path)}, columns={{{columns}}}, auto_detect=false, header=false, "
        f"delim={quoted(delimiter)}, quote='\"', escape='\"', skip={skip}, store_rejects=true{more})"
    )


def _word(encoding: str) -> str:
    return {"cp1252": "Windows-1252 (Latin-1)", "utf-16": "UTF-16"}.get(encoding, encoding)


def _head(con: duckdb.DuckDBPyConnection, path: Path) -> bytes:
    if path.suffix.lower() == ".zst":
        return _zst_head(con, path)
    try:
        with open_bytes(path) as f:
            return f.read(HEAD)
    except (OSError, EOFError) as error:
        raise SourceError(
            f"{path.name} cannot be read: {error}.", "Check that the file is whole and readable."
        ) from error


def _zst_head(con: duckdb.DuckDBPyConnection, path: Path) -> bytes:
    import duckdb

    sql = (
        f"SELECT line FROM read_csv({quoted_path(path)}, columns={{'line': 'VARCHAR'}}, header=false, "
        "auto_detect=false, delim=chr(1), quote='', escape='', compression='zstd') LIMIT 1000"
    )
    try:
        lines = con.execute(sql.replace("chr(1)", "'\x01'")).fetchall()
    except duckdb.Error as error:
        raise SourceError(
            f"{path.name} cannot be read as UTF-8 text.", "Unpack it first (zstd -d)."
        ) from error
    return "\n".join(line or "" for (line,) in lines).encode()[:HEAD]


def open_bytes(path: Path) -> IO[bytes]:
    """The file's content, unpacked if it is gzip."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def find_encoding(head: bytes) -> str:
    """``utf-8``, ``utf-16``, ``utf-16-le``, ``utf-16-be`` or ``cp1252``, from the first bytes."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    # text in UTF-16 that is mostly Latin has a zero in every other place; a stray zero is only dirt
    start = head[:2000]
    odd, even = start[1::2].count(0), start[0::2].count(0)
    if max(odd, even) > max(0.05 * len(start), 4 * min(odd, even)):
        return "utf-16-le" if odd >= even else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=False)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def recode(path: Path, encoding: str, work: Path) -> Path:
    """A UTF-8 copy of ``path`` in ``work``.

    Raises:
        SourceError: if there is no such encoding, or the file cannot be read.
    """
    out = work / f"recoded-{abs(hash(path.name)) % 10**8}.csv"
    try:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        with open_bytes(path) as source, out.open("wb") as target:
            for chunk in _chunks(source):
                target.write(decoder.decode(chunk).lstrip("\ufeff").encode())
            target.write(decoder.decode(b"", final=True).encode())
    except LookupError as error:
        raise SourceError(
            f"There is no encoding {encoding!r}.", "Use utf-8, utf-16, latin-1 or cp1252."
        ) from error
    except (OSError, EOFError, UnicodeError) as error:
        raise SourceError(f"{path.name} cannot be read: {error}.", "Check the file.") from error
    return out


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(1 << 22):
        yield chunk


def find_delimiter(text: str, path: Path, options: Mapping[str, str]) -> tuple[str, bool]:
    """The delimiter, and whether the first line (``sep=;``) declares it."""
    first = text.split("\n", 1)[0].strip().strip('"')
    declared = first.lower().startswith("sep=") and len(first) in (4, 5)
    if option := options.get("delimiter"):
        return _DELIMITERS.get(option, option), declared
    if declared:
        return (first[4:] or "\t"), True
    if not text.strip():
        return ",", False
    best, best_score = ",", (-1.0, 0)
    for delimiter in ("\t", ";", ",", "|"):
        widths = [len(r) for r in _records(text, delimiter)[:200] if any(r)]
        if not widths:
            continue
        usual = max(set(widths), key=lambda w: (widths.count(w), w))
        steady = widths.count(usual) / len(widths) if usual > 1 else 0.0
        score = (round(steady, 1), usual)
        if score > best_score:
            best, best_score = delimiter, score
    return best, False


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(1 << 30)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return list(
            csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
        )


def _past_declaration(records: list[list[str]], declared: bool) -> int:
    return 1 if declared and records else 0


def _width(rows: list[list[str]], header: int) -> int:
    """As wide as the header, unless nearly every row has one more (a delimiter at the line's end)."""
    widths = [len(r) for r in rows if any(r)]
    if header and widths and widths.count(header + 1) > 0.9 * len(widths):
        return header + 1
    return header or max(widths, key=widths.count, default=1)
