"""Noticing that something landed, for the price of two looks at the file system."""

from __future__ import annotations

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

    def mark(self) -> Mark | None:
        """Differs whenever the ledger has changed; ``None`` if there is no ledger."""
        log = self.ledger.tables / "landings" / "_delta_log"
        last = self._last
        try:
            if last < 0 or not _file(log, last).exists():
                last = max(int(f.stem) for f in log.glob("*.json") if f.stem.isdigit())
            while _file(log, last + 1).exists():
                last += 1
            found = _file(log, last).stat()
        except (OSError, ValueError):
            return None
        self._last = last
        return last, found.st_ino, found.st_mtime_ns


def _file(log: Path, number: int) -> Path:
    return log / f"{number:020d}.json"
