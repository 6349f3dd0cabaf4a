"""Holding a query against the parts of effort of some days, in numpy.

It picks what the same query picks as SQL. There a condition that has no answer (an item without a type)
is not fulfilled, and what is not fulfilled is fulfilled under ``not``; so here every condition is true or
false from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mainstem.ledger.browsing_conditions import Known, condition_of, whole_bounds
from mainstem.ledger.item_cube import Period, matching
from mainstem.ledger.questions import Desk
from mainstem.work.query import (
    And,
    Everything,
    Node,
    Not,
    Or,
    Term,
    Word,
    day_bounds,
)

Mask = NDArray[np.bool_]
#: Terms about the part of effort itself, or about all effort on the item in the days.
_OF_PARTS = ("unit", "stream", "kind", "team", "effort", "updated")


def picked(node: Node, known: Known, desk: Desk, period: Period) -> Mask | None:
    """Which rows of the days a query picks; ``None`` for all."""
    return _Picker(known, desk, period).rows(node)


def _is_of_items(node: Node) -> bool:
    """Whether a condition looks at items alone, not at effort."""
    match node:
        case Everything():
            return False
        case Word():
            return True
        case And(parts) | Or(parts):
            return all(_is_of_items(p) for p in parts)
        case Not(inner):
            return _is_of_items(inner)
        case Term():
            if node.field == "is":
                return node.value == "contested"
            return node.field not in _OF_PARTS


class _Picker:
    def __init__(self, known: Known, desk: Desk, period: Period) -> None:
        self.known, self.desk, self.period = known, desk, period

    def rows(self, node: Node) -> Mask | None:
        """Which rows; ``None`` for all."""
        if _is_of_items(node):
            return self.of_items(node)
        match node:
            case And(parts):
                return self.all_of(_grouped(parts, And))
            case Or(parts):
                return self.any_of(_grouped(parts, Or))
            case Not(inner):
                return ~self.mask(inner)
            case Term():
                return self.term(node)
        return None

    def mask(self, node: Node) -> Mask:
        found = self.rows(node)
        return np.ones(len(self.period.at), bool) if found is None else found

    def all_of(self, parts: Sequence[Node]) -> Mask | None:
        masks = [m for m in map(self.rows, parts) if m is not None]
        return np.logical_and.reduce(masks) if masks else None

    def any_of(self, parts: Sequence[Node]) -> Mask:
        found: Mask = np.logical_or.reduce([self.mask(p) for p in parts])
        return found

    def of_items(self, node: Node) -> Mask:
        """A condition on items alone, asked by SQL of the items with effort in the days."""
        if _holds_of_nothing(node):
            # effort that names no item is in no table: ask for what is not picked
            return ~self.of_items(node.inner if isinstance(node, Not) else Not(node))
        condition = condition_of(node, self.known)
        return self.per_item(matching(self.desk, self.period, condition.sql, condition.values))

    def per_item(self, found: Mask) -> Mask:
        rows: Mask = found[self.period.at]
        return rows

    def term(self, term: Term) -> Mask | None:
        period = self.period
        match term.field:
            case "unit":
                return None
            case "stream" | "kind":
                return self.target(term)
            case "team":
                return _one_of(period.team, self.known.teams(term))
            case "effort":
                return self.per_item(_between(period.whole, *whole_bounds(term)))
            case "updated":
                days = (None if d is None else d.toordinal() for d in day_bounds(term))
                return self.per_item(_between(period.whole_last, *days))
        return _STATES[term.value](period)

    def target(self, term: Term) -> Mask:
        if term.field == "stream" and term.value == "*":
            return _one_of(self.period.target, self.known.streams)
        number = self.known.targets(term)
        return _one_of(self.period.target, [] if number is None else [number])


_STATES: dict[str, Callable[[Period], Mask]] = {
    "unclaimed": lambda p: p.target == 0,
    "claimed": lambda p: p.rank == 3,
    "linked": lambda p: p.rank == 1,
    "inherited": lambda p: (p.rank == 2) | (p.rank == 4),
    "shared": lambda p: p.share < 10_000,
}


def _grouped(parts: Sequence[Node], by: type[And] | type[Or]) -> list[Node]:
    """The same with all that look at items alone as one, to be asked at once."""
    of_items = tuple(p for p in parts if _is_of_items(p))
    others = [p for p in parts if not _is_of_items(p)]
    return [by(of_items), *others] if len(of_items) > 1 else [*of_items, *others]


def _holds_of_nothing(node: Node) -> bool:
    """Whether a condition on items holds for effort that names no item: no term does."""
    match node:
        case And(parts):
            return all(_holds_of_nothing(p) for p in parts)
        case Or(parts):
            return any(_holds_of_nothing(p) for p in parts)
        case Not(inner):
            return not _holds_of_nothing(inner)
    return False


def _one_of(column: NDArray[np.int32], numbers: Sequence[int]) -> Mask:
    if len(numbers) == 1:
        only: Mask = column == numbers[0]
        return only
    wanted = np.zeros(int(column.max(initial=0)) + 1, bool)
    inside = [n for n in numbers if n < len(wanted)]
    wanted[inside] = True
    found: Mask = wanted[column]
    return found


def _between(column: NDArray[np.int64], low: int | None = None, high: int | None = None) -> Mask:
    found = np.ones(len(column), bool)
    if low is not None:
        found &= column >= low
    if high is not None:
        found &= column <= high
    return found
