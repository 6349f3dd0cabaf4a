"""How lists are paged: by moments, not by page numbers.

An item that changes while a list is read would shift the pages behind it, so that others are skipped; and
beyond 50,000 rows gitlab.com refuses page numbers. So each next page begins at the moment of the last row of
the one before, which is included. Where a whole page has one and the same moment of change (an edit of many
at once), those of that moment are read by their moment of creation, which never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from mainstem.sources.dates import moment
from mainstem.sources.gitlab.client import PER_PAGE, GitLab, Page
from mainstem.sources.remote import Refused

By = Literal["updated", "created"]
#: GitLab keeps microseconds and shows milliseconds.
_SHOWN, _KEPT = timedelta(milliseconds=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a page begins.

    Attributes:
        at: Moment from which on it is read; ``None``: from the beginning.
        within: Whether only rows of that one moment are read, by their creation.
        made: Moment of creation from which on they are.
        number: Page number: above 1 only where more rows than a page holds share all of it.
    """

    at: datetime | None = None
    within: bool = False
    made: datetime | None = None
    number: int = 1


def walk(
    gitlab: GitLab, path: str, params: Mapping[str, Any], by: By, spot: Spot, etag: str = ""
) -> Iterator[tuple[Page, Spot | None]]:
    """All pages of a list from a spot on, each with the spot behind it; the next one is asked for ahead.

    Args:
        etag: Of the first page, when it was asked for with the same arguments.

    Raises:
        SourceError: as ``GitLab.page``.
    """

    def ask(spot: Spot, etag: str = "") -> Page:
        return gitlab.page(path, {**params, **_asked(spot, by)}, etag)

    waiting = gitlab.calls.ahead(lambda: ask(spot, etag))
    while True:
        page = waiting.result()
        following = _behind(spot, page, by)
        if following is not None:
            waiting = gitlab.calls.ahead(lambda spot=following: ask(spot))  # type: ignore[misc]
        yield page, following
        if following is None:
            return
        spot = following


def stamp_of(at: datetime) -> str:
    """A moment as GitLab takes it. Cut to milliseconds, as it shows them: never later than what it has."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def last_moment(at: datetime) -> str:
    """The last moment before this one, as GitLab keeps them."""
    before = at.astimezone(UTC) - _KEPT
    return before.isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(row: Any, name: str) -> datetime | None:
    """A moment of a row; ``None`` where it has none."""
    try:
        return moment(row.get(name)) if isinstance(row, dict) else None
    except Refused:
        return None


def _asked(spot: Spot, by: By) -> dict[str, Any]:
    order = "created" if spot.within else by
    out = {"order_by": f"{order}_at", "sort": "asc", "per_page": PER_PAGE, "page": spot.number}
    if spot.at is not None:
        out[f"{by}_after"] = stamp_of(spot.at)
        if spot.within:
            out["updated_before"] = last_moment(_cut(spot.at) + _SHOWN)
    if spot.made is not None:
        out["created_after"] = stamp_of(spot.made)
    return out


def _behind(spot: Spot, page: Page, by: By) -> Spot | None:
    """Where the page after this one begins; ``None`` behind the last one."""
    if spot.within:
        return _behind_within(spot, page)
    if not page.more:
        return None
    reached = _latest(page.rows, f"{by}_at")
    if reached is not None and (spot.at is None or reached > spot.at):
        return Spot(reached)
    if by == "updated" and spot.at is not None and reached is not None:
        return Spot(spot.at, within=True)
    return Spot(spot.at, number=spot.number + 1)


def _behind_within(spot: Spot, page: Page) -> Spot | None:
    if not page.more:
        return None if spot.at is None else Spot(_cut(spot.at) + _SHOWN)
    reached = _latest(page.rows, "created_at")
    if reached is not None and (spot.made is None or reached > spot.made):
        return Spot(spot.at, True, reached)
    return Spot(spot.at, True, spot.made, spot.number + 1)


def _latest(rows: Sequence[Any], name: str) -> datetime | None:
    found = [at for at in (moment_of(row, name) for row in rows) if at is not None]
    return max(found, default=None)


def _cut(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1_000 * 1_000)
