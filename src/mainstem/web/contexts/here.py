"""On which day something was, for whoever reads the page: days begin at other moments elsewhere.

The zone is that of the request under way, so that no page has to hand it down to each of its rows.
A page that is kept for several readers names the zone in its key.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo

from mainstem.figures.wording import day

_FIND: ContextVar[Callable[[], tzinfo]] = ContextVar("zone", default=lambda: UTC)


def read_in(find: Callable[[], tzinfo]) -> None:
    """Says where the zone of the request is to be asked for, which begins now; it is asked only if needed."""
    _FIND.set(find)


def zone_here() -> tzinfo:
    """The time zone of whoever reads; UTC outside of a request."""
    return _FIND.get()()


def day_here(at: datetime) -> str:
    """The day of a moment as the reader's calendar has it: ``24 November 2026``."""
    return day(at.astimezone(zone_here()).date())
