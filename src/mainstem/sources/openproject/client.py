"""What OpenProject is asked, and how its collections are paged. Nothing of what they mean.

As https://www.openproject.org/docs/api/collections/ and https://www.openproject.org/docs/api/filters/ say.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mainstem.errors import SourceError
from mainstem.sources.calls import Calls
from mainstem.sources.marks import as_moment
from mainstem.sources.remote import Connection, Watch
from mainstem.sources.shape import ident, listing, mapping

#: Rows a page, and where only their numbers are asked for; a server may give fewer.
SIZE, SIZE_OF_NUMBERS = 200, 1_000
#: Times that a list which changes while it is read is begun anew.
TRIES = 5
Filters = Sequence[Mapping[str, Any]]
Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a collection: ``done`` rows of ``total`` were met by now."""

    rows: Sequence[Any]
    done: int
    total: int


class OpenProject:
    """An OpenProject under one address. Safe between threads. Use it as a context manager."""

    def __init__(self, of: Connection, watch: Watch) -> None:
        pair = base64.b64encode(f"apikey:{of.secret('token')}".encode()).decode()
        self.calls = Calls(
            of.text("url").rstrip("/") + "/api/v3", watch, name=of.name,
            explain=_explained(of.name),
            headers={"authorization": f"Basic {pair}", "accept": "application/hal+json"},
        )  # fmt: skip

    def __enter__(self) -> OpenProject:
        return self

    def __exit__(self, *given: object) -> None:
        self.calls.__exit__(*given)

    def changed(
        self, path: str, field: str, filters: Filters, since: datetime | None
    ) -> Iterator[Found]:
        """Rows in the order of their last change, from a moment on.

        Each page asks anew for what was changed since the last row of the page before, so that rows which
        change meanwhile, and then stand at the end, make none slip by.

        Args:
            field: What the moment of the last change is called by filters and orders.
        """
        low, done, met = since, 0, dict[int, object]()
        while True:
            asked = [*filters, *between(field, low, None)]
            rows, total, _ = self._page(path, asked, [[field, "asc"], ["id", "asc"]])
            fresh = _fresh(rows, met)
            done += len(fresh)
            yield Found(fresh, done, done + max(total - len(rows), 0))
            if len(rows) >= total or not rows:
                return
            last = _last(rows)
            if low is None or last > low:
                low = last
                continue
            # a whole page of one moment: it is read by itself, and then what comes after it
            after = last + _tick(rows)
            for rows in self._pages(path, [*filters, *between(field, last, after)], SIZE):
                fresh = _fresh(rows, met)
                done += len(fresh)
                yield Found(fresh, done, done + max(total - len(fresh), 0))
            low = after

    def all(self, path: str, filters: Filters = ()) -> Iterator[Sequence[Any]]:
        """Pages of a collection in the order of its numbers."""
        return self._pages(path, filters, SIZE)

    def plain(self, path: str) -> Iterator[Any]:
        """All rows of a collection that knows no filters, in its own order."""
        number, done = 1, 0
        while True:
            answer = mapping(self.calls.get_json(path, {"offset": number, "pageSize": SIZE}))
            rows, total = rows_of(answer), ident(answer.get("total")) or 0
            yield from rows
            done, number = done + len(rows), number + 1
            if not rows or done >= total:
                return

    def numbers(self, path: str, filters: Filters) -> set[int]:
        """Numbers of all rows; newer versions send nothing else."""
        found: set[int] = set()
        for rows in self._pages(
            path, filters, SIZE_OF_NUMBERS, select="total,count,pageSize,offset,elements/id"
        ):
            found |= {n for row in rows if (n := ident(mapping(row).get("id")))}
        return found

    def total(self, path: str, filters: Filters) -> int:
        """How many rows there are."""
        return self._page(path, filters, [["id", "asc"]], size=1)[1]

    def one(self, path: str) -> Mapping[str, Any] | str:
        """A single thing, or why it cannot be had: ``deleted``, ``out of reach``."""
        try:
            return mapping(self.calls.get_json(path))
        except SourceError as error:
            if error.code == "source.absent":
                # what the account may not see answers alike
                return "deleted or out of reach"
            if error.code == "source.rights":
                return "out of reach"
            raise

    def history(self, number: int) -> Sequence[Any] | str:
        """Activities of a work package, or why not, as ``one``."""
        found = self.one(f"work_packages/{number}/activities")
        return found if isinstance(found, str) else rows_of(found)

    def time_on(self, numbers: Sequence[int]) -> Iterator[Any]:
        """Time entries on these work packages, at most 100 of them."""
        values = [str(n) for n in numbers]
        try:
            for rows in self.all("time_entries", [one_of("work_package", values)]):
                yield from rows
        except SourceError as error:
            if error.code != "source.refused":
                raise
            # since time may be logged on meetings, too
            kind = one_of("entity_type", ["WorkPackage"])
            for rows in self.all("time_entries", [kind, one_of("entity_id", values)]):
                yield from rows

    def _pages(
        self, path: str, filters: Filters, size: int, select: str | None = None
    ) -> Iterator[Sequence[Any]]:
        """All pages by their numbers; begun anew where rows came or went meanwhile."""
        for attempt in range(1, TRIES + 1):
            number, first, met = 1, -1, 0
            while True:
                rows, total, most = self._page(
                    path, filters, [["id", "asc"]], number=number, size=size, select=select
                )
                first = total if first < 0 else first
                met += len(rows)
                yield rows
                if not rows or number * most >= total:
                    break
                number += 1
            if (first == total and met >= total) or attempt == TRIES or number == 1:
                return

    def _page(
        self, path: str, filters: Filters, order: Sequence[Sequence[str]], *, number: int = 1,
        size: int = SIZE, select: str | None = None,
    ) -> tuple[Sequence[Any], int, int]:  # fmt: skip
        """Rows, how many there are in all, and how many a page holds."""
        params = {
            "offset": number, "pageSize": size, "filters": json.dumps(list(filters)),
            "sortBy": json.dumps(order), "select": select,
        }  # fmt: skip
        answer = mapping(self.calls.get_json(path, params))
        total = answer.get("total")
        if isinstance(total, bool) or not isinstance(total, int) or total < 0:
            raise SourceError(
                f"The answer to {path} has no number of rows.",
                "Is the address that of an OpenProject?",
                code="source.answer",
            )
        return rows_of(answer), total, ident(answer.get("pageSize")) or size


def rows_of(answer: Mapping[str, Any]) -> Sequence[Any]:
    """The elements of a collection."""
    return listing(mapping(answer.get("_embedded")).get("elements"))


def one_of(name: str, values: Sequence[str]) -> Mapping[str, Any]:
    """A filter."""
    return {name: {"operator": "=", "values": list(values)}}


def between(name: str, low: datetime | None, high: datetime | None) -> list[Mapping[str, Any]]:
    """A filter by moments, both included; none where both ends are open."""
    if low is None and high is None:
        return []
    return [{name: {"operator": "<>d", "values": [_written(low), _written(high)]}}]


def _written(at: datetime | None) -> str:
    if at is None:
        return ""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fresh(rows: Sequence[Any], met: dict[int, object]) -> list[Any]:
    """Rows that did not come in this state shortly before. ``met`` is kept small."""
    out = []
    for row in rows:
        nr, at = ident(mapping(row).get("id")), mapping(row).get("updatedAt")
        if nr is None or met.get(nr) != at:
            out.append(row)
        if nr is not None:
            met[nr] = at
    for old in list(met)[: max(len(met) - 5_000, 0)]:
        del met[old]
    return out


def _last(rows: Sequence[Any]) -> datetime:
    found = [m for row in rows if (m := as_moment(mapping(row).get("updatedAt")))]
    if not found:
        raise SourceError(
            "A page has no moments of changes.", "It is tried again later.", code="source.answer",
            permanent=False,
        )  # fmt: skip
    return max(found)


def _tick(rows: Sequence[Any]) -> timedelta:
    """What a moment as it is written leaves open: older versions write whole seconds."""
    has_parts = any("." in str(mapping(row).get("updatedAt")) for row in rows)
    return timedelta(milliseconds=1) if has_parts else timedelta(seconds=1)


def _explained(name: str) -> Callable[[int, Mapping[str, str], bytes], SourceError | None]:
    def explain(status: int, headers: Mapping[str, str], body: bytes) -> SourceError | None:
        if status != 401:
            return None
        return SourceError(
            f"OpenProject does not take the API token of {name}.",
            "Make a new one under My account → Access tokens; an administrator may have switched tokens off.",
            code="source.credentials",
        )

    return explain
