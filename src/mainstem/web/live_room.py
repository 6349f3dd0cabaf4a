"""A room with listeners: who listens, how far each is, and what happened lately."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from mainstem.web.live_messages import Batch, Event, Viewer, here, out

#: Messages, and bytes, that may wait for one reader. Who is slower is let go, and comes again for the rest.
MOST_WAITING, MOST_BYTES = 256, 4_000_000
#: Events that are kept for those who stand a little behind.
_KEPT = 1_000


class Line:
    """One open stream: a viewer, the number of the newest event given to it, and what waits to be sent."""

    __slots__ = ("_size", "_waiting", "_wake", "number", "over", "room", "viewer")

    def __init__(self, room: int, viewer: Viewer, number: int) -> None:
        self.room, self.viewer, self.number = room, viewer, number
        self.over = asyncio.Event()
        self._waiting: list[bytes] = []
        self._size = 0
        self._wake = asyncio.Event()

    def put(self, text: bytes) -> None:
        """Has something sent, soon."""
        if self.is_over:
            return
        if len(self._waiting) >= MOST_WAITING or self._size + len(text) > MOST_BYTES:
            self._waiting.clear()
            self.end()
            return
        self._waiting.append(text)
        self._size += len(text)
        self._wake.set()

    def end(self, last: bytes = b"") -> None:
        """Ends the stream, after one last message."""
        if last:
            self.put(last)
        self.over.set()
        self._wake.set()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is put here."""
        return self.over.is_set()

    async def take(self, seconds: float) -> bytes:
        """All that waits, as soon as something does; nothing after ``seconds``, or if this was all."""
        if not self._waiting and not self.is_over:
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                return b""
        self._wake.clear()
        text = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return text


class Room:
    """All lines of one workshop in this process."""

    def __init__(self, number: int, head: int) -> None:
        self.number, self.head = number, head
        #: In the order in which they came.
        self.lines: dict[Line, None] = {}
        self.wake = asyncio.Event()
        self.told = -1
        self._events: deque[Event] = deque(maxlen=_KEPT)

    def take(self, events: Sequence[Event]) -> None:
        """Takes over what happened after ``head``."""
        self._events.extend(events)
        if events:
            self.head = events[-1][0]

    def hand_out(self) -> list[tuple[Line, str]]:
        """Gives every line what it has not had.

        Returns:
            Lines whose role changed, and to what: they need everything anew.
        """
        behind = min((line.number for line in self.lines), default=self.head)
        events = [event for event in self._events if event[0] > behind]
        oldest = events[0][0] if events else self.head + 1
        batch, roles, changed = Batch(events), _roles_of(events), []
        for line in tuple(self.lines):
            role = roles.get(line.viewer.id, line.viewer.role)
            if role == "out":
                line.end(out())
            elif role != line.viewer.role:
                changed.append((line, role))
            elif line.number < oldest - 1:
                # too far back for what is kept here: it comes again, and catches up from the tables
                line.end()
            elif line.number < self.head:
                self._give(line, batch)
        return changed

    def _give(self, line: Line, batch: Batch) -> None:
        if text := batch.text(line.viewer, line.number):
            line.put(text)
        line.number = self.head

    def end(self, last: bytes = b"") -> None:
        """Ends every line, after one last message."""
        for line in tuple(self.lines):
            line.end(last)

    def seats(self) -> int:
        """How many seats listen."""
        return len({line.viewer.id for line in self.lines})

    def say_here(self, count: int) -> None:
        """Tells everybody how many are here, if it is news."""
        if count == self.told:
            return
        self.told, text = count, here(count)
        for line in self.lines:
            line.put(text)


def _roles_of(events: Sequence[Event]) -> dict[int, str]:
    """The role that each seat has now, of those that something was said of; ``out`` for one that was removed."""
    found = {}
    for _, puts in events:
        for name, record in puts.items():
            if name.startswith("person/") and record is not None:
                found[int(name[7:])] = "out" if record.get("out") else str(record["role"])
    return found
