"""Tables out of pages as CSV that no spreadsheet runs; each download is in the audit log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from mainstem.errors import Absent
from mainstem.figures.tables import Value, to_csv
from mainstem.services.people.access import Action, require
from mainstem.services.scores.exporting import record_export

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
#: What spreadsheets need to see to read UTF-8.
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table with plain values."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]


Tables = Mapping[str, Callable[[], CsvTable]]


def csv_link(address: str, table: str) -> str:
    """The address of a table of a page."""
    return f"{address}{'&' if '?' in address else '?'}format=csv&table={table}"


def wants_csv(request: HttpRequest) -> bool:
    """Whether a table is asked for, not the page."""
    return request.GET.get("format") == "csv"


def csv_response(request: HttpRequest, tables: Tables, *, subject: str) -> HttpResponse:
    """The table that ``?format=csv&table=name`` asks for; the only one, if the page has one.

    Args:
        request: Who asks.
        tables: The page's tables.
        subject: What the page is about, for the file's name and the audit log.

    Raises:
        Absent: there is no such table; the hint names those that there are.
    """
    actor, ground = request.actor, request.ground  # type: ignore[attr-defined]
    require(actor, Action.EXPORT)
    name = request.GET.get("table", "") or (next(iter(tables)) if len(tables) == 1 else "")
    if name not in tables:
        raise Absent(
            f"This page has no table {name!r}.",
            f"It has {', '.join(tables)}.",
            code="export.no_table",
        )
    found = tables[name]()
    record_export(actor, f"{subject} {name}", len(found.rows), at=ground.now())
    response = HttpResponse(
        _MARK + to_csv(found.columns, found.rows), content_type="text/csv; charset=utf-8"
    )
    file = _UNSAFE.sub("-", f"{subject}-{name}").strip("-.")
    response["Content-Disposition"] = f'attachment; filename="{file}.csv"'
    return response
