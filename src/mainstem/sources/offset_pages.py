"""Reading a list by offset while rows come and go, so that none is left out.

Each page begins with the last row of the page before. If it does not, rows before it went away and others
moved up: then it goes back until it meets a row that it knows. Rows may come twice, none is passed over.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
#: So many rows are remembered.
_RECENT = 5_000


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: ``total`` rows are in the whole, ``limit`` is how many a page may have."""

    rows: Sequence[Any]
    total: int
    limit: int


@dataclass(frozen=True, slots=True)
class Step:
    """What is new on a page, and the offset after it."""

    rows: Sequence[Any]
    offset: int
    total: int


def read_pages(
    ask: Callable[[int], Page],
    stamp: Callable[[Any], tuple[object, object]],
    *,
    start: int = 0,
    is_before: Callable[[Any], bool] = lambda row: False,
) -> Iterator[Step]:
    """All rows from ``start`` on.

    Args:
        ask: Offset → page; rows in an order in which new and changed ones come last.
        stamp: Row → (what identifies it, its version): a row with the same stamp is given once.
        start: Offset to begin with, a guess: it goes back from there until ``is_before``.
        is_before: Whether a row was read by an earlier sync, so that all before it were, too.
    """
    recent: OrderedDict[object, object] = OrderedDict()
    offset = max(start, 0)
    while True:
        page = ask(offset)
        if offset and not _begins_known(page, stamp, recent, is_before):
            offset = max(offset - max(page.limit - 1, 1), 0)
            continue
        fresh = [row for row in page.rows if _is_new(stamp(row), recent)]
        while len(recent) > _RECENT:
            recent.popitem(last=False)
        after = offset + len(page.rows)
        yield Step(fresh, after, page.total)
        if not page.rows or after >= page.total:
            return
        offset = max(after - 1, offset + 1)


def _begins_known(
    page: Page,
    stamp: Callable[[Any], tuple[object, object]],
    recent: Mapping[object, object],
    is_before: Callable[[Any], bool],
) -> bool:
    # any row of the page: servers shuffle rows of the same moment
    return any(stamp(row)[0] in recent or is_before(row) for row in page.rows)


def _is_new(stamp: tuple[object, object], recent: OrderedDict[object, object]) -> bool:
    ident, version = stamp
    if ident in recent and recent[ident] == version:
        return False
    recent[ident] = version
    recent.move_to_end(ident)
    return True
