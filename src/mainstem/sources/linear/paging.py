"""How issues are walked: by windows of time, whichever way Linear sorts them.

Linear gives the newest first, and its page tokens point to an issue, whose place changes when it does. So
each next page is a narrower window, cut at the moment of the last row, which is included. Only where a whole
page has one moment is a token used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from mainstem.sources.dates import moment
from mainstem.sources.linear.client import Linear, Page
from mainstem.sources.remote import Refused

By = Literal["updatedAt", "createdAt"]


@dataclass(frozen=True, slots=True)
class Window:
    """What is still to be read: between two moments, both included; ``None``: without that end."""

    low: datetime | None = None
    high: datetime | None = None
    after: str = ""


def walk(
    linear: Linear, query: str, size: int, filter_: Mapping[str, Any], by: By, window: Window
) -> Iterator[tuple[Page, Window | None]]:
    """All pages of a window, each with what is left behind it (``None``: nothing). The next is asked ahead.

    Raises:
        SourceError: as ``Linear.page``.
    """

    def ask(window: Window) -> Page:
        given = {"first": size, "after": window.after or None, "by": by}
        return linear.page(query, "issues", {**given, "filter": _filter(filter_, by, window)})

    waiting = linear.calls.ahead(lambda: ask(window))
    while True:
        page = waiting.result()
        left = _left(window, page, by)
        if left is not None:
            waiting = linear.calls.ahead(lambda left=left: ask(left))  # type: ignore[misc]
        yield page, left
        if left is None:
            return
        window = left


def stamp_of(at: datetime) -> str:
    """A moment as Linear writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(row: Any, name: str) -> datetime | None:
    """A moment of a row; ``None`` where it has none."""
    try:
        return moment(row.get(name)) if isinstance(row, dict) else None
    except Refused:
        return None


def _filter(more: Mapping[str, Any], by: By, window: Window) -> dict[str, Any]:
    ends = {
        name: stamp_of(at)
        for name, at in (("gte", window.low), ("lte", window.high))
        if at is not None
    }
    return {**more, **({by: ends} if ends else {})}


def _left(window: Window, page: Page, by: By) -> Window | None:
    if not page.after:
        return None
    moments = [at for at in (moment_of(row, by) for row in page.rows) if at is not None]
    cut = _cut(moments)
    if cut is None:
        return replace(window, after=page.after)
    is_falling, at = cut
    narrower = replace(window, after="", **({"high": at} if is_falling else {"low": at}))
    return narrower if narrower != replace(window, after="") else replace(window, after=page.after)


def _cut(moments: Sequence[datetime]) -> tuple[bool, datetime] | None:
    """Whether they fall, and the last of them; ``None`` where they are all the same."""
    if not moments or max(moments) == min(moments):
        return None
    is_falling = moments[0] > moments[-1]
    return is_falling, min(moments) if is_falling else max(moments)
