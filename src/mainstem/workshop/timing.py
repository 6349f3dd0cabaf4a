"""The timer that everybody sees: no clock runs on the server, it only says when the time is over."""

from __future__ import annotations

from datetime import timedelta

from mainstem.errors import Conflict, Invalid
from mainstem.workshop.board import Puts, Record
from mainstem.workshop.case import Case, read_moment, written
from mainstem.workshop.reading import Sent
from mainstem.workshop.steps import fresh_timer

#: Longest time, in seconds.
MOST_SECONDS = 8 * 3600
WHAT = ("seconds", "stop", "pause", "resume", "add")


def timer(case: Case) -> Puts:
    """Starts with ``seconds``, or one of ``stop``, ``pause``, ``resume``, ``add`` (seconds, also fewer)."""
    given = [name for name in WHAT if case.sent.has(name)]
    if len(given) != 1:
        raise Invalid(
            f"Send one of {', '.join(WHAT)}.", "Seconds start the timer.", field="seconds"
        )
    now: Record = case.board.get("timer") or fresh_timer(case.room["step"], 0)
    made = _changed(case, now, given[0])
    return {"timer": made} if made != now else {}


def _changed(case: Case, now: Record, what: str) -> Record:
    if what == "seconds":
        seconds = case.sent.whole("seconds", 1, MOST_SECONDS)
        return _running(case, {**now, "step": case.room["step"], "seconds": seconds}, seconds)
    if what == "add":
        return _longer(case, now, case.sent.whole("add", -MOST_SECONDS, MOST_SECONDS))
    _require_true(case.sent, what)
    if what == "stop":
        return {**now, "ends_at": None, "left": None}
    if what == "pause":
        if now["ends_at"] is None:
            return now
        return {**now, "ends_at": None, "left": _left(case, now)}
    if now["ends_at"] is not None:
        return now
    if not now["left"]:
        raise Conflict("The time is over or was stopped.", "Start the timer with a length.",
                       code="workshop.timer")  # fmt: skip
    return _running(case, now, now["left"])


def _require_true(sent: Sent, what: str) -> None:
    if sent.values[what] is not True:
        raise Invalid(f"{what} must be true.", "Send it as true.", field=what)


def _left(case: Case, now: Record) -> int:
    left = (read_moment(now["ends_at"]) - case.at).total_seconds()
    return max(0, round(left))


def _running(case: Case, now: Record, seconds: int) -> Record:
    return {**now, "ends_at": written(case.at + timedelta(seconds=seconds)), "left": None}


def _longer(case: Case, now: Record, seconds: int) -> Record:
    whole = min(MOST_SECONDS, max(0, now["seconds"] + seconds))
    if now["ends_at"] is None:
        left = None if now["left"] is None else min(MOST_SECONDS, max(0, now["left"] + seconds))
        return {**now, "seconds": whole, "left": left}
    rest = min(MOST_SECONDS, max(0, _left(case, now) + seconds))
    return _running(case, {**now, "seconds": whole}, rest)
