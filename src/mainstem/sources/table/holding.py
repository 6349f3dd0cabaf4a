"""What all files of a connection say together, kept beside, and how it differs from what it was.

Each file is staged once and kept as Parquet until it changes. Out of all of them the state is made: a row
that several files have counts once, as the last of them has it. Between two states only differences are
handed over. All of it can be made again from the files.
"""
# ruff: noqa: S608

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mainstem.sources.table.opened import quoted_path
from mainstem.sources.table.parts import write
from mainstem.work.records import ITEM_COLUMNS, RECORD_COLUMNS

if TYPE_CHECKING:
    import duckdb

#: Records are kept in so many parts, told by their key; a part is a stem and is withdrawn as one.
PARTS = 16**3
_PAGE = 4_000
_MEMORY = "512MB"
_TEXTS = {"day", "created", "started", "done"}


@dataclass(frozen=True, slots=True)
class Holding:
    """The folder in which staged files and states are kept."""

    folder: Path

    def staged(self, name: str, digest: str) -> Path:
        """Where a file's staged rows are, by its name and contents; the folder may not be there."""
        told = hashlib.sha256(f"{name}\0{digest}".encode()).hexdigest()[:24]
        return self.folder / f"file-{told}"

    def state(self, number: str) -> Path:
        """Where a state is; the folder may not be there."""
        return self.folder / f"state-{number}"

    def clear(self, keep: Iterable[Path]) -> None:
        """Throws away everything but these folders."""
        kept = {path.name for path in keep}
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name.startswith(("file-", "state-", "making-")) and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    def latest(self) -> Path | None:
        """The newest state, if there is any."""
        found = [p for p in self.folder.glob("state-*") if (p / "items.parquet").is_file()]
        return max(found, key=lambda p: p.stat().st_mtime_ns, default=None)


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """An engine that spills into a folder."""
    import duckdb

    return duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(folder / "spill")})


def make_state(con: duckdb.DuckDBPyConnection, parts: Sequence[Path], into: Path) -> None:
    """Puts the staged rows of files together, the last of them first, whole or not at all."""
    part = into.with_name(into.name.replace("state-", "making-"))
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for what, key, columns in (
        ("items", "key", ITEM_COLUMNS), ("records", "row_key", RECORD_COLUMNS),
    ):  # fmt: skip
        picked = ", ".join(f'"{c}"' for c in columns)
        files = [(n, folder / f"{what}.parquet") for n, folder in enumerate(parts)]
        union = (
            " UNION ALL ".join(
                f"SELECT {picked}, {n} AS f FROM read_parquet({quoted_path(p)})" for n, p in files
            )
            or f"SELECT {_nothing(columns)}, 0 AS f WHERE false"
        )
        last = f"SELECT * FROM ({union}) QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY f DESC) = 1"
        stem = ", left(sha1(row_key), 3) AS stem" if what == "records" else ""
        order = " ORDER BY stem, row_key" if stem else ""
        write(con, f"SELECT {picked}{stem} FROM ({last}){order}", part / f"{what}.parquet")
    part.replace(into)


def _nothing(columns: Iterable[str]) -> str:
    return ", ".join(f"NULL::{RECORD_COLUMNS.get(c) or ITEM_COLUMNS[c]} AS {c}" for c in columns)


class Difference:
    """What a state has that another has not, and the other way round.

    Args:
        old: ``None``: nothing is known of what was before.
        new: The state that shall be.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, old: Path | None, new: Path) -> None:
        self._con, self._old = con, old
        for what in ("items", "records"):
            file = quoted_path(new / f"{what}.parquet")
            con.execute(f"CREATE OR REPLACE VIEW new_{what} AS SELECT * FROM read_parquet({file})")
            if old is not None:
                was = quoted_path(old / f"{what}.parquet")
                con.execute(
                    f"CREATE OR REPLACE VIEW old_{what} AS SELECT * FROM read_parquet({was})"
                )

    def items(self) -> Iterator[list[dict[str, Any]]]:
        """Items that are new or other, in pages."""
        what = _other("items", "key", ITEM_COLUMNS) if self._old else "SELECT * FROM new_items"
        return self._pages(what, ITEM_COLUMNS)

    def records(self, *, withdraws: bool) -> Iterator[tuple[list[str], list[dict[str, Any]]]]:
        """(parts that are whole, records): those that are new or other, and parts that lost one.

        Args:
            withdraws: Whether the new state is all there is; else no part is called whole.
        """
        if self._old is None:
            yield from self._whole(all_parts() if withdraws else [])
            return
        self._con.execute(
            "CREATE OR REPLACE TABLE lost AS SELECT DISTINCT stem FROM old_records"
            " ANTI JOIN new_records USING (row_key)"
        )
        other = _other("records", "row_key", RECORD_COLUMNS)
        keep = " WHERE stem NOT IN (SELECT stem FROM lost)" if withdraws else ""
        for page in self._pages(f"SELECT * FROM ({other}){keep}", RECORD_COLUMNS):
            yield [], page
        if withdraws:
            found = self._con.execute("SELECT stem FROM lost ORDER BY stem").fetchall()
            yield from self._whole([str(row[0]) for row in found])

    def _whole(self, parts: list[str]) -> Iterator[tuple[list[str], list[dict[str, Any]]]]:
        """Whole parts, several at a time; without any named, all records and no part called whole."""
        if not parts:
            if self._old is None:
                for page in self._pages("SELECT * FROM new_records", RECORD_COLUMNS):
                    yield [], page
            return
        counts = dict(
            self._con.execute("SELECT stem, count(*) FROM new_records GROUP BY stem").fetchall()
        )
        some: list[str] = []
        size = 0
        for number, part in enumerate(parts, 1):
            some.append(part)
            size += counts.get(part, 0)
            if size >= _PAGE or number == len(parts):
                yield some, self._of(some) if size else []
                some, size = [], 0

    def _of(self, parts: list[str]) -> list[dict[str, Any]]:
        listed = ", ".join(f"'{part}'" for part in parts)
        # stems are in order, so that only their part of the file is read
        where = f"stem BETWEEN '{parts[0]}' AND '{parts[-1]}' AND stem IN ({listed})"
        pages = self._pages(f"SELECT * FROM new_records WHERE {where}", RECORD_COLUMNS)
        return [row for page in pages for row in page]

    def gone(self, known: Iterable[str]) -> list[str]:
        """Keys of items that are no longer there: of those known."""
        keys = {row[0] for row in self._con.execute("SELECT key FROM new_items").fetchall()}
        return [key for key in known if key not in keys]

    def _pages(self, sql: str, columns: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
        names = list(columns)
        picked = ", ".join(f"{c}::VARCHAR AS {c}" if c in _TEXTS else f'"{c}"' for c in names)
        stem = ", stem" if "row_key" in names else ""
        cursor = self._con.cursor()
        cursor.execute(f"SELECT {picked}{stem} FROM ({sql})")
        while rows := cursor.fetchmany(_PAGE):
            made = [dict(zip(names, row, strict=False)) for row in rows]
            if stem:
                for record, row in zip(made, rows, strict=True):
                    record["row_key"] = f"{row[-1]}#{record['row_key']}"
            yield made


def _other(what: str, key: str, columns: Iterable[str]) -> str:
    """Rows of the new state that the old one has not, or has otherwise."""
    names = [c for c in columns if c != key]
    new, old = (", ".join(f'{t}."{c}"' for c in names) for t in ("n", "o"))
    return (
        f"SELECT n.* FROM new_{what} n LEFT JOIN old_{what} o USING ({key})"
        f" WHERE o.{key} IS NULL OR ({new}) IS DISTINCT FROM ({old})"
    )


def all_parts() -> list[str]:
    """Names of all parts, in order."""
    return [f"{n:03x}" for n in range(PARTS)]
