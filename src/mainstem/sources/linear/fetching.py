"""Single issues anew, because Linear told that they were touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mainstem.sources.linear.client import Linear
from mainstem.sources.linear.landing import Rows
from mainstem.sources.linear.names import clean
from mainstem.sources.linear.reading import AT_ONCE, by_ids
from mainstem.sources.linear.settings import Settings
from mainstem.sources.remote import Batch, Watch


def fetch(
    linear: Linear, settings: Settings, idents: Sequence[str], watch: Watch
) -> Iterator[Batch]:
    """These issues, or that they are gone. Those of teams that are not configured are left alone.

    Args:
        idents: Stable ids, as ``read_hook`` gives them.
    """
    rows = Rows(linear, settings, watch)
    wanted = list(dict.fromkeys(idents))
    for start in range(0, len(wanted), AT_ONCE):
        chunk = wanted[start : start + AT_ONCE]
        found = by_ids(linear, settings, chunk)
        ours = [row for row in found if settings.has_team(_team(row))]
        yield Batch(cursor={}, **rows.read(ours))
        gone = _gone(chunk, found, ours, rows)
        if gone:
            yield Batch(cursor={}, gone=gone)
    yield Batch(cursor={}, is_last=True)


def _gone(
    asked: Sequence[str], found: Sequence[Any], ours: Sequence[Any], rows: Rows
) -> dict[str, str]:
    there, kept = {row.get("id") for row in found}, {row.get("id") for row in ours}
    known = rows.known()
    return {
        known[ident]: "out of reach" if ident in there else "deleted"
        for ident in asked
        if ident not in kept and ident in known
    }


def _team(row: Any) -> str | None:
    team = row.get("team") if isinstance(row, dict) else None
    return clean(team.get("key")) if isinstance(team, dict) else None
