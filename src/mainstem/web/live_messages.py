"""What travels on a room's stream, as bytes of `text/event-stream`: each message once for all who see it alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mainstem.workshop.board import Puts, Record
from mainstem.workshop.seeing import OWN, masked

#: Milliseconds after which a browser whose stream ended comes again; and one that has too many of them.
AGAIN, LATER = 1_000, 30_000
Event = tuple[int, Puts]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks: what the masks ask for. A seat of 0 is nobody's: what all of a role see."""

    id: int
    role: str
    name: str = ""


def opening(milliseconds: int = AGAIN) -> bytes:
    """When to come again, should the stream end."""
    return b"retry: %d\n\n" % milliseconds


def beat(number: int) -> bytes:
    """A sign of life; it says how far the viewer is, in case nothing that happened was theirs to see."""
    return b": here\nid: %d\n\n" % number


def here(count: int) -> bytes:
    """How many are in the room."""
    return _message("here", None, {"count": count})


def out() -> bytes:
    """The seat is not in the room any more."""
    return _message("out", None, {})


def whole(number: int, records: Mapping[str, Record]) -> bytes:
    """All records, masked, as they stand after event ``number``."""
    return _message("whole", number, {"n": number, "records": records})


def put(number: int, puts: Puts) -> bytes:
    """What was put up to event ``number``, masked."""
    return _message("", number, {"n": number, "puts": puts})


def _message(event: str, number: int | None, data: Mapping[str, Any]) -> bytes:
    head = (f"event: {event}\n" if event else "") + (
        f"id: {number}\n" if number is not None else ""
    )
    return f"{head}data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


class Batch:
    """Some events in a row, for viewers of whom most see the same.

    What is of one seat alone (votes, ranks, answers, words not yet revealed) is encoded for that seat; all
    the rest once for each role and each number that viewers stand at.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._own = {seat for _, puts in events for seat in _seats_of(puts)}
        self._texts: dict[tuple[int, str, int], bytes] = {}

    def text(self, viewer: Viewer, after: int) -> bytes:
        """The message for a viewer who stands at event ``after``; empty if nothing is theirs to see."""
        seat = viewer.id if viewer.id in self._own else 0
        key = (seat, viewer.role, after)
        if key not in self._texts:
            self._texts[key] = self._made(Viewer(seat, viewer.role), after)
        return self._texts[key]

    def _made(self, viewer: Viewer, after: int) -> bytes:
        puts: dict[str, Record | None] = {}
        for number, each in self._events:
            if number > after:
                puts.update(each)
        shown = masked(puts, viewer)
        return put(self._events[-1][0], shown) if shown else b""


def _seats_of(puts: Puts) -> Iterable[int]:
    """Seats of whom something here is their own."""
    for name, record in puts.items():
        kind, _, rest = name.partition("/")
        if kind in OWN:
            yield int(rest.rpartition("/")[2])
        elif record is not None and record.get("silent") and record.get("by"):
            yield int(record["by"])
