"""A file of JSON objects, one a line, that is only ever added to: kept beside a plan, in git with it.

Each line stands alone, so that git can merge two sides by taking both (``merge=union``). A line counts
from the moment it has its end: what a power cut left without one is cut off by the next who writes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mainstem.errors import Conflict, PlanError

#: Seconds to wait for another program that writes.
PATIENCE = 10.0


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file, oldest first; none if there is no file. A torn last line is left out.

    Raises:
        PlanError: another line is no object.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return []
    out = []
    lines = text.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _object(line)
        if found is not None:
            out.append(found)
        elif number < len(lines):
            raise PlanError(
                f"{path.name}, line {number}, is not an object of JSON.",
                "Take the line out, or restore the file from git. Every line stands alone.",
                code="lines.broken",
            )
    return out


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def append_line(path: Path, what: Mapping[str, Any]) -> None:
    """Adds an object, and is done only when it is on the disk. Called with the file ``held``."""
    line = json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        _mend_end(file)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _mend_end(file: Any) -> None:
    """Gives a whole last line its end; cuts off one that is torn."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        return
    file.seek(0)
    head, _, last = file.read().rpartition(b"\n")
    if not last:
        return
    if _object(last) is None:
        file.truncate(len(head) + 1 if head else 0)
        file.seek(0, os.SEEK_END)
    else:
        file.write(b"\n")


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else adds to the file meanwhile; may be held again by who holds it.

    Raises:
        Conflict: another program has held it for too long.
    """
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # a singleton: whoever holds it and asks again gets it
        with FileLock(f"{path}.lock", timeout=PATIENCE, is_singleton=True):
            yield
    except Timeout as error:
        raise Conflict(
            f"Another program is writing {path.name}.", "Try again in a moment."
        ) from error
