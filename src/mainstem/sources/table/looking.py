"""Which files there are, and which of them changed since they were last read."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mainstem.errors import SourceError
from mainstem.sources.table.opened import type_of
from mainstem.sources.table.reading import tables_in

_CHUNK = 1 << 20
#: A file that was written so many nanoseconds ago may be written again without its time telling.
FRESH = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a file looked like. ``mtime`` is in nanoseconds; 0: its time does not tell."""

    size: int
    mtime: int
    digest: str

    def as_json(self) -> list[int | str]:
        """For the cursor."""
        return [self.size, self.mtime, self.digest]


def find_files(asked: str) -> dict[str, Path]:
    """The tables that a path or a pattern names: name → path, in order of names.

    Raises:
        SourceError: there is none.
    """
    path = Path(asked).expanduser()
    if path.is_dir():
        return {file.relative_to(path).as_posix(): file for file in tables_in(path)}
    if path.is_file():
        return {path.name: path}
    if any(c in asked for c in "*?["):
        return _matching(str(path))
    raise SourceError(
        f"There is no file or folder {asked}.", "Check the path; it is one of the machine that syncs.",
        code="source.address",
    )  # fmt: skip


def _matching(pattern: str) -> dict[str, Path]:
    found = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
    # names are told from the folder before the first sign, whatever files there happen to be
    first = min(pattern.find(sign) for sign in "*?[" if sign in pattern)
    fixed = Path(pattern[:first].rpartition("/")[0] or ("/" if pattern.startswith("/") else "."))
    return {
        file.relative_to(fixed).as_posix(): file
        for file in found
        if file.is_file() and type_of(file)
    }


def look_at(path: Path, before: Sequence[int | str] | None, now: int) -> Look:
    """What a file looks like; its contents are only read where size or time changed.

    Args:
        before: What the cursor has of it.
        now: Nanoseconds since 1970, of the clock that stamps files.

    Raises:
        OSError: it cannot be read.
    """
    state = path.stat()
    if before and state.st_mtime_ns and list(before[:2]) == [state.st_size, state.st_mtime_ns]:
        return Look(state.st_size, state.st_mtime_ns, str(before[2]))
    told = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            told.update(chunk)
    mtime = state.st_mtime_ns if now - state.st_mtime_ns > FRESH else 0
    return Look(state.st_size, mtime, told.hexdigest()[:32])


def vanished(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Names of files that were there and are not."""
    return [name for name in before if name not in now]
