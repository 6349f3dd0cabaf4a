"""Values as drivers hand them over → texts, numbers, days and moments. Pure; anything may come."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.dates import FIRST, LAST
from mainstem.sources.issue import MOST_SECONDS
from mainstem.sources.remote import Refused

#: Letters of one text that are kept.
MOST = 1_000
_SHORT_OFFSET = re.compile(r"([+-]\d{2})(\d{2})?$")
_YES, _NO = ("1", "t", "true", "y", "yes", "on"), ("", "0", "f", "false", "n", "no", "off")


def text_of(value: Any, what: str) -> str | None:
    """A text, without blanks around it; ``None`` for nothing. Bytes are read as UTF-8; NUL is left out.

    Raises:
        Refused: bytes that are no text.
    """
    if value is None:
        return None
    if isinstance(value, str):
        made = value
        if len(made) < MOST and made.isascii() and "\0" not in made:
            return made.strip() or None  # most texts are; millions of them pass here
    elif isinstance(value, (bytes, bytearray, memoryview)):
        try:
            made = bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(f"the {what} is bytes and no text", bytes(value)[:20].hex()) from None
    elif isinstance(value, (dict, list, tuple, set, frozenset)):
        made = _joined(value)
    elif isinstance(value, bool):
        made = "true" if value else "false"
    elif isinstance(value, (Decimal, float)):
        made = _number_text(value)
    elif isinstance(value, (date, datetime)):
        made = value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    else:
        made = str(value)
    return made.replace("\0", "").encode("utf-8", "replace").decode().strip()[:MOST] or None


def name_of(value: Any, what: str) -> str | None:
    """A text that tells things apart: neither cut nor mended.

    Raises:
        Refused: it is no text, holds a NUL, or is too long.
    """
    if isinstance(value, (dict, list, tuple, set, frozenset, bool)):
        raise Refused(f"the {what} is no text", value)
    if isinstance(value, float) and value != value:
        return None  # an integer column with gaps, as pandas writes it
    if isinstance(value, str) and ("\0" in value or len(value.strip()) >= MOST):
        raise Refused(f"the {what} is no key", value)
    if isinstance(value, (bytes, bytearray, memoryview)) and b"\0" in bytes(value):
        raise Refused(f"the {what} is no key", bytes(value)[:20].hex())
    return text_of(value, what)


def _number_text(value: Any) -> str:
    """A whole number without a point: 17, not 17.0."""
    is_small = _is_finite(value) and -(10**15) < value < 10**15
    if is_small and value == int(value):
        return str(int(value))
    return format(value, "f") if isinstance(value, Decimal) else repr(value)


def _is_finite(value: Any) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else isfinite(value)


def _joined(value: Any) -> str:
    if isinstance(value, dict) or any(isinstance(v, (dict, list, tuple)) for v in value):
        return json.dumps(value, ensure_ascii=False, default=str)
    return ", ".join(str(v) for v in value if v is not None)


def words_of(value: Any, what: str) -> tuple[str, ...]:
    """A list: an array, a JSON array in a text, or a text with commas.

    Raises:
        Refused: it is something else.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = text_of(value, what)
    if isinstance(value, str):
        value = _listed(value.strip())
    if value is None:
        return ()
    if isinstance(value, Mapping):
        raise Refused(f"the {what} are no list", value)
    parts = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
    made = (text_of(_label(part), what) for part in parts)
    return tuple(dict.fromkeys(word for word in made if word))


def _listed(text: str) -> list[Any]:
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list):
            return found
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]  # an array as PostgreSQL writes it
    return [part.strip().strip('"') for part in text.split(",")]


def _label(part: Any) -> Any:
    """A label of a JSON array may be an object with a name."""
    return part.get("name", part) if isinstance(part, dict) else part


def number_of(value: Any, what: str) -> Decimal | None:
    """A number that is not negative, exact; ``None`` for nothing and for NaN.

    Raises:
        Refused: it is no number, negative or infinite.
    """
    found = _number(value, what)
    if found is not None and found < 0:
        raise Refused(f"the {what} is negative", value)
    if found is not None and found.adjusted() > 11:
        raise Refused(f"the {what} is no number that can be", value)
    return found


def any_number_of(value: Any, what: str) -> float | None:
    """A number of either sign; ``None`` for nothing and for NaN.

    Raises:
        Refused: it is no number, or infinite.
    """
    found = _number(value, what)
    if found is not None and abs(found.adjusted()) > 300:
        raise Refused(f"the {what} is no number that can be", value)
    return None if found is None else float(found)


def _number(value: Any, what: str) -> Decimal | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise Refused(f"the {what} is no number", value)
    # Python reads 1_000 as 1000, no database does
    if isinstance(value, str) and "_" in value:
        raise Refused(f"the {what} is no number", value)
    try:
        found = Decimal(value.strip()) if isinstance(value, str) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        raise Refused(f"the {what} is no number", value) from None
    if found.is_nan():
        return None
    if found.is_infinite():
        raise Refused(f"the {what} is no number that can be", value)
    return found


def seconds_of(value: Any, what: str) -> Decimal | None:
    """Time spent in seconds: a number of hours, or an interval.

    Raises:
        Refused: it is neither, negative, or more than a year.
    """
    if isinstance(value, time):  # MySQL's TIME, as some drivers hand it over
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, timedelta):
        found: Decimal | None = Decimal(str(value.total_seconds()))
    else:
        hours = number_of(value, what)
        found = None if hours is None else hours * 3600
    if found is not None and found < 0:
        raise Refused(f"the {what} is negative", value)
    if found is not None and found > MOST_SECONDS:
        raise Refused(f"the {what} is more than a year", value)
    return found


def moment_of(value: Any, what: str, zone: ZoneInfo) -> datetime | None:
    """A moment with its offset; without one it is in ``zone``, a day is its midnight there.

    Raises:
        Refused: it is no date, or lies before 1970 or after 2100.
    """
    if value is None or value == "":
        return None
    found = _moment(value, what)
    if not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day)
    if not FIRST <= found.date() <= LAST:
        raise Refused(f"the {what} is an impossible day", value)
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def day_of(value: Any, what: str, zone: ZoneInfo, own: ZoneInfo) -> date | None:
    """A day: as it is, or that of a moment in the organisation's zone.

    Args:
        zone: Of stamps without an offset.
        own: In which days are cut.

    Raises:
        Refused: as ``moment_of``.
    """
    if value is None or value == "":
        return None
    found = _moment(value, what)
    if not FIRST <= (found.date() if isinstance(found, datetime) else found) <= LAST:
        raise Refused(f"the {what} is an impossible day", value)
    if not isinstance(found, datetime):
        return found
    if found.tzinfo is None and found.time() == time(0):
        return found.date()  # a day that the database keeps as a stamp
    return found.replace(tzinfo=found.tzinfo or zone).astimezone(own).date()


def _moment(value: Any, what: str) -> date:
    """A date or a datetime."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = text_of(value, what)
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise Refused(f"the {what} is no date", value)
    text = value.strip()
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        if len(text) > 16:
            text = _SHORT_OFFSET.sub(lambda m: f"{m[1]}:{m[2] or '00'}", text[:16] + text[16:])
        return datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        raise Refused(f"the {what} is no date", value) from None


def is_set(value: Any, what: str) -> bool:
    """A truth value: of the database, a number or a word.

    Raises:
        Refused: it is none.
    """
    if isinstance(value, (bytes, bytearray)) and len(value) == 1 and value[0] < 2:
        return bool(value[0])  # MySQL's BIT(1)
    word = (text_of(value, what) or "").lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise Refused(f"{what} is neither true nor false", value)


def utc(at: datetime) -> datetime:
    """The same moment in UTC."""
    return at.astimezone(UTC)
