"""How far the newest change was read: a value of the since column, kept in the cursor. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from mainstem.errors import SourceError

#: Where nothing was read yet and the query asks for a value.
BEGINNING = datetime(1970, 1, 1)


def mark_of(value: Any, column: str) -> dict[str, str]:
    """A value of the since column for the cursor: its kind and itself.

    Raises:
        SourceError: it is nothing that grows.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return {"kind": "stamp", "value": value.isoformat()}
        at = value.astimezone(UTC) if 1 < value.year < 9999 else value
        return {"kind": "moment", "value": at.isoformat()}
    if isinstance(value, date):
        return {"kind": "day", "value": value.isoformat()}
    if (
        isinstance(value, (int, float, Decimal))
        and not isinstance(value, bool)
        and _is_finite(value)
    ):
        return {"kind": "number", "value": str(value)}
    if isinstance(value, str):
        return {"kind": "text", "value": value}
    raise SourceError(
        f"The column {column} holds {type(value).__name__}, which does not tell what is newer.",
        "Name a column that holds stamps, days or numbers as since_column.", code="source.no_column",
    )  # fmt: skip


def bound(mark: Mapping[str, str], overlap: float = 0.0) -> Any:
    """The parameter from which to read on.

    Args:
        overlap: Minutes before the mark: what was written meanwhile may be stamped earlier than what
            was already visible, because a stamp is made before its transaction ends.
    """
    kind, value = mark["kind"], mark["value"]
    if kind in ("stamp", "moment"):
        at = datetime.fromisoformat(value)
        return at - timedelta(minutes=overlap) if at.year > 1 else at
    if kind == "day":
        on = date.fromisoformat(value)
        return on - timedelta(days=1) if on.year > 1 else on
    if kind == "number":
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else number
    return value


def _is_finite(value: float | Decimal) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) or isfinite(value)


def first_mark(text: str) -> dict[str, str] | None:
    """The option ``since``: a number, a day, a moment or a text; ``None`` where nothing was said."""
    if not text:
        return None
    try:
        number = Decimal(text)
        if number.is_finite():
            return {"kind": "number", "value": str(number)}
    except InvalidOperation:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return {"kind": "text", "value": text}
    return mark_of(found, "since")
