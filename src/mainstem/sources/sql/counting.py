"""How many rows a query has, by type and month of creation: asked of the database, by its own count."""
# ruff: noqa: S608

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from mainstem.sources.remote import Connection, Count, Counted, Watch
from mainstem.sources.sql.client import Database, open_database
from mainstem.sources.sql.columns import Shape
from mainstem.sources.sql.reading import Reading
from mainstem.sources.sql.settings import Settings, read_settings
from mainstem.sources.sql.statement import Statement
from mainstem.sources.sql.values import text_of

_PARTS = ("year", "month", "day", "hour")
_STRFTIME = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H"}


def count_rows(of: Connection, watch: Watch) -> Counted | None:
    """The counts; ``None`` for time entries, whose rows are no items."""
    settings = read_settings(of)
    with open_database(settings.address, watch) as database:
        reading = Reading(settings, database, watch)
        page = reading.first_page()
        shape = reading.shape_of(page.names)
        if shape.is_time:
            return None
        sample = page.rows[0] if page.rows else None
        return _counted(reading, shape, database, settings, sample)


def _counted(
    reading: Reading, shape: Shape, database: Database, settings: Settings, sample: Any
) -> Counted:
    kind = _quoted(shape, database, "type")
    created = _quoted(shape, database, "created")
    is_utc = settings.zone.key in ("UTC", "Etc/UTC") or _is_zoned(shape, sample)
    # whole hours, where months of the database's zone are not those of UTC
    parts = (
        []
        if created is None
        else [_part(p, created, settings) for p in _PARTS[: 2 if is_utc else 4]]
    )
    key = _quoted(shape, database, "key")
    groups = [*([kind] if kind else []), *parts]
    picked = ", ".join([*groups, f"count(DISTINCT {key})"])
    end = ") AS mainstem_q" + (f" GROUP BY {', '.join(groups)}" if groups else "")
    asked = reading.statement.within(f"SELECT {picked} FROM (", Statement((end,)))
    counts: Counter[tuple[str, str]] = Counter()
    zone = ZoneInfo("UTC") if is_utc else settings.zone
    for page in database.pages(asked, reading.start):
        for row in page.rows:
            type_ = text_of(row[0], "type") or "" if kind else ""
            stamp = row[1 if kind else 0 : -1]
            counts[type_, _month(stamp, zone)] += int(row[-1])
    return Counted(
        tuple(Count(t, m, n) for (t, m), n in sorted(counts.items())), words=_words(shape)
    )


def _words(shape: Shape) -> str:
    lacking = [role for role in ("type", "created") if not shape.has(role)]
    told = "Distinct keys of the query, counted by the database."
    return told + (f" The query has no {' and no '.join(lacking)}." if lacking else "")


def _quoted(shape: Shape, database: Database, role: str) -> str | None:
    place = shape.places.get(role)
    return None if place is None else f"mainstem_q.{database.quoted(shape.names[place])}"


def _is_zoned(shape: Shape, sample: Sequence[Any] | None) -> bool:
    value = sample[shape.places["created"]] if sample and shape.has("created") else None
    if isinstance(value, str):
        return value.endswith("Z") or "+" in value[10:] or "-" in value[10:]
    return isinstance(value, datetime) and value.tzinfo is not None


def _part(part: str, column: str, settings: Settings) -> str:
    if settings.address.engine == "sqlite":
        return f"CAST(strftime('{_STRFTIME[part]}', {column}) AS INTEGER)"
    return f"EXTRACT({part} FROM {column})"


def _month(stamp: Sequence[Any], zone: ZoneInfo) -> str:
    """The month in UTC, as the ledger counts."""
    if not stamp or stamp[0] is None:
        return ""
    year, month, day, hour = [*(int(n) for n in stamp), *(1, 0)[len(stamp) - 2 :]][:4]
    return datetime(year, month, day, hour, tzinfo=zone).astimezone(UTC).strftime("%Y-%m")
