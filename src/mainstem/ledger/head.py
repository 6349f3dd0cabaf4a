"""Noticing that something landed, for the price of two looks at the file system."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from mainstem.ledger.store import Ledger

#: Number of the last change, and which file it is: another ledger may have come to the same place.
Mark = tuple[int, int, int]


@dataclass(slots=True)
class Head:
    """Watches a ledger's last change without opening a table; safe to use from several threads.

    A change of the ledger is one file in the log of its landings, numbered without gaps. So whether
    there is a newer one than last time is whether there is a file of the next number.
    """

    ledger: Ledger
    _last: int = field(default=-1, init=False)
    # a string: a page looks a score of times, and a path takes longer to put together than to look at
    _log: str = field(init=False)

    def __post_init__(self) -> None:
        self._log = str(self.ledger.tables / "landings" / "_delta_log")

    def mark(self) -> Mark | None:
        """Differs whenever the ledger has changed; ``None`` if there is no ledger."""
        log = self._log
        last = self._last
        try:
            found = _look(log, last) if last >= 0 else None
            if found is None:
                last = max(int(f.stem) for f in Path(log).glob("*.json") if f.stem.isdigit())
                found = _look(log, last)
            while newer := _look(log, last + 1):
                last, found = last + 1, newer
        except (OSError, ValueError):
            return None
        if found is None:
            return None
        self._last = last
        return last, found.st_ino, found.st_mtime_ns


def _look(log: str, number: int) -> os.stat_result | None:
    """The file of a change, if it is there."""
    try:
        return os.stat(f"{log}/{number:020d}.json")  # noqa: PTH116 - as above
    except FileNotFoundError:
        return None
