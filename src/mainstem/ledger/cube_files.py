"""Arrays worked out from one table, kept beside the ledger so that the next process need not work again.

They are never part of the truth: whoever finds none, a damaged one or one of another table works them
out anew. A folder is named after the table's pinned version and the files that make it up, is written
aside and appears by one rename; folders of older versions are removed then.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.tables import Table

FORMAT = 1
#: Left behind by a process that died; nobody writes for so long.
STALE_SECONDS = 3600
#: Bytes of a file that are checked in one go.
BLOCK = 1 << 18

#: Folders of which it is remembered that they are whole.
MOST_WHOLE = 2_048
_WHOLE: dict[str, tuple[tuple[int, int, int], ...]] = {}

Array = NDArray[Any]
#: Keeps an array under a name and gives it back, perhaps mapped from its file.
Put = Callable[[str, Array], Array]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was worked out: small facts, and arrays that must not be written to."""

    facts: Mapping[str, Any]
    arrays: Mapping[str, Array]


def kept_or_made(
    folder: Path, kind: str, table: Table, make: Callable[[Put], dict[str, Any]]
) -> Kept:
    """What is kept of ``table`` as ``kind``, made and kept if it is not there or not whole.

    Where it cannot be kept (no right to write, no room, a newer one is there) it stays in memory.

    Args:
        folder: Where such things are kept.
        kind: A word without hyphens.
        table: The table at its pinned version.
        make: Hands over every array to ``Put`` and returns the facts, as JSON knows them.
    """
    target = folder_of(folder, kind, table)
    found = load(target)
    if found is not None:
        return found
    draft = _Draft(target, write=not _newer(target, table))
    facts = make(draft.put)
    draft.finish(facts)
    return Kept(facts, draft.arrays)


def folder_of(folder: Path, kind: str, table: Table) -> Path:
    """Where that is kept which ``kept_or_made`` makes."""
    return folder / f"{kind}-{table.version:020d}-{content_of(table)}"


def load(folder: Path) -> Kept | None:
    """What a folder keeps, mapped into memory; ``None`` unless all of it is there and undamaged."""
    try:
        facts = json.loads((folder / "facts.json").read_text("utf-8"))
        marks = _marks_of(folder, facts["arrays"])
        is_known = _WHOLE.get(str(folder)) == marks
        if (facts["format"], facts["of"]) != (FORMAT, folder.name):
            return None
        arrays = {}
        for name, check in facts["arrays"].items():
            mapped = np.load(folder / f"{name}.npy", mmap_mode="r")
            if not is_known and _check_of(folder / f"{name}.npy", mapped.offset) != check:
                return None
            arrays[name] = np.asarray(mapped)
        _remember(str(folder), marks)
        return Kept(facts["facts"], arrays)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _marks_of(folder: Path, arrays: Mapping[str, int]) -> tuple[tuple[int, int, int], ...]:
    """Which files these are, and when they were written."""
    found = ((folder / f"{name}.npy").stat() for name in arrays)
    return tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in found)


def _remember(folder: str, marks: tuple[tuple[int, int, int], ...]) -> None:
    """That the arrays were looked through and found whole: the next time they need not be."""
    if len(_WHOLE) >= MOST_WHOLE:
        _WHOLE.clear()
    _WHOLE[folder] = marks


def _check_of(file: Path, begin: int) -> int:
    """The check of an array's numbers; read, not mapped: what is mapped and looked at stays in memory."""
    check = 0
    with file.open("rb") as opened:
        opened.seek(begin)
        while block := opened.read(BLOCK):
            check = zlib.crc32(block, check)
    return check


def _mapped(file: Path) -> Array:
    return np.asarray(np.load(file, mmap_mode="r"))


def content_of(table: Table) -> str:
    """Names of a table's files, which are never used twice, in a few letters."""
    base = str(table.root / table.name)
    names = sorted(f.removeprefix(base) for f in table.files())
    return sha256("\n".join(names).encode()).hexdigest()[:16]


def _siblings(target: Path) -> list[Path]:
    kind = target.name.partition("-")[0]
    return [f for f in target.parent.glob(f"{kind}-*") if f.name != target.name]


def _version(folder: Path) -> str:
    return folder.name.split("-")[1]


def _newer(target: Path, table: Table) -> bool:
    """Whether a newer version is kept: a look at the past does not push out the present."""
    log = table.root / table.name / "_delta_log"
    return any(
        _version(f) > _version(target) and (log / f"{_version(f)}.json").exists()
        for f in _siblings(target)
    )


@dataclass(slots=True)
class _Draft:
    """A folder that is being written; without ``write``, arrays only stay in memory."""

    target: Path
    write: bool
    arrays: dict[str, Array] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)
    aside: Path = field(init=False)

    def __post_init__(self) -> None:
        self.aside = self.target.parent / f"new-{uuid.uuid4().hex}"

    def put(self, name: str, array: Array) -> Array:
        self.arrays[name] = array
        if self.write:
            try:
                self.aside.mkdir(parents=True, exist_ok=True)
                file = self.aside / f"{name}.npy"
                np.save(file, array, allow_pickle=False)
                self.checks[name] = zlib.crc32(array.data)
                self.arrays[name] = _mapped(file)
            except OSError:
                self._give_up()
        return self.arrays[name]

    def finish(self, facts: dict[str, Any]) -> None:
        if not self.write:
            return
        whole = {"format": FORMAT, "of": self.target.name, "arrays": self.checks, "facts": facts}
        try:
            self.aside.mkdir(parents=True, exist_ok=True)
            (self.aside / "facts.json").write_text(json.dumps(whole), "utf-8")
            # what is there under this name is not whole, or was made by another process just now
            shutil.rmtree(self.target, ignore_errors=True)
            self.aside.rename(self.target)
        except OSError:
            self._give_up()
            return
        _tidy(self.target)

    def _give_up(self) -> None:
        self.write = False
        shutil.rmtree(self.aside, ignore_errors=True)


def _tidy(target: Path) -> None:
    """Removes older versions; processes that still read them keep what they have mapped."""
    for other in _siblings(target):
        if _version(other) <= _version(target):
            shutil.rmtree(other, ignore_errors=True)
    for aside in target.parent.glob("new-*"):
        try:
            is_stale = aside.stat().st_mtime < time.time() - STALE_SECONDS
        except OSError:
            continue
        if is_stale:
            shutil.rmtree(aside, ignore_errors=True)
