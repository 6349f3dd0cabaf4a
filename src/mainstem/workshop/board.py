"""The state of a room: flat records by name, and how events put them.

Names are ``room``, ``timer``, ``step/ID``, ``card/ID``, ``person/SEAT``, ``comment/ID``, ``dots/CARD/SEAT``,
``rank/CARD/SEAT``, ``answer/CARD/SEAT`` and ``tally/CARD``; docs/workshop-records.md has their fields. A record
is plain JSON and is never changed in place: an event puts it anew, whole, or takes it away with ``None``.
So a server, a snapshot and every browser come to the same state by the same two lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Record = dict[str, Any]
#: What an event leaves: records by name, ``None`` for one that is gone.
Puts = Mapping[str, Record | None]


class Board:
    """All records of a room after event ``number``. Fed by ``put`` only."""

    __slots__ = ("_records", "number")

    def __init__(self, records: Mapping[str, Record] | None = None, number: int = 0) -> None:
        self._records: dict[str, Record] = dict(records or {})
        self.number = number

    def put(self, number: int, puts: Puts) -> None:
        """Takes over what event ``number`` put.

        Raises:
            ValueError: it is not the next event.
        """
        if number != self.number + 1:
            raise ValueError(f"event {number} does not follow event {self.number}")
        for name, record in puts.items():
            if record is None:
                self._records.pop(name, None)
            else:
                self._records[name] = record
        self.number = number

    def get(self, name: str) -> Record | None:
        """The record of that name; not to be changed."""
        return self._records.get(name)

    def of(self, what: str) -> Iterator[tuple[str, Record]]:
        """``(id, record)`` of all records named ``what/…``."""
        start = f"{what}/"
        cut = len(start)
        return ((n[cut:], r) for n, r in self._records.items() if n.startswith(start))

    def records(self) -> dict[str, Record]:
        """All records by name; a copy of the outer mapping."""
        return dict(self._records)
