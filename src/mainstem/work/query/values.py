"""Values of terms: checked when a query is read, and turned into days and amounts when it is asked."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches

from mainstem.work.query.fields import FIELDS, Field, Kind
from mainstem.work.query.nodes import Term
from mainstem.work.query.tokens import Misread, Token

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,6})?")
_DAYS_ALLOWED = (
    "Write a day, a month or a year: 2026-10-01, 2026-10, 2026; or a range: 2026-10-01..2026-10-31."
)
_AMOUNTS_ALLOWED = "Write a number such as 3 or 0.5, or a range such as 1..8."


def term(token: Token) -> Term:
    """A term out of a token, if its field exists and its value can be taken.

    Raises:
        Misread: pointing at the character, with what is allowed.
    """
    known = FIELDS.get(token.field)
    if known is None:
        raise _no_field(token)
    if token.operator != ":" and not known.is_compared:
        raise Misread(
            f"{token.field} cannot be compared with {token.operator}.",
            f"Write {known.example}.",
            at=token.at + len(token.field),
        )
    if not token.value.strip():
        raise Misread(f"{token.field} needs a value.", _allowed(known), at=token.value_at)
    made = Term(token.field, token.operator, _canonical(token, known), token.at, token.value_at)
    if known.is_compared:
        _check_bounds(made, known)
    return made


def _no_field(token: Token) -> Misread:
    near = get_close_matches(token.field, FIELDS, 1, 0.6)
    guess = f" Did you mean {near[0]}?" if near else ""
    return Misread(
        f"there is no field {token.field}.{guess}",
        f"Fields: {', '.join(FIELDS)}. To look for the text itself, put it in quotes.",
        at=token.at,
    )


def _allowed(known: Field) -> str:
    if known.choices:
        return f"Allowed: {', '.join(known.choices)}."
    if known.kind is Kind.DAY:
        return _DAYS_ALLOWED
    return _AMOUNTS_ALLOWED if known.kind is Kind.AMOUNT else f"For instance {known.example}."


def _canonical(token: Token, known: Field) -> str:
    if known.kind is not Kind.CHOICE:
        return token.value.strip()
    value = token.value.strip().lower()
    if value not in known.choices:
        near = get_close_matches(value, known.choices, 1, 0.6)
        guess = f" Did you mean {near[0]}?" if near else ""
        raise Misread(
            f"{token.field} cannot be {token.value}.{guess}", _allowed(known), at=token.value_at
        )
    return value


def _check_bounds(made: Term, known: Field) -> None:
    if known.kind is Kind.DAY:
        low, high = day_bounds(made)
    else:
        low, high = amount_bounds(made)  # type: ignore[assignment]
    if low is not None and high is not None and made.operator == ":" and low > high:
        raise Misread(
            f"the range {made.value} ends before it begins.", _allowed(known), at=made.value_at
        )


def day_bounds(made: Term) -> tuple[date | None, date | None]:
    """First and last day that a term asks for, both included; ``None`` is open.

    Raises:
        Misread: if it is no day.
    """
    low, dots, high = made.value.partition("..")
    if dots and made.operator == ":":
        return (
            _span(low, made)[0] if low else None,
            _span(high, made, made.value_at + len(low) + 2)[1] if high else None,
        )
    first, last = _span(made.value, made)
    one = timedelta(days=1)
    match made.operator:
        case ">":
            return (last + one if last < date.max else last), None
        case ">=":
            return first, None
        case "<":
            return None, (first - one if first > date.min else first)
        case "<=":
            return None, last
        case _:
            return first, last


def _span(text: str, made: Term, at: int | None = None) -> tuple[date, date]:
    """The days of a day, a month or a year."""
    place = made.value_at if at is None else at
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        first = date(year, month, day)
        if found[3]:
            return first, first
        following = date(
            year + (not found[2] or month == 12), 1 if not found[2] else month % 12 + 1, 1
        )
        return first, following - timedelta(days=1)
    except (ValueError, OverflowError):
        raise Misread(f"{text} is no day.", _DAYS_ALLOWED, at=place) from None


def amount_bounds(made: Term) -> tuple[Decimal | None, Decimal | None]:
    """Least and most that a term asks for; ``>`` and ``<`` leave the number itself out.

    Raises:
        Misread: if it is no amount.
    """
    low, dots, high = made.value.partition("..")
    if dots and made.operator == ":":
        return (
            _number(low, made) if low else None,
            _number(high, made, made.value_at + len(low) + 2) if high else None,
        )
    number = _number(made.value, made)
    if made.operator == ":":
        return number, number
    return (number, None) if made.operator.startswith(">") else (None, number)


def _number(text: str, made: Term, at: int | None = None) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise Misread(
            f"{text} is no amount.", _AMOUNTS_ALLOWED, at=made.value_at if at is None else at
        )
    return Decimal(text)
