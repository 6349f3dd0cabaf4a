"""Moments as APIs write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mainstem.sources.remote import Refused

#: Days outside of these are slips, not history.
FIRST, LAST = date(1970, 1, 1), date(2100, 1, 1)


def moment(text: object, what: str = "moment") -> datetime | None:
    """A moment with its offset; UTC where it has none; ``None`` for nothing.

    Raises:
        Refused: it is no moment, or lies before 1970 or after 2100.
    """
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise Refused(f"the {what} is no date", text)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"the {what} is no date", text) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    # the year alone decides nearly always, and costs less than a day
    if not FIRST.year <= found.year < LAST.year and not FIRST <= found.date() <= LAST:
        raise Refused(f"the {what} is an impossible day", text)
    return found


def day(text: object, what: str = "day") -> date | None:
    """A day, also out of a moment's first ten letters; ``None`` for nothing.

    Raises:
        Refused: it is none, or an impossible one.
    """
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        raise Refused(f"the {what} is no date", text)
    try:
        found = date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise Refused(f"the {what} is no date", text) from None
    if not FIRST <= found <= LAST:
        raise Refused(f"the {what} is an impossible day", text)
    return found
