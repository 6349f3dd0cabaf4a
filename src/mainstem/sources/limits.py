"""A vendor's limits: learnt from what each answer says of them, kept before they are reached."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mainstem.sources.remote import Watch

#: Below this part of what is allowed, calls are spread over the time that is left.
NEAR = 0.1
#: So long at most between two calls while they are spread.
LONGEST_GAP = 10.0
#: So long at most after an answer that looks well and asks for patience.
MOST_HEEDED = 60.0
#: A moment further ahead than this is no number of seconds but a date.
_EPOCH = 1_000_000_000.0
_REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-ratelimit-requests-remaining")
_LIMIT = ("x-ratelimit-limit", "ratelimit-limit", "x-ratelimit-requests-limit")
_RESET = ("x-ratelimit-reset", "ratelimit-reset", "x-ratelimit-requests-reset")


class Limits:
    """When the next call may be made. Shared by all calls to one vendor; safe between threads."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._gap = 0.0

    def wait(self) -> None:
        """Waits until the next call may be made.

        Raises:
            Stopped: somebody wants the sync to end.
        """
        with self._lock:
            now = time.monotonic()
            begins = max(self._not_before, now)
            # whoever comes next waits behind this one
            self._not_before = begins + self._gap
        if begins > now:
            self._watch.meter.add(waited=begins - now)
            self._watch.sleep(begins - now)

    def hold(self, seconds: float) -> None:
        """No call for so long."""
        with self._lock:
            self._not_before = max(self._not_before, time.monotonic() + seconds)

    def heed(self, headers: Mapping[str, str]) -> None:
        """An answer that looks well may ask for patience, too: Azure DevOps sends Retry-After with status 200."""
        asked = self.asked_to_wait(200, headers)
        if asked:
            self.hold(min(asked, MOST_HEEDED))

    def learn(self, headers: Mapping[str, str]) -> None:
        """Spreads what is left over the time that is left, once little is left."""
        left, most = _number(headers, _REMAINING), _number(headers, _LIMIT)
        near = headers.get("x-ratelimit-nearlimit", "").lower() == "true"
        seconds = _seconds_to_reset(headers)
        with self._lock:
            if left is None or seconds is None:
                self._gap = 1.0 if near else 0.0
            elif near or (most and left < most * NEAR):
                self._gap = min(seconds / max(left, 1.0), LONGEST_GAP)
            else:
                self._gap = 0.0

    def asked_to_wait(self, status: int, headers: Mapping[str, str]) -> float | None:
        """Seconds that an answer asks for, or ``None`` where it asks for none."""
        after = headers.get("retry-after", "").strip()
        if after:
            try:
                return max(float(after), 0.0)
            except ValueError:
                return _until(after, headers)
        if status in (403, 429) and _number(headers, _REMAINING) == 0:
            return _seconds_to_reset(headers)
        return None


def server_time(headers: Mapping[str, str]) -> datetime:
    """The vendor's own clock where it tells it, else ours: theirs may be hours off."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return datetime.now(UTC)


def _number(headers: Mapping[str, str], names: tuple[str, ...]) -> float | None:
    for name in names:
        # some write `100, 100;w=60`
        text = headers.get(name, "").partition(",")[0].partition(";")[0].strip()
        try:
            return float(text)
        except ValueError:
            continue
    return None


def _seconds_to_reset(headers: Mapping[str, str]) -> float | None:
    for name in _RESET:
        text = headers.get(name, "").partition(",")[0].strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            return _until(text, headers)
        if value > _EPOCH * 1_000:
            value /= 1_000
        if value > _EPOCH:
            return max(value - server_time(headers).timestamp(), 0.0) + 1.0
        return max(value, 0.0)
    return None


def _until(text: str, headers: Mapping[str, str]) -> float | None:
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        try:
            then = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max((then - server_time(headers)).total_seconds(), 0.0)
