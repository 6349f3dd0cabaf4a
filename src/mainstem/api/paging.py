"""Cursors: where a list goes on, as a word that means nothing to its reader."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from ninja import Query

from mainstem.api.shapes import Out, Page
from mainstem.errors import Invalid

S = TypeVar("S")
Shown = TypeVar("Shown", bound=Out)
Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
After = Annotated[str, Query(max_length=600, description="`next` of the page before")]
_MOST = 2**53


def write_cursor(value: int | str) -> str:
    """A place in a list as a word."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def number_after(after: str) -> int | None:
    """The number that a cursor holds; nothing for the first page."""
    value = _read(after)
    if value is None or (type(value) is int and 0 <= value <= _MOST):
        return value
    raise _not_whole()


def word_after(after: str) -> str:
    """The word that a cursor holds; empty for the first page."""
    value = _read(after)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise _not_whole()


def _read(after: str) -> Any:
    if not after:
        return None
    try:
        padded = after.encode("ascii") + b"=" * (-len(after) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _not_whole() from error


def _not_whole() -> Invalid:
    return Invalid(
        "`after` is no place in this list.", "Send `next` as it was answered.", field="after"
    )


def page_of(
    rows: Sequence[S], limit: int, show: Callable[[S], Shown], place: Callable[[S], int | str]
) -> Page[Shown]:
    """A page out of one row more than it shows: the row too many says that there is more."""
    shown = list(rows[:limit])
    more = write_cursor(place(shown[-1])) if len(rows) > limit and shown else None
    return Page(items=[show(row) for row in shown], next=more)


def page_of_words(
    names: Sequence[str], after: str, limit: int, show: Callable[[str], Shown]
) -> Page[Shown]:
    """A page of what is in memory under names, in the order of the names.

    In that order a list stays whole while others add to it and take away from it.
    """
    last = word_after(after)
    left = sorted(name for name in names if name > last)
    return page_of(left[: limit + 1], limit, show, lambda name: name)


__all__ = ["After", "Limit", "number_after", "page_of", "page_of_words", "word_after",
           "write_cursor"]  # fmt: skip
