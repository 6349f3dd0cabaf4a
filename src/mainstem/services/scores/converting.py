"""Answers in a unit that the ledger does not hold, by conversions that the plan declares.

Native effort always wins: only where nothing at all is held in the unit asked for is effort of another
unit converted, team by team and day by day, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from mainstem.plan.model import Unit
from mainstem.score.conversions import factor
from mainstem.score.values import Period

if TYPE_CHECKING:
    from mainstem.ledger.cube import Sums
    from mainstem.services.scores.book import Book

#: Which unit is converted, if several could be.
ORDER = (Unit.HOUR, Unit.PERSON_DAY, Unit.POINT, Unit.ITEM)


def source_unit(unit: Unit, book: Book) -> Unit:
    """The unit to read for an answer in ``unit``: itself where the ledger holds it."""
    held = {name for name, *_ in book.desk.spans()}
    if unit.value in held:
        return unit
    pairs = {frozenset((c.from_, c.to)) for c in book.plan.organisation.conversions}
    return next((u for u in ORDER if u.value in held and frozenset((u, unit)) in pairs), unit)


def converted(
    read: Unit,
    unit: Unit,
    book: Book,
    cut: Sequence[Period],
    scope: Sequence[tuple[int, int]],
    places: Sequence[tuple[int, int]],
    *,
    raw: bool,
) -> Sums:
    """Parts by period, cell and place in ``unit``, from effort in ``read``.

    Raises:
        MixedUnits: if some team's effort of some day has no declared conversion.
    """
    cell_of = dict(scope)
    stretches = _stretches(book, cut)
    days = [
        (start + timedelta(days=d), n)
        for n, (_, start, end) in enumerate(stretches)
        for d in range((end - start).days)
    ]
    found = book.desk.amounts(days, [(t, t) for t in cell_of], places, read.value, raw=raw)
    teams, tree = {no: t for t, no in book.team_numbers().items()}, book.tree
    sums: dict[tuple[int, int, int], Fraction] = {}
    for stretch, team, place, parts in found.rows():
        period, start, _ = stretches[stretch]
        path = tree.path(teams[team]) if team in teams and teams[team] in tree else ()
        by = factor(
            read, unit, team_path=path, day=start, conversions=book.plan.organisation.conversions
        )
        key = (period, cell_of[team], place)
        sums[key] = sums.get(key, Fraction(0)) + parts * by
    return type(found).of_rows([(*key, round(parts)) for key, parts in sums.items()])


def _stretches(book: Book, cut: Sequence[Period]) -> list[tuple[int, date, date]]:
    """The periods, cut again wherever a conversion begins or ends to hold: (period, start, end)."""
    edges: set[date] = set()
    for c in book.plan.organisation.conversions:
        edges |= {c.valid_from} if c.valid_from else set()
        edges |= {c.valid_to + timedelta(days=1)} if c.valid_to else set()
    out = []
    for n, period in enumerate(cut):
        inner = sorted(
            {period.start, period.end, *(e for e in edges if period.start < e < period.end)}
        )
        out += [(n, low, high) for low, high in pairwise(inner)]
    return out
