"""Several files written as one: all of them or none, also if the machine stops in between.

New contents are laid beside first, then a list of them; from that moment the writing is decided, and
whoever comes next finishes it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mainstem.errors import PlanError

_LIST = "writing.json"


def write_together(beside: Path, files: Mapping[Path, bytes]) -> None:
    """Writes files, all or none.

    Args:
        beside: A folder on the same disk, for what is under way.
        files: Where, and what.

    Raises:
        PlanError: something cannot be written; nothing was.
    """
    try:
        beside.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="writing-", dir=beside))
        moves: list[tuple[str, str]] = []
        for number, (target, content) in enumerate(files.items()):
            fresh = folder / str(number)
            _write(fresh, content)
            moves.append((str(fresh), str(target.resolve())))
        draft = folder / "list"
        _write(draft, json.dumps({"folder": str(folder), "moves": moves}).encode())
        draft.replace(beside / _LIST)
        _sync(beside)
    except OSError as error:
        raise PlanError(
            f"{error.filename or beside} cannot be written: {error.strerror or error}.",
            "Check its rights and the disk. Nothing was changed.",
            code="plan.cannot_write",
        ) from error
    finish_writing(beside)


def finish_writing(beside: Path) -> None:
    """Finishes what was decided and not done, if there is any."""
    place = beside / _LIST
    if not place.exists():
        return
    try:
        told = json.loads(place.read_text("utf-8"))
        for fresh, target in told["moves"]:
            if Path(fresh).exists():
                _put(Path(fresh), Path(target))
        place.unlink()
        shutil.rmtree(told["folder"], ignore_errors=True)
    except OSError as error:
        raise PlanError(
            f"{error.filename or place} cannot be written: {error.strerror or error}.",
            "Check its rights and the disk; the next command finishes what is under way.",
            code="plan.cannot_write",
        ) from error


def _put(fresh: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        fresh.chmod(target.stat().st_mode & 0o7777)
    else:
        fresh.chmod(0o644)
    fresh.replace(target)
    _sync(target.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
