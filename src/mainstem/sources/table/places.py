"""Which line of a text file a row came from, found only when a row has to be named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mainstem.sources.table.csv_file import open_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


def line_numbers(
    path: Path,
    *,
    skip: int,
    lost: list[int],
    rows: int,
    wanted: NDArray[np.int64],
    quotes: bool,
) -> tuple[NDArray[np.int64], list[int]] | None:
    """Line numbers (from 1) of rows of a text file.

    Args:
        skip: Records before the first row.
        lost: Byte positions of records that are no rows (they could not be split).
        rows: How many rows there are.
        wanted: Rows, from 0, whose lines are asked for.
        quotes: Whether line breaks inside quotes belong to a field (CSV, not JSON Lines).

    Returns:
        The line of each wanted row, and of each of ``lost``; ``None`` where the file is too odd to tell.
    """
    import numpy as np

    if path.suffix.lower() == ".zst":
        return None
    if not lost and _count_lines(path) == skip + rows:
        return wanted + skip + 1, []
    newlines, ends, size, blank_at = _scan(path, quotes)
    starts = np.concatenate(([0], ends + 1))
    stops = np.concatenate((ends, [size]))
    filled = stops - starts > 0
    if len(blank_at):
        filled &= ~np.isin(starts, blank_at)
    filled[:skip] = False
    keep = starts[filled]
    lost_starts = _match(keep, lost)
    if len(lost_starts):
        keep = keep[~np.isin(keep, lost_starts)]
    if len(keep) != rows:
        return None
    lost_lines = np.searchsorted(newlines, lost_starts, side="left") + 1
    return np.searchsorted(newlines, keep[wanted], side="left") + 1, [int(n) for n in lost_lines]


def _match(starts: NDArray[np.int64], positions: list[int]) -> NDArray[np.int64]:
    """DuckDB counts from 1, and after ``\\r\\n`` from the ``\\n``: the next start is meant."""
    import numpy as np

    if not positions or not len(starts):
        return np.array([], dtype=np.int64)
    at = np.searchsorted(starts, np.array(positions, dtype=np.int64) - 1, side="left")
    return starts[np.clip(at, 0, len(starts) - 1)]


def _count_lines(path: Path) -> int:
    """Lines of a text; if there are as many as records, each record is one line."""
    lines, last = 0, b"\n"
    with open_bytes(path) as f:
        while chunk := f.read(1 << 24):
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    return lines + (last != b"\n")


def _scan(
    path: Path, quotes: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], int, NDArray[np.int64]]:
    """Line breaks, those that end a record, the size, and starts of records that hold only ``\\r``."""
    import numpy as np

    newlines, marks, returns, size = [], [], [], 0
    with open_bytes(path) as f:
        while chunk := f.read(1 << 24):
            data = np.frombuffer(chunk, dtype=np.uint8)
            newlines.append(np.flatnonzero(data == _NEWLINE) + size)
            if quotes and b'"' in chunk:
                marks.append(np.flatnonzero(data == _QUOTE) + size)
            if b"\r" in chunk:
                returns.append(np.flatnonzero(data == _RETURN) + size)
            size += len(data)
    empty = np.array([], dtype=np.int64)
    all_newlines = np.concatenate([empty, *newlines]).astype(np.int64)
    all_marks = np.concatenate([empty, *marks]).astype(np.int64)
    outside = np.searchsorted(all_marks, all_newlines) % 2 == 0
    alone = np.concatenate([empty, *returns]).astype(np.int64)
    if len(alone):
        alone = alone[np.isin(alone - 1, all_newlines) & np.isin(alone + 1, all_newlines)]
    return all_newlines, all_newlines[outside], size, alone
