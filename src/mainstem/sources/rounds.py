"""What a source does again after some time: the roll call, and reading what is in progress. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mainstem.errors import SourceError
from mainstem.sources.dates import FIRST, LAST
from mainstem.sources.remote import Connection


def is_due(kept: object, hours: float, now: datetime) -> bool:
    """Whether it is time again: ``kept`` is the moment of the last time, as in a cursor."""
    if not isinstance(kept, str):
        return True
    try:
        last = datetime.fromisoformat(kept)
    except ValueError:
        return True
    if last.tzinfo is None:
        last = last.replace(tzinfo=UTC)
    # a moment that lies ahead was written by a clock that was wrong
    return not timedelta(0) <= now - last < timedelta(hours=hours)


def today(of: Connection, now: datetime) -> str:
    """The day in the organisation's time zone, as it stands in a cursor."""
    return now.astimezone(ZoneInfo(of.timezone)).date().isoformat()


def number_of(of: Connection, name: str, default: float, *, most: float = 1e6) -> float:
    """An option that is a number from 0 to ``most``.

    Raises:
        SourceError: it is none.
    """
    given = of.text(name).strip()
    try:
        found = float(given) if given else default
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:
        raise SourceError(
            f"The source {of.name} has {name}: {given!r}, which is no such number.",
            f"Write a number from 0 to {most:,.0f}.",
            code="source.settings",
        )
    return found


def first_day(of: Connection) -> str:
    """The option ``since`` as a day, empty for everything.

    Raises:
        SourceError: it is none.
    """
    given = of.text("since").strip()
    if not given:
        return ""
    try:
        found = datetime.strptime(given, "%Y-%m-%d").date()
        if not FIRST <= found <= LAST:
            raise ValueError
        return found.isoformat()
    except ValueError:
        raise SourceError(
            f"The source {of.name} has since: {given!r}, which is no day.",
            "Write it as 2026-01-31.",
            code="source.settings",
        ) from None


def first_moment(of: Connection) -> datetime | None:
    """When the first day of the option ``since`` begins in the organisation's zone, in UTC.

    Raises:
        SourceError: it is no day.
    """
    first = first_day(of)
    if not first:
        return None
    return datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(of.timezone)).astimezone(UTC)


def digest_of(of: Connection, names: Iterable[str], *more: str) -> str:
    """Of the options that change what is read or how: another digest means reading everything again.

    Args:
        more: What else changes it.
    """
    said = [of.text(name) for name in names] + [of.timezone, *more]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def missing(known: Mapping[str, str], seen: Iterable[str]) -> dict[str, str]:
    """Stable id → key of what the ledger has and the roll call did not meet."""
    met = set(seen)
    return {ident: key for ident, key in known.items() if ident not in met}
