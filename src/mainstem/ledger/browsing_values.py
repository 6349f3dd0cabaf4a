"""What is looked for in a browse of work, and what is found: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mainstem.ledger.browsing_conditions import Condition


class Order(StrEnum):
    """How items are sorted: by effort or by their last day, largest or latest first."""

    EFFORT = "effort"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two items: the sorted value and number of the item beside it.

    ``is_back``: the page that ends before the item, not the one that begins after it.
    """

    value: int
    item: int
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: a condition, in one unit, in some days."""

    condition: Condition
    unit: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Part:
    """Effort on an item by one team for one target, in parts."""

    target: int
    rank: int
    reason: int
    share: int
    team: int
    parts: int


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item, how much of its effort was picked, and of what that is made."""

    item: int
    key: str
    source: str
    title: str
    type: str
    url: str
    amount: int
    last: date
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Parts and items picked in all, and (target, parts, items) by what they count for."""

    amount: int
    items: int
    by_target: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of items; whether there are more after and before it."""

    items: tuple[FoundItem, ...]
    has_next: bool
    has_previous: bool


def cursor_at(found: FoundItem, order: Order, *, is_back: bool) -> Cursor:
    """The cursor beside an item of a page."""
    value = found.amount if order is Order.EFFORT else found.last.toordinal() - 1
    return Cursor(value, found.item, is_back)
