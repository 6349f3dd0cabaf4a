"""A table that has been opened: where its rows come from, its columns, and a sample to guess from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from mainstem.errors import SourceError
from mainstem.sources.table.days_across import refuse_days_across

#: Rows looked at before the whole file is read.
SAMPLE_ROWS = 500
_TYPES = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".psv": "csv",
    ".xlsx": "sheet", ".xls": "sheet", ".xlsm": "sheet", ".xlsb": "sheet", ".ods": "sheet",
    ".jsonl": "json", ".ndjson": "json", ".json": "json",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_UTC = re.compile(r"\(utc\)|\[utc\]|_utc$| utc$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an opened table.

    Attributes:
        name: As the file calls it; ``a.b`` and ``a[].b`` inside JSON and Parquet.
        sql: Its text (``VARCHAR``, or ``VARCHAR[]`` if ``many``), over ``Opened.rows_sql``.
        many: Whether a row holds a list.
    """

    name: str
    sql: str
    many: bool = False

    @property
    def utc(self) -> bool:
        """Whether the name says that its stamps are in UTC."""
        return _UTC.search(self.name) is not None


@dataclass(slots=True)
class Opened:
    """A table that is ready to be read by DuckDB.

    Attributes:
        path: The file, as a person knows it.
        kind: ``csv``, ``sheet``, ``json`` or ``parquet``.
        columns: All of them, in order.
        rows_sql: What stands behind FROM.
        sample: Some rows, as text (lists as tuples).
        notes: What a person should know about how it was read.
        read_path: The file that is really read, if another (recoded).
        head_records: Records before the first row of data (CSV).
        row_sql: Expression for the row's number in the file, if the file has one.
        broken_sql: Expression that is true for a row that is no row at all.
        place: How a place is written, with ``{}`` for the number.
        european: The file's dialect is one of countries with decimal commas.
        stores_rejects: DuckDB keeps what it could not split into columns.
    """

    path: Path
    kind: str
    columns: list[Column]
    rows_sql: str
    sample: list[list[str | tuple[str, ...] | None]]
    notes: list[str] = field(default_factory=list)
    read_path: Path | None = None
    head_records: int = 0
    row_sql: str | None = None
    broken_sql: str | None = None
    place: str = "{}"
    european: bool = False
    stores_rejects: bool = False

    @property
    def header(self) -> list[str]:
        """Names of the columns, as the file has them."""
        return [c.name for c in self.columns]


def type_of(path: Path) -> str | None:
    """``csv``, ``sheet``, ``json``, ``parquet``, or ``None`` if the name says nothing of a table."""
    name = path.name.lower()
    for packed in (".gz", ".zst"):
        name = name.removesuffix(packed)
    return _TYPES.get(Path(name).suffix)


def quoted(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted_path(path: Path) -> str:
    """A file's name as a SQL literal, in which nothing is a wildcard."""
    return quoted(re.sub(r"([*?\[])", r"[\1]", str(path)))


def name_columns(cells: list[str]) -> list[str]:
    """Column names from header cells; an empty cell becomes ``column 3``."""
    return [
        re.sub(r"[\s\u00a0]+", " ", c).strip("\ufeff ") or f"column {i + 1}"
        for i, c in enumerate(cells)
    ]


_VALUE = re.compile(
    r"[-+]?[\d.,' ]*\d[\d.,' %h]*|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|\d+:\d\d(:\d\d)?", re.IGNORECASE
)


def find_header(records: list[list[str]], path: Path) -> int:
    """Index of the header among the first records: the first one as wide as the data whose cells are
    words. Lines of a preamble are narrower, or nearly empty.

    Raises:
        SourceError: if there is none.
    """
    filled = [sum(1 for c in r if c.strip()) for r in records]
    if not any(filled):
        raise SourceError(
            f"{path.name} is empty.", "Export it again; it needs a line with column names.",
            code="source.empty",
        )  # fmt: skip
    widths = [len(r) for r, n in zip(records, filled, strict=True) if n]
    usual = max(set(widths), key=lambda w: (widths.count(w) * (w > 1), w))
    enough = max(2, 0.5 * max(filled)) if usual > 1 else 1
    for allowed in (0, 1):
        for i, record in enumerate(records):
            if abs(len(record) - usual) > allowed or filled[i] < enough:
                continue
            if any(_VALUE.fullmatch(c.strip()) for c in record):
                continue
            return i
    refuse_days_across(records, path.name)
    raise SourceError(
        f"{path.name} has no line with column names.",
        "Give the number of that line as the option header=<n>; header=none calls the columns"
        " column 1, column 2, …",
        code="source.no_header",
    )


def chosen_header(records: list[list[str]], path: Path, option: str | None) -> int:
    """Index of the header by the option ``header``; -1 for none.

    Raises:
        SourceError: if the option names no such line.
    """
    if option is None:
        return find_header(records, path)
    if option == "none":
        return -1
    if option.isdecimal() and 0 < int(option) <= len(records):
        return int(option) - 1
    raise SourceError(
        f"{path.name} has no line {option} to take column names from.",
        "The option header is a line number among the first lines, or none.",
    )
