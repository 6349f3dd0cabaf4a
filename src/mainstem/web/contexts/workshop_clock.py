"""The timer of a room in words, for pages without script, and what the element that counts it down needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.figures.wording import plural


@dataclass(frozen=True, slots=True)
class Clock:
    """The timer as it stands.

    Attributes:
        state: ``off``, ``ready`` (set, but not started), ``runs``, ``paused`` or ``over``.
        words: The same in words, e.g. ``Until 14:35`` or ``Paused with 5 minutes left``; never empty.
        ends: Moment of its end, ISO; empty if it does not run.
        left: Seconds that are left while it is paused; empty if it is not.
        now: The server's moment when the page was made, ISO.
    """

    state: str
    words: str
    ends: str
    left: str
    now: str


def clock_of(timer: Mapping[str, Any] | None, at: datetime, zone: str) -> Clock:
    """The clock of a ``timer`` record.

    Args:
        timer: The record, or ``None`` where no timer was ever set.
        at: The moment, with its zone.
        zone: IANA name of the zone in which the end is told.
    """
    now = at.isoformat(timespec="milliseconds")
    if timer and timer.get("left") is not None:
        left = max(int(timer["left"]), 0)
        if left == timer.get("seconds"):
            return Clock(
                "ready" if left else "off",
                _long(left) if left else "No timer",
                "",
                str(left or ""),
                now,
            )
        return Clock("paused", f"Paused with {_long(left)} left", "", str(left), now)
    if timer and timer.get("ends_at"):
        ends = datetime.fromisoformat(str(timer["ends_at"]))
        here = ends.astimezone(ZoneInfo(zone))
        is_over = ends <= at
        words = f"Time was up at {here:%H:%M}" if is_over else f"Until {here:%H:%M}"
        return Clock("over" if is_over else "runs", words, ends.isoformat(), "", now)
    return Clock("off", "No timer", "", "", now)


def _long(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return plural(rest, "second")
    return plural(minutes, "minute") if not rest else f"{minutes} min {rest} s"
