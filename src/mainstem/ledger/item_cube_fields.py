"""What conditions on items look at, of the items with effort in some days: a small table beside the ledger.

A new query for a label or a word then reads these items and not all that were ever worked on. It is made
ahead for the days that people look at most; for other days all items are read. Like all that is kept, it
is named after what it was made of, appears by one rename, and is not used if it is not as it was written.
"""

from __future__ import annotations

import uuid
import zlib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mainstem.ledger.cube_files import content_of
from mainstem.ledger.item_cube_held import Held
from mainstem.ledger.questions import Desk
from mainstem.ledger.store import relation

COLUMNS = ("item", "source", "key", "title", "type", "state", "project", "epic", "parent", "labels",
           "components", "paths", "created", "started", "done")  # fmt: skip
#: Such tables kept beside the ledger.
MOST = 4
BLOCK = 1 << 20
#: Files that were looked through and found whole.
_WHOLE: Held[Path] = Held(64, lambda _: 1)


def source_of(desk: Desk, period: str) -> str | None:
    """The SQL that reads the fields of the items of some days; ``None`` if they are not kept.

    Args:
        desk: The ledger.
        period: Names what the days were made of.
    """
    stem = _stem(desk, period)
    if stem is None:
        return None
    for file in stem.parent.glob(f"{stem.name}-*.parquet"):
        with suppress(OSError, ValueError):
            whole = _WHOLE.get(str(file), lambda file=file: _checked(file))  # type: ignore[misc]
            # another process may have let it go since it was looked through
            if whole.exists():
                return f"read_parquet('{_quoted(whole)}')"
    return None


def make(desk: Desk, period: str, items: NDArray[Any]) -> None:
    """Makes the table, unless it is there; where there is no room for it, all items are read.

    Args:
        desk: The ledger.
        period: Names what the days were made of.
        items: Numbers of the items.
    """
    stem = _stem(desk, period)
    if stem is None or not len(items) or source_of(desk, period):
        return
    aside = stem.parent / f"new-{uuid.uuid4().hex}"
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        _write(desk, items, aside)
        for damaged in stem.parent.glob(f"{stem.name}-*.parquet"):
            damaged.unlink(missing_ok=True)
        aside.rename(stem.with_name(f"{stem.name}-{_check(aside):08x}.parquet"))
    except OSError:
        aside.unlink(missing_ok=True)
    _tidy(stem.parent)


def _write(desk: Desk, items: NDArray[Any], file: Path) -> None:
    with desk.connection() as con:
        con.register("near", {"item": items})
        try:
            con.execute(
                f"COPY (SELECT {', '.join(COLUMNS)} FROM {relation(desk.table('items'))} "
                "SEMI JOIN near USING (item)) "
                f"TO '{_quoted(file)}' (FORMAT parquet, COMPRESSION lz4)"
            )
        finally:
            con.unregister("near")


def _stem(desk: Desk, period: str) -> Path | None:
    if desk.kept_in is None:
        return None
    made_of = f"{period} {content_of(desk.table('items'))}"
    return desk.kept_in / "items" / f"fields-{sha256(made_of.encode()).hexdigest()[:20]}"


def _checked(file: Path) -> Path:
    """The same file; an error unless it holds what its name says."""
    if int(file.stem.rpartition("-")[2], 16) != _check(file):
        raise ValueError(f"{file.name} is damaged")
    return file


def _check(file: Path) -> int:
    check = 0
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            check = zlib.crc32(block, check)
    return check


def _tidy(folder: Path) -> None:
    with suppress(OSError):
        files = sorted(folder.glob("fields-*"), key=lambda f: f.stat().st_mtime, reverse=True)
        for old in files[MOST:]:
            old.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
