"""Acts as they travel: read from JSON within limits, and answered in JSON."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from mainstem.errors import Invalid, MainstemError, TooLarge, TooMany
from mainstem.services.workshops.acting import Acted
from mainstem.services.workshops.seats import Seated
from mainstem.workshop.case import OtherWords

#: Bytes of one batch, and acts in it.
MOST_BYTES, MOST_ACTS = 262_144, 50
#: Acts a second of one seat in the long run, and how many at once: a browser that was away brings its own.
RATE, BURST = 20.0, 200.0
#: Seats that are remembered; the oldest are forgotten, in favour of them.
_REMEMBERED = 5_000


def acts_of(body: bytes) -> Sequence[Mapping[str, Any]]:
    """The acts of a batch, ``{"acts": [{"id": …, "act": …, …}, …]}``; what they hold is not looked at.

    Raises:
        TooLarge: it is more than is taken at once.
        Invalid: it is no such batch.
    """
    if len(body) > MOST_BYTES:
        raise TooLarge("That is too much at once.", f"At most {MOST_BYTES // 1024} kB are taken.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    acts = given.get("acts") if isinstance(given, dict) else None
    if not isinstance(acts, list) or not all(isinstance(act, dict) for act in acts):
        raise Invalid("This is no batch of acts.", 'Send {"acts": [{"id": …, "act": …}]}.')
    if len(acts) > MOST_ACTS:
        raise TooLarge(
            f"These are {len(acts)} acts.", f"Send at most {MOST_ACTS} at once, in their order."
        )
    return acts


class Pace:
    """How fast seats act: each may save up ``burst`` acts, and gets ``rate`` more a second."""

    def __init__(self, rate: float = RATE, burst: float = BURST) -> None:
        self._rate, self._burst = rate, burst
        self._left: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, seat: int, acts: int, at: float) -> None:
        """Counts ``acts`` of a seat at ``at``, in seconds of any clock that only goes on.

        Raises:
            TooMany: they are more than it has left.
        """
        with self._lock:
            left, since = self._left.pop(seat, (self._burst, at))
            left = min(left + (at - since) * self._rate, self._burst)
            is_taken = left >= acts
            self._left[seat] = (left - acts if is_taken else left, at)
            while len(self._left) > _REMEMBERED:
                del self._left[next(iter(self._left))]
        if not is_taken:
            raise TooMany(
                "These are too many acts in a short time.", "They are taken in a few seconds.",
                retry_after=3,
            )  # fmt: skip


_PACE = Pace()


def taken(seat: Seated, acts: int) -> None:
    """Counts acts of a seat, in this process.

    Raises:
        TooMany: they are too many in too short a time.
    """
    _PACE.take(seat.id, acts, time.monotonic())


def acted_of(acted: Acted) -> dict[str, Any]:
    """The answer to a batch: how far the room is, what was put, what is advised, what was refused and why."""
    return {
        "n": acted.number,
        "puts": acted.puts,
        "advice": list(acted.advice),
        "refused": [{"id": one.id, **refusal_of(one.error)} for one in acted.refused],
    }


def refusal_of(error: MainstemError) -> dict[str, Any]:
    """Why something was refused; of a card that somebody else changed, both words."""
    said: dict[str, Any] = {"message": error.message, "hint": error.hint, "code": error.code}
    if isinstance(error, OtherWords):
        said |= {
            "card": error.card,
            "yours": error.yours,
            "theirs": error.theirs,
            "version": error.version,
        }
    return said
