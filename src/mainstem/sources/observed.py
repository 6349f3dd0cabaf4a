"""What sources of values have in common: days and numbers as systems write them, and where to go on."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.dates import FIRST, LAST
from mainstem.sources.observing import Mark
from mainstem.sources.remote import Connection, Cursor, Option, Refused

DEFINITIONS = Option("definitions", "mapping", "Day: what is counted from then on.")
#: Days before the last one that are read again, for late corrections.
AGAIN = 30
#: Days that are read where nothing says how far back to go.
HISTORY = 366
#: A number above this is milliseconds since 1970, one above the other is seconds.
_MILLISECONDS, _SECONDS = 100_000_000_000, 100_000_000
_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?")
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DIGITS = re.compile(r"\d{9,14}(?:\.\d+)?")
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def day_of(value: object, zone: str = "UTC", pattern: str = "") -> date:
    """The day that a system means; of a week, month or quarter the first one.

    Reads ``2026-01-05``, ``20260105``, ``2026-W02``, ``2026-01``, ``2026-Q1``, moments, and seconds or
    milliseconds since 1970. A moment that is midnight where it was written is that day; any other is the
    day that it was in ``zone``.

    Args:
        pattern: As in ``strptime``, instead of guessing; with ``%V`` or ``%W`` and no day of the week,
            the Monday.

    Raises:
        Refused: it is none, or before 1970 or after 2100.
    """
    try:
        found = _by_pattern(value, pattern) if pattern else _guessed(value, zone)
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None:
        raise Refused("the day cannot be read", value)
    if not FIRST <= found <= LAST:
        raise Refused("the day is an impossible one", value)
    return found


def _by_pattern(value: object, pattern: str) -> date | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    text = str(value).strip()
    # a week alone is no day: it begins on its Monday
    if ("%V" in pattern or "%W" in pattern) and not re.search(r"%[uaAw]", pattern):
        text, pattern = f"{text} 1", f"{pattern} %u"
    return datetime.strptime(text, pattern).date()


def _guessed(value: object, zone: str) -> date | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        if isinstance(value, int) and 19_000_101 <= value <= 99_991_231:
            return _from_text(str(value), zone)
        return _from_number(float(value), zone)
    return _from_text(value.strip(), zone) if isinstance(value, str) else None


def _from_number(value: float, zone: str) -> date | None:
    if not math.isfinite(value) or value < _SECONDS:
        return None
    seconds = value / 1_000 if value >= _MILLISECONDS else value
    return _of_moment(datetime.fromtimestamp(seconds, UTC), zone)


def _of_moment(moment: datetime, zone: str) -> date:
    return moment.date() if moment.time() == time() else moment.astimezone(ZoneInfo(zone)).date()


def _from_text(text: str, zone: str) -> date | None:
    if found := _COMPACT.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _WEEK.fullmatch(text):
        return date.fromisocalendar(int(found[1]), int(found[2]), int(found[3] or 1))
    if found := _QUARTER.fullmatch(text):
        return date(int(found[1]), int(found[2]) * 3 - 2, 1)
    if found := _MONTH.fullmatch(text):
        return date(int(found[1]), int(found[2]), 1)
    if _DIGITS.fullmatch(text):
        return _from_number(float(text), zone)
    moment = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text))
    return moment.date() if moment.tzinfo is None else _of_moment(moment, zone)


def number_of(value: object) -> float | None:
    """A number as JSON has it, also as text; ``None`` for nothing.

    Raises:
        Refused: it is none, or not a finite one.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Refused("the value is no number", value)
    try:
        found = float(value.strip().replace("_", "x") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        raise Refused("the value is no number", value) from None
    if not math.isfinite(found):
        raise Refused("the value is no finite number", value)
    return found


def digest_of(of: Connection, *but: str) -> str:
    """Of what a source is asked: where it changes, everything is read anew."""
    told = {k: v for k, v in sorted(of.options.items()) if v and k not in but}
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def meaning_of(of: Connection, names: Sequence[str]) -> str:
    """A digest of the options that say what is counted."""
    told = {k: of.text(k) for k in names if of.text(k)}
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def definition_marks(
    of: Connection, cursor: Cursor, metrics: Iterable[str], meaning: str, first: date
) -> list[Mark]:
    """Where another thing is counted: as the settings declare it, and because they themselves changed.

    Args:
        meaning: ``meaning_of`` the settings now; that of the last sync is in the cursor as ``means``.
        first: The first day that is asked for by the settings as they are.
    """
    said = dict(declared(of))
    was = cursor.get("means")
    if was and was != meaning:
        said.setdefault(
            first, "the question in the settings was changed; earlier values are by the old one"
        )
    return [Mark(m, on, "definition", words) for m in metrics for on, words in sorted(said.items())]


def declared(of: Connection) -> Mapping[date, str]:
    """The option ``definitions``: day → what is counted from then on.

    Raises:
        SourceError: something in it is no day.
    """
    try:
        return {date.fromisoformat(k): v for k, v in of.mapping("definitions").items()}
    except ValueError:
        raise SourceError(
            f"`definitions` of {of.name} names something that is no day.",
            "Write `2026-01-31: what is counted from then on`.", code="source.option",
        ) from None  # fmt: skip


def first_day(of: Connection, cursor: Cursor, today: date) -> date:
    """The day from which to read: as far as was read less the days of ``again``, else ``since``.

    Raises:
        SourceError: an option is no day.
    """
    text = of.text("since")
    try:
        since = date.fromisoformat(text) if text else today - timedelta(days=HISTORY)
    except ValueError:
        raise SourceError(
            f"`since` of {of.name} is no day: {text!r}.", "Write 2026-01-31.", code="source.option"
        ) from None
    reached = cursor.get("through")
    if not isinstance(reached, str) or cursor.get("asked") != digest_of(of, "again"):
        return since
    again = int(float(of.text("again") or AGAIN))
    try:
        return max(since, date.fromisoformat(reached) - timedelta(days=max(again, 1)))
    except ValueError:
        return since


def today_of(of: Connection, at: datetime) -> date:
    """The day that it is where the organisation is."""
    return at.astimezone(ZoneInfo(of.timezone)).date()
